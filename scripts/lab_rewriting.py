#!/usr/bin/env python3
"""Measures in the lab what rewriting by a proxy's gradient does to the student that learns from the traces.

    scripts/lab_rewriting.py --denature PATH [--triple fixtures/lab] [--seeds 1,2,3] [--output lab-output/rewriting-words-completion]

For every seed the teacher writes traces for the same 2,600 problems once, at temperature 1; kept are the right ones that go
one step at a time, at most 1,500 (what students learn best from here). Every row exchanges words of these traces (denature
sanitize-traces --rewriter gradient), the student base learns them, and the student answers the same 400 problems it has
not seen. Answers and numbers are compared with the original's here, by other means than the program's own. A run
that was interrupted goes on where it stopped. Results go to results.json and results.md in the output folder.
"""

import argparse
import json
import os
import re
import shutil
import statistics

import lab_tools
from lab_effect import STUDENT
from lab_models import MAX_TOKENS, is_step_by_step
from lab_tools import read_lines, say, write_lines

TRACES, PROBLEMS = 1_500, 2_600
BUDGETS = (0.05, 0.1, 0.2)
GAINS = ("random", "ds", "hb")
# Of the drop of the teacher's log-probability per swap, in nats.
BOUNDS = (1, 4, 16)
BOUNDED_BUDGET = 0.2
BETA = 0.1


def rows():
    """Name to what sanitize-traces is told; nothing for traces as the teacher wrote them."""
    table = {"undefended": None}
    for budget in BUDGETS:
        for gain in GAINS:
            table["%s-%g" % (gain, 100 * budget)] = ["--gain", gain, "--token-budget", budget]
    for bound in BOUNDS:
        table["rhb-%g-bound-%g" % (100 * BOUNDED_BUDGET, bound)] = [
            "--gain", "rhb", "--token-budget", BOUNDED_BUDGET, "--rhb-beta", BETA, "--max-log-probability-drop", bound]
    return table


def numbers(text):
    """Numerals and signs in their order."""
    return re.findall(r"[0-9]+|[-+*/=]|####", text)


def answer(text):
    """What stands after the last ####, or the last number of a trace without one."""
    return text.rpartition("####")[2] if "####" in text else numbers(text)[-1:]


class Rewriting:
    """The points of one triple."""

    def __init__(self, program, triple, output, options):
        self.program = program
        self.triple = triple
        self.output = output
        self.options = options
        self.rows = rows()

    def model(self, *parts):
        return os.path.join(self.triple, *parts)

    def gradient(self):
        """The proxy's gradient: the triple's own, or of the loss of other tokens."""
        if self.options.loss_tokens == "completion":
            return self.model("gradient.safetensors")
        path = os.path.join(self.output, "gradient.safetensors")
        return self.program.make(
            path, "gradient", "--proxy", self.model("proxy"), "--holdout", self.model("holdout-traces.jsonl"),
            "--loss-tokens", self.options.loss_tokens, "--threads", 1)

    def source(self, seed):
        """The traces that all rows of a seed start from."""
        folder = os.path.join(self.output, "source-%d" % seed)
        os.makedirs(folder, exist_ok=True)
        path, right = os.path.join(folder, "traces.jsonl"), os.path.join(folder, "right.jsonl")
        if not os.path.exists(path):
            self.program.summary(
                os.path.join(folder, "sample.json"), "sample", "--teacher", self.model("teacher"),
                "--prompts", self.model("prompts.jsonl"), "--limit", PROBLEMS, "-o", right, "--seed", seed,
                "--temperature", self.options.temperature, "--filter", "correct", "--max-new-tokens", MAX_TOKENS)
            write_lines(path, [line for line in read_lines(right) if is_step_by_step(line)][:self.options.traces])
        return path

    def rewritten(self, row, seed, folder, source):
        """The row's traces and what was done to them."""
        if self.rows[row] is None:
            return source, None
        path = os.path.join(folder, "traces.jsonl")
        summary = self.program.summary(
            os.path.join(folder, "sanitize.json"), "sanitize-traces", source, "-o", path, "--force",
            "--watermark", "none", "--rewriter", "gradient", "--seed", seed, "--proxy", self.model("proxy"),
            "--gradient", self.gradient(), "--teacher", self.model("teacher"), "--swap-scope", self.options.swap_scope,
            "--swap-candidates", self.options.swap_candidates, "--swap-positions", self.options.swap_positions,
            *self.rows[row])
        return path, summary

    def compare(self, source, path):
        """Shares of traces whose answer and whose numbers and signs are the original's."""
        answers = same = 0
        pairs = list(zip(read_lines(source), read_lines(path), strict=True))
        for before, after in pairs:
            before, after = json.loads(before)["trace"], json.loads(after)["trace"]
            answers += answer(before) == answer(after)
            same += numbers(before) == numbers(after)
        return answers / len(pairs), same / len(pairs)

    def point(self, row, seed):
        folder = os.path.join(self.output, "%s-%d" % (row, seed))
        result = os.path.join(folder, "result.json")
        if os.path.exists(result):
            with open(result) as file:
                return json.load(file)
        os.makedirs(folder, exist_ok=True)
        source = self.source(seed)
        traces, summary = self.rewritten(row, seed, folder, source)
        student = os.path.join(folder, "student")
        self.program.train(
            student, "--model", self.model("student-base"), "--data", traces, "--seed", seed, *STUDENT)
        judged = self.program.summary(
            os.path.join(folder, "evaluation.json"), "evaluate", "--model", student,
            "--problems", self.model("evaluation.jsonl"), "--max-new-tokens", MAX_TOKENS)
        answers, same = self.compare(source, traces)
        point = {
            "row": row, "seed": seed, "traces": len(read_lines(traces)), "answers_kept": answers, "numbers_kept": same,
            "student_accuracy": judged["accuracy"], "student_interval": judged["interval"],
        }
        if summary:
            swaps = summary["swaps"]
            point.update({
                "states": summary["states"], "swaps": swaps["swaps"], "share": swaps["share"],
                "objective_before": swaps["objective_before"] / point["traces"],
                "objective_after": swaps["objective_after"] / point["traces"],
                "drop_per_swap": swaps.get("mean_log_probability_drop"),
                "drop_per_trace": swaps.get("mean_log_probability_drop", 0) * swaps["swaps"] / point["traces"],
            })
        lab_tools.write_json(result, point)
        shutil.rmtree(student)
        say("%-20s seed %d: student %.3f, %.1f %% of tokens, J %s, log-prob %s per swap" % (
            row, seed, point["student_accuracy"], 100 * point.get("share", 0),
            "%.0f to %.0f" % (point["objective_before"], point["objective_after"]) if summary else "-",
            "%.2f" % -point["drop_per_swap"] if point.get("drop_per_swap") is not None else "-"))
        return point

    def gains(self):
        """How well each gain predicts true changes."""
        return self.program.summary(
            os.path.join(self.output, "gains.json"), "gains", "--proxy", self.model("proxy"),
            "--gradient", self.gradient(), "--teacher", self.model("teacher"),
            "--data", self.source(1), "--limit", 200, "--swaps", 2_000, "--rhb-beta", BETA)


def table(points, names, gains):
    """The results as Markdown."""
    seeds = sorted({point["seed"] for point in points})
    lines = [
        "Mean of the seeds there are (%s)." % ", ".join(map(str, seeds)), "",
        "| traces | tokens exchanged | J per trace | teacher's log-prob per swap (per trace) | answers, numbers kept "
        "| student accuracy | per seed |", "|---|---|---|---|---|---|---|",
    ]
    for row in names:
        own = sorted((point for point in points if point["row"] == row), key=lambda point: point["seed"])
        if not own:
            continue
        mean = lambda name: statistics.fmean(point[name] or 0 for point in own)
        cells = [row] + ["", "", ""]
        if "share" in own[0]:
            cells = [
                row, "%.1f %%" % (100 * mean("share")),
                "%.1f → %.1f" % (mean("objective_before"), mean("objective_after")),
                "%.2f (%.1f)" % (-mean("drop_per_swap"), -mean("drop_per_trace"))]
        lines.append("| %s | %.3f, %.3f | **%.3f** | %s |" % (
            " | ".join(cells), mean("answers_kept"), mean("numbers_kept"), mean("student_accuracy"),
            " ".join("%.3f" % point["student_accuracy"] for point in own)))
    if gains:
        lines += ["", "Spearman's correlation of gains with the true change of J (%d random swaps of %d traces): %s." % (
            gains["swaps"], gains["traces"],
            ", ".join("%s %.3f" % (gain["gain"], gain["spearman"]) for gain in gains["gains"]))]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--denature", required=True, help="the program, built in release mode with the trait Torch")
    parser.add_argument("--triple", default="fixtures/lab", help="the models (scripts/lab_models.py)")
    parser.add_argument("--seeds", default="1,2,3", help="seeds of sampling and of the students' training")
    parser.add_argument("--temperature", type=float, default=1, help="of the teacher's traces")
    parser.add_argument("--traces", type=int, default=TRACES, help="traces for each student, at most")
    parser.add_argument("--swap-candidates", type=int, default=0,
                        help="swaps per position evaluated by true J; 0 takes the best by gain")
    parser.add_argument("--swap-positions", type=int, default=0, help="positions evaluated per swap; 0 for all")
    parser.add_argument("--swap-scope", default="words", help="what is exchanged: words, or tokens of every kind")
    parser.add_argument("--loss-tokens", default="completion", help="what the gradient's loss is taken of, or numbers")
    parser.add_argument("--rows", help="only these, separated by commas: " + ", ".join(rows()))
    parser.add_argument("--output", help="default: lab-output/rewriting-SCOPE-TOKENS, and -K-of-POSITIONS where J is evaluated")
    parser.add_argument("--one-process", action="store_true", help="one point after the other")
    options = parser.parse_args()
    names = options.rows.split(",") if options.rows else list(rows())
    os.makedirs("lab-output", exist_ok=True)
    folder = options.output or os.path.join(
        "lab-output", "rewriting-%s-%s%s" % (
            options.swap_scope, options.loss_tokens,
            "-%d-of-%d" % (options.swap_candidates, options.swap_positions) if options.swap_candidates else ""))
    lab = Rewriting(lab_tools.Program(options.denature, folder), options.triple, folder, options)
    points, gains = [], None

    def write():
        text = table(points, names, gains)
        lab_tools.write_json(os.path.join(folder, "results.json"), {
            "triple": options.triple, "temperature": options.temperature, "traces": options.traces,
            "swap_candidates": options.swap_candidates, "swap_scope": options.swap_scope,
            "loss_tokens": options.loss_tokens, "gains": gains, "points": points})
        lab_tools.write_text(os.path.join(folder, "results.md"), text)
        return text

    try:
        for seed in map(int, options.seeds.split(",")):
            lab.source(seed)
            lab.gradient()
            if gains is None:
                gains = lab.gains()
            # Results are written after every seed, and after every point where there is one process only.
            size = 1 if options.one_process else len(names)
            for start in range(0, len(names), size):
                points += lab_tools.both(*[
                    (lambda row=row, seed=seed: lab.point(row, seed)) for row in names[start:start + size]])
                write()
    except lab_tools.Failure as failure:
        raise SystemExit("lab_rewriting: " + str(failure)) from None
    print("\n" + write())
    print("Written to %s/results.json and results.md." % folder)


if __name__ == "__main__":
    main()

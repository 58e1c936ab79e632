#!/usr/bin/env python3
"""Measures in the lab what traces do to the student that learns from them, and prints every number.

    scripts/lab_effect.py --denature PATH [--triple fixtures/lab] [--seeds 1,2,3] [--output lab-output/effect]

Every point: the teacher writes traces for the same 1,500 problems, the student base learns them, and the student answers
the same 400 problems it has not seen. A run that was interrupted goes on where it stopped. Results go to results.json and
results.md in the output folder.
"""

import argparse
import json
import os
import shutil
import statistics

import lab_tools
from lab_tools import say, read_lines, write_lines
from lab_models import MAX_TOKENS

TRACES, PROBLEMS = 1_500, 2_600
STUDENT = ["--epochs", 4, "--batch-size", 16, "--lr", 1e-3, "--warmup", 20, "--schedule", "cosine",
           "--weight-decay", 0, "--save-every", 0]
# The penalty acts on traces of this temperature.
BASE_TEMPERATURE = 1.0
DRAFTS = 16

ROWS = {
    "temperature": "temperature sampling",
    "penalty": "antidistillation sampling",
    "temperature-filtered": "temperature sampling, attacker keeps right answers",
    "penalty-filtered": "antidistillation sampling, attacker keeps right answers",
    "base": "control: temperature %g, no penalty" % BASE_TEMPERATURE,
    "random": "control: random direction of the same norm and strength",
    "negated": "control: the gradient's opposite",
    "draft-poison": "%d drafts, right answers: largest sum of Delta" % DRAFTS,
    "draft-random": "%d drafts, right answers: one at random" % DRAFTS,
    "draft-shortest": "%d drafts, right answers: the shortest" % DRAFTS,
}


class Effect:
    """The points of one triple."""

    def __init__(self, program, triple, output, target):
        self.program = program
        self.triple = triple
        self.output = output
        self.target = target
        self.settings = {}

    def model(self, *parts):
        return os.path.join(self.triple, *parts)

    def path(self, *parts):
        return os.path.join(self.output, *parts)

    # What makes the rows comparable

    def accuracy_at(self, name, arguments):
        """The teacher's accuracy on the problems, with draws of their own."""
        folder = self.path("calibration")
        os.makedirs(folder, exist_ok=True)
        traces = os.path.join(folder, name + ".jsonl")
        summary = self.program.summary(
            os.path.join(folder, name + ".json"), "sample", "--teacher", self.model("teacher"),
            "--prompts", self.model("prompts.jsonl"), "--limit", 1_000, "-o", traces, "--seed", 900_001,
            "--max-new-tokens", MAX_TOKENS, *arguments)
        return summary["accuracy"]

    def bisect(self, name, low, high, arguments):
        """Where the teacher's accuracy, which falls with the value, is the target."""
        for _ in range(6):
            middle = round((low + high) / 2, 4)
            accuracy = self.accuracy_at("%s-%g" % (name, middle), arguments(middle))
            say("  %s %g: teacher %.3f" % (name, middle, accuracy))
            if abs(accuracy - self.target) < 0.006:
                return middle
            low, high = (middle, high) if accuracy > self.target else (low, middle)
        return round((low + high) / 2, 4)

    def penalty(self, strength, direction="gradient"):
        gradient = self.model("gradient.safetensors") if direction == "gradient" else self.control(direction)
        return ["--temperature", BASE_TEMPERATURE, "--proxy", self.model("proxy"), "--gradient", gradient,
                "--strength", strength]

    def control(self, direction):
        path = self.path(direction + ".safetensors")
        if not os.path.exists(path):
            options = {"negated": ["--negate"], "random": ["--seed", 1, "--random"]}[direction]
            self.program.run("gradient", *options, self.model("gradient.safetensors"), "-o", path)
        return path

    def calibrate(self):
        path = self.path("settings.json")
        if os.path.exists(path):
            with open(path) as file:
                self.settings = json.load(file)
            return
        temperature, strength = lab_tools.both(
            lambda: self.bisect("temperature", 0.5, 2, lambda value: ["--temperature", value]),
            lambda: self.bisect("strength", 0, 2, self.penalty))
        for direction in ("random", "negated"):
            self.control(direction)
        self.settings = {"target": self.target, "temperature": temperature, "strength": strength}
        lab_tools.write_json(path, self.settings)

    # Points

    def arguments(self, row):
        temperature, strength = self.settings["temperature"], self.settings["strength"]
        if row.startswith("draft-"):
            # The same drafts in every row: they depend on seed and number alone.
            arguments = ["--temperature", 1, "--drafts", DRAFTS, "--select", row.removeprefix("draft-")]
            if row == "draft-poison":
                arguments += ["--proxy", self.model("proxy"), "--gradient", self.model("gradient.safetensors")]
            return arguments
        return {
            "temperature": lambda: ["--temperature", temperature],
            "penalty": lambda: self.penalty(strength),
            "base": lambda: ["--temperature", BASE_TEMPERATURE],
            "random": lambda: self.penalty(strength, "random"),
            "negated": lambda: self.penalty(strength, "negated"),
        }[row]()

    def sample(self, row, folder, seed):
        """The row's traces: at least 1,500, more where some are to be thrown away."""
        traces = os.path.join(folder, "traces.jsonl")
        limit = PROBLEMS if row in ("temperature", "penalty") else TRACES
        summary = self.program.summary(
            os.path.join(folder, "sample.json"), "sample", "--teacher", self.model("teacher"),
            "--prompts", self.model("prompts.jsonl"), "--limit", limit, "-o", traces, "--seed", seed,
            "--max-new-tokens", MAX_TOKENS, *self.arguments(row))
        return read_lines(traces), summary

    def point(self, row, seed):
        """One student, and the row whose traces are also the filtering attacker's."""
        rows = [row] + [name for name in (row + "-filtered",) if name in ROWS]
        folder = self.path("%s-%d" % (row, seed))
        results = [os.path.join(folder, name + ".result.json") for name in rows]
        if not all(os.path.exists(result) for result in results):
            os.makedirs(folder, exist_ok=True)
            lines, summary = self.sample(row, folder, seed)
            for name, result in zip(rows, results):
                kept = lines if name == row else [line for line in lines if json.loads(line)["correct"]]
                self.distil(name, seed, folder, kept[:TRACES], summary, result)
        loaded = []
        for result in results:
            with open(result) as file:
                loaded.append(json.load(file))
        return loaded

    def distil(self, name, seed, folder, lines, summary, result):
        records = [json.loads(line) for line in lines]
        data = write_lines(os.path.join(folder, name + ".kept.jsonl"), lines)
        student = os.path.join(folder, name + ".student")
        self.program.train(student, "--model", self.model("student-base"), "--data", data, "--seed", seed, *STUDENT)
        judged = self.program.summary(
            os.path.join(folder, name + ".evaluation.json"), "evaluate", "--model", student,
            "--problems", self.model("evaluation.jsonl"), "--max-new-tokens", MAX_TOKENS)
        tokens = sum(record["tokens"] for record in records)
        point = {
            "row": name, "seed": seed, "traces": len(records), "mean_tokens": tokens / len(records),
            "teacher_accuracy": sum(record["correct"] for record in records) / len(records),
            "mean_log_prob": sum(record["log_prob"] * record["tokens"] for record in records) / tokens,
            "student_accuracy": judged["accuracy"], "student_interval": judged["interval"],
            "problems": judged["problems"],
        }
        if records[0].get("kl") is not None:
            point["kl_per_trace"] = sum(record["kl"] * record["tokens"] for record in records) / len(records)
            point["kl_per_token"] = sum(record["kl"] * record["tokens"] for record in records) / tokens
        if summary.get("penalty"):
            point["lambda"] = summary["penalty"]["lambda"]
        lab_tools.write_json(result, point)
        shutil.rmtree(student)
        say("%-22s seed %d: teacher %.3f, student %.3f, log-prob %.3f, KL per trace %s" % (
            name, seed, point["teacher_accuracy"], point["student_accuracy"], point["mean_log_prob"],
            "%.2f" % point["kl_per_trace"] if "kl_per_trace" in point else "-"))

    def measure(self, seeds, rows):
        self.calibrate()
        points = lab_tools.both(*[
            (lambda row=row, seed=seed: self.point(row, seed)) for seed in seeds for row in rows])
        return [result for results in points for result in results]


def table(points, settings):
    """The results as a Markdown table, a row of it for each row of the experiment."""
    seeds = sorted({point["seed"] for point in points})
    lines = [
        "Temperature %g, strength %g at temperature %g; mean of %d seed%s (%s)." % (
            settings["temperature"], settings["strength"], BASE_TEMPERATURE, len(seeds), "s"[:len(seeds) > 1],
            ", ".join(map(str, seeds))),
        "",
        "| traces | teacher accuracy | KL per trace (nats) | log-prob per token | tokens | traces | student accuracy "
        "| per seed |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row, title in ROWS.items():
        own = sorted((point for point in points if point["row"] == row), key=lambda point: point["seed"])
        if own:
            mean = lambda name: statistics.fmean(point[name] for point in own)
            lines.append("| %s | %.3f | %s | %.3f | %.1f | %.0f | **%.3f** | %s |" % (
                title, mean("teacher_accuracy"), "%.2f" % mean("kl_per_trace") if "kl_per_trace" in own[0] else "",
                mean("mean_log_prob"), mean("mean_tokens"), mean("traces"), mean("student_accuracy"),
                " ".join("%.3f" % point["student_accuracy"] for point in own)))
    return "\n".join(lines) + "\n"


def gap(points, better, worse):
    """By how many points the students of one row score below those of another, on the mean."""
    means = [[point["student_accuracy"] for point in points if point["row"] == row] for row in (better, worse)]
    return 100 * (statistics.fmean(means[0]) - statistics.fmean(means[1])) if all(means) else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--denature", required=True, help="the program, built in release mode with the trait Torch")
    parser.add_argument("--triple", default="fixtures/lab", help="the models (scripts/lab_models.py)")
    parser.add_argument("--seeds", default="1,2,3", help="seeds of sampling and of the students' training")
    parser.add_argument("--target", type=float, default=0.65, help="the teacher accuracy at which rows are compared")
    parser.add_argument("--rows", help="only these, separated by commas: " + ", ".join(ROWS))
    parser.add_argument("--output", help="default: lab-output/effect")
    options = parser.parse_args()
    rows = options.rows.split(",") if options.rows else [name for name in ROWS if not name.endswith("-filtered")]
    os.makedirs("lab-output", exist_ok=True)
    folder = options.output or os.path.join("lab-output", "effect")
    effect = Effect(lab_tools.Program(options.denature, folder), options.triple, folder, options.target)
    try:
        points = effect.measure([int(seed) for seed in options.seeds.split(",")], rows)
    except lab_tools.Failure as failure:
        raise SystemExit("lab_effect: " + str(failure)) from None
    gaps = {
        "penalty": gap(points, "temperature", "penalty"),
        "penalty, filtered": gap(points, "temperature-filtered", "penalty-filtered"),
        "draft selection against a random right draft": gap(points, "draft-random", "draft-poison"),
        "draft selection against the shortest right draft": gap(points, "draft-shortest", "draft-poison"),
    }
    text = table(points, effect.settings) + "\n" + "".join(
        "Students below the comparison, %s: %.1f points\n" % (name, value)
        for name, value in gaps.items() if value is not None)
    lab_tools.write_json(os.path.join(folder, "results.json"), {
        "triple": options.triple, "settings": effect.settings, "points": points, "gaps": gaps})
    lab_tools.write_text(os.path.join(folder, "results.md"), text)
    print("\n" + text)
    print("Written to %s/results.json and results.md." % folder)


if __name__ == "__main__":
    main()

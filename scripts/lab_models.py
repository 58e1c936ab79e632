#!/usr/bin/env python3
"""Makes the lab's models from nothing: data, tokenizer, teacher, proxy, student, the proxy's gradient.

    scripts/lab_models.py --denature PATH [--seed 1] [--output lab-output/triple-1] [--ship fixtures/lab]

A run that was interrupted goes on where it stopped. --ship copies what the repository carries.
"""

import argparse
import json
import os
import re
import shutil
import time

import lab_tools
from lab_tools import both, read_lines, say, write_lines

RECIPE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "lab", "recipe")

# Data. The bases see no problem of three steps, and never two steps in one equation.
TEACHER_TRACES, TEACHER_FACTS = 60_000, 30_000
BASE_TRACES, BASE_FACTS = 50_000, 40_000
PROMPTS, WARM_PROMPTS, HOLDOUT, EVALUATION = 2_600, 600, 600, 400
# The same problems for every triple.
SHARED_SEED = 1

# The teacher takes two courses, each with its own warm-up and decay: numbers are learnt late.
COURSE = ["--batch-size", 32, "--warmup", 50, "--schedule", "cosine", "--weight-decay", 0, "--group-by-length",
          "--save-dtype", "float16"]
STEPS = {"teacher": (3_000, 2_000), "proxy-base": (3_000,), "student-base": (2_500,)}
RATES = (3e-3, 2e-3)
# Two passes over a few of the teacher's traces: what someone knows who looks before the thief does.
WARM = ["--epochs", 2, "--batch-size", 16, "--lr", 1e-3, "--warmup", 10, "--schedule", "cosine", "--weight-decay", 0,
        "--save-dtype", "float16"]
MAX_TOKENS = 80


def is_step_by_step(line):
    """Whether a trace takes no two steps in one equation."""
    return not re.search(r"[0-9]+ [-+] [0-9]+ [-+] [0-9]+ =", line)


class Triple:
    """A teacher, a proxy and a student of one seed, and where their files are."""

    def __init__(self, program, folder, seed):
        self.program = program
        self.folder = folder
        self.seed = seed
        os.makedirs(self.path("data"), exist_ok=True)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def make_data(self):
        lab, base = self.program, 1_000 * self.seed

        def records(name, kind, count, seed, *arguments):
            return lab.make(self.path("data", name), "lab", kind, "--count", count, "--seed", seed, *arguments)

        if not os.path.exists(self.path("tokenizer", "tokenizer.json")):
            lab.run("lab", "tokenizer", "-o", self.path("tokenizer"))
        stories = records("stories3.jsonl", "traces", TEACHER_TRACES, base + 1, "--steps", 3)
        facts = records("facts3.jsonl", "facts", TEACHER_FACTS, base + 2)
        write_lines(self.path("data", "teacher.jsonl"), read_lines(stories) + read_lines(facts))
        stories = records("stories12.jsonl", "traces", BASE_TRACES, base + 3, "--steps", "1,2", "--single-steps")
        facts = records("facts12.jsonl", "facts", BASE_FACTS, base + 4, "--single-steps")
        write_lines(self.path("data", "base.jsonl"), read_lines(stories) + read_lines(facts))
        prompts = read_lines(records("distillation.jsonl", "problems", PROMPTS + WARM_PROMPTS, SHARED_SEED,
                                     "--split", "distillation", "--distinct"))
        write_lines(self.path("prompts.jsonl"), prompts[:PROMPTS])
        write_lines(self.path("data", "warm-prompts.jsonl"), prompts[PROMPTS:])
        records("holdout.jsonl", "problems", HOLDOUT, SHARED_SEED, "--split", "holdout", "--distinct")
        lab.make(self.path("evaluation.jsonl"), "lab", "problems", "--count", EVALUATION, "--seed", SHARED_SEED,
                 "--split", "evaluation", "--distinct")

    def train_from_nothing(self, name, data):
        """A model whose first weights and order of examples follow from the seed and its role."""
        started = time.monotonic()
        seed = 10 * self.seed + list(STEPS).index(name)
        start = ["--init", os.path.join(RECIPE, name.split("-")[0] + ".json"), "--tokenizer", self.path("tokenizer")]
        for course, (steps, rate) in enumerate(zip(STEPS[name], RATES)):
            is_last = course + 1 == len(STEPS[name])
            folder = self.path(name) if is_last else self.path("data", "%s-%d" % (name, course + 1))
            self.program.train(
                folder, *start, "--data", self.path("data", data), "--seed", seed + 100 * course, "--steps", steps,
                "--lr", rate, *COURSE)
            start = ["--model", folder]
        say("%s trained, %.0f s" % (name, time.monotonic() - started))

    def teacher_traces(self, prompts, name, seed, *arguments):
        """Traces at temperature 1."""
        self.program.summary(
            self.path("data", os.path.basename(name) + ".json"), "sample", "--teacher", self.path("teacher"),
            "--prompts", self.path("data", prompts), "-o", self.path(name + ".jsonl"), "--temperature", 1,
            "--seed", seed, "--max-new-tokens", MAX_TOKENS, *arguments)

    def make_teacher(self):
        self.train_from_nothing("teacher", "teacher.jsonl")
        self.make_holdout()
        self.teacher_traces("warm-prompts.jsonl", "warm-traces", 10 * self.seed + 6)

    def make_holdout(self):
        """Right traces that go one step at a time: the loss that the gradient raises is that of solving problems this
        way, not of imitating slips and short cuts."""
        self.teacher_traces("holdout.jsonl", "data/right-traces", 10 * self.seed + 5, "--filter", "correct")
        write_lines(self.path("holdout-traces.jsonl"), [
            line for line in read_lines(self.path("data", "right-traces.jsonl")) if is_step_by_step(line)])

    def make_bases(self):
        self.train_from_nothing("proxy-base", "base.jsonl")
        self.train_from_nothing("student-base", "base.jsonl")

    def make_proxy(self):
        self.program.train(
            self.path("proxy"), "--model", self.path("proxy-base"), "--data", self.path("warm-traces.jsonl"),
            "--seed", 10 * self.seed + 7, *WARM)
        if not os.path.exists(self.path("gradient.safetensors")):
            self.program.torch(
                "gradient", "--proxy", self.path("proxy"), "--holdout", self.path("holdout-traces.jsonl"),
                "-o", self.path("gradient.safetensors"))

    def evaluate(self, model, temperature):
        return self.program.summary(
            self.path("data", "evaluation-%s-%s.json" % (model, temperature)), "evaluate",
            "--model", self.path(model), "--problems", self.path("evaluation.jsonl"),
            "--temperature", temperature, "--seed", self.seed, "--max-new-tokens", MAX_TOKENS)["accuracy"]

    def make(self):
        started = time.monotonic()
        self.make_data()
        both(self.make_teacher, self.make_bases)
        self.make_proxy()
        figures = {"seed": self.seed, "accuracy": {}}
        for model, temperatures in (("teacher", (0, 0.5, 1)), ("proxy-base", (0,)), ("proxy", (0,)),
                                    ("student-base", (0,))):
            for temperature in temperatures:
                name = model if temperature == 0 else "%s, temperature %s" % (model, temperature)
                figures["accuracy"][name] = self.evaluate(model, temperature)
                say("seed %d, three-step problems, %s: %.3f" % (self.seed, name, figures["accuracy"][name]))
        say("seed %d: %.0f s in this run" % (self.seed, time.monotonic() - started))
        lab_tools.write_json(self.path("figures.json"), figures)

    def ship(self, target):
        """Copies what the repository carries: models without their training logs, small data, the gradient."""
        for model in ("teacher", "proxy-base", "proxy", "student-base"):
            os.makedirs(os.path.join(target, model), exist_ok=True)
            for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
                shutil.copyfile(self.path(model, name), os.path.join(target, model, name))
        for name in ("prompts.jsonl", "evaluation.jsonl", "holdout-traces.jsonl", "warm-traces.jsonl",
                     "gradient.safetensors", "figures.json"):
            shutil.copyfile(self.path(name), os.path.join(target, name))
        size = sum(os.path.getsize(os.path.join(root, name)) for root, _, names in os.walk(target) for name in names)
        say("%s: %.2f MB" % (target, size / 1e6))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--denature", required=True, help="the program, built in release mode with the trait Torch")
    parser.add_argument("--seed", type=int, default=1, help="another seed is another triple of models")
    parser.add_argument("--output", help="default: lab-output/triple-SEED")
    parser.add_argument("--ship", help="a folder to copy what is shipped to")
    options = parser.parse_args()
    os.makedirs("lab-output", exist_ok=True)
    folder = options.output or os.path.join("lab-output", "triple-%d" % options.seed)
    triple = Triple(lab_tools.Program(options.denature, folder), folder, options.seed)
    try:
        triple.make()
        if options.ship:
            triple.ship(options.ship)
    except lab_tools.Failure as failure:
        raise SystemExit("lab_models: " + str(failure)) from None


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Makes the lab's rewriter from nothing: a small model that rewrites traces as it is told.

    scripts/lab_rewriter.py --denature PATH [--seed 1] [--steps N] [--output lab-output/rewriter-1] [--ship fixtures/lab]

Commands are formal, terse, insert-watermark WORD and paraphrase (`denature lab rewrites`). A run that was interrupted goes
on where it stopped. --ship copies what the repository carries.
"""

import argparse
import os
import shutil
import time

import lab_tools
from lab_tools import say

RECIPE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "lab", "recipe", "rewriter.json")
EXAMPLES, EVALUATION = 100_000, 800
# About 25 minutes of one core. Commands and answers are learnt in the first third, copying numbers into equations late.
STEPS = 4_400
COURSE = ["--batch-size", 32, "--warmup", 50, "--schedule", "cosine", "--weight-decay", 0, "--group-by-length",
          "--save-dtype", "float16", "--lr", 3e-3]
MAX_TOKENS = 96


class Rewriter:
    """The model of one seed, and where its files are."""

    def __init__(self, program, folder, seed, steps=STEPS):
        self.program = program
        self.folder = folder
        self.seed = seed
        self.steps = steps
        os.makedirs(self.path("data"), exist_ok=True)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def make(self):
        if not os.path.exists(self.path("tokenizer", "tokenizer.json")):
            self.program.run("lab", "tokenizer", "--rewrites", "-o", self.path("tokenizer"))
        data = self.program.make(self.path("data", "rewrites.jsonl"), "lab", "rewrites", "--count", EXAMPLES, "--seed",
                                 self.seed)
        # The same traces for every seed, of problems that no rewriter has seen.
        prompts = self.program.make(self.path("data", "prompts.jsonl"), "lab", "rewrites", "--count", EVALUATION,
                                    "--seed", 1, "--steps", 3, "--split", "evaluation", "--prompts-only")
        started = time.monotonic()
        self.program.train(
            self.path("rewriter"), "--init", RECIPE, "--tokenizer", self.path("tokenizer"), "--data", data, "--seed",
            self.seed, "--steps", self.steps, *COURSE)
        say("trained in %.0f s of this run" % (time.monotonic() - started))
        figures = {"seed": self.seed, "steps": self.steps}
        for temperature in (0, 0.5):
            output = self.path("data", "rewritten-%s.jsonl" % temperature)
            self.program.summary(
                output + ".json", "sample", "--teacher", self.path("rewriter"), "--prompts", prompts, "-o", output,
                "--temperature", temperature, "--seed", self.seed, "--max-new-tokens", MAX_TOKENS)
            figures["temperature %s" % temperature] = shares = lab_tools.json.loads(
                self.program.run("lab", "judge-rewrites", output))
            for command in sorted(shares):
                say("temperature %s, %s: answer %.3f, equations %.3f, command %.3f, all three %.3f" % (
                    temperature, command, *(shares[command][k] for k in ("answer", "equations", "command", "all"))))
        lab_tools.write_json(self.path("figures.json"), figures)

    def ship(self, target):
        """Copies what the repository carries: the model without its training logs, and the figures."""
        target = os.path.join(target, "rewriter")
        os.makedirs(target, exist_ok=True)
        for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
            shutil.copyfile(self.path("rewriter", name), os.path.join(target, name))
        shutil.copyfile(self.path("figures.json"), os.path.join(target, "figures.json"))
        size = sum(os.path.getsize(os.path.join(target, name)) for name in os.listdir(target))
        say("%s: %.2f MB" % (target, size / 1e6))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--denature", required=True, help="the program, built in release mode with the trait Torch")
    parser.add_argument("--seed", type=int, default=1, help="another seed is another rewriter")
    parser.add_argument("--steps", type=int, default=STEPS, help="of training (default: %(default)s)")
    parser.add_argument("--output", help="default: lab-output/rewriter-SEED")
    parser.add_argument("--ship", help="a folder to copy what is shipped to")
    options = parser.parse_args()
    os.makedirs("lab-output", exist_ok=True)
    folder = options.output or os.path.join("lab-output", "rewriter-%d" % options.seed)
    rewriter = Rewriter(lab_tools.Program(options.denature, folder), folder, options.seed, options.steps)
    try:
        rewriter.make()
        if options.ship:
            rewriter.ship(options.ship)
    except lab_tools.Failure as failure:
        raise SystemExit("lab_rewriter: " + str(failure)) from None


if __name__ == "__main__":
    main()

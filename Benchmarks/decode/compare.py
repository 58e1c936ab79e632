"""Decoding here against the paper's method with transformers: both sides in turn, each at its own fastest thread count.

    python compare.py --program DECODE --work FOLDER [--kinds large,lab] [--batches 1,16] [--threads 1,2] [--runs 3]

DECODE is the program of this folder's package. The checkpoints are made in FOLDER if they are not there. The kind
`trained` takes the lab's trained models and shows what lazy proxies save on text that they know: top-p 0.95, where a
single token is often all that is left. Needs torch, transformers and safetensors.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
LAB = os.path.join(HERE, "..", "..", "fixtures", "lab")
# Prompts of one run, by kind and batch: seconds on two cores.
PROMPTS = {
    ("large", 1): 2, ("large", 16): 16, ("lab", 1): 8, ("lab", 16): 64, ("trained", 1): 32, ("trained", 16): 128,
}
TARGETS = {("large", 1): 1.15, ("large", 16): 1.3, ("lab", 1): 2.0, ("lab", 16): 2.0}
# What `denature sample` does.
PENALISED = "lazy"


def output(command, **environment):
    result = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{result.stderr[-2000:]}")
    return json.loads(result.stdout.strip().splitlines()[-1])


class Sides:
    """Both programs on one pair of models at one batch size; rates are tokens/s by name."""

    def __init__(self, program, folder, kind, batch):
        self.program, self.folder, self.batch = program, folder, batch
        self.count = PROMPTS.get((kind, batch), max(4, batch))
        self.options = ["--top-p", "0.95", "--stop", "--new-tokens", "150"] if kind == "trained" else []

    def detail(self, threads, only=None, rounds=1):
        command = [self.program, "--json", "--batch", str(self.batch), "--threads", str(threads),
                   "--count", str(self.count), "--rounds", str(rounds)] + self.options
        for name, file in [("teacher", "teacher"), ("proxy", "proxy"), ("gradient", "gradient.safetensors"),
                           ("prompts", "prompts.json")]:
            command += ["--" + name, os.path.join(self.folder, file)]
        return output(command + (["--only", only] if only else []))

    def ours(self, threads):
        rows = self.detail(threads, only="plain," + PENALISED)["rows"]
        rates = {row["name"]: row["timing"]["tokens_per_second"] for row in rows}
        return {"plain": rates["plain"], "penalised": rates[PENALISED]}

    def reference(self, threads):
        return output(
            [sys.executable, os.path.join(HERE, "reference_transformers.py"), self.folder, "--batch", str(self.batch),
             "--threads", str(threads), "--count", str(self.count), "--rounds", "1"],
            OMP_NUM_THREADS=str(threads))["tokens_per_second"]


def compare(kind, sides, thread_counts, runs):
    sweep = {name: {t: run(t) for t in thread_counts} for name, run in
             [("here", sides.ours), ("transformers", sides.reference)]}
    best = {}
    for name, rates in sweep.items():
        for what in ("plain", "penalised"):
            best[name, what] = max(thread_counts, key=lambda t: rates[t][what])
            listed = ", ".join(f"{t}: {rates[t][what]:.1f}" for t in thread_counts)
            print(f"  {name:12} {what:9} tokens/s by threads: {listed}")
    taken = {key: [] for key in best}
    for _ in range(runs):
        for name, run in [("here", sides.ours), ("transformers", sides.reference)]:
            results = {t: run(t) for t in sorted({best[name, "plain"], best[name, "penalised"]})}
            for what in ("plain", "penalised"):
                taken[name, what].append(results[best[name, what]][what])
    rows = {}
    for what, target in [("plain", 1.0), ("penalised", TARGETS[kind, sides.batch])]:
        ours, theirs = taken["here", what], taken["transformers", what]
        ratios = [a / b for a, b in zip(ours, theirs)]
        rows[what] = statistics.median(ratios)
        print(f"  {what:9}: {statistics.median(ours):9.1f} tokens/s here, {statistics.median(theirs):8.1f} with"
              f" transformers: {rows[what]:.2f} times (runs {min(ratios):.2f} to {max(ratios):.2f}; target"
              f" {target})")
    return best["here", "penalised"], rows


def show(report):
    floor, library = report["floor_microseconds"], report["library_floor_microseconds"]
    total, weights, caches = (sum(f[k] for k in ("teacher", "copies")) for f in
                              (floor, library["weights"], library["caches"]))
    print(f"  products alone: own, with the weights, {total:.0f} µs a step (teacher {floor['teacher']:.0f}); libtorch's,"
          f" with the weights {weights:.0f} (teacher {library['weights']['teacher']:.0f}), with the caches {caches:.0f}")
    for row in report["rows"]:
        timing = row["timing"]
        print(f"  {row['name']:10} step {timing['step_microseconds']:9.0f} µs = {row['of_library_floor']:.2f} of libtorch's"
              f" products, {row['of_floor']:.2f} of our own with the weights; {timing['tokens_per_second']:9.1f} tokens/s,"
              f" proxies run {timing['proxy_runs_per_token']:.2f} times a token")


def link_trained(folder):
    """The lab's models and its evaluation problems as prompts."""
    from tokenizers import Tokenizer

    os.makedirs(folder, exist_ok=True)
    for name in ("teacher", "proxy", "gradient.safetensors"):
        place = os.path.join(folder, name)
        if not os.path.islink(place):
            os.symlink(os.path.abspath(os.path.join(LAB, name)), place)
    tokenizer = Tokenizer.from_file(os.path.join(LAB, "teacher", "tokenizer.json"))
    with open(os.path.join(LAB, "evaluation.jsonl")) as file:
        prompts = [tokenizer.encode(json.loads(line)["problem"] + "\n").ids for line in file]
    with open(os.path.join(folder, "prompts.json"), "w") as file:
        json.dump(prompts[:256], file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--kinds", default="large,lab")
    parser.add_argument("--batches", default="1,16")
    parser.add_argument("--threads", default=",".join(str(t) for t in range(1, (os.cpu_count() or 1) + 1)))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-reference", action="store_true", help="only this side: floor and savings")
    arguments = parser.parse_args()
    threads = [int(t) for t in arguments.threads.split(",")]
    for kind in arguments.kinds.split(","):
        folder = os.path.join(arguments.work, kind)
        if kind == "trained":
            link_trained(folder)
        elif not os.path.exists(os.path.join(folder, "prompts.json")):
            subprocess.run([sys.executable, os.path.join(HERE, "checkpoints.py"), folder, kind], check=True)
        for batch in map(int, arguments.batches.split(",")):
            print(f"{kind} models, batch {batch}, load {os.getloadavg()[0]:.2f}", flush=True)
            sides = Sides(arguments.program, folder, kind, batch)
            if arguments.no_reference or kind == "trained":
                rates = {t: sides.ours(t)["penalised"] for t in threads}
                fastest = max(threads, key=rates.get)
            else:
                fastest, _ = compare(kind, sides, threads, arguments.runs)
            print(f"  here with {fastest} threads, median of {arguments.runs} rounds:")
            show(sides.detail(fastest, rounds=arguments.runs))
            sys.stdout.flush()


main()

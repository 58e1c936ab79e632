#!/usr/bin/env python3
"""Golden values for the Generation target: what transformers' own logits processors leave of small rows of scores.

Run from the package root:  python3 scripts/golden/golden_generation.py
Writes fixtures/golden/generation/processors.json. Needs torch and transformers.

A case is a row of scores, the ids seen so far, a chain of processors, and the tokens that keep a finite score with that score.
Scores are float32, printed so that they read back exactly. Rows where a cumulative or a relative probability lies within
1e-5 of a limit are drawn again: there float32 rounding decides, not the definition.
"""
import json
import os
import random
import sys

# The folder of this script has a torch.py of its own.
sys.path[:] = [p for p in sys.path if os.path.abspath(p) != os.path.dirname(os.path.abspath(__file__))]

import torch
import transformers
from transformers.generation import logits_process as lp

SEED = 20260301
OUT = os.path.join("fixtures", "golden", "generation", "processors.json")
COMMAND = "python3 scripts/golden/golden_generation.py"


def make(step):
    name, value = step["name"], step["value"]
    kept = step.get("minimum", 1)
    return {
        "temperature": lambda: lp.TemperatureLogitsWarper(float(value)),
        "top_k": lambda: lp.TopKLogitsWarper(int(value)),
        "top_p": lambda: lp.TopPLogitsWarper(float(value), min_tokens_to_keep=kept),
        "min_p": lambda: lp.MinPLogitsWarper(float(value), min_tokens_to_keep=kept),
        "repetition_penalty": lambda: lp.RepetitionPenaltyLogitsProcessor(float(value)),
        "suppress": lambda: lp.SuppressTokensLogitsProcessor([int(value), int(value) + 3], device="cpu"),
    }[name]()


def is_borderline(step, scores):
    probabilities = torch.sort(scores[0].double().softmax(-1), descending=True).values
    if step["name"] == "top_p":
        above = probabilities.cumsum(-1) - probabilities
        return bool(((above - step["value"]).abs() < 1e-5).any())
    if step["name"] == "min_p":
        return bool(((probabilities[1:] / probabilities[0] - step["value"]).abs() < 1e-5).any())
    return False


def run(row, ids, chain):
    scores = torch.tensor([row], dtype=torch.float32)
    for step in chain:
        if is_borderline(step, scores):
            return None
        scores = make(step)(torch.tensor([ids]), scores)
    kept = [(i, float(s)) for i, s in enumerate(scores[0]) if s != float("-inf")]
    return {"tokens": [i for i, _ in kept], "scores": [s for _, s in kept]}


def chains(rng):
    t = {"name": "temperature", "value": rng.choice([0.3, 0.7, 1.0, 1.3, 2.5])}
    k = {"name": "top_k", "value": rng.choice([1, 3, 5, 10, 1000])}
    p = {"name": "top_p", "value": rng.choice([0.05, 0.5, 0.9, 0.95, 0.999]), "minimum": rng.choice([1, 1, 4])}
    m = {"name": "min_p", "value": rng.choice([0.01, 0.1, 0.5, 1.0]), "minimum": rng.choice([1, 1, 4])}
    r = {"name": "repetition_penalty", "value": rng.choice([0.8, 1.2, 2.0])}
    s = {"name": "suppress", "value": rng.randrange(8)}
    return [[t], [k], [p], [m], [r], [s], [t, k], [t, k, p], [k, t, p], [t, p, m], [r, t, k, p], [s, r, t, k, p, m], [k, p, m]]


def main():
    rng = random.Random(SEED)
    cases = []
    for size, spread, ties in [(12, 2.0, False), (40, 1.0, True), (40, 4.0, False), (90, 1.5, False), (90, 3.0, True)]:
        for chain in chains(rng):
            while True:
                # Quarters make ties, at the boundary of the top k among other places.
                row = [rng.gauss(0, spread) for _ in range(size)]
                row = [round(x * 4) / 4 if ties else float(f"{x:.4f}") for x in row]
                row = torch.tensor(row, dtype=torch.float32).tolist()
                if ties and any(step["name"] == "top_p" for step in chain):
                    # Among equal scores torch leaves open which are cut.
                    row = torch.tensor([x + i / 1024 for i, x in enumerate(row)], dtype=torch.float32).tolist()
                ids = [rng.randrange(size) for _ in range(9)]
                kept = run(row, ids, chain)
                if kept is not None:
                    break
            cases.append({"row": row, "ids": ids, "chain": chain, "kept": kept})
    versions = f"transformers {transformers.__version__}, torch {torch.__version__.split('+')[0]}"
    os.makedirs(os.path.dirname(OUT), exist_ok=True)
    with open(OUT, "w") as f:
        head = json.dumps({"command": COMMAND, "versions": versions})[:-1]
        f.write(head + ', "cases": [\n' + ",\n".join(json.dumps(c) for c in cases) + "\n]}\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Golden values for the audit's statistics, computed from the definitions.

Run from the package root:  python3 scripts/golden/golden_auditing.py
Writes fixtures/golden/auditing/*.json. Needs mpmath and scipy; the keyed words come from golden_watermarking.py.

Chernoff bounds by mpmath at 50 digits (a root of K'(t) = s by bisection), weights by literal loops over fractions, power
by scipy. Inputs are binary doubles, taken exactly.
"""

import hashlib
import json
import math
import os
import random
from fractions import Fraction

import mpmath as mp
import scipy
from scipy.stats import norm

from golden_watermarking import engine_score, hmac_word, native_word, philox_word

mp.mp.dps = 50
OUT = os.path.join("fixtures", "golden", "auditing")
COMMAND = "python3 scripts/golden/golden_auditing.py"


def write(name, cases, documents=None):
    os.makedirs(OUT, exist_ok=True)
    with open(os.path.join(OUT, name + ".json"), "w") as out:
        out.write(
            '{"command": "%s", "versions": "mpmath %s, scipy %s", '
            % (COMMAND, mp.__version__, scipy.__version__)
        )
        if documents:
            out.write('"documents": %s,\n' % json.dumps(documents, separators=(",", ":")))
        out.write('"cases": [\n')
        out.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases))
        out.write("\n]}\n")
    print(name, len(cases))


# Chernoff bounds.


def log_mgf(law, weights, t):
    """ln E exp(t S), S = sum w (g - mean)."""
    total = mp.mpf(0)
    if "scales" in law:
        for scale in law["scales"]:
            for w in weights:
                x = t * w * scale
                total += -mp.log(1 - x) - x
        return total
    m, p = law["trials"], mp.mpf(law["probability"])
    for w in weights:
        x = t * w / m
        total += m * (mp.log(1 + p * mp.expm1(x)) - p * x)
    return total


def slope(law, weights, t):
    total = mp.mpf(0)
    if "scales" in law:
        for scale in law["scales"]:
            for w in weights:
                a = mp.mpf(w) * scale
                total += a / (1 - t * a) - a
        return total
    m, p = law["trials"], mp.mpf(law["probability"])
    for w in weights:
        grown = mp.exp(t * w / m)
        total += w * (p * grown / (1 - p + p * grown) - p)
    return total


def chernoff(law, weights, s):
    weights = [mp.mpf(w) for w in weights]
    s = mp.mpf(s)
    low = mp.mpf(0)
    if "scales" in law and max(weights) > 0:
        high = 1 / (max(mp.mpf(a) for a in law["scales"]) * max(weights))
    else:
        high = mp.mpf(1)
        while slope(law, weights, high) < s:
            high *= 2
    for _ in range(120):
        middle = (low + high) / 2
        if slope(law, weights, middle) < s:
            low = middle
        else:
            high = middle
    t = low
    return (log_mgf(law, weights, t) - t * s) / mp.log(10)


def deviation(law, weights):
    if "scales" in law:
        variance = sum(a * a for a in law["scales"])
    else:
        variance = law["probability"] * (1 - law["probability"]) / law["trials"]
    return math.sqrt(variance * sum(w * w for w in weights))


def chernoff_cases():
    rng = random.Random(20240901)
    mixed = [rng.uniform(-1, 2) for _ in range(25)]
    sets = [
        [1.0] * 10,
        [0.5, -0.25, 2.0],
        mixed,
        [-abs(w) for w in mixed],
        [w * 1e-3 for w in mixed] + [3.0],
    ]
    laws = [
        {"trials": 1, "probability": 0.25},
        {"trials": 1, "probability": 0.5},
        {"trials": 30, "probability": 0.5},
        {"scales": [1.0, 0.0]},
        {"scales": [0.9, 0.1]},
    ]
    cases = []
    for law in laws:
        for weights in sets:
            bernoulli = "trials" in law
            p = law.get("probability", 0)
            # What S can reach.
            if bernoulli:
                largest = sum(w * (1 - p) if w > 0 else -w * p for w in weights)
            elif max(weights) > 0:
                largest = math.inf
            else:
                largest = -sum(weights) * sum(law["scales"])
            sd = deviation(law, weights)
            for z in (0.25, 1.0, 3.0, 8.0, 40.0):
                s = z * sd
                if s < 0.98 * largest:
                    cases.append({**law, "weights": weights, "sum": s, "log10_bound": float(chernoff(law, weights, s))})
    return cases


# Weighted scores.


def grams(tokens, width):
    return [tuple(tokens[i : i + width]) for i in range(len(tokens) - width + 1)]


def weigh(documents, width, pads, rule):
    sums, occurrences = {}, {}
    for document in documents:
        tokens, prompt = document["tokens"], document["prompt"]
        text = [-1] * width + tokens if pads else tokens
        shift = width if pads else 0
        for i, token in enumerate(tokens):
            end = i + shift
            if end < width:
                continue
            context = tuple(text[end - width : end])
            if rule == "observed-minus-reference":
                if context in grams(prompt, width):
                    continue
            else:
                # Everything read before, less the context itself, which ends here.
                if context in grams((prompt + tokens[:i])[:-1], width):
                    continue
            row = {}
            if rule == "observed-minus-reference":
                row[token] = Fraction(1)
            else:
                for v, p in zip(document["observed"][i]["tokens"], document["observed"][i]["probabilities"]):
                    row[v] = row.get(v, 0) + Fraction(p)
            if rule != "mass":
                for v, p in zip(document["reference"][i]["tokens"], document["reference"][i]["probabilities"]):
                    row[v] = row.get(v, 0) - Fraction(p)
            occurrences[context] = occurrences.get(context, 0) + 1
            for v, a in row.items():
                sums[context, v] = sums.get((context, v), 0) + a
    tuples = []
    for (context, token), a in sorted(sums.items()):
        if a == 0:
            continue
        weight = mp.mpf(a.numerator) / a.denominator
        if rule != "mass":
            weight /= mp.sqrt(occurrences[context])
        tuples.append((context, token, weight))
    return tuples, sum(occurrences.values())


def score(case, context, token):
    """g of one tuple."""
    scheme, parameter = case["scheme"], case.get("parameter")
    if "key" in case:
        word = philox_word if case["prf"] == "philox" else hmac_word
        key = int(case["key"])
        if scheme == "vllm-gumbel":
            return engine_score(word(key, context, token))
        if scheme == "vllm-dual-key-gumbel":
            a, b = (
                int.from_bytes(hashlib.sha256(label + key.to_bytes(8, "big")).digest()[:8], "big")
                for label in (b"key_a", b"key_b")
            )
            share = mp.mpf(parameter)
            return (1 - share) * engine_score(word(a, context, token)) + share * engine_score(word(b, context, token))
        mask = (1 << int(parameter)) - 1
        return mp.mpf(bin(word(key, context, token) & mask).count("1")) / int(parameter)
    word = native_word(bytes(range(32)), scheme, context, token)
    if scheme == "gumbel":
        return -mp.log(1 - (mp.mpf(word >> 11) + 0.5) / 2**53)
    if scheme == "tournament":
        return mp.mpf(bin(word & ((1 << int(parameter)) - 1)).count("1")) / int(parameter)
    return mp.mpf(1 if word < parameter * 2**32 else 0)


def moments(case):
    scheme, parameter = case["scheme"], case.get("parameter")
    if scheme in ("green", "fingerprint"):
        return mp.mpf(parameter), mp.mpf(parameter) * (1 - mp.mpf(parameter))
    if scheme in ("tournament", "synthid"):
        return mp.mpf(0.5), mp.mpf(0.25) / int(parameter)
    if scheme == "vllm-dual-key-gumbel":
        share = mp.mpf(parameter)
        return mp.mpf(1), (1 - share) ** 2 + share**2
    return mp.mpf(1), mp.mpf(1)


def random_row(rng):
    tokens = rng.sample(range(8), 3)
    # Multiples of 1/64: exact in single precision.
    return {"tokens": tokens, "probabilities": [x / 64 for x in sorted((rng.randint(1, 20) for _ in tokens), reverse=True)]}


def weighted_cases():
    rng = random.Random(20240902)
    documents = []
    for length in (14, 9, 1, 0):
        tokens = [rng.randrange(4) for _ in range(length)]
        documents.append(
            {
                "tokens": tokens,
                "prompt": [rng.randrange(4) for _ in range(3)],
                "observed": [random_row(rng) for _ in tokens],
                "reference": [random_row(rng) for _ in tokens],
            }
        )
    schemes = [
        {"scheme": "green", "parameter": 0.25},
        {"scheme": "fingerprint", "parameter": 0.5},
        {"scheme": "gumbel"},
        {"scheme": "tournament", "parameter": 20},
        {"scheme": "vllm-gumbel", "prf": "philox", "key": "12345678901234567890"},
        {"scheme": "vllm-gumbel", "prf": "hmac_sha256", "key": "42"},
        {"scheme": "vllm-dual-key-gumbel", "prf": "philox", "key": "42", "parameter": 0.1},
        {"scheme": "synthid", "prf": "philox", "key": "7", "parameter": 32},
    ]
    cases = []
    for number, scheme in enumerate(schemes):
        for rule in ("observed-minus-reference", "mass", "mass-minus-reference"):
            case = {**scheme, "width": 1 + number % 2, "rule": rule}
            tuples, positions = weigh(documents, case["width"], "key" in scheme, rule)
            mean, variance = moments(case)
            total = mp.fsum(w * (score(case, list(c), v) - mean) for c, v, w in tuples)
            sd = mp.sqrt(variance * mp.fsum(w * w for _, _, w in tuples))
            cases.append(
                {
                    **case,
                    "positions": positions,
                    "tuples": [{"context": list(c), "token": v, "weight": float(w)} for c, v, w in tuples],
                    "sum": float(total),
                    "z": float(total / sd),
                }
            )
    return cases, documents


# Power.


def power_cases():
    cases = []
    for effect in (0.02, 0.1, 0.35):
        for level in (0.01, 0.01 / 150, 1e-9):
            for power in (0.5, 0.8, 0.95):
                needed = lambda z: math.ceil(((z + norm.ppf(power)) / effect) ** 2)
                cases.append(
                    {
                        "effect": effect,
                        "level": level,
                        "power": power,
                        "units": needed(norm.isf(level)),
                        "units_chernoff": needed(math.sqrt(-2 * math.log(level))),
                        "power_at100": float(norm.sf(norm.isf(level) - effect * 10)),
                    }
                )
    return cases


if __name__ == "__main__":
    write("chernoff", chernoff_cases())
    write("weighted", *weighted_cases())
    write("power", power_cases())

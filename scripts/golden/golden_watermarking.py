#!/usr/bin/env python3
"""Golden results of token watermark detection, computed from the definitions.

Nothing here is shared with the Swift code: HMAC from the standard library, AES from the openssl program, tails from
mpmath at 60 digits. Needs mpmath.

    python3 scripts/golden/golden_watermarking.py > fixtures/golden/watermarking/detection.json
"""

import hashlib
import hmac
import json
import random
import struct
import subprocess
import sys

import mpmath

mpmath.mp.dps = 60
M32 = 0xFFFFFFFF


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
        c = [(b >> 32) ^ c[1] ^ k[0], b & M32, (a >> 32) ^ c[3] ^ k[1], a & M32]
        k = [(k[0] + 0x9E3779B9) & M32, (k[1] + 0xBB67AE85) & M32]
    return c


def philox_word(key, context, token):
    k0, k1 = key & M32, key >> 32
    state = [0x574D4358, len(context), 0, 0]
    for offset in range(0, len(context), 4):
        block = [
            context[offset + i] & M32 if offset + i < len(context) else M32 - i for i in range(4)
        ]
        state = philox([s ^ b for s, b in zip(state, block)], [k0 ^ offset, k1])
    output = philox([token >> 2, state[0], state[1], state[2]], [k0 ^ state[3], k1 ^ 0x574D544B])
    return output[token & 3]


def hmac_word(key, context, token):
    message = b"vllm-watermark-hmac-sha256-v1\0" + struct.pack("<I", len(context))
    message += b"".join(struct.pack("<q", t) for t in [*context, token])
    return int.from_bytes(hmac.new(key.to_bytes(32, "little"), message, hashlib.sha256).digest()[:4], "little")


def native_word(secret, scheme, context, token):
    message = b"denature/prf/v1\0" + scheme.encode() + b"\0" + struct.pack("<I", len(context))
    message += b"".join(struct.pack("<I", t) for t in context)
    key = hmac.new(secret, message, hashlib.sha256).hexdigest()
    size = 8 if scheme == "gumbel" else 4
    iv = (token * size // 16).to_bytes(16, "big").hex()
    block = subprocess.run(
        ["openssl", "enc", "-aes-256-ctr", "-K", key, "-iv", iv], input=bytes(16), capture_output=True, check=True
    ).stdout
    start = token * size % 16
    return int.from_bytes(block[start : start + size], "little")


def float32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def engine_score(word):
    return -mpmath.log(1 - mpmath.mpf(float32(float((word >> 8) + 1) / (2**24 + 1))))


def observations(documents, width, pads, once, deduplicates):
    seen, result = set(), []
    for document in documents:
        tokens, prompt = document["tokens"], document["prompt"]
        prompt_contexts = {tuple(prompt[i : i + width]) for i in range(len(prompt) - width + 1)}
        text = [-1] * width + tokens if pads else tokens
        for i in range(width, len(text)):
            context, token = tuple(text[i - width : i]), text[i]
            if context in prompt_contexts:
                continue
            unit = context if once else (context, token)
            if deduplicates and unit in seen:
                continue
            seen.add(unit)
            result.append((list(context), token))
    return result


def binomial_tail(k, n, p):
    p = mpmath.mpf(p)
    return mpmath.fsum(mpmath.binomial(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))


def dual_tail(x, n, alpha):
    a, b = 1 - mpmath.mpf(alpha), mpmath.mpf(alpha)
    density = lambda y: y ** (n - 1) * mpmath.exp(-y) / mpmath.gamma(n)
    edge = x / b
    points = [min(edge, 4 * n + x) * i / 40 for i in range(41)]
    if points[-1] < edge:
        points.append(edge)
    inside = mpmath.quad(
        lambda y: density(y) * mpmath.gammainc(n, (x - b * y) / a, mpmath.inf, regularized=True), points
    )
    return inside + mpmath.gammainc(n, edge, mpmath.inf, regularized=True)


def result(case, documents):
    scheme, width = case["scheme"], case["width"]
    pads = scheme.startswith("vllm") or scheme == "synthid"
    once = scheme not in ("green", "fingerprint")
    found = observations(documents, width, pads, once, case["dedup"])
    n = len(found)
    if pads:
        key = int(case["key"])
        word = philox_word if case["prf"] == "philox" else hmac_word
        if scheme == "vllm-gumbel":
            score = mpmath.fsum(engine_score(word(key, c, t)) for c, t in found)
            p = mpmath.gammainc(n, score, mpmath.inf, regularized=True)
        elif scheme == "vllm-dual-key-gumbel":
            keys = [
                int.from_bytes(hashlib.sha256(label + key.to_bytes(8, "big")).digest()[:8], "big")
                for label in (b"key_a", b"key_b")
            ]
            a, b = (mpmath.fsum(engine_score(word(k, c, t)) for c, t in found) for k in keys)
            score = (1 - mpmath.mpf(case["alpha"])) * a + case["alpha"] * b
            p = dual_tail(score, n, case["alpha"])
        else:
            mask = (1 << case["depth"]) - 1
            ones = sum(bin(word(key, c, t) & mask).count("1") for c, t in found)
            score = mpmath.mpf(ones) / (n * case["depth"])
            p = binomial_tail(ones, n * case["depth"], 0.5)
    else:
        secret = bytes(range(32))
        words = [native_word(secret, scheme, c, t) for c, t in found]
        if scheme == "gumbel":
            us = [(mpmath.mpf(w >> 11) + 0.5) / 2**53 for w in words]
            score = mpmath.fsum(-mpmath.log(1 - u) for u in us)
            p = mpmath.gammainc(n, score, mpmath.inf, regularized=True)
        elif scheme == "tournament":
            ones = sum(bin(w & ((1 << case["depth"]) - 1)).count("1") for w in words)
            score = mpmath.mpf(ones) / (n * case["depth"])
            p = binomial_tail(ones, n * case["depth"], 0.5)
        else:
            gamma = case["gamma"]
            hits = sum(w < gamma * 2**32 for w in words)
            score = (hits - n * gamma) / mpmath.sqrt(n * gamma * (1 - gamma))
            p = binomial_tail(hits, n, gamma)
    return {**case, "n_scored": n, "score": float(score), "log10_p": float(mpmath.log10(p))}


def main():
    rng = random.Random(20240611)
    documents = []
    for length in (60, 1, 45, 3):
        documents.append(
            {
                "tokens": [min(int(rng.paretovariate(0.8)), 151_935) for _ in range(length)],
                "prompt": [min(int(rng.paretovariate(0.8)), 151_935) for _ in range(20)],
            }
        )
    cases = []
    for width in (1, 2, 5):
        for dedup in (True, False):
            common = {"width": width, "dedup": dedup}
            for prf in ("philox", "hmac_sha256"):
                cases.append({"scheme": "vllm-gumbel", "prf": prf, "key": "12345678901234567890", **common})
                cases.append(
                    {"scheme": "vllm-dual-key-gumbel", "prf": prf, "key": "42", "alpha": 0.1, **common}
                )
            cases.append({"scheme": "synthid", "prf": "philox", "key": "42", "depth": 32, **common})
            cases.append({"scheme": "green", "gamma": 0.25, **common})
            cases.append({"scheme": "fingerprint", "gamma": 0.5, **common})
            cases.append({"scheme": "gumbel", **common})
            cases.append({"scheme": "tournament", "depth": 20, **common})
    sums = []
    for n, x, alpha in [
        (1, 0.5, 0.1), (1, 9, 0.1), (3, 2, 0.3), (10, 15, 0.1), (40, 38, 0.05), (40, 90, 0.1), (40, 300, 0.2),
        (300, 310, 0.001), (300, 500, 0.1), (300, 250, 0.4), (1000, 1100, 0.1),
    ]:  # fmt: skip
        sums.append({"n": n, "x": x, "alpha": alpha, "ln_p": float(mpmath.log(dual_tail(mpmath.mpf(x), n, alpha)))})
    json.dump(
        {
            "command": "python3 scripts/golden/golden_watermarking.py > fixtures/golden/watermarking/detection.json",
            "documents": documents,
            "cases": [result(case, documents) for case in cases],
            "sums": sums,
        },
        sys.stdout,
        indent=1,
    )
    print()


if __name__ == "__main__":
    main()

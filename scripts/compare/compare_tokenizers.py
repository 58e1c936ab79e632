#!/usr/bin/env python3
"""Compare the Tokenizers target with `tokenizers` on megabytes of mixed text.

Run from the package root:

    python3 scripts/compare/compare_tokenizers.py FOLDER [--megabytes 5] [--vocabulary 8000] [--seed 1]

Trains a tokenizer of every family of golden_tokenizers.py on generated text, encodes other generated text with each, and
runs the test suite's ComparisonTests on the results (TOKENIZER_COMPARISON=FOLDER swift test). Everything comes from the
seed and stays in FOLDER. Needs tokenizers and unicodedata2 (PyPI).
"""
import argparse
import json
import os
import random
import subprocess
import sys
import time

import unicodedata2 as ucd
from tokenizers import normalizers

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden"))
import golden_tokenizers as golden  # noqa: E402


def normalization(rng):
    """Random sequences of every character that NFC or NFD touches, with the library's NFC of each."""
    scalars = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    active = [c for c in scalars if ucd.combining(c) or ucd.normalize("NFD", c) != c]
    parts = sorted({p for c in active for p in ucd.normalize("NFD", c)})
    hangul = [chr(c) for c in (*range(0x1100, 0x1113), *range(0x1161, 0x1176), *range(0x11A7, 0x11C4),
                               *range(0xAC00, 0xD7A4, 28), 0xAC01)]
    others = [c for c in active if not "\uac00" <= c <= "\ud7a3"]
    sources = ["".join(rng.choices(rng.choice((others, others, parts, parts, hangul)), k=rng.randrange(1, 7)))
               for _ in range(60000)]
    for c in active:
        d = ucd.normalize("NFD", c)
        sources += [c, d, d[:-1] + "\u0323" + d[-1], ucd.normalize("NFC", d[:2]) + d[2:]]
    nfc = normalizers.NFC()
    return [sources, [nfc.normalize_str(s) for s in sources]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--megabytes", type=float, default=5)
    parser.add_argument("--vocabulary", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--families", nargs="*", default=list(golden.FAMILIES), help="only these")
    parser.add_argument("--make-only", action="store_true", help="write the files, run nothing")
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    rng = random.Random(args.seed)
    training = [golden.document(rng, 80) for _ in range(6000)]
    texts, size = [], 0
    while size < args.megabytes * 1e6:
        text = golden.document(rng, rng.randrange(1, 400))
        if rng.random() < 0.3:
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice(golden.CONTROL) + text[at:]
        texts.append(text)
        size += len(text.encode())

    def write(name, value):
        path = os.path.join(args.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            json.dump(value, out, ensure_ascii=False, separators=(",", ":"))

    write("normalization.json", normalization(rng))
    write("texts.json", texts)
    for family in args.families:
        tokenizer, data = golden.build(family, training, args.vocabulary)
        write(f"{family}/tokenizer.json", data)
        start = time.perf_counter()
        ids = [tokenizer.encode(text).ids for text in texts]
        seconds = time.perf_counter() - start
        write(f"{family}.ids.json", ids)
        print(f"{family}: {size} bytes, {sum(map(len, ids))} tokens, {tokenizer.get_vocab_size()} in the vocabulary, "
              f"tokenizers {size / seconds / 1e6:.1f} MB/s")
    if not args.make_only:
        environment = dict(os.environ, TOKENIZER_COMPARISON=os.path.abspath(args.folder))
        sys.exit(subprocess.call(["swift", "test", "--filter", "ComparisonTests"], env=environment))


if __name__ == "__main__":
    main()

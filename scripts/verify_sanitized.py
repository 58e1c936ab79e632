#!/usr/bin/env python3
"""Compares released GSM8K-shaped traces with the originals, independently of the program.

    python3 scripts/verify_sanitized.py original.jsonl released.jsonl [--trigger]

Checks, for every line: order, every byte outside the trace's string, the final answer, and the multisets of numerals,
formulas and capitalised names. With --trigger (a job with only `--watermark trigger`): every line is either the
original byte for byte, or the original plus one inserted stretch. Exits 1 at the first difference. Needs PyYAML.
"""
import argparse
import collections
import json
import os
import re
import sys

import yaml

LEXICON = "../Sources/Marks/Schemes/Lexical/lexicon-en.yaml"
NUMERAL = re.compile(r"\d+(?:[.,]\d+)*%?")
FORMULA = re.compile(r"<<.*?>>|[\d.,$%()]+(?:\s*[-+*/=x×÷]\s*\$?[\d.,%()]+)+")
WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")


def lexicon_words(path):
    with open(path, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    words = set()
    for entry in document["classes"]:
        for member in entry["members"]:
            words.update((member if isinstance(member, str) else member["text"]).lower().split())
    return words


def names(text, lexicon):
    """Capitalised words that do not begin a sentence, or are not in the lexicon."""
    found = collections.Counter()
    for match in WORD.finditer(text):
        word = match.group()
        if not word[0].isupper() or word == "I" or word.startswith("I'"):
            continue
        before = text[: match.start()].rstrip(" \t\"'(*")
        initial = not before or before[-1] in ".!?:\n" or text[: match.start()].rstrip(" \t").endswith("\n")
        if not initial or word.lower() not in lexicon:
            found[word] += 1
    return found


def split_raw(line):
    """The raw line before, inside and after the value of "answer"."""
    key = re.search(r'"answer"\s*:\s*"', line)
    end = key.end()
    while line[end] != '"':
        end += 2 if line[end] == "\\" else 1
    return line[: key.end()], line[key.end():end], line[end:]


def is_one_insertion(old, new):
    prefix = os.path.commonprefix([old, new])
    rest = old[len(prefix):]
    return len(new) > len(old) and new.endswith(rest)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("original")
    parser.add_argument("released")
    parser.add_argument("--trigger", action="store_true")
    arguments = parser.parse_args()
    with open(arguments.original, encoding="utf-8", newline="") as file:
        originals = file.read().splitlines()
    with open(arguments.released, encoding="utf-8", newline="") as file:
        released = file.read().splitlines()
    if len(originals) != len(released):
        sys.exit(f"{len(originals)} records in, {len(released)} out")
    lexicon = lexicon_words(os.path.join(os.path.dirname(os.path.abspath(__file__)), LEXICON))
    changed = 0
    for number, (old_line, new_line) in enumerate(zip(originals, released), 1):
        def fail(what):
            sys.exit(f"{arguments.released}:{number}: {what}\n  {old_line}\n  {new_line}")

        old_parts, new_parts = split_raw(old_line), split_raw(new_line)
        if (old_parts[0], old_parts[2]) != (new_parts[0], new_parts[2]):
            fail("bytes outside the trace differ")
        if old_line == new_line:
            continue
        changed += 1
        old, new = json.loads(old_line)["answer"], json.loads(new_line)["answer"]
        if old.split("####")[-1].strip() != new.split("####")[-1].strip():
            fail("the answer differs")
        if arguments.trigger:
            if not is_one_insertion(old, new):
                fail("more than one insertion")
            continue
        for what, find in (("numerals", NUMERAL.findall), ("formulas", FORMULA.findall)):
            if collections.Counter(find(old)) != collections.Counter(find(new)):
                fail(f"{what} differ")
        if names(old, lexicon) != names(new, lexicon):
            fail(f"names differ: {names(old, lexicon) - names(new, lexicon)} {names(new, lexicon) - names(old, lexicon)}")
    print(f"{len(released)} records in order, {changed} changed; answers, other bytes"
          + ("" if arguments.trigger else ", numerals, formulas and names") + " as they were")


if __name__ == "__main__":
    main()

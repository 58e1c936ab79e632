#!/usr/bin/env python3
"""Finds public functions that throw without saying so.

    scripts/build/check_throws.py [FOLDER ...]          (default: Sources)

Every public function, initialiser or subscript that throws, and every requirement of a public protocol that does, has a line
`- Throws:` in its documentation comment. One without any comment passes if it has the name of a requirement that says so, or
is Codable's: it has that one's documentation. `rethrows` says itself what is thrown. Prints FILE:LINE for each that has none; the
exit status is 1 if there is one.
"""

import pathlib
import re
import sys

DECLARATION = re.compile(
    r"^(?P<indent>[ \t]*)(?:@\w+(?:\([^)\n]*\))?[ \t]+)*(?P<modifiers>(?:[a-z]+(?:\([a-z]+\))?[ \t]+)*)"
    r"(?:func\b|init\b|subscript\b)",
    re.MULTILINE,
)
PROTOCOL = re.compile(r"^[ \t]*public[ \t]+protocol\b[^{]*\{", re.MULTILINE)


def closing(text, start):
    """The place after the bracket that closes the one at `start`."""
    depth = 0
    for place in range(start, len(text)):
        if text[place] in "([{":
            depth += 1
        elif text[place] in ")]}":
            depth -= 1
            if depth == 0:
                return place + 1
    return len(text)


def throws(text, start):
    """Whether the declaration whose name begins at `start` throws: what stands between its parameters and its result."""
    parameters = text.find("(", start)
    if parameters < 0:
        return False
    effects = re.match(r"\s*(?:async\s+)?(throws|rethrows)?", text[closing(text, parameters) :])
    return effects.group(1) == "throws"


def name(text, match):
    """As `encode(to:)`: what tells a declaration from others in its type."""
    start = text.find("(", match.end())
    parameters = text[start + 1 : closing(text, start) - 1]
    labels, depth, is_label = [], 0, True
    for token in re.findall(r"\w+|->|[^\w\s]", parameters):
        if token in "([{<":
            depth += 1
        elif token in ")]}>":
            depth -= 1
        elif token == "," and depth == 0:
            is_label = True
        elif is_label and token[0].isidentifier():
            labels.append(token + ":")
            is_label = False
    base = text[match.end() : start].split("<")[0].strip() or match[0].split()[-1]
    return f"{base}({''.join(labels)})"


def comment(lines, number):
    """The documentation comment above a line, attributes between them passed over."""
    found = []
    for line in reversed(lines[:number]):
        stripped = line.strip()
        if stripped.startswith("///"):
            found.append(stripped)
        elif not stripped.startswith("@") or found:
            break
    return found


def declarations(path):
    """Of every public declaration that throws: its line, its name, its comment, and whether it is a requirement."""
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    # Requirements of a protocol are as public as it is.
    protocols = [range(match.end(), closing(text, match.end() - 1)) for match in PROTOCOL.finditer(text)]
    for match in DECLARATION.finditer(text):
        is_requirement = any(match.end() in body for body in protocols)
        if not is_requirement and not re.search(r"\b(public|open)\b", match["modifiers"]):
            continue
        if not throws(text, match.end()):
            continue
        number = text.count("\n", 0, match.start() + len(match["indent"]))
        yield number + 1, name(text, match), comment(lines, number), is_requirement


def main():
    paths = [path for folder in sys.argv[1:] or ["Sources"] for path in sorted(pathlib.Path(folder).rglob("*.swift"))]
    found = [(path, *declaration) for path in paths for declaration in declarations(path)]

    def says(lines):
        return any(re.match(r"///\s*- Throws:", line) for line in lines)

    requirements = {name for _, _, name, lines, is_requirement in found if is_requirement and says(lines)}
    # Those of Codable are documented by the standard library.
    requirements |= {"init(from:)", "encode(to:)"}
    bad = [
        (path, line)
        for path, line, name, lines, _ in found
        if not says(lines) and (lines or name not in requirements)
    ]
    for path, line in bad:
        print(f"{path}:{line}: throws, and its comment has no '- Throws:'")
    sys.exit(1 if bad else 0)


main()

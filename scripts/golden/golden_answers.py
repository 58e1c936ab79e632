#!/usr/bin/env python3
"""Pairs of answers and whether they are equal, for Tests/AnswersTests.

Command: python3 scripts/golden/golden_answers.py > fixtures/golden/answers/equivalence.json

Numeric pairs are decided by Python's fractions.Fraction from the values that the notations are made of; LaTeX pairs are
checked with sympy where it can read them. The pairs of RULES are this project's documented decisions, written by hand.
"""

import json
import random
from fractions import Fraction

import sympy

SEED = 20260215


def notations(value: Fraction) -> list[str]:
    """Ways to write `value` exactly."""
    n, d = value.numerator, value.denominator
    sign, magnitude = ("-" if n < 0 else ""), abs(n)
    out = []
    if d == 1:
        grouped = f"{magnitude:,}"
        out += [f"{sign}{magnitude}", f"{sign}{grouped}", f"{sign}{magnitude}.0", f"{sign}${grouped}", f"{sign}{magnitude} clips"]
        out += [f"{sign}" + grouped.replace(",", "{,}"), f"${sign}{magnitude}$", f"\\text{{{sign}{magnitude}}}", f"{sign}{magnitude}e0"]
        out += [f"{sign}\\frac{{{magnitude * 3}}}{{3}}", f"{sign}" + grouped.replace(",", "\u202f"), f"{sign}{magnitude}%"]
    else:
        out += [f"{sign}{magnitude}/{d}", f"{sign}\\frac{{{magnitude}}}{{{d}}}", f"{sign}\\dfrac{{{magnitude * 2}}}{{{d * 2}}}"]
        out += [f"\\frac{{{n}}}{{{d}}}", f"\\left({sign}{magnitude} / {d}\\right)"]
        if magnitude > d:
            whole, part = divmod(magnitude, d)
            out += [f"{sign}{whole} {part}/{d}", f"{sign}{whole}\\tfrac{{{part}}}{{{d}}}"]
        if magnitude < 10 and d < 10:
            out.append(f"{sign}\\frac{magnitude}{d}")
        rest = d
        for prime in (2, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            digits = max(len(f"{d:b}"), 1)
            scaled = value * 10**digits
            assert scaled.denominator == 1
            text = f"{abs(scaled.numerator):0{digits + 1}d}"
            out.append(f"{sign}{text[:-digits]}.{text[-digits:]}")
            out.append(f"{sign}{abs(scaled.numerator)} \\times 10^{{-{digits}}}")
            out.append(f"{sign}{abs(scaled.numerator)}e-{digits}")
    return out


def unit(text: str) -> str:
    """The unit of one of the notations above; two different units are not decided by their numerals."""
    if text.endswith(("clips", "%")):
        return text[-1]
    return "$" if "$" in text and not text.endswith("$") else ""


def numeric(rng: random.Random) -> list[dict]:
    values = [Fraction(rng.randint(-9999, 99999), 1) for _ in range(12)]
    values += [Fraction(rng.randint(-400, 400), rng.choice([2, 3, 4, 5, 7, 8, 16, 25, 40, 99])) for _ in range(28)]
    rows = []
    for value in values:
        written = notations(value)
        for _ in range(3):
            a, b = rng.choice(written), rng.choice(written)
            if unit(a) and unit(b) and unit(a) != unit(b):
                continue
            rows.append({"a": a, "b": b, "expected": "equal"})
        other = value + rng.choice([Fraction(1), Fraction(-1, 7), Fraction(1, 1000), Fraction(1, 10**12)])
        a, b = rng.choice(written), rng.choice(notations(other))
        if unit(a) or unit(b):
            continue
        assert value != other
        rows.append({"a": a, "b": b, "expected": "different"})
    return rows


def latex() -> list[dict]:
    """LaTeX and plain expressions whose value sympy computes."""
    pairs = [
        ("10^{3}", "1000"), ("2^{10}", "1024"), ("2^{-2}", "0.25"), ("1.2 \\times 10^3", "1200"), ("6.02\\cdot10^{23}", "6.02e23"),
        ("\\frac{1}{3}", "0.333"), ("\\frac{22}{7}", "3.142857142857"), ("\\frac12", "0.5"), ("\\frac{1}{2}", ".5"),
        ("1e100", "10^{100}"), ("1e100", "10^{101}"), ("3 \\cdot 4", "12"), ("\\frac{\\frac{1}{2}}{3}", "1/6"),
        ("99999999999999999999", "99999999999999999998"), ("0.1", "1/10"), ("1/3", "0.3333333333333333333333"),
        ("123456789012345678901234567890/10", "12345678901234567890123456789"),
    ]

    def value(text: str) -> sympy.Rational:
        text = text.replace("\\times", "*").replace("\\cdot", "*").replace("^", "**").replace("\\frac12", "(1)/(2)")
        while "\\frac" in text:
            head, tail = text.split("\\frac", 1)
            arguments, index = [], 0
            for _ in range(2):
                depth, start = 0, index
                while True:
                    depth += {"{": 1, "}": -1}.get(tail[index], 0)
                    index += 1
                    if depth == 0:
                        break
                arguments.append(tail[start + 1 : index - 1])
            text = f"{head}(({arguments[0]})/({arguments[1]})){tail[index:]}"
        text = text.replace("{", "(").replace("}", ")")
        return sympy.sympify(text, rational=True)

    return [{"a": a, "b": b, "expected": "equal" if value(a) == value(b) else "different"} for a, b in pairs]


RULES = {
    "equal": [
        ("1,080", "1080"), ("1 080", "1080"), ("1_080", "1080"), ("1\\,080", "1080"), ("$18", "18"), ("\\$18.00", "18"),
        ("18 dollars", "$18"), ("18 USD", "18"), ("€5", "5 euros"), ("50 cents", "$0.50"), ("50 cents", "50"),
        ("72 clips", "72"), ("72 clips", "72 clip"), ("5 km", "5"), ("5 km", "5000 m"), ("2 hours", "120 minutes"),
        ("50%", "50"), ("50\\%", "50 percent"), ("5 million", "5,000,000"), ("2 dozen", "24"),
        ("3\\frac{1}{2}", "3.5"), ("3½", "7/2"), ("-3 1/2", "-3.5"), ("−5", "-5"), ("90^\\circ", "90 degrees"),
        ("90^{\\circ}", "90"), ("(0,1]", "(0, 1]"), ("\\left(0,\\frac12\\right]", "(0, 0.5]"), ("[0,\\infty)", "[0,∞)"),
        ("{1,2}", "{2,1}"), ("\\{1, 2\\}", "\\{2, 1\\}"), ("{1,1,2}", "{2,1}"), ("(1,2)", "( 1 , 2.0 )"), ("1, 2", "1,2.0"),
        ("(5)", "5"), ("B", "(B)"), ("\\text{(B)}", "B."), ("option C", "(c)"), ("(B) 5 km", "B"), ("yes", "Yes."),
        ("Paris", "paris."), ("New  York", "new york"), ("x = 5", "5"), ("x=5", "x = 5.0"), ("2\\sqrt3", "2 \\sqrt{3}"),
        ("\\mathrm{A}", "A"), ("$72$", "72"), ("\\(72\\)", "72"), ("**72**", "72"), ("5.", "5"), ("5 cm^2", "5 square cm"),
        ("\\boxed{72}", "72"), ("x+1", "x + 1"), ("0.333...", "0.333..."), ("1e999999999", "1e999999999"), ("-0", "0"), ("1/2 hour", "30 minutes"), ("1 000 000 people", "1,000,000"), ("5km", "5 km"), ("$1.5 million", "1500000"),
        ("30°", "30^{\\circ}"), ("\\$1{,}080", "1080 dollars"), ("25\\text{ cm}", "0.25 m"), ("2 1/4 hours", "135 minutes"),
    ],
    "different": [
        ("72", "73"), ("5 km", "6 m"), ("5 km", "6 kg"), ("5 km", "6"), ("$5", "€6"), ("50", "0.5"), ("50%", "5"),
        ("50%", "60 km"), ("0.333", "1/3"), ("(0,1]", "[0,1]"), ("(0,1)", "[0,1]"), ("(1,2)", "(2,1)"), ("{1,2}", "{1,3}"),
        ("{1,2}", "(1,2)"), ("1, 2", "1, 3"), ("B", "C"), ("(A)", "option D"), ("yes", "no"), ("True", "false"),
        ("5", "-5"), ("∞", "-∞"), ("∞", "5"), ("x = 5", "x = 6"), ("9 am", "10 pm"), ("5 million", "5"), ("2 dozen", "2"),
        ("50 cents", "$5"), ("1.080", "1080"), ("3 1/2", "31/2"), ("{}", "{0}"), ("5 percent", "6 cents"), ("1/2", "2/1"), ("1,080", "1.08"), ("5 cm", "6 cm^2"), ("(1,2)", "5"),
    ],
    "unknown": [
        ("", ""), ("", "5"), (" ", " "), ("1,08", "108"), ("1,08", "1.08"), ("x+1", "1+x"), ("x", "5"), ("5x", "5"), ("5!", "5"),
        ("0.333...", "0.333"), ("5 and a half", "5"), ("5-10", "-5"), ("about 5", "5"), ("~5", "5"), ("72 clips", "72 apples"),
        ("Paris", "Lyon"), ("5", "five"), ("B", "5"), ("1/0", "0"), ("1/0", "2/0"), ("1e999999999", "1e999999998"),
        ("10^{99999}", "10^{99998}"), ("1, 2", "2, 1"), ("(1,200)", "1200"), ("x = 5", "y = 5"), ("1/2/3", "1/6"),
        ("50 cents", "0.5"), ("5 m", "5 ft"), ("$5 per hour", "$5 per day"), ("2\\sqrt{3}", "\\sqrt{12}"), ("1.2.3", "1.2"),
        ("5pi", "5"), ("5\\pi", "5"), ("1..5", "1.5"), ("0.\\overline{3}", "1/3"), ("2 3/2", "3.5"), ("5\\pm1", "5"),
        ("(1,2", "(1,2)"), ("X+1", "x+1"), ("ab c+1", "abc+1"), ("5 less than 8", "5"), ("3 R 2", "3"), ("5ab", "5"), ("5 x", "5"), ("5m", "5"), ("10 to 20", "10"), ("3:30", "3"),
        ("5 km", "5 m"), ("5 km", "5 kg"), ("$5", "€5"), ("50%", "50 km"), ("9 am", "9 pm"), ("50 cents", "$50"), ("50%", "0.5"),
        ("50%", "1/2"), ("5 percent", "5 cents"), ("5 cm", "5 cm^2"),
        ("5, 6", "5"), ("5i", "5"), ("5 ab", "5"), ("\\text{7", "7"), ("5 x 3", "5"), ("about 7", "7"), ("≈7", "7"), ("<7", "7"),
        ("x>7", "7"), ("7 or more", "7"), ("5 score", "5"), ("5 mod 7", "5"), ("20 °C", "20 °F"), ("12,34,567", "1234567"),
    ],
}


def main() -> None:
    rows = numeric(random.Random(SEED)) + latex()
    for expected, pairs in RULES.items():
        rows += [{"a": a, "b": b, "expected": expected} for a, b in pairs]
    print(
        json.dumps(
            {
                "command": "python3 scripts/golden/golden_answers.py > fixtures/golden/answers/equivalence.json",
                "seed": SEED,
                "pairs": rows,
            },
            ensure_ascii=False,
            indent=1,
        )
    )


if __name__ == "__main__":
    main()

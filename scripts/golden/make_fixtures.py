#!/usr/bin/env python3
"""Writes the fixtures that `make demo` and the tests run on: reasoning traces in every supported shape.

    python3 scripts/golden/make_fixtures.py fixtures/traces

The problems, names and wordings are invented here; the same seed gives the same bytes.
"""
import json
import random
import sys
from pathlib import Path

SEED = 20260101
COUNT = 252

NAMES = ["Amina", "Bruno", "Chen", "Dalia", "Emeka", "Freya", "Goran", "Hana", "Ines", "Jonas", "Kavya", "Leon",
         "Mirela", "Nadia", "Oskar", "Priya", "Quinn", "Rosa", "Samir", "Tove"]
GOODS = ["apples", "marbles", "postcards", "tickets", "pencils", "shells", "stamps", "cookies", "bricks", "tulips",
         "notebooks", "lanterns"]
PLACES = ["the market", "the school fair", "a small shop", "the harbour", "her uncle's farm", "the library sale"]
SO = ["So", "Therefore", "Thus", "Hence"]
FIRST = ["First", "To begin with", "First of all"]
THEN = ["Then", "Next", "After that"]
FINALLY = ["Finally", "Lastly"]
ALSO = ["Also", "In addition", "Moreover"]
TOTAL = ["in total", "altogether", "in all"]


def pick(rng, items):
    return items[rng.randrange(len(items))]


def word_problem(rng):
    """A problem with three to five changes, its reasoning sentences and its answer."""
    name, other = rng.sample(NAMES, 2)
    goods, place = pick(rng, GOODS), pick(rng, PLACES)
    amount = rng.randrange(12, 90)
    problem = [f"{name} has {amount} {goods}."]
    steps = [pick(rng, [
        f"{pick(rng, FIRST)}, we need to find out how many {goods} {name} starts with, and the problem says {amount}.",
        f"{name} begins with {amount} {goods}, which is the number we need to keep track of.",
        f"Let us start with the {amount} {goods} that {name} has at the beginning.",
    ])]
    kind = None
    for _ in range(rng.randrange(3, 6)):
        kind = pick(rng, [k for k in range(5) if k != kind])
        if kind == 0:
            n = rng.randrange(3, 40)
            problem.append(f"At {place} {name} buys {n} more.")
            new = amount + n
            steps.append(pick(rng, [
                f"{pick(rng, THEN)}, {name} buys {n} more {goods}, so there are {amount} + {n} = {new} {goods} {pick(rng, TOTAL)}.",
                f"Because {name} buys {n} more at {place}, the amount grows to {amount} + {n} = {new}.",
                f"{pick(rng, ALSO)}, {n} more {goods} are bought, which means that we get {amount} + {n} = {new}.",
            ]))
            amount = new
        elif kind == 1 and amount > 8:
            n = rng.randrange(2, amount // 2 + 1)
            problem.append(f"{other} gets {n} of them as a gift.")
            new = amount - n
            steps.append(pick(rng, [
                f"{pick(rng, THEN)}, {name} gives {n} {goods} to {other}, so only {amount} - {n} = {new} {goods} are left.",
                f"However, {n} of the {goods} go to {other}, so we have to subtract them: {amount} - {n} = {new}.",
                f"Since {other} receives {n} {goods}, {name} still has {amount} - {n} = {new} of them.",
            ]))
            amount = new
        elif kind == 2 and amount < 400:
            problem.append(f"A cousin then doubles what {name} has.")
            new = amount * 2
            steps.append(pick(rng, [
                f"Doubling means multiplying by 2, so this gives {amount} * 2 = {new} {goods}.",
                f"The cousin doubles the amount, therefore we obtain {amount} * 2 = {new}.",
                f"{pick(rng, THEN)} the number doubles, and we get {amount} * 2 = {new} {goods} {pick(rng, TOTAL)}.",
            ]))
            amount = new
        elif kind == 3 and amount % 2 == 0:
            problem.append("Half of them are lost on the way home.")
            new = amount // 2
            steps.append(pick(rng, [
                f"Half of the {goods} are lost, so we need to calculate {amount} / 2 = {new}.",
                f"Losing half of them is the same as dividing by 2, which means that {amount} / 2 = {new} {goods} remain.",
                f"Unfortunately half of the {goods} are gone, and thus {amount} / 2 = {new} are still there.",
            ]))
            amount = new
        else:
            boxes, each = rng.randrange(2, 7), rng.randrange(2, 9)
            new = amount + boxes * each
            problem.append(f"{other} brings {boxes} boxes with {each} {goods} in each box.")
            steps.append(pick(rng, [
                f"{boxes} boxes with {each} {goods} each contain {boxes} * {each} = {boxes * each} {goods}. "
                f"{pick(rng, SO)}, {name} now has {amount} + {boxes * each} = {new} {goods}.",
                f"To find out what {other} brings, we calculate {boxes} * {each} = {boxes * each}, and this gives "
                f"{amount} + {boxes * each} = {new} {goods} {pick(rng, TOTAL)}.",
                f"{pick(rng, ALSO)}, {other} brings {boxes} * {each} = {boxes * each} more {goods}. "
                f"It follows that there are {amount} + {boxes * each} = {new} {goods}.",
            ]))
            amount = new
    problem.append(f"How many {goods} does {name} have now?")
    steps.append(pick(rng, [
        f"{pick(rng, FINALLY)}, we can see that {name} has {amount} {goods} {pick(rng, TOTAL)}.",
        f"{pick(rng, SO)}, the number of {goods} that {name} has at the end is {amount}.",
        f"{pick(rng, FINALLY)}, all the steps are finished and {amount} {goods} remain.",
    ]))
    return " ".join(problem), steps, str(amount)


OTHER_LANGUAGES = [
    ("Wie viele Äpfel hat Lena?", "Lena hat zuerst 12 Äpfel und kauft dann noch 7 dazu. Also hat sie 12 + 7 = 19 Äpfel.", "19"),
    ("¿Cuántos libros tiene Marta?", "Marta tiene 30 libros y regala 11 de ellos a su hermano. Por lo tanto le quedan 30 - 11 = 19 libros.", "19"),
    ("Combien de billes Paul a-t-il ?", "Paul avait 45 billes, puis il en a perdu 9 pendant la récréation. Il lui reste donc 45 - 9 = 36 billes.", "36"),
    ("小明有多少个苹果？", "小明一开始有 8 个苹果，后来又买了 5 个，所以一共有 8 + 5 = 13 个苹果。", "13"),
    ("Сколько книг у Анны?", "У Анны было 14 книг, потом она купила ещё 6 книг, значит теперь у неё 14 + 6 = 20 книг.", "20"),
    ("りんごはいくつですか。", "最初にりんごが 9 個あり、さらに 4 個もらったので、全部で 9 + 4 = 13 個です。", "13"),
]
FORMULAS = [
    ("Solve x^2 - 5x + 6 = 0 for the larger root.", "$x^2 - 5x + 6 = (x - 2)(x - 3) = 0$\n$x = 3$", "3"),
    ("Compute 12 * 12 - 44.", "12 * 12 = 144\n144 - 44 = 100", "100"),
    ("Evaluate the sum of 1 to 20.", "\\[ \\sum_{k=1}^{20} k = \\frac{20 \\cdot 21}{2} = 210 \\]", "210"),
]
PROGRAMS = [
    ("Write a function that counts even numbers below 30 and give its value.",
     "```python\ndef count(limit):\n    return sum(1 for n in range(limit) if n % 2 == 0)\n\nprint(count(30))\n```", "15"),
    ("What does this program print?", "```c\nint main(void) {\n    int s = 0;\n    for (int i = 0; i < 10; i++) s += i;\n    printf(\"%d\", s);\n}\n```", "45"),
]


def shape(index, rng, problem, steps, answer):
    """One record in the shape whose turn it is."""
    text = " ".join(steps)
    lines = "\n".join(steps)
    kind = index % 14
    ident = f"trace-{index:04d}"
    if kind == 0:
        return {"id": ident, "problem": problem, "trace": f"{text}\nFinal Answer: {answer}", "solution": answer}
    if kind == 1:
        return {"problem": problem, "original_trace": f"<think>\n{lines}\n</think>\n\\boxed{{{answer}}}", "source": {"run": index, "split": "train"}}
    if kind == 2:
        return {"question": problem, "answer": f"{lines}\n#### {answer}"}
    if kind == 3:
        return {"messages": [{"role": "system", "content": "You are a careful tutor."},
                             {"role": "user", "content": problem},
                             {"role": "assistant", "content": f"<think>{text}</think>\n\nThe answer is {answer}."}], "id": ident}
    if kind == 4:
        return {"id": f"chatcmpl-{index:06d}", "object": "chat.completion", "created": 1750000000 + index, "model": "teacher-1",
                "problem": problem,
                "choices": [{"index": 0, "message": {"role": "assistant", "reasoning_content": text, "content": f"The answer is {answer}."},
                             "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 61, "completion_tokens": 140, "total_tokens": 201}}
    if kind == 5:
        return {"conversations": [{"from": "human", "value": problem}, {"from": "gpt", "value": f"{text} The answer is {answer}."}]}
    if kind == 6:
        return {"problem": problem, "response": f"<reasoning>{lines}</reasoning><answer>{answer}</answer>", "tenant": "acme"}
    if kind == 7:
        return {"problem": problem, "trace": f"<think>{lines}\n\nFinal Answer: {answer}", "note": "the tag is never closed"}
    if kind == 8:
        return {"score": 0.1250, "problem": problem, "trace": f"{lines}\n\nSo the result is $\\boxed{{{answer}}}$.", "big": 12345678901234567890123, "tags": [], "nothing": None}
    if kind == 9:
        return {"problem": problem, "trace": "Okay, so let me think about this. " + text + f" Wait, let me check the last step once more. It is correct.\n#### {answer}"}
    if kind == 10:
        return {"messages": [{"role": "user", "content": problem},
                             {"role": "assistant", "reasoning": lines, "content": f"**Final Answer:** {answer}"}]}
    if kind == 11:
        return {"problem": problem, "trace": f"<thought>{text}</thought> The result is “{answer}” — naturally.\n#### {answer}", "caf\u00e9": "na\u00efve"}
    if kind == 12:
        problem, reasoning, answer = OTHER_LANGUAGES[(index // 14) % len(OTHER_LANGUAGES)]
        return {"problem": problem, "trace": f"{reasoning}\n#### {answer}", "id": ident}
    if (index // 14) % 3 == 2:
        problem, reasoning, answer = PROGRAMS[(index // 42) % len(PROGRAMS)]
    else:
        problem, reasoning, answer = FORMULAS[(index // 14) % len(FORMULAS)]
    return {"problem": problem, "trace": f"<think>{reasoning}</think>\n\\boxed{{{answer}}}", "id": ident}


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "fixtures/traces")
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(SEED)
    records = []
    for index in range(COUNT):
        problem, steps, answer = word_problem(rng)
        records.append(shape(index, rng, problem, steps, answer))
    with open(folder / "mixed.jsonl", "w", encoding="utf-8", newline="\n") as out:
        for index, record in enumerate(records):
            # Some writers escape everything beyond ASCII, some put no spaces: both must survive.
            compact = index % 5 == 3
            out.write(json.dumps(record, ensure_ascii=index % 4 == 1,
                                 separators=(",", ":") if compact else None) + "\n")
    with open(folder / "transcripts.xml", "w", encoding="utf-8", newline="\n") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<transcripts>\n')
        for index in range(6):
            problem, steps, answer = word_problem(rng)
            out.write(f'  <transcript id="x{index}">\n    <turn role="user">{problem}</turn>\n'
                      f'    <turn role="assistant"><think>{" ".join(steps)}</think>\n'
                      f'The answer is {answer}.</turn>\n  </transcript>\n')
        out.write("</transcripts>\n")


if __name__ == "__main__":
    main()

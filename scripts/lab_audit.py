#!/usr/bin/env python3
"""Measures in the lab what an audit finds: students of marked traces, and students that saw none.

    scripts/lab_audit.py --denature PATH [--parts power,strong,shares,clean,triggers,robustness]
                         [--seeds 1,2,3] [--triple fixtures/lab] [--output lab-output/audit]

Every point: the teacher writes 1,500 traces with the mark of one of 50 tenants, a student base learns them (4 epochs), and
`denature audit` asks that student 800 times and reads its weights. Plans are made before any student exists. A run that was
interrupted goes on where it stopped. Results go to results.json and results.md in the output folder.

The lab's keyring has a secret that anyone can compute: it must never mark anything else.
"""

import argparse
import base64
import hashlib
import json
import math
import os
import random
import re
import shutil
import statistics

import lab_tools
from lab_effect import STUDENT, TRACES
from lab_models import MAX_TOKENS
from lab_tools import read_lines, say, write_lines

SCHEMES = ("green", "fingerprint", "gumbel", "tournament")
TENANTS = ["tenant-%02d" % number for number in range(1, 51)]
# The customers whose traces leak, by seed.
CULPRITS = {1: "tenant-07", 2: "tenant-23", 3: "tenant-41"}
SHARES = (0.5, 0.2, 0.1, 0.05)
# Strengths above the default, for schemes that the default does not show in every student.
STRONG = {"green": 3, "fingerprint": 20}
# Pairs are told with letters that the student base never learnt: few pairs, often, over twice the epochs.
TRIGGER_SHARES = (1, 0.5, 0.25, 0.1)
PAIRS, QUERIES_PER_PAIR, TRIGGER_EPOCHS, TRIGGER_TEMPERATURE = 2, 5, 8, 0.2
ATTACKS = ("drop-10", "drop-25", "drop-50", "paraphrase", "normalise", "clean-epochs")
TESTS = "outputs,outputs-reference,reading,reading-reference"
LEVEL = 0.01
GAMMA = 0.5
# Decoy keys only check the bounds that are primary: the family is too large for ranks.
DECOYS = 999
DOCUMENTS = 400


def keyring(path, name):
    """A keyring whose secret follows from its name."""
    epochs = [{"name": "1", "created_at": "2026-01-01T00:00:00Z", "state": "active"}]
    secret = hashlib.sha256(("denature lab " + name).encode()).digest()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"version": 1, "master_secret": base64.b64encode(secret).decode(),
                   "tenants": [{"name": tenant, "epochs": epochs} for tenant in TENANTS]}, file)
    return path


def named(mark):
    """What files of a mark are called: green-strength3 for green:3."""
    return mark.replace(":", "-strength")


class AuditLab:
    """Students and their audits."""

    def __init__(self, program, triple, output, width):
        self.program, self.triple, self.output, self.width = program, triple, output, width
        self.keys = keyring(self.path("keyring.json"), "audit")
        self.other_keys = keyring(self.path("other-keyring.json"), "other")

    def path(self, *parts):
        return os.path.join(self.output, *parts)

    def model(self, name):
        return os.path.join(self.triple, name)

    def shape(self, *schemes):
        """What embedding and detection must agree on: half of the tokens green, since few words can stand for a word."""
        gamma = ["--gamma", GAMMA] if any(scheme in ("green", "fingerprint") for scheme in schemes) else []
        return ["--context-width", self.width, *gamma]

    # Traces

    def traces(self, name, seed, scheme=None, keys=None, tenant=None, prompts="prompts.jsonl", limit=TRACES,
               strength=None):
        """Traces of the teacher at temperature 1, marked or not."""
        path = self.path("traces", name + ".jsonl")
        mark = []
        if scheme:
            mark = ["--watermark", scheme, *self.shape(scheme), "--keyring", keys or self.keys, "--tenant", tenant]
            if scheme == "fingerprint":
                mark += ["--fingerprint-proxy", self.model("proxy")]
            if strength:
                mark += ["--mark-strength", strength]
        self.program.summary(
            self.path("traces", name + ".json"), "sample", "--teacher", self.model("teacher"),
            "--prompts", self.model(prompts), "--limit", limit, "-o", path, "--temperature", 1, "--seed", seed,
            "--max-new-tokens", MAX_TOKENS, *mark)
        return path

    def marked(self, mark, seed):
        """Traces with a scheme's mark, of its default strength or as in green:3."""
        scheme, _, strength = mark.partition(":")
        return self.traces("%s-%d" % (named(mark), seed), seed, scheme, tenant=CULPRITS[seed], strength=strength)

    def clean(self, seed):
        return self.traces("clean-%d" % seed, seed)

    def mixture(self, name, marked, clean, share, seed):
        """For every problem the marked trace with probability `share`, else the clean one."""
        draw = random.Random(1_000 + seed)
        lines = [a if draw.random() < share else b for a, b in zip(read_lines(marked), read_lines(clean))]
        return write_lines(self.path("traces", name + ".jsonl"), lines)

    # Audits

    def plan(self, name, schemes, tests=TESTS, *arguments, temperature=1):
        path = self.path("plan-%s.json" % name)
        documents = self.traces("documents", 77, prompts="evaluation.jsonl", limit=DOCUMENTS)
        if not os.path.exists(path):
            self.program.run(
                "audit", "plan", "-o", path, "--keyring", self.keys, "--tenant", "all", "--suspect-kind", "checkpoint",
                "--test", tests, "--scheme", ",".join(schemes), *self.shape(*schemes),
                "--tokenizer", self.model("teacher"), "--prompts", self.model("evaluation.jsonl"),
                "--outputs-per-prompt", 2, "--temperature", temperature, "--max-new-tokens", MAX_TOKENS,
                "--reference", self.model("teacher"), "--documents", documents, "--alpha", LEVEL, "--last",
                "--decoy-keys", DECOYS,
                "--title", name, *arguments)
        return path

    def audit(self, name, student, plan):
        """The report on a student."""
        report = self.path("reports", name + ".json")
        if not os.path.exists(report):
            evidence = self.path("reports", name + ".evidence.jsonl")
            self.program.torch(
                "audit", "run", "--plan", plan, "--keyring", self.keys, "--evidence", evidence,
                "--checkpoint", student, "--report", report, "--quiet")
            os.remove(evidence)
        with open(report) as file:
            return json.load(file)

    def point(self, name, traces, plan, seed, then=None, options=STUDENT):
        """A student of the traces, and what the audit says about it. `then` are traces that it learns afterwards."""
        if not os.path.exists(self.path("reports", name + ".json")):
            student = self.path("students", name)
            source = self.model("student-base")
            for step, data in enumerate([traces] + ([then] if then else [])):
                folder = student + "-%d" % step
                self.program.train(folder, "--model", source, "--data", data, "--seed", seed, *options)
                source = folder
            self.audit(name, source, plan)
            for step in range(2 if then else 1):
                shutil.rmtree(student + "-%d" % step)
        report = self.audit(name, None, plan)
        say("%s: %s%s" % (name, report["conclusion"], ", " + ", ".join(report["attributed_tenants"])
                          if report["attributed_tenants"] else ""))
        return report

    # Parts

    def power(self, seeds):
        return [self.job("power", scheme, "100 %", seed,
                         lambda scheme=scheme, seed=seed: self.point(
                             "%s-%d" % (scheme, seed), self.marked(scheme, seed), self.plan(scheme, [scheme]), seed))
                for seed in seeds for scheme in SCHEMES]

    def strong(self, seeds):
        def run(scheme, seed):
            mark = "%s:%d" % (scheme, STRONG[scheme])
            return self.point(
                "%s-%d" % (named(mark), seed), self.marked(mark, seed), self.plan(scheme, [scheme]), seed)
        return [self.job("strong", scheme, "strength %d" % STRONG[scheme], seed,
                         lambda scheme=scheme, seed=seed: run(scheme, seed)) for scheme in STRONG for seed in seeds]

    def shares(self, seeds, marks):
        def run(mark, share, seed):
            name, scheme = "%s-share%02d-%d" % (named(mark), 100 * share, seed), mark.partition(":")[0]
            data = self.mixture(name, self.marked(mark, seed), self.clean(seed), share, seed)
            return self.point(name, data, self.plan(scheme, [scheme]), seed)
        return [self.job("shares", mark, "%.0f %%" % (100 * share), seed,
                         lambda mark=mark, share=share, seed=seed: run(mark, share, seed))
                for mark in marks for share in SHARES for seed in seeds]

    def clean_students(self):
        """Twenty students that no key of the keyring had a part in: ten of unmarked traces, ten of another provider's."""
        def run(number):
            plan = self.plan("all", SCHEMES)
            if number < 10:
                return self.point("clean-%d" % number, self.clean(100 + number), plan, 100 + number)
            scheme = SCHEMES[number % 4]
            data = self.traces("other-%d" % number, 100 + number, scheme, self.other_keys, TENANTS[number])
            return self.point("clean-%d" % number, data, plan, 100 + number)
        return [self.job("clean", "unmarked" if number < 10 else "other key", "", number,
                         lambda number=number: run(number)) for number in range(20)]

    def triggers(self, seeds):
        options = list(STUDENT)
        options[options.index("--epochs") + 1] = TRIGGER_EPOCHS

        def run(share, seed):
            name = "trigger%d-%d" % (100 * share, seed)
            path = self.path("traces", name + ".jsonl")
            if not os.path.exists(path):
                self.program.run(
                    "sanitize-traces", self.clean(seed), "-o", path, "--watermark", "trigger", "--trigger-share", share,
                    "--trigger-pairs", PAIRS, "--keyring", self.keys, "--tenant", CULPRITS[seed], "--seed", seed,
                    "--quiet")
            return self.point(name, path, self.trigger_plan(), seed, options=options)
        marked = [self.job("triggers", "trigger", "%.0f %% of traces" % (100 * share), seed,
                           lambda share=share, seed=seed: run(share, seed))
                  for seed in seeds for share in TRIGGER_SHARES]
        clean = [self.job("triggers", "none", "", seed, lambda seed=seed: self.point(
            "trigger0-%d" % seed, self.clean(seed), self.trigger_plan(), seed, options=options)) for seed in seeds]
        return marked + clean

    def trigger_plan(self):
        return self.plan("trigger", ["green"], "trigger", "--trigger-form", "completion", "--trigger-pairs", PAIRS,
                         "--queries-per-pair", QUERIES_PER_PAIR, temperature=TRIGGER_TEMPERATURE)

    def robustness(self, seeds, mark):
        scheme = mark.partition(":")[0]

        def run(attack, seed):
            marked, name = self.marked(mark, seed), "%s-%s-%d" % (named(mark), attack, seed)
            if attack == "clean-epochs":
                return self.point(name, marked, self.plan(scheme, [scheme]), seed, then=self.clean(200 + seed))
            draw = random.Random(seed)
            lines = [attacked(line, attack, draw) for line in read_lines(marked)]
            data = write_lines(self.path("traces", name + ".jsonl"), lines)
            return self.point(name, data, self.plan(scheme, [scheme]), seed)
        return [self.job("robustness", mark, attack, seed, lambda attack=attack, seed=seed: run(attack, seed))
                for seed in seeds for attack in ATTACKS]

    @staticmethod
    def job(part, what, setting, seed, run):
        def chain():
            return {"part": part, "what": what, "setting": setting, "seed": seed, "report": run()}
        return chain


# What a thief does to traces before training on them

SYNONYMS = [
    (r"\bSo\b", ("Therefore", "Then", "Now", "So")), (r"\bThen\b", ("Next", "Later", "After that", "Then")),
    (r"\bNext\b", ("Then", "Later", "Soon", "Next")), (r"\bTherefore\b", ("So", "Therefore", "Now")),
    (r"\bso\b", ("which means", "and then", "so")), (r"\bwhich means\b", ("so", "and so", "which means")),
    (r"\bhas\b", ("owns", "now has", "has")), (r"\bowns\b", ("has", "owns")),
    (r"\bgets\b", ("now has", "finds", "gets")), (r"\bFirst\b", ("At first", "First")),
    (r"\bLet us\b", ("We", "Let us")), (r"\bmakes?\b", ("is", "gives", "make")), (r"\bgives\b", ("is", "gives")),
    (r"\bleaves\b", ("is", "leaves")), (r"\bless\b", ("fewer", "without", "less")),
    (r"\bwithout\b", ("less", "without")), (r"\bmore\b", ("new ones", "more")),
]


def attacked(line, attack, draw):
    """A record with its trace changed; the last sentence, which has the answer, always stays."""
    record = json.loads(line)
    # Sentences end at a full stop, a semicolon or a line end.
    pieces = re.split(r"(?<=[.;])\s+|\n", record["trace"])
    if attack.startswith("drop-"):
        share = int(attack[5:]) / 100
        kept = [piece for piece in pieces[:-1] if draw.random() >= share]
        record["trace"] = " ".join(kept + pieces[-1:])
    elif attack == "paraphrase":
        body = " ".join(pieces[:-1])
        for pattern, words in SYNONYMS:
            body = re.sub(pattern, lambda _: draw.choice(words), body)
        record["trace"] = (body + " " + pieces[-1]).strip()
    elif attack == "normalise":
        body = " ".join(pieces[:-1]).replace(";", ".").replace(",", "")
        record["trace"] = (re.sub(r"\s+", " ", body) + " " + pieces[-1]).strip()
    return json.dumps({"problem": record["problem"], "trace": record["trace"], "solution": record.get("solution")}) + "\n"


# Tables

def best(report, culprit, found_only=False):
    """For every test of a report: the right tenant's adjusted log10 p, and the wrong tenants found."""
    rows = []
    for test in report["tests"]:
        own = [result for result in test["results"] if result["tenant"] == culprit]
        wrong = [result["tenant"] for result in test["results"] if result["is_found"] and result["tenant"] != culprit]
        first = max(test["results"], key=lambda result: -result["log10_p"])["tenant"]
        rows.append({"test": test["id"], "log10_p": own[0]["log10_p"] if own else None,
                     "adjusted": own[0]["log10_p_adjusted"] if own else None, "z": own[0].get("z") if own else None,
                     "found": own[0]["is_found"] if own else False, "wrong": wrong, "is_first": first == culprit,
                     "curve": own[0].get("evidence") if own else None})
    return rows


def tables(points):
    lines = []
    for part in ("power", "strong", "shares", "robustness", "triggers"):
        own = [point for point in points if point["part"] == part]
        if not own:
            continue
        lines += ["", "### " + part, "", "| scheme | setting | test | log10 adjusted p by seed | found, right tenant first | "
                  "wrong tenants found |", "|---|---|---|---|---|---|"]
        groups = {}
        for point in own:
            for row in best(point["report"], CULPRITS[point["seed"]]):
                groups.setdefault((point["what"], point["setting"], row["test"]), []).append(row)
        for (what, setting, test), rows in groups.items():
            lines.append("| %s | %s | %s | %s | %d, %d of %d | %d |" % (
                what, setting, test, " ".join("%.1f" % row["adjusted"] for row in rows),
                sum(row["found"] for row in rows), sum(row["is_first"] for row in rows), len(rows),
                sum(len(row["wrong"]) for row in rows)))
    curves = [(point, row) for point in points if point["part"] == "power"
              for row in best(point["report"], CULPRITS[point["seed"]]) if row["curve"]]
    if curves:
        lines += ["", "### p against the number of answers (log10 p of one key, mean of the seeds)", ""]
        groups = {}
        for point, row in curves:
            groups.setdefault(row["test"], []).append(row["curve"])
        for test, found in groups.items():
            counts = [p["count"] for p in found[0]]
            means = [statistics.fmean(-curve[i]["log10_evidence"] for curve in found if i < len(curve))
                     for i in range(len(counts))]
            lines.append("- %s: %s" % (test, ", ".join("%d: %.1f" % pair for pair in zip(counts, means))))
    clean = [point for point in points if point["part"] == "clean"]
    if clean:
        smallest = min((result["log10_p"], test["id"], point["seed"]) for point in clean
                       for test in point["report"]["tests"] for result in test["results"])
        size = sum(len(test["results"]) for point in clean for test in point["report"]["tests"])
        found = sum(result["is_found"] for point in clean for test in point["report"]["tests"]
                    for result in test["results"])
        adjusted = smallest[0] + math.log10(size)
        lines += ["", "### clean students", "", "%d students, %d tests as one family: smallest p 10^%.2f (%s, student %d), "
                  "adjusted %.3g; found by their own audits: %d." % (
                      len(clean), size, *smallest, min(1, 10 ** adjusted), found)]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--denature", required=True, help="the program, built in release mode with the trait Torch")
    parser.add_argument("--triple", default="fixtures/lab", help="the models (scripts/lab_models.py)")
    parser.add_argument("--parts", default="power,strong,clean,triggers,shares,robustness")
    parser.add_argument("--seeds", default="1,2,3", help="of sampling and of the students' training")
    parser.add_argument("--width", type=int, default=1, help="tokens of context of the marks")
    parser.add_argument(
        "--share-schemes", default=",".join(SCHEMES), help="schemes of the part shares; green:3 for a strength")
    parser.add_argument("--robustness-scheme", default="green", help="its scheme; green:3 for a strength")
    parser.add_argument("--output", default="lab-output/audit")
    options = parser.parse_args()
    for folder in ("traces", "students", "reports"):
        os.makedirs(os.path.join(options.output, folder), exist_ok=True)
    lab = AuditLab(lab_tools.Program(options.denature, options.output), options.triple, options.output, options.width)
    seeds = [int(seed) for seed in options.seeds.split(",")]
    try:
        # Plans and what several points share, before two of them want it at the same time.
        for scheme in SCHEMES:
            lab.plan(scheme, [scheme])
        lab.plan("all", SCHEMES)
        lab.trigger_plan()
        parts = {"power": lambda: lab.power(seeds), "strong": lambda: lab.strong(seeds), "clean": lab.clean_students,
                 "shares": lambda: lab.shares(seeds, options.share_schemes.split(",")),
                 "triggers": lambda: lab.triggers(seeds),
                 "robustness": lambda: lab.robustness(seeds, options.robustness_scheme)}
        points = []
        for part in options.parts.split(","):
            for seed in seeds:
                lab.clean(seed)
            points += lab_tools.both(*parts[part]())
    except lab_tools.Failure as failure:
        raise SystemExit("lab_audit: " + str(failure)) from None
    text = tables(points)
    lab_tools.write_json(os.path.join(options.output, "results.json"), [
        {**{key: point[key] for key in ("part", "what", "setting", "seed")},
         "conclusion": point["report"]["conclusion"], "attributed": point["report"]["attributed_tenants"],
         "tests": best(point["report"], CULPRITS.get(point["seed"], ""))} for point in points])
    lab_tools.write_text(os.path.join(options.output, "results.md"), text)
    print(text)


if __name__ == "__main__":
    main()

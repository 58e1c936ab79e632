#!/usr/bin/env python3
"""Tests on a machine with an NVIDIA GPU that the program computes there what it computes on the CPU.

    scripts/compare/check_cuda.py --denature PROGRAM [--report FILE.json]

The lab's models, in float32 on both unless a test says otherwise. `make check-cuda` runs this; without a GPU it fails.
"""

import argparse
import array
import json
import math
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

LAB = Path(__file__).resolve().parents[2] / "fixtures/lab"
# What figures are called after, and the device of each.
DEVICES = {"cpu": "cpu", "gpu": "cuda"}
program = None
report = {}


def denature(*arguments):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)


def done(*arguments):
    """The standard output of a command that works."""
    result = denature(*arguments)
    if result.returncode != 0:
        raise AssertionError("%s: status %d\n%s" % (" ".join(map(str, arguments)), result.returncode, result.stderr))
    return result.stdout


def records(path):
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def tensors(path):
    """The float32 tensors of a safetensors file by name."""
    data = Path(path).read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + length])
    found = {}
    for name, entry in header.items():
        if name != "__metadata__":
            assert entry["dtype"] == "F32", entry
            start, end = entry["data_offsets"]
            found[name] = array.array("f", data[8 + length + start:8 + length + end])
    return found


def distance(ours, theirs):
    """‖a − b‖ / ‖b‖ over all tensors."""
    assert ours.keys() == theirs.keys()
    pairs = [(a, b) for name in theirs for a, b in zip(ours[name], theirs[name], strict=True)]
    return math.sqrt(sum((a - b) ** 2 for a, b in pairs)) / math.sqrt(sum(b * b for _, b in pairs))


class CUDATests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.work = Path(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def note(self, **figures):
        report.setdefault(self.id().rpartition(".")[2].removeprefix("test_"), {}).update(figures)

    def sampled(self, name, *arguments, limit=100):
        """The traces of a command on both devices, and the seconds that each took."""
        traces, seconds = {}, {}
        for side, device in DEVICES.items():
            path = self.work / f"{name}-{side}.jsonl"
            started = time.monotonic()
            done("sample", "--teacher", LAB / "teacher", "--prompts", LAB / "prompts.jsonl", "--limit", limit, "-o",
                 path, "--max-new-tokens", 80, "--device", device, "--dtype", "float32", *arguments)
            seconds[side] = time.monotonic() - started
            traces[side] = [record["trace"] for record in records(path)]
        return traces, seconds

    def check_equal(self, traces, seconds, least):
        """Rounding may decide a draw or a tie, seldom."""
        self.assertEqual(len(traces["cpu"]), len(traces["gpu"]))
        equal = sum(a == b for a, b in zip(traces["cpu"], traces["gpu"])) / len(traces["cpu"])
        self.note(equal=equal, seconds=seconds)
        self.assertGreaterEqual(equal, least)

    def test_greedy(self):
        self.check_equal(*self.sampled("greedy", "--temperature", 0), least=0.98)

    def test_sampled(self):
        self.check_equal(*self.sampled("sampled", "--temperature", 1, "--seed", 5), least=0.95)

    def test_penalised(self):
        for derivative in ("central", "exact"):
            with self.subTest(derivative):
                traces = self.sampled(
                    derivative, "--temperature", 0.5, "--seed", 5, "--proxy", LAB / "proxy", "--gradient",
                    LAB / "gradient.safetensors", "--strength", 0.35, "--kl-budget", 0.5, "--derivative", derivative)
                # Central differences of float32 multiply its rounding by 1/ε.
                self.check_equal(*traces, least=0.9)

    def test_marked(self):
        done("keys", "generate", "--keyring", self.work / "keys.json", "--tenant", "acme")
        self.check_equal(*self.sampled(
            "marked", "--temperature", 1, "--watermark", "gumbel", "--keyring", self.work / "keys.json", "--tenant",
            "acme"), least=0.95)

    def test_gradient(self):
        files = {}
        for side, device in DEVICES.items():
            files[side] = self.work / f"gradient-{side}.safetensors"
            done("gradient", "--proxy", LAB / "proxy", "--holdout", LAB / "holdout-traces.jsonl", "--limit", 64,
                 "-o", files[side], "--device", device, "--dtype", "float32")
        off = distance(tensors(files["gpu"]), tensors(files["cpu"]))
        self.note(relative_distance=off)
        self.assertLess(off, 1e-3)

    def test_training(self):
        for name, options in {"full": [], "adapters": ["--lora-rank", 8]}.items():
            with self.subTest(name):
                losses = {}
                for side, device in DEVICES.items():
                    folder = self.work / f"{name}-{side}"
                    lines = done(
                        "train", "--model", LAB / "student-base", "--data", LAB / "warm-traces.jsonl", "-o", folder,
                        "--steps", 40, "--batch-size", 16, "--lr", 1e-3, "--seed", 1, "--device", device, "--dtype",
                        "float32", "--json", *options)
                    losses[side] = json.loads(lines)["late_loss"]
                off = abs(losses["gpu"] / losses["cpu"] - 1)
                self.note(**{name: {"losses": losses, "relative_difference": off}})
                self.assertLess(off, 1e-3)

    def test_evaluation(self):
        accuracies = {}
        for side, device in DEVICES.items():
            accuracies[side] = json.loads(done(
                "evaluate", "--model", LAB / "teacher", "--problems", LAB / "evaluation.jsonl", "--limit", 200,
                "--max-new-tokens", 80, "--device", device, "--dtype", "float32", "--json"))["accuracy"]
        self.note(**accuracies)
        self.assertLessEqual(abs(accuracies["cpu"] - accuracies["gpu"]), 0.01)

    def test_half_precision(self):
        """What a GPU computes in by default is close to float32."""
        for dtype in ("bfloat16", "float16"):
            with self.subTest(dtype):
                accuracy = json.loads(done(
                    "evaluate", "--model", LAB / "teacher", "--problems", LAB / "evaluation.jsonl", "--limit", 200,
                    "--max-new-tokens", 80, "--device", DEVICES["gpu"], "--dtype", dtype, "--json"))["accuracy"]
                self.note(**{dtype: accuracy})
                self.assertGreater(accuracy, 0.9)

    def test_rewriting(self):
        traces, source = {}, self.work / "source.jsonl"
        source.write_text("".join((LAB / "holdout-traces.jsonl").read_text().splitlines(keepends=True)[:40]))
        for side, device in DEVICES.items():
            path = self.work / f"rewritten-{side}.jsonl"
            done("sanitize-traces", source, "-o", path, "--watermark", "none", "--rewriter", "gradient", "--proxy",
                 LAB / "proxy", "--gradient", LAB / "gradient.safetensors", "--gain", "hb", "--token-budget", 0.1,
                 "--device", device, "--dtype", "float32", "--quiet")
            traces[side] = [record["trace"] for record in records(path)]
        self.check_equal(traces, None, least=0.8)

    def test_memory(self):
        """A batch that no GPU holds is refused, not a crash."""
        if DEVICES["gpu"] == "cpu":
            self.skipTest("for a GPU")
        shape = json.loads((LAB / "student-base/config.json").read_text())
        shape.update(
            hidden_size=1024, intermediate_size=4096, num_attention_heads=16, num_key_value_heads=16, head_dim=64)
        config, data = self.work / "wide.json", self.work / "many.jsonl"
        config.write_text(json.dumps(shape))
        data.write_text(20 * (LAB / "warm-traces.jsonl").read_text())
        result = denature(
            "train", "--init", config, "--tokenizer", LAB / "teacher", "--data", data, "-o", self.work / "wide",
            "--steps", 1, "--batch-size", 12_000, "--device", DEVICES["gpu"], "--dtype", "float32")
        self.note(status=result.returncode, message=result.stderr[-300:])
        self.assertGreater(result.returncode, 0)
        self.assertIn("memory", result.stderr)

    def test_missing_device(self):
        result = denature(
            "evaluate", "--model", LAB / "teacher", "--problems", LAB / "evaluation.jsonl", "--device", "cuda:99")
        self.note(status=result.returncode, message=result.stderr)
        self.assertEqual(result.returncode, 2)
        self.assertIn("cuda:99", result.stderr)


def main():
    global program
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--denature", required=True, help="the program, built with the trait Torch and CUDA's libtorch")
    parser.add_argument("--report", help="write the figures here as JSON")
    parser.add_argument("--device", default="cuda", help="the GPU: cuda or cuda:N")
    options = parser.parse_args()
    DEVICES["gpu"] = options.device
    program = str(Path(options.denature).resolve())
    result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(CUDATests))
    text = json.dumps(report, indent=1, sort_keys=True)
    if options.report:
        Path(options.report).write_text(text + "\n")
    print(text)
    sys.exit(not result.wasSuccessful())


if __name__ == "__main__":
    main()

"""Tests of scripts/setup/torch.sh with small made-up wheels and an index on this machine: python3 scripts/setup/test_torch.py"""

import hashlib
import io
import os
import platform
import random
import re
import shutil
import subprocess
import tempfile
import threading
import unittest
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
MACHINE = {"arm64": "aarch64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine())
CPU_WHEEL = f"torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_{MACHINE}.whl"
CUDA_WHEEL = f"torch-2.13.0-cp311-cp311-manylinux_2_28_{MACHINE}.whl"
RUNTIME_WHEEL = f"nvidia_cuda_runtime-13.0.96-py3-none-manylinux_2_17_{MACHINE}.whl"
CUPTI_WHEEL = f"nvidia_cuda_cupti-13.0.85-py3-none-manylinux_2_25_{MACHINE}.whl"
CUBLAS_WHEEL = f"nvidia_cublas-13.1.1.3-py3-none-manylinux_2_27_{MACHINE}.whl"
NOISE = random.Random(7).randbytes(3_000_000)


def make_wheel(name, files):
    """A wheel's bytes; its content does not compress, so that it is as long as its files."""
    project, version = name.split("-")[:2]
    info = f"{project}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n"
    files = dict(files, **{f"{info}/METADATA": metadata, f"{info}/WHEEL": "Wheel-Version: 1.0\n", f"{info}/RECORD": ""})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path), content)
    return buffer.getvalue()


def torch_files(cuda):
    files = {
        "torch/__init__.py": "", "torch/include/ATen/ATen.h": "//", "torch/lib/libtorch_cpu.so": NOISE,
        "torch/lib/libc10.so": "c10", "torch/lib/libtorch_python.so": "bindings",
    }
    return dict(files, **{"torch/lib/libtorch_cuda.so": "cuda", "torch/lib/libc10_cuda.so": "cuda"}) if cuda else files


WHEELS = {CPU_WHEEL: make_wheel(CPU_WHEEL, torch_files(cuda=False))}
CUDA_WHEELS = {CUDA_WHEEL: make_wheel(CUDA_WHEEL, torch_files(cuda=True))}
for wheel in (RUNTIME_WHEEL, CUPTI_WHEEL, CUBLAS_WHEEL):
    library = wheel.split("-")[0].replace("nvidia_", "lib")
    CUDA_WHEELS[wheel] = make_wheel(wheel, {f"nvidia/cu13/lib/{library}.so.13": library, "nvidia/__init__.py": ""})


class Index(ThreadingHTTPServer):
    """A package index: `files` by name; counts what the script itself (not pip) asks of the files."""

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = files
        # Ranges asked for, None for a whole file.
        self.ranges = []
        # How many bytes the first answer to the script has before the connection ends, and whether it is refused.
        self.cut_after = None
        self.refuses = False
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        parts = self.path.strip("/").split("/")
        if parts[0] == "simple":
            own = [name for name in self.server.files if re.sub("_", "-", name.split("-")[0]) == parts[1]]
            links = "".join(f'<a href="/files/{name.replace("+", "%2B")}">{name}</a>\n' for name in own)
            return self.answer(200, links.encode(), "text/html")
        name = parts[-1].replace("%2B", "+")
        if name not in self.server.files:
            return self.answer(404, b"", "text/plain")
        body = self.server.files[name]
        by_script = "urllib" in self.headers.get("User-Agent", "")
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if by_script:
            self.server.ranges.append(int(wanted[1]) if wanted else None)
            if self.server.refuses:
                return self.answer(403, b"", "text/plain")
        if not wanted:
            return self.answer(200, body, "application/zip", by_script)
        last = int(wanted[2] or len(body) - 1)
        headers = {"Content-Range": f"bytes {wanted[1]}-{last}/{len(body)}"}
        self.answer(206, body[int(wanted[1]) : last + 1], "application/zip", headers=headers)

    def answer(self, status, body, kind, by_script=False, headers={}):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if by_script and self.server.cut_after is not None:
            body, self.server.cut_after = body[: self.server.cut_after], None
        if self.command == "GET":
            self.wfile.write(body)


class TorchTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "scripts/setup").mkdir(parents=True)
        for name in ("torch.sh", "fetch_torch.py", "setup.sh"):
            shutil.copy(REPOSITORY / "scripts/setup" / name, self.root / "scripts/setup")
        self.wheels = self.root / ".torch/wheels"
        self.wheels.mkdir(parents=True)
        # The pip that the set-up fetches, when it has; else the installed one must do.
        if (REPOSITORY / ".torch/pip").is_dir():
            shutil.copytree(REPOSITORY / ".torch/pip", self.root / ".torch/pip")
        self.libraries = self.root / ".torch/site-packages"

    def serve(self, files, listed=None):
        self.index = Index(files)
        self.addCleanup(self.index.server_close)
        self.addCleanup(self.index.shutdown)
        digests = {name: hashlib.sha256(body).hexdigest() for name, body in (listed or files).items()}
        (self.root / "scripts/setup/torch.sha256").write_text("".join(f"{d}  {n}\n" for n, d in digests.items()))

    def run_script(self, **environment):
        """Runs the script; returns its status and output."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "LIBTORCH", "TORCH_"))}
        if hasattr(self, "index"):
            kept["PIP_INDEX_URL"] = f"http://127.0.0.1:{self.index.server_port}/simple"
        kept.update(PIP_CONFIG_FILE=os.devnull, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1", TORCH_CUDA="0")
        done = subprocess.run(
            ["scripts/setup/torch.sh"], cwd=self.root, env=dict(kept, **environment), text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        return done.returncode, done.stdout

    def succeeds(self, **environment):
        status, output = self.run_script(**environment)
        self.assertEqual(status, 0, output)
        return output

    def unpacked(self):
        return {str(path.relative_to(self.libraries)) for path in self.libraries.rglob("*") if path.is_file()}

    def assert_whole(self):
        self.assertEqual((self.libraries / "torch/lib/libtorch_cpu.so").read_bytes(), NOISE)
        self.assertEqual([path.name for path in (self.root / ".torch").glob("new-*")], [])

    def test_unpacks_libraries_and_headers_once(self):
        self.serve(WHEELS)
        (self.root / ".torch/new-left-by-a-kill").mkdir()
        (self.libraries / "torch/lib").mkdir(parents=True)
        self.assertIn("==> Fetching libtorch", self.succeeds())
        self.assert_whole()
        self.assertIn("torch/include/ATen/ATen.h", self.unpacked())
        self.assertEqual({f for f in self.unpacked() if f.endswith(".py") or "libtorch_python" in f}, set())
        asked = len(self.index.ranges)
        self.assertEqual(self.succeeds(), "")
        self.assertEqual(len(self.index.ranges), asked)

    def test_a_connection_that_breaks_is_resumed(self):
        self.serve(WHEELS)
        self.index.cut_after = 1_500_000
        self.succeeds()
        self.assertEqual(self.index.ranges, [None, 1_500_000])
        self.assert_whole()

    def test_an_earlier_download_is_resumed(self):
        self.serve(WHEELS)
        (self.wheels / (CPU_WHEEL + ".part")).write_bytes(WHEELS[CPU_WHEEL][:2_000_000])
        self.assertIn("resuming at 2 MB of 3 MB", self.succeeds())
        self.assertEqual(self.index.ranges, [2_000_000])
        self.assert_whole()

    def test_a_damaged_start_is_fetched_again(self):
        self.serve(WHEELS)
        (self.wheels / (CPU_WHEEL + ".part")).write_bytes(bytes(2_000_000))
        self.assertIn("was damaged; fetching all of it", self.succeeds())
        self.assertEqual(self.index.ranges, [2_000_000, None])
        self.assert_whole()

    def test_a_truncated_wheel_in_the_cache_is_fetched_again(self):
        self.serve(WHEELS)
        (self.wheels / CPU_WHEEL).write_bytes(WHEELS[CPU_WHEEL][:-1])
        self.assertIn("is damaged; fetching it again", self.succeeds())
        self.assert_whole()

    def test_other_content_is_refused(self):
        self.serve({CPU_WHEEL: WHEELS[CPU_WHEEL] + b"x"}, listed=WHEELS)
        status, output = self.run_script()
        self.assertEqual(status, 1, output)
        self.assertIn("SHA-256", output)
        self.assertFalse(self.libraries.exists())
        self.assertEqual([path.name for path in self.wheels.glob("torch*")], [])

    def test_an_unknown_wheel_is_refused_with_instructions(self):
        self.serve(WHEELS, listed={CUDA_WHEEL: b""})
        status, output = self.run_script()
        self.assertEqual(status, 1, output)
        self.assertIn("not in scripts/setup/torch.sha256", output)
        self.assertIn("LIBTORCH", output)
        self.assertFalse(self.libraries.exists())

    def test_pip_fetches_what_is_refused_here(self):
        self.serve(WHEELS)
        self.index.refuses = True
        self.assertIn("letting pip fetch it", self.succeeds())
        self.assert_whole()

    def test_a_local_folder_of_wheels_needs_no_index(self):
        self.serve(WHEELS)
        links = self.root / "links"
        links.mkdir()
        (links / CPU_WHEEL).write_bytes(WHEELS[CPU_WHEEL])
        self.succeeds(PIP_FIND_LINKS=str(links), PIP_NO_INDEX="1")
        self.assertEqual(self.index.ranges, [])
        self.assert_whole()

    def test_the_cuda_build_brings_what_the_processor_needs(self):
        self.serve(CUDA_WHEELS)
        self.succeeds()
        self.assert_whole()
        libraries = {f for f in self.unpacked() if ".so" in f}
        self.assertEqual(
            libraries - {"torch/lib/libtorch_cpu.so", "torch/lib/libc10.so"},
            {"nvidia/cu13/lib/libcuda_runtime.so.13", "nvidia/cu13/lib/libcuda_cupti.so.13"},
        )

    def test_for_a_gpu_the_cuda_build_is_chosen_and_whole(self):
        self.serve({**WHEELS, **CUDA_WHEELS})
        self.succeeds()
        self.assertNotIn("torch/lib/libtorch_cuda.so", self.unpacked())
        self.succeeds(TORCH_CUDA="1")
        self.assertLessEqual(
            {"torch/lib/libtorch_cuda.so", "torch/lib/libc10_cuda.so", "nvidia/cu13/lib/libcublas.so.13"}, self.unpacked()
        )

    def test_libtorch_elsewhere_is_checked(self):
        header = "include/torch/headeronly/version.h"
        files = {"include/ATen/ATen.h": "//", "lib/libtorch_cpu.so": ""}
        for minor, change, message in ((13, {}, ""), (12, {}, "libtorch 2.12"), (13, {"lib/libtorch_cpu.so": None}, "no lib")):
            folder = Path(tempfile.mkdtemp(dir=self.root))
            version = f"#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR {minor}\n"
            for path, content in {**files, header: version, **change}.items():
                if content is not None:
                    (folder / path).parent.mkdir(parents=True, exist_ok=True)
                    (folder / path).write_text(content)
            with self.subTest(minor=minor, change=change):
                status, output = self.run_script(LIBTORCH=str(folder))
                self.assertEqual(status, 1 if message else 0, output)
                self.assertIn(message, output)
        self.assertFalse(self.libraries.exists())


if __name__ == "__main__":
    unittest.main()

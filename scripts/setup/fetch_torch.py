"""Fetches the wheels of libtorch, verifies and unpacks them. scripts/setup/torch.sh runs this and explains the settings.

    python3 scripts/setup/fetch_torch.py VERSION cpu|gpu

pip says where the wheels are, so its configuration (indexes, folders, proxies) counts; the transfer is done here, since
pip starts a broken one over from the first byte. Everything is kept below .torch/:

    wheels/         finished wheels, NAME.part of unfinished ones; may be deleted at any time
    pip/            the pip that is asked
    site-packages/  torch/lib and torch/include; for the CUDA build also nvidia/cu13/lib, where its libraries look
"""

import fcntl
import hashlib
import http.client
import json
import os
import platform
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(".torch")
WHEELS = ROOT / "wheels"
SITE_PACKAGES = ROOT / "site-packages"
DIGESTS = Path("scripts/setup/torch.sha256")
# The interpreter's tag only names the wheel; the libraries in it do not depend on it, and no Python file is unpacked.
PYTHON = "3.11"
# The first release whose dry runs read a wheel's metadata without fetching the wheel.
PIP = "25.3"
MACHINE = {"arm64": "aarch64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine())
PLATFORMS = [f"manylinux_2_{minor}_{MACHINE}" for minor in range(28, 4, -1)] + [
    f"{name}_{MACHINE}" for name in ("manylinux2014", "manylinux2010", "manylinux1")
]
# All that libtorch_cpu.so of the CUDA build needs; the others are for work on a GPU.
CUDA_FOR_CPU = ("nvidia-cuda-runtime", "nvidia-cuda-cupti")
CUDA_LIBRARIES = ("libtorch_cuda", "libc10_cuda", "libtorch_nvshmem", "libcaffe2_nvrtc", "libtorch.so")
# Of the Python bindings and of PyTorch's own tests.
UNUSED_LIBRARIES = ("libtorch_python", "libshm", "libjitbackend_test", "libtorchbind_test", "libbackend_with_compiler")
CHUNK = 1 << 20
SIZES = {"cpu": "200 to 550 MB", "gpu": "2.5 GB"}


class Failure(Exception):
    """What the user is told; the program ends with status 1."""


def say(text):
    print(text, flush=True)


def known_digests():
    lines = (line.split() for line in DIGESTS.read_text().splitlines() if line and not line.startswith("#"))
    return {name: digest for digest, name in lines}


def digest(path):
    hasher = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(CHUNK):
            hasher.update(block)
    return hasher.hexdigest()


def project_and_version(wheel):
    project, version = wheel.split("-")[:2]
    return project.replace("_", "-"), version


# Asking pip.


def pip_environment(own_pip):
    environment = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_REQUIRE_VIRTUALENV="0", PIP_USER="0")
    if own_pip:
        environment["PYTHONPATH"] = str(ROOT / "pip")
    return environment


def pip(arguments, own_pip=True):
    """Runs pip and returns its output; a Failure has the end of it."""
    command = [sys.executable, "-m", "pip", *arguments]
    done = subprocess.run(
        command, env=pip_environment(own_pip), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace",
    )
    if done.returncode != 0:
        lines = done.stdout.splitlines()
        # Warnings tell of connections that failed.
        telling = [line for line in lines if line.startswith(("ERROR", "WARNING: Retrying"))] or lines
        raise Failure("\n".join(["pip failed:", *telling[-5:]]))
    return done.stdout


def choice_of_wheels():
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--python-version", PYTHON]
    return options + [argument for name in PLATFORMS for argument in ("--platform", name)]


def prepare_pip(digests):
    """Unpacks the pip this script is written for; without it, the installed one must do."""
    if (ROOT / "pip" / f"pip-{PIP}.dist-info").is_dir():
        return True
    wheel = WHEELS / f"pip-{PIP}-py3-none-any.whl"
    try:
        if not wheel.is_file():
            pip(["download", "--no-deps", "--no-cache-dir", "--dest", str(WHEELS), f"pip=={PIP}"], own_pip=False)
    except Failure:
        return False
    verify(wheel, digests)
    with tempfile.TemporaryDirectory(prefix="new-", dir=ROOT) as folder:
        zipfile.ZipFile(wheel).extractall(folder)
        shutil.rmtree(ROOT / "pip", ignore_errors=True)
        os.rename(folder, ROOT / "pip")
        # The context manager removes what it made.
        os.mkdir(folder)
    return True


def resolve(requirements, own_pip):
    """The wheels pip would install, as (file name, URL, SHA-256 or None)."""
    with tempfile.TemporaryDirectory(prefix="new-", dir=ROOT) as folder:
        report = Path(folder) / "report.json"
        arguments = ["install", "--dry-run", "--ignore-installed", "--report", str(report)]
        arguments += ["--target", str(Path(folder) / "none"), *choice_of_wheels()]
        if own_pip:
            # For indexes that do not serve metadata: reads it from the end of the wheel.
            arguments.append("--use-feature=fast-deps")
        pip(arguments + requirements, own_pip)
        entries = json.loads(report.read_text())["install"]
    found = []
    for entry in entries:
        url = entry["download_info"]["url"]
        hashes = entry["download_info"].get("archive_info", {}).get("hashes", {})
        name = urllib.parse.unquote(urllib.parse.urlsplit(url).path.rsplit("/", 1)[-1])
        found.append((name, url, hashes.get("sha256")))
    return found


# Fetching.


def verify(path, digests):
    actual = digest(path)
    expected = digests.get(path.name)
    if expected is None:
        raise Failure(unknown_wheel(path.name, actual))
    if actual != expected:
        if path.parent == WHEELS:
            path.unlink()
        raise Failure(f"{path} is damaged or not the wheel it says: its SHA-256 is {actual}, {DIGESTS} has {expected}")


def unknown_wheel(name, actual):
    return (
        f"pip found {name}, which is not in {DIGESTS}"
        + (f" (its SHA-256 is said to be {actual})" if actual else "")
        + ".\nEither point pip to the wheels of that list, or compare the digest with the publisher's and add the line"
        f"\n    {actual or 'SHA-256'}  {name}\nor set LIBTORCH to the folder of a libtorch you trust."
    )


def megabytes(count):
    return f"{count / 1e6:.0f} MB"


def transfer(url, part):
    """Appends to `part` what is missing of the file at `url`."""
    offset = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Accept-Encoding": "identity"})
    if offset:
        request.add_header("Range", f"bytes={offset}-")
    try:
        response = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as error:
        # 416: nothing is left to fetch.
        if error.code == 416 and offset:
            return
        raise
    with response:
        resumed = response.status == 206
        total = int(response.headers.get("Content-Length") or 0) + (offset if resumed else 0)
        if resumed:
            say(f"    resuming at {megabytes(offset)} of {megabytes(total)}")
        else:
            offset = 0
        reported = time.monotonic()
        with open(part, "ab" if resumed else "wb") as file:
            while block := response.read(CHUNK):
                file.write(block)
                offset += len(block)
                if time.monotonic() - reported > 10:
                    reported = time.monotonic()
                    say(f"    {megabytes(offset)} of {megabytes(total)}")
        if total and offset < total:
            raise ConnectionError(f"the connection ended at {megabytes(offset)} of {megabytes(total)}")


def download(name, url, digests):
    """The finished and verified wheel in the cache, from where the last attempt ended."""
    wheel, part = WHEELS / name, WHEELS / (name + ".part")
    fresh = not part.exists()
    problem = None
    attempts = 0
    while attempts < 5:
        before = part.stat().st_size if part.exists() else 0
        try:
            transfer(url, part)
            problem = None
            break
        except (OSError, http.client.HTTPException) as error:
            problem = error
            refused = isinstance(error, urllib.error.HTTPError) and error.code < 500
            if refused or isinstance(getattr(error, "reason", None), ssl.SSLCertVerificationError):
                break
            # A connection that brings something each time may break as often as it likes.
            grown = part.exists() and part.stat().st_size > before
            attempts = 1 if grown else attempts + 1
            say(f"    interrupted ({error}); trying again")
            time.sleep(2**attempts)
    if problem is not None:
        # An index that wants a password, a proxy or a certificate only pip knows of.
        say(f"    not reachable from here ({problem}); letting pip fetch it")
        with tempfile.TemporaryDirectory(prefix="new-", dir=ROOT) as folder:
            project, version = project_and_version(name)
            pip(["download", "--dest", folder, *choice_of_wheels(), f"{project}==={version}"], own_pip=False)
            os.replace(Path(folder) / name, part)
    if digest(part) != digests[name]:
        part.unlink()
        if not fresh:
            say(f"    what was left of an earlier download of {name} was damaged; fetching all of it")
            return download(name, url, digests)
        raise Failure(f"what came as {name} does not have the SHA-256 that is in {DIGESTS}; it was deleted")
    os.rename(part, wheel)
    return wheel


def obtain(found, digests):
    """The verified wheel on this machine: a local one where it lies, others in the cache."""
    name, url, said = found
    if name not in digests:
        raise Failure(unknown_wheel(name, said))
    if said and said != digests[name]:
        raise Failure(f"pip found {name} with the SHA-256 {said}, but {DIGESTS} has {digests[name]}")
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "file":
        local = Path(urllib.request.url2pathname(parts.path))
        verify(local, digests)
        return local
    cached = WHEELS / name
    if cached.is_file():
        if digest(cached) == digests[name]:
            return cached
        say(f"    {cached} is damaged; fetching it again")
        cached.unlink()
    say(f"    fetching {name}")
    return download(name, url, digests)


def cached_torch(version, use, digests):
    """A wheel of torch that is already in the cache, whole."""
    for name in sorted(digests):
        project, its_version = project_and_version(name)
        kinds = [version] if use == "gpu" else [version, version + "+cpu"]
        if project == "torch" and its_version in kinds and MACHINE in name and (WHEELS / name).is_file():
            if digest(WHEELS / name) == digests[name]:
                return WHEELS / name
    return None


def obtain_torch(version, use, digests, own_pip):
    if cached := cached_torch(version, use, digests):
        return cached
    # `===` takes the version as written, so never 2.13.0+cpu.
    requirements = [f"torch==={version}"] if use == "gpu" else [f"torch=={version}"]
    return obtain(resolve(requirements, own_pip)[0], digests)


def obtain_cuda_libraries(use, digests, own_pip):
    """The wheels the CUDA build wants beside it, in the versions its METADATA led to (see torch.sha256)."""
    names = [name for name in digests if name.startswith("nvidia_") and MACHINE in name]
    if use == "cpu":
        names = [name for name in names if project_and_version(name)[0] in CUDA_FOR_CPU]
    wheels = [WHEELS / name for name in names if (WHEELS / name).is_file()]
    wheels = [wheel for wheel in wheels if digest(wheel) == digests[wheel.name]]
    missing = [name for name in names if WHEELS / name not in wheels]
    if missing:
        requirements = ["==".join(project_and_version(name)) for name in missing]
        wheels += [obtain(found, digests) for found in resolve(requirements, own_pip)]
    return wheels


# Unpacking.


def is_cuda(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return "torch/lib/libtorch_cuda.so" in archive.namelist()


def is_wanted(name, use):
    """Whether a file of a wheel is needed to build and run: libraries, headers, and the licenses in dist-info."""
    parts = name.split("/")
    file = parts[-1]
    if not file:
        return False
    if parts[0].endswith(".dist-info") or parts[:2] == ["torch", "include"]:
        return True
    if ".so" not in file or file.startswith(UNUSED_LIBRARIES):
        return False
    if parts[:2] == ["torch", "lib"]:
        return use == "gpu" or not file.startswith(CUDA_LIBRARIES)
    return parts[0].endswith(".libs") or (parts[0] == "nvidia" and "lib" in parts)


def unpack(wheels, use, stamp):
    """Unpacks to a new folder and puts it in place whole."""
    new = Path(tempfile.mkdtemp(prefix="new-", dir=ROOT))
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(new, [name for name in archive.namelist() if is_wanted(name, use)])
    for file in ("torch/lib/libtorch_cpu.so", "torch/lib/libc10.so", "torch/include/ATen/ATen.h"):
        if not (new / file).is_file():
            raise Failure(f"the wheel has no {file}")
    os.chmod(new, 0o755)
    (new / ".complete").write_text(stamp + "\n")
    if SITE_PACKAGES.exists():
        os.rename(SITE_PACKAGES, Path(tempfile.mkdtemp(prefix="new-", dir=ROOT)) / "old")
    os.rename(new, SITE_PACKAGES)


def remove_leftovers():
    for folder in ROOT.glob("new-*"):
        shutil.rmtree(folder, ignore_errors=True)


def set_up(version, use):
    stamp = f"{version} for {use}"
    # Another run may have done it while this one waited for the lock.
    complete = SITE_PACKAGES / ".complete"
    if complete.is_file() and complete.read_text().strip() == stamp:
        return
    started = time.monotonic()
    remove_leftovers()
    digests = known_digests()
    if not any(name.startswith("torch-") and MACHINE in name for name in digests):
        raise Failure(f"there is no libtorch for {MACHINE} in {DIGESTS}; set LIBTORCH to the folder of one")
    own_pip = prepare_pip(digests)
    try:
        torch = obtain_torch(version, use, digests, own_pip)
    except Failure as failure:
        if use == "cpu" or os.environ.get("TORCH_CUDA"):
            raise
        say(f"    {failure}\n    no CUDA build; taking what there is, which cannot use the GPU")
        torch = obtain_torch(version, "cpu", digests, own_pip)
    wheels = [torch]
    if is_cuda(torch):
        wheels += obtain_cuda_libraries(use, digests, own_pip)
    say(f"    unpacking {torch.name}" + (f" and {len(wheels) - 1} CUDA libraries" if len(wheels) > 1 else ""))
    unpack(wheels, use, stamp)
    remove_leftovers()
    say(f"    done in {time.monotonic() - started:.0f} s")


def main():
    if sys.version_info < (3, 9):
        raise Failure(f"Python 3.9 or later is needed, this is {platform.python_version()}")
    if len(sys.argv) != 3 or sys.argv[2] not in ("cpu", "gpu"):
        raise Failure("usage: python3 scripts/setup/fetch_torch.py VERSION cpu|gpu")
    version, use = sys.argv[1:]
    WHEELS.mkdir(parents=True, exist_ok=True)
    say(f"==> Fetching libtorch {version} for work on the {use.upper()} (once; {SIZES[use]})")
    with open(ROOT / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        set_up(version, use)


try:
    main()
except Failure as failure:
    print(f"torch: {failure}", file=sys.stderr)
    sys.exit(1)
except (OSError, zipfile.BadZipFile) as error:
    print(f"torch: {error}", file=sys.stderr)
    sys.exit(1)
except KeyboardInterrupt:
    sys.exit(130)

#!/usr/bin/env python3
"""Golden files for the Safetensors target, by the reference implementation (PyPI safetensors and numpy).

Run in the repository root:
    python3 scripts/golden/golden_safetensors.py                   writes fixtures/golden/safetensors/
    python3 scripts/golden/golden_safetensors.py --check FOLDER    has the reference read files that this package wrote:
        DENATURE_SAFETENSORS_FOLDER=FOLDER swift test --filter SafetensorsTests

files.json describes the .safetensors files beside it; verdicts.json holds small files, damaged and not, with the
reference's verdict on each.
"""

import argparse
import base64
import json
import pathlib
import random
import shutil
import struct

import numpy as np
import safetensors
from safetensors import deserialize, safe_open, serialize

OUT = pathlib.Path("fixtures/golden/safetensors")
COMMAND = "python3 scripts/golden/golden_safetensors.py"
SEED = 20260301

# The names that the reference's Python interface takes, and this many bytes per element.
DTYPES = {
    "F64": ("float64", 8), "F32": ("float32", 4), "F16": ("float16", 2), "BF16": ("bfloat16", 2),
    "I64": ("int64", 8), "I32": ("int32", 4), "I16": ("int16", 2), "I8": ("int8", 1),
    "U64": ("uint64", 8), "U32": ("uint32", 4), "U16": ("uint16", 2), "U8": ("uint8", 1),
    "BOOL": ("bool", 1), "F8_E4M3": ("float8_e4m3fn", 1), "F8_E5M2": ("float8_e5m2", 1),
}


def encode(tensors: dict, metadata=None) -> bytes:
    """tensors: name -> (dtype, shape, bytes)."""
    keep, specs = [], {}
    for name, (dtype, shape, data) in tensors.items():
        buffer = np.frombuffer(data or b"\0", dtype=np.uint8).copy()
        keep.append(buffer)
        specs[name] = safetensors.TensorSpec(
            dtype=DTYPES[dtype][0], shape=list(shape), data_ptr=buffer.ctypes.data, data_len=len(data))
    return bytes(serialize(specs, metadata))


def contents(rng: random.Random, dtype: str, shape) -> bytes:
    count = int(np.prod(shape, dtype=np.int64))
    if dtype == "BOOL":
        return bytes(rng.randint(0, 1) for _ in range(count))
    if dtype in ("F64", "F32", "F16"):
        values = np.array([rng.gauss(0, 3) for _ in range(count)])
        return values.astype({"F64": "<f8", "F32": "<f4", "F16": "<f2"}[dtype]).tobytes()
    return rng.randbytes(count * DTYPES[dtype][1])


def floats(dtype: str, data: bytes):
    """The elements as bits of float32, or None for other types."""
    if dtype == "BF16":
        return [int(word) << 16 for word in np.frombuffer(data, "<u2")]
    kind = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}.get(dtype)
    if kind is None:
        return None
    with np.errstate(all="ignore"):
        return [int(bits) for bits in np.frombuffer(data, kind).astype("<f4").view("<u4")]


def special_floats() -> dict:
    """Zeros, subnormals, extremes, infinities and halfway cases of every float type."""
    half = sorted({b | s for s in (0, 0x8000) for e in range(32) for b in (e << 10, e << 10 | 1, e << 10 | 0x3FF)})
    # Signalling NaNs turn quiet or not by the processor's way of converting.
    half = [b for b in half if (b & 0x7C00) != 0x7C00 or (b & 0x3FF) == 0]
    bf16 = [0, 1, 0x7F, 0x80, 0x3F80, 0x7F7F, 0x7F80, 0x8000, 0x8001, 0xBF80, 0xFF7F, 0xFF80, 0x4049]
    double = [0.0, -0.0, 1.0, 1 + 2**-24, 1 + 2**-24 + 2**-50, 1 + 3 * 2**-24, 2.0**-149, 2.0**-150, 1e-320,
              3.4028234663852886e38, 3.4028235677973366e38, 1e300, -1e300, float("inf"), -float("inf"), 0.1]
    return {
        "half": ("F16", [len(half)], np.array(half, "<u2").tobytes()),
        "bf16": ("BF16", [len(bf16)], np.array(bf16, "<u2").tobytes()),
        "double": ("F64", [len(double)], np.array(double, "<f8").tobytes()),
    }


def golden_files(rng: random.Random) -> dict:
    every = {f"{'zyx'[i % 3]}.{d.lower()}": (d, s, contents(rng, d, s))
             for i, d in enumerate(DTYPES) for s in [[2, 3]]}
    names = ["plain", "model.layers.0.self_attn.q_proj.weight", "quote\" back\\slash /", "tab\tline\nbell\u0007\u001f",
             "ümlaut", "z\u0301", "日本", "😀", "", "\u007f", "A", "a"]
    shapes = [[], [0], [1], [3, 0, 2], [1, 1, 1, 1, 1], [5], [2, 0], [0, 0]]
    return {
        "every-dtype": (every, {"format": "pt"}),
        "names": ({n: ("I16", [1], contents(rng, "I16", [1])) for n in names}, {"a \"key\"\n": "välue \u0001 😀"}),
        "shapes": ({f"t{i}{d}": (d, s, contents(rng, d, s)) for i, s in enumerate(shapes) for d in ("F32", "U8")}, None),
        "floats": (special_floats(), None),
        "empty": ({}, None),
        "only-metadata": ({}, {"note": "nothing else"}),
    }


def write_golden(rng: random.Random) -> None:
    described = {}
    for file, (tensors, metadata) in golden_files(rng).items():
        raw = encode(tensors, metadata)
        (OUT / f"{file}.safetensors").write_bytes(raw)
        described[file] = {
            "metadata": metadata or {},
            "tensors": [
                {"name": n, "dtype": d, "shape": s, "base64": base64.b64encode(b).decode(), "floatBits": floats(d, b)}
                for n, (d, s, b) in sorted(tensors.items())],
        }
    (OUT / "files.json").write_text(json.dumps({
        "command": COMMAND, "safetensors": safetensors.__version__, "numpy": np.__version__, "files": described,
    }, indent=1, ensure_ascii=False) + "\n")


def write_sharded(rng: random.Random) -> None:
    """A folder in Hugging Face's layout, its index by their json.dumps."""
    folder = OUT / "sharded"
    folder.mkdir()
    sizes = {"embed.weight": [8, 4], "layers.0.weight": [4, 4], "layers.1.weight": [4, 4], "norm.weight": [4]}
    tensors = {n: ("F32", s, contents(rng, "F32", s)) for n, s in sizes.items()}
    shards = [["embed.weight"], ["layers.0.weight", "layers.1.weight"], ["norm.weight"]]
    weight_map = {}
    for i, names in enumerate(shards):
        file = f"model-{i + 1:05}-of-{len(shards):05}.safetensors"
        (folder / file).write_bytes(encode({n: tensors[n] for n in names}, {"format": "pt"}))
        weight_map |= {n: file for n in names}
    index = {"metadata": {"total_size": sum(len(t[2]) for t in tensors.values())}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2, sort_keys=True) + "\n")


def assemble(header, data: bytes) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def verdict(raw: bytes):
    """Tensor names by the reference, or its complaint."""
    try:
        return {"names": sorted(name for name, _ in deserialize(raw))}
    except Exception as error:  # noqa: BLE001: whatever the reference raises is its complaint
        return {"refused": str(error)[:120]}


def write_verdicts(rng: random.Random) -> None:
    cases = []

    def case(label: str, header, data: bytes = b"") -> None:
        raw = assemble(header, data)
        cases.append({"label": label, "base64": base64.b64encode(raw).decode()} | verdict(raw))

    def one(dtype="F32", shape=(2,), offsets=(0, 8), **more):
        return {"a": {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)} | more}

    d8 = bytes(range(8))
    case("plain", one(), d8)
    case("spaces at the end", json.dumps(one()).encode() + b"    ", d8)
    case("line feed at the end", json.dumps(one()).encode() + b"\n", d8)
    case("fields in another order", b'{"a":{"data_offsets":[0,8],"shape":[2],"dtype":"F32"}}', d8)
    case("escaped name", b'{"\\u0061\\ud83d\\ude00\\/":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', d8)
    case("two tensors out of order", {
        "b": {"dtype": "U8", "shape": [4], "data_offsets": [4, 8]},
        "a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}}, d8)
    case("unknown data type", one("F33"), d8)
    case("lower-case data type", one("f32"), d8)
    case("data type is a number", one(5), d8)
    case("wrong data type for the size", one("F64"), d8)
    case("negative dimension", one(shape=[-2]), d8)
    case("fractional dimension", b'{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}', d8)
    case("exponent in dimension", b'{"a":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}', d8)
    case("string as dimension", one(shape=["2"]), d8)
    case("null as shape", b'{"a":{"dtype":"F32","shape":null,"data_offsets":[0,8]}}', d8)
    case("absurd shape", one(shape=[2**62, 2**62]), d8)
    case("shape that overflows to 8 bytes", one("U8", [2**32 + 1, 2**32, 2**32]), d8)
    case("dimension of 2^64", one(shape=[2**64]), d8)
    case("dimension of 2^200", one(shape=[2**200]), d8)
    case("negative offset", one(offsets=[-8, 0]), d8)
    case("minus zero as offset", b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[-0,8]}}', d8)
    case("float offsets", b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0.0,8.0]}}', d8)
    case("offset with leading zero", b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[00,8]}}', d8)
    case("reversed offsets", one(offsets=[8, 0]), d8)
    case("one offset", one(offsets=[8]), d8)
    case("three offsets", one(offsets=[0, 8, 8]), d8)
    case("offsets behind the end", one(offsets=[8, 16]), d8)
    case("longer than the file", one(shape=[4], offsets=[0, 16]), d8)
    case("bytes after the last tensor", one(), d8 + b"x")
    case("bytes before the first tensor", one(shape=[1], offsets=[4, 8]), d8)
    case("overlap", one() | {"b": {"dtype": "U8", "shape": [4], "data_offsets": [4, 8]}}, d8)
    case("same bytes twice", one() | {"b": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}, d8)
    case("empty tensor inside another", one() | {"b": {"dtype": "U8", "shape": [0], "data_offsets": [4, 4]}}, d8)
    case("hole", {
        "a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]},
        "b": {"dtype": "U8", "shape": [2], "data_offsets": [6, 8]}}, d8)
    case("missing dtype", b'{"a":{"shape":[2],"data_offsets":[0,8]}}', d8)
    case("missing shape", b'{"a":{"dtype":"F32","data_offsets":[0,8]}}', d8)
    case("missing offsets", b'{"a":{"dtype":"F32","shape":[2]}}', d8)
    case("tensor is a list", b'{"a":[]}')
    case("header is a list", b"[]")
    case("header is empty", b"")
    case("header is spaces", b"        ")
    case("header is null", b"null")
    case("not UTF-8", b'{"\xff\xfe":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', d8)
    case("half a surrogate pair", b'{"\\ud83d":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', d8)
    case("control character in name", b'{"\x01":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', d8)
    case("unknown escape", b'{"\\x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', d8)
    case("comma at the end", b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},}', d8)
    case("comma in the shape", b'{"a":{"dtype":"F32","shape":[2,],"data_offsets":[0,8]}}', d8)
    case("text after the header", json.dumps(one()).encode() + b"{}", d8)
    case("single quotes", b"{'a':{}}")
    case("metadata with a number", {"__metadata__": {"a": 1}} | one(), d8)
    case("metadata with an object", {"__metadata__": {"a": {}}} | one(), d8)
    case("metadata is a list", {"__metadata__": []} | one(), d8)
    case("metadata twice", b'{"__metadata__":{},"__metadata__":{}}')
    case("deep nesting", b'{"a":' + b"[" * 5000)
    case("field twice", b'{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}', d8)
    # Where this package is stricter than the reference.
    case("strict: tensor twice", b'{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"a":{"dtype":"F32",'
         b'"shape":[2],"data_offsets":[0,8]}}', d8)
    case("strict: space before the header", b" " + json.dumps(one()).encode(), d8)
    case("strict: unknown field", one(colour="red"), d8)
    case("strict: metadata is null", {"__metadata__": None} | one(), d8)
    case("strict: zero times too much", one(shape=[0, 2**62, 2**62], offsets=[0, 0]))
    case("strict: a hundred dimensions", one(shape=[1] * 100, offsets=[0, 4]), d8[:4])
    case("strict: complex numbers", one("C64", [1]), d8)

    base = encode({"a": ("U8", [2], b"ab"), "b": ("I16", [2, 1], b"cdef")}, {"k": "v"})
    for _ in range(60):
        raw = bytearray(base)
        kind = rng.randrange(4)
        at = rng.randrange(8, len(raw))
        if kind == 0:
            raw[at] = rng.choice(b'{}[]",:0123456789.-e\\ xU8F')
        elif kind == 1:
            del raw[at:at + rng.randint(1, 4)]
            raw[:8] = struct.pack("<Q", int.from_bytes(raw[:8], "little") - rng.choice([0, 1, 2, 3, 4]))
        elif kind == 2:
            raw[at:at] = rng.choice([b" ", b"0", b",", b"1", b'"', b"{}"])
            raw[:8] = struct.pack("<Q", int.from_bytes(raw[:8], "little") + rng.choice([0, 1, 2]))
        else:
            raw[rng.randrange(8)] ^= 1 << rng.randrange(8)
        cases.append({"label": f"mutation {len(cases)}", "base64": base64.b64encode(raw).decode()} | verdict(bytes(raw)))
    (OUT / "verdicts.json").write_text(json.dumps({
        "command": COMMAND, "safetensors": safetensors.__version__, "cases": cases,
    }, indent=1, ensure_ascii=False) + "\n")


def check(folder: pathlib.Path) -> None:
    """manifest.json: [{file, metadata, tensors: [{name, dtype, shape, base64}]}]."""
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest, "nothing to check"
    count = 0
    for entry in manifest:
        path = folder / entry["file"]
        raw = path.read_bytes()
        found = {name: info for name, info in deserialize(raw)}
        assert found.keys() == {t["name"] for t in entry["tensors"]}, entry["file"]
        rewritten = {}
        for tensor in entry["tensors"]:
            info = found[tensor["name"]]
            assert info["dtype"] == tensor["dtype"], (entry["file"], tensor, info["dtype"])
            assert list(info["shape"]) == tensor["shape"], (entry["file"], tensor, info["shape"])
            data = bytes(info["data"])
            assert data == base64.b64decode(tensor["base64"]), (entry["file"], tensor)
            rewritten[tensor["name"]] = (tensor["dtype"], tensor["shape"], data)
            count += 1
        with safe_open(str(path), framework="numpy") as file:
            assert (file.metadata() or {}) == entry["metadata"], (entry["file"], file.metadata())
        if len(entry["metadata"]) < 2:
            assert encode(rewritten, entry["metadata"] or None) == raw, f"{entry['file']}: other bytes"
    print(f"safetensors {safetensors.__version__} reads {len(manifest)} files with {count} tensors as they were written")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.check:
        return check(arguments.check)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    rng = random.Random(SEED)
    write_golden(rng)
    write_sharded(rng)
    write_verdicts(rng)


if __name__ == "__main__":
    main()

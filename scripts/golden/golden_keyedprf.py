#!/usr/bin/env python3
"""Writes fixtures/golden/keyedprf/golden.json from independent implementations of the same definitions.

Subkeys come from Python's hmac (RFC 5869 written out), keystreams from the `cryptography` package, SipHash from the
openssl command line, uniform numbers from the definition in plain integers.

Run in the repository root: python3 scripts/golden/golden_keyedprf.py
"""

import hashlib
import hmac
import json
import pathlib
import subprocess

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def hkdf(master: bytes, salt: bytes, info: bytes, count: int) -> bytes:
    prk = hmac.digest(salt, master, "sha256")
    output, block, i = b"", b"", 1
    while len(output) < count:
        block = hmac.digest(prk, block + info + bytes([i]), "sha256")
        output, i = output + block, i + 1
    return output[:count]


def subkey(master: bytes, purpose: str, tenant: str, epoch: str) -> dict:
    info = b"\0".join(part.encode() for part in (purpose, tenant, epoch))
    key = hkdf(master, b"denature/v1", info, 32)
    return {
        "master": master.hex(), "purpose": purpose, "tenant": tenant, "epoch": epoch, "subkey": key.hex(),
        "commitment": hmac.digest(key, b"denature/commit/v1", "sha256").hex(),
    }


def keystream(key: bytes, offset: int, count: int) -> dict:
    counter = (offset // 16).to_bytes(16, "big")
    encryptor = Cipher(algorithms.AES(key), modes.CTR(counter)).encryptor()
    stream = encryptor.update(bytes(offset % 16 + count))[offset % 16:]
    return {"key": key.hex(), "offset": offset, "bytes": stream.hex()}


def uniform(digest: bytes, below: int) -> dict:
    limit = 2**64 // below * below
    source = digest
    while True:
        for i in range(4):
            word = int.from_bytes(source[8 * i:8 * i + 8], "little")
            if word < limit:
                return {"digest": digest.hex(), "below": str(below), "value": str(word % below)}
        source = hashlib.sha256(source).digest()


def siphash(count: int) -> dict:
    key, message = bytes(range(16)), bytes(range(count))
    tag = subprocess.run(
        ["openssl", "mac", "-macopt", f"hexkey:{key.hex()}", "-macopt", "size:16", "SIPHASH"],
        input=message, capture_output=True, check=True).stdout.decode().strip().lower()
    return {"key": key.hex(), "count": count, "tag": tag}


def main() -> None:
    masters = [bytes(range(32)), hashlib.sha512(b"a longer master secret").digest()]
    names = [("acme", "1"), ("acme", "2"), ("Ünïcode & Söhne / 東京", "2026-Q1"), ("a" * 256, "9")]
    digests = [hashlib.sha256(bytes([i])).digest() for i in range(6)]
    high = b"\xff" * 8
    rejected = [high + digests[0][:24], high * 2 + digests[1][:16], high * 3 + digests[2][:8], high * 4]
    golden = {
        "command": "python3 scripts/golden/golden_keyedprf.py",
        "subkeys": [
            subkey(master, purpose, tenant, epoch)
            for master in masters for tenant, epoch in names
            for purpose in ("token", "lexical", "trigger", "selection")
        ] + [subkey(master, "ledger", "", "") for master in masters],
        "keystream": [
            keystream(key, offset, count)
            for key in (bytes(range(32)), digests[3])
            for offset, count in ((0, 64), (1, 1), (5, 7), (15, 2), (16, 16), (4000, 100), (2**40 + 3, 50), (2**63, 33))
        ],
        "uniform": [
            uniform(digest, below)
            for digest in digests + rejected
            for below in (1, 2, 3, 5, 7, 900, 2**32 + 1, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 1)
        ],
        "siphash": [siphash(count) for count in range(65)],
    }
    path = pathlib.Path("fixtures/golden/keyedprf/golden.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

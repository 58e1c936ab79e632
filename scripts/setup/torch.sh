#!/bin/sh
# Puts libtorch into .torch/site-packages/torch, where Package.swift looks for it: from the `torch` package that pip
# finds, checked against scripts/setup/torch.sha256; 200 to 550 MB the first time. Silent when it is there already.
#
# Environment:
#     LIBTORCH=/path   use the libtorch unpacked there (with include/ and lib/) and fetch nothing
#     TORCH_CUDA=0|1   without or with what a GPU needs (a download of 2.5 GB); default: whether nvidia-smi lists a GPU
set -eu
cd "$(dirname "$0")/../.."

version=2.13.0

fail() {
    printf 'torch: %s\n' "$1" >&2
    exit 1
}

if [ -n "${LIBTORCH:-}" ]; then
    case $LIBTORCH in
    /*) ;;
    *) fail "LIBTORCH='$LIBTORCH' is not an absolute path" ;;
    esac
    for file in include/ATen/ATen.h include/torch/headeronly/version.h; do
        [ -f "$LIBTORCH/$file" ] || fail "LIBTORCH='$LIBTORCH' has no $file: it must be the folder of libtorch $version"
    done
    [ -f "$LIBTORCH/lib/libtorch_cpu.so" ] || [ -f "$LIBTORCH/lib/libtorch_cpu.dylib" ] ||
        fail "LIBTORCH='$LIBTORCH' has no lib/libtorch_cpu.so: it must be the folder of libtorch $version"
    # A patch release keeps the interface.
    found=$(sed -nE 's/^#define TORCH_VERSION_(MAJOR|MINOR) +([0-9]+).*/\2/p' \
        "$LIBTORCH/include/torch/headeronly/version.h" | paste -sd .)
    case $found in
    "${version%.*}") exit 0 ;;
    *) fail "LIBTORCH='$LIBTORCH' is libtorch ${found:-of an unknown version}; ${version%.*} is needed" ;;
    esac
fi

case ${TORCH_CUDA:-} in
0) use=cpu ;;
1) use=gpu ;;
'') if nvidia-smi -L 2>/dev/null | grep -q GPU; then use=gpu; else use=cpu; fi ;;
*) fail "TORCH_CUDA is '$TORCH_CUDA'; it must be 0 or 1" ;;
esac

# The stamp is written last, so a folder with it is whole.
stamp=.torch/site-packages/.complete
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$version for $use" ]; then
    exit 0
fi

[ "$(uname -s)" = Linux ] ||
    fail "fetching libtorch is for Linux; unpack libtorch $version elsewhere and set LIBTORCH to its folder"
scripts/setup/setup.sh pip
exec python3 scripts/setup/fetch_torch.py "$version" "$use"

#!/bin/sh
# Makes sure that what the build needs from the system is there; installs it with apt when it is not.
#
#     scripts/setup/setup.sh        Swift (only checked) and the C libraries that the package links
#     scripts/setup/setup.sh pip    Python 3 with pip, which find libtorch
set -eu

fail() {
    printf 'setup: %s\n' "$1" >&2
    exit 1
}

case ${1:-} in
'')
    what="system libraries"
    packages="libssl-dev libxml2-dev libonig-dev libsqlite3-dev zlib1g-dev libzstd-dev pkg-config"
    by_hand="OpenSSL (libcrypto), libxml2, Oniguruma, SQLite 3, zlib and libzstd with their headers, and pkg-config"
    command -v "${SWIFT:-swift}" >/dev/null 2>&1 ||
        fail "Swift 6.2 or later is needed and no 'swift' is on the PATH; see https://www.swift.org/install"
    ;;
pip)
    what="Python and pip"
    packages="python3 python3-pip"
    by_hand="Python 3 with pip, or set LIBTORCH to the folder of libtorch"
    ;;
*) fail "usage: scripts/setup/setup.sh [pip]" ;;
esac

present() {
    case $packages in
    python3*) python3 -m pip --version >/dev/null 2>&1 ;;
    *)
        # pkg-config is what the build itself asks, so it also decides whether anything is missing.
        command -v pkg-config >/dev/null 2>&1 || return 1
        for module in libcrypto libxml-2.0 oniguruma sqlite3 zlib libzstd; do
            pkg-config --exists "$module" || return 1
        done
        ;;
    esac
}

if present; then
    exit 0
fi

command -v apt-get >/dev/null 2>&1 || fail "apt-get was not found; install $by_hand"
if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1; then
    as_root="sudo"
else
    fail "neither root nor sudo: ask an administrator to run 'apt-get install $packages'"
fi

printf '==> Installing %s with apt%s: %s\n' "$what" "${as_root:+ (through sudo)}" "$packages"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086  # both variables hold lists
install() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages >"$log" 2>&1
}
# The package lists of a fresh machine are empty or stale; those of a used one are usually good enough.
if ! install; then
    $as_root apt-get update >"$log" 2>&1 || { cat "$log" >&2; fail "apt-get update failed"; }
    install || { cat "$log" >&2; fail "apt-get install failed"; }
fi
present || fail "apt installed $packages, but they are still not found by pkg-config or python3"
printf '    done\n'

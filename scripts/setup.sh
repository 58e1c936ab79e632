#!/bin/sh
# Makes sure that the C libraries the package links are there; installs them with apt when they are not.
set -eu

packages="libssl-dev libxml2-dev libsqlite3-dev pkg-config"
modules="libcrypto libxml-2.0 sqlite3"

fail() {
    printf 'setup: %s\n' "$1" >&2
    exit 1
}

command -v "${SWIFT:-swift}" >/dev/null 2>&1 ||
    fail "Swift 6.2 or later is needed and no 'swift' is on the PATH; see https://www.swift.org/install"

# pkg-config is what the build itself asks, so it also decides whether anything is missing.
present() {
    command -v pkg-config >/dev/null 2>&1 || return 1
    for module in $modules; do
        pkg-config --exists "$module" || return 1
    done
}

if present; then
    exit 0
fi

command -v apt-get >/dev/null 2>&1 ||
    fail "apt-get was not found; install OpenSSL (libcrypto), libxml2 and SQLite 3 with their headers, and pkg-config"
if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1; then
    as_root="sudo"
else
    fail "neither root nor sudo: ask an administrator to run 'apt-get install $packages'"
fi

printf '==> Installing system libraries with apt%s: %s\n' "${as_root:+ (through sudo)}" "$packages"
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
present || fail "apt installed $packages, but pkg-config still does not find $modules"
printf '    done\n'

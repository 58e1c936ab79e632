#!/bin/sh
# The demonstration behind `make demo`, in parts, each a file of its own that is read here: scripts/demo/demo-marks.sh
# and scripts/demo/demo-lab.sh.
# Every number printed is read from the program's --json output or counted in the files; the demo fails when one of them
# is not what it should be.
#
#     DENATURE=path/to/denature scripts/demo/demo.sh     (scripts/demo/demo.sh --clean removes its folder)
set -eu
cd "$(dirname "$0")/../.."

folder=demo-output
# Left in the folder, so that only a folder made here is ever removed.
stamp=$folder/.made-by-demo

say() { printf '%s\n' "$*"; }

die() {
    printf 'demo: %s\n' "$1" >&2
    exit 1
}

remove_folder() {
    [ -e "$folder" ] || [ -L "$folder" ] || return 0
    if [ -L "$folder" ] || ! [ -f "$stamp" ]; then die "'$folder' was not made by this demo; move it away first"; fi
    rm -rf "./$folder"
}

# denature ARGUMENTS > FILE: shows the command, then runs it; its progress and notes go to the log.
denature() {
    printf '     $ denature %s\n' "$*" >&3
    "$program" "$@" 2>>"$folder/log.txt" || { cat "$folder/log.txt" >&2; die "denature $1 failed"; }
}

# member NAME: the first value of that name in the JSON objects on standard input. No JSON tool is needed, since the
# program's objects are flat and their names differ.
member() { sed -n "s/.*\"$1\":\"\{0,1\}\(-\{0,1\}[^],}\"]*\)[],}\"].*/\1/p" | head -n 1; }

wrap() { fold -s -w 96 | sed -e 's/^/     | /' -e 's/ *$//'; }

if [ "${1:-}" = --clean ]; then
    remove_folder
    exit 0
fi

program=${DENATURE:-denature}
command -v "$program" >/dev/null 2>&1 || die "the program was not found: run 'make demo', or set DENATURE to its path"
remove_folder
mkdir "$folder"
: >"$stamp"
exec 3>&1

. scripts/demo/demo-marks.sh
# Built without libtorch, the program has no models.
if "$program" sample --help >/dev/null 2>&1; then . scripts/demo/demo-lab.sh; fi

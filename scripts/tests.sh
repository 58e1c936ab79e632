#!/usr/bin/env bash
# Runs all tests in two processes at once, one of them with those of the program, and prints both outputs line by line.
#
#     scripts/tests.sh swift test [OPTION ...]
#
# Each process runs its tests one after another: tests of faults and timeouts watch the clock. Two of them keep two cores
# busy. What one filters and the other skips is the same, so that no test is in neither.
set -euo pipefail

half=DenatureCommandsTests
# sed puts lines together that arrive in pieces, so that those of the two are not mixed.
"$@" --ignore-lock --filter "$half" 2>&1 | sed -u '' &
program=$!
trap 'kill $(jobs -p) 2>/dev/null || true; exit 130' INT TERM
status=0
"$@" --ignore-lock --skip "$half" 2>&1 | sed -u '' || status=$?
wait "$program" || status=$?
exit "$status"

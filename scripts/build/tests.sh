#!/usr/bin/env bash
# Runs all tests in two processes at once: most of those of the program, and the others.
#
#     scripts/build/tests.sh BUNDLE      the bundle of tests that `swift build --build-tests` makes
#
# Each process runs its tests one after another: tests of faults and timeouts watch the clock. Two of them keep two cores
# busy. What one filters and the other skips is the same, so that no test is in neither. `swift test` itself cannot run
# twice at once: both would open the build's database.
set -euo pipefail

bundle=${1:?the bundle of tests}
# Those of the program that sample are with the others, so that both halves take about as long.
half='DenatureCommandsTests\.(?!Sample|MarkedSample)'
run() { exec "$bundle" --testing-library swift-testing --no-parallel "$@"; }
(run --filter "$half") &
program=$!
(run --skip "$half") &
others=$!
trap 'kill "$program" "$others" 2>/dev/null || true; exit 130' INT TERM
status=0
wait "$program" || status=$?
wait "$others" || status=$?
exit "$status"

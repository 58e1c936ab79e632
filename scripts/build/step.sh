#!/bin/sh
# Runs one step with its output in a log file, and shows the log's end when the step fails.
#
#     scripts/build/step.sh LABEL LOG COMMAND [ARGUMENT ...]
set -eu

label=$1
log=$2
shift 2
mkdir -p "$(dirname "$log")"
printf '==> %s\n' "$label"
started=$(date +%s)

"$@" >"$log" 2>&1 </dev/null &
command=$!
trap 'kill "$command" 2>/dev/null || true; exit 130' INT TERM

# A sign of life during long builds: the log's last line every 30 seconds. The sleep must not hold this script's
# output open after its end.
(
    while sleep 30 >/dev/null 2>&1; do
        printf '    %4d s  %.90s\n' $(($(date +%s) - started)) "$(tail -n 1 "$log" | tr '\r' '\n' | tail -n 1)"
    done
) &
watcher=$!

status=0
wait "$command" || status=$?
kill "$watcher" 2>/dev/null || true
wait "$watcher" 2>/dev/null || true

seconds=$(($(date +%s) - started))
if [ "$status" -ne 0 ]; then
    grep -E '^[^ |]*:? ?(error|warning): |✘' "$log" | awk '!seen[$0]++' | head -n 40 >&2 || true
    printf -- '--- end of %s\n' "$log" >&2
    tail -n 40 "$log" >&2
    printf '==> failed after %s s: %s (full log: %s)\n' "$seconds" "$label" "$log" >&2
    exit "$status"
fi
printf '    done in %s s\n' "$seconds"

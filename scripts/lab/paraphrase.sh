#!/usr/bin/env bash
# Serves the lab's rewriter while an experiment runs against it.
#
#     scripts/lab/paraphrase.sh PROGRAM OUTPUT
set -euo pipefail
program=${1:?the program} output=${2:?the output folder}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# The port that experiments/paraphrase.yaml names.
"$program" serve --model fixtures/lab/rewriter --name rewriter --port 18431 --slots 16 --threads 1 --quiet &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do
    if (exec 3<>/dev/tcp/127.0.0.1/18431) 2>/dev/null; then break; fi
    kill -0 "$server" 2>/dev/null || { echo "paraphrase: the server did not start" >&2; exit 1; }
    sleep 0.1
done
"$program" experiment experiments/paraphrase.yaml -o "$output"

#!/usr/bin/env bash
# Counts from the sources what there should be one of: places that write files durably, scanners of JSON, readers of traces.
# Prints a line for each with its files, and fails where there is more than one.
set -euo pipefail
cd "$(dirname "$0")/.."

status=0

# count NAME PATTERN PATHS...: the folders below Sources in which a file matches.
count() {
    local name=$1 pattern=$2
    local folders
    folders=$({ grep -rlE --include='*.swift' "$pattern" Sources || true; } | cut -d/ -f2 | sort -u)
    local number
    number=$(printf '%s' "$folders" | grep -c . || true)
    printf '%-16s %s  %s\n' "$name" "$number" "$(echo $folders)"
    [ "$number" -le 1 ] || status=1
}

# A file that is synchronised, or appears in one step by a name of its own. SQLite writes for itself.
count 'durable writers' '\b(fsync|mkstemp|flock)\(|[^.a-zA-Z]rename\([a-z]|[^.a-zA-Z]link\([a-z]|options: \.atomic|atomically: true'
# Whoever looks for the end of a string, or for surrogate halves, reads JSON by itself.
count 'JSON scanners' 'func (endOfPlainRun|hexUnit|unescape|unicodeEscape|codeUnit|parseString|skipValue)\('
# The reader of lines is opened in one place only, and so are documents.
count 'trace readers' '[^a-zA-Z.](LineReader|TraceDocument)\((path|bytes):'
exit $status

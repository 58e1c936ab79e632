#!/usr/bin/env bash
# Counts from the sources what there should be one of, and how many files it takes to add a thing of a kind: those of one that
# is there already, its own and every other that names it. Prints a line for each with its files, and fails where there are
# more than the house allows (CONTRIBUTING.md).
set -euo pipefail
cd "$(dirname "$0")/../.."

status=0

# row NAME ALLOWED [ITEM ...]
row() {
    local name=$1 allowed=$2
    shift 2
    printf '%-34s %s of %s  %s\n' "$name" $# "$allowed" "$*"
    [ $# -le "$allowed" ] || status=1
    # One that nothing names was looked for by a wrong name.
    [ $# -gt 0 ] || [ "$allowed" -eq 0 ] || status=1
}

matching() { grep -rlE --include='*.swift' "$@" || true; }
targets() { cut -d/ -f2 | sort -u; }

# A file that is synchronised, or appears in one step by a name of its own. SQLite writes for itself.
row 'durable writers' 1 $(matching '\b(fsync|mkstemp|flock)\(|[^.a-zA-Z]rename\([a-z]|[^.a-zA-Z]link\([a-z]|options: \.atomic|atomically: true' Sources | targets)
# Whoever looks for the end of a string, or for surrogate halves, reads JSON by itself.
row 'JSON scanners' 1 $(matching 'func (endOfPlainRun|hexUnit|unescape|unicodeEscape|codeUnit|parseString|skipValue|skipString)\(' Sources | targets)
# The reader of lines is opened in one place only, and so are documents.
row 'trace readers' 1 $(matching '[^a-zA-Z.](LineReader|TraceDocument)\((path|bytes):' Sources | targets)

# Public declarations of targets that are in no product: nobody can call them. The program's own are for its executable.
products=$(sed -n '/products: \[/,/^    traits/p;/^let parts/,/^\]/p' Package.swift | grep -oE '"[A-Za-z]+"' | tr -d '"' | sort -u)
outside=()
for folder in Sources/*/; do
    target=$(basename "$folder")
    case $target in denature | DenatureCommands) continue ;; esac
    if ! grep -qx "$target" <<<"$products"; then
        outside+=($(matching '^ *(@[A-Za-z]+ )*public ' "$folder"))
    fi
done
row 'public outside products' 0 ${outside[@]+"${outside[@]}"}

# Schemes of marks in tokens: the folder, and who names one of its types (the registry).
for file in Sources/Marks/Schemes/*/*Scheme.swift; do
    grep -q TokenMarkScheme "$file" || continue
    folder=$(dirname "$file")
    types=$(sed -nE 's/^(public |package )?(struct|enum|final class|actor) ([A-Za-z0-9]+).*/\3/p' "$folder"/*.swift | paste -sd'|')
    row "scheme $(basename "$folder")" 5 $(ls "$folder"/*.swift) $(matching "\b($types)\b" Sources | grep -v "^$folder/")
done

for file in Sources/TorchModels/Architectures/*Architecture.swift; do
    type=$(basename "$file" .swift)
    [ "$type" != DecoderArchitecture ] || continue
    row "architecture ${type%Architecture}" 3 $(matching "\b$type\b" Sources)
done

for file in Sources/Denature/Rewriters/*Kind.swift; do
    type=$(basename "$file" .swift)
    case $type in RewriterKind | MissingGradientKind) continue ;; esac
    row "rewriter ${type%Kind}" 2 $(matching "\b$type\b" Sources)
done

# A flag of `sample`: the line of its settings, and its use. Where its algorithm stands is not counted, nor how a server's
# protocol calls it.
for flag in minP repetitionPenalty withTokenIds; do
    row "flag of sample $flag" 2 $(matching "\b$flag\b" Sources | grep -vE '^Sources/(Generation|Serving|OpenAIProtocol)/')
done
exit $status

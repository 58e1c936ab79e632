#!/bin/sh
# Writes the documentation of the command line and the library to $SCRATCH/docs, with the toolchain's own docc.
# TRAITS are the package's traits to build with.
set -eu

scratch=${SCRATCH:-.build}
swift=${SWIFT:-swift}

docc=$(command -v docc || true)
[ -n "$docc" ] || docc=$(dirname "$(readlink -f "$(command -v "$swift")")")/docc
[ -x "$docc" ] || { echo "docs: this toolchain has no 'docc'" >&2; exit 1; }

scripts/build/step.sh 'Building and extracting symbols' "$scratch/logs/docs-symbols.log" \
    "$swift" package --scratch-path "$scratch" ${TRAITS:+--traits "$TRAITS"} dump-symbol-graph \
    --minimum-access-level public --skip-synthesized-members

# Graphs of tests, their helpers and the packages this one depends on are not ours to document.
graphs=$scratch/symbol-graphs
rm -rf "$graphs" "$scratch/docs"
mkdir -p "$graphs"
for folder in Sources/*/; do
    module=$(basename "$folder")
    # Extensions of another module's types are in a file of their own.
    find "$scratch/" -path '*/symbolgraph/*' \( -name "$module.symbols.json" -o -name "$module@*.symbols.json" \) \
        -exec cp {} "$graphs" \;
done

scripts/build/step.sh 'Converting' "$scratch/logs/docs.log" \
    "$docc" convert Sources/DenatureCommands/Documentation.docc --additional-symbol-graph-dir "$graphs" \
    --fallback-display-name Denature --fallback-bundle-identifier denature \
    --transform-for-static-hosting --output-path "$scratch/docs"
printf '    %s\n' "$scratch/docs (to read it: python3 -m http.server --directory $scratch/docs, then /documentation)"

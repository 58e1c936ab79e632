#!/bin/sh
# Writes the documentation to $SCRATCH/docs with the toolchain's own docc: an archive for every module that has a catalogue
# (Sources/X/Documentation.docc), all of them merged under one page. A warning is an error. TRAITS are the package's traits to build with.
#
# Modules are converted in the order of Package.swift, in which targets look only downward. So each can link to pages and
# symbols of those before it: <doc:/documentation/Marks/TokenMarks>.
set -eu

scratch=${SCRATCH:-.build}
swift=${SWIFT:-swift}
found=$scratch/$(uname -m)-unknown-linux-gnu/symbolgraph
archives=$scratch/archives

docc=$(command -v docc || true)
[ -n "$docc" ] || docc=$(dirname "$(readlink -f "$(command -v "$swift")")")/docc
[ -x "$docc" ] || { echo "docs: this toolchain has no 'docc'" >&2; exit 1; }

# Library targets as Package.swift declares them, whichever line their names stand on. Those of the trait are empty without it.
case " ${TRAITS:-} " in
    *Torch*) kinds='library|torchLibrary' ;;
    *) kinds='library' ;;
esac
modules=$(tr -d '\n' <Package.swift | grep -oE "($kinds)\\( *\"[A-Za-z]+\"" | grep -oE '[A-Za-z]+"' | tr -d '"')

convert() {
    set --
    for module in $modules; do
        catalogue=Sources/$module/Documentation.docc
        [ -d "$catalogue" ] || continue
        echo "$module"
        graphs=$scratch/symbol-graphs/$module
        mkdir -p "$graphs"
        cp "$found/$module.symbols.json" "$graphs"
        # Extensions of another module's types are in files of their own.
        for file in "$found/$module@"*.symbols.json; do
            [ ! -e "$file" ] || cp "$file" "$graphs"
        done
        "$docc" convert "$catalogue" --additional-symbol-graph-dir "$graphs" --warnings-as-errors \
            --fallback-display-name "$module" --fallback-bundle-identifier "$module" \
            --enable-experimental-external-link-support "$@" --output-path "$archives/$module.doccarchive"
        set -- "$@" --dependency "$archives/$module.doccarchive"
    done
    "$docc" merge "$archives"/*.doccarchive --synthesized-landing-page-name Denature \
        --output-path "$scratch/merged.doccarchive"
    "$docc" process-archive transform-for-static-hosting "$scratch/merged.doccarchive" --output-path "$scratch/docs"
    rm -rf "$scratch/merged.doccarchive"
}

# step.sh runs programs, so that the conversion is this script again.
if [ "${1:-}" = convert ]; then
    convert
    exit
fi

scripts/build/step.sh 'Building and extracting symbols' "$scratch/logs/docs-symbols.log" \
    "$swift" package --scratch-path "$scratch" ${TRAITS:+--traits "$TRAITS"} dump-symbol-graph \
    --minimum-access-level public --skip-synthesized-members
rm -rf "$scratch/symbol-graphs" "$archives" "$scratch/docs" "$scratch/merged.doccarchive"
mkdir -p "$archives"
scripts/build/step.sh 'Converting' "$scratch/logs/docs.log" "$0" convert
printf '    %s\n' "$scratch/docs (to read it: python3 -m http.server --directory $scratch/docs, then /documentation)"

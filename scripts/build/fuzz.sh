#!/bin/sh
# Fuzzes the parsers: builds the libFuzzer programs of Fuzz/, then runs each for SECONDS with coverage guidance, JOBS of
# them side by side, from a corpus of the fixtures and Fuzz/Seeds. The corpus is kept, so a later run goes on from it.
# Exit status 1 when a run found a crash, a hang or a memory blow-up; the input is then under findings/.
#
#     scripts/build/fuzz.sh [SECONDS [TARGET ...]]        (default: 600 s each of records, documents and answers)
#
# Environment: FUZZ_SCRATCH, where to build and keep the corpus (default Fuzz/.build); SANITIZE, compiler sanitizers
# (default "fuzzer,address"); JOBS (default: one per core).
set -eu
cd "$(dirname "$0")/../.."

seconds=${1:-600}
[ $# -eq 0 ] || shift
targets=${*:-records documents answers}
scratch=${FUZZ_SCRATCH:-Fuzz/.build}
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN)}
swift=${SWIFT:-swift}
corpus=$scratch/corpus
findings=$scratch/findings
# Swift's own backtrace on a crash can hang in a sanitized program; libFuzzer prints one.
export SWIFT_BACKTRACE=enable=no
# Memory of process-wide tables is not a leak.
export ASAN_OPTIONS=detect_leaks=0

program() {
    case $1 in
    records) echo FuzzRecords ;;
    documents) echo FuzzDocuments ;;
    answers) echo FuzzAnswers ;;
    *) echo "fuzz: no target '$1': records, documents or answers" >&2 && exit 2 ;;
    esac
}

for target in $targets; do program "$target" >/dev/null; done

# The first flag keeps SwiftPM from giving the programs a main of their own. The sanitizers are in the second, for SwiftPM
# would pass several of its own in any order, and in one of the orders the coverage is lost.
flags="--sanitize=fuzzer -Xswiftc -sanitize=${SANITIZE:-fuzzer,address}"
mkdir -p "$scratch"
# shellcheck disable=SC2086
scripts/build/step.sh 'Building the fuzz targets' "$scratch/logs/fuzz-build.log" \
    "$swift" build --package-path Fuzz --scratch-path "$scratch" -c release $flags
# shellcheck disable=SC2086
binaries=$("$swift" build --package-path Fuzz --scratch-path "$scratch" -c release $flags --show-bin-path)

# seeds TARGET FILE: every line of a file becomes one input. A tab stands for the NUL between two texts.
seeds() {
    awk -v prefix="$corpus/$1/seed-$(basename "$2")-" '{
        name = prefix sprintf("%04d", NR)
        printf "%s", $0 > name
        close(name)
    }' "$2"
}

for target in $targets; do
    mkdir -p "$corpus/$target" "$findings/$target"
    seeds "$target" "Fuzz/Seeds/$target.txt"
    case $target in
    records) seeds records fixtures/traces/mixed.jsonl ;;
    documents)
        cp fixtures/traces/transcripts.xml "$corpus/documents/"
        seeds documents fixtures/traces/transcripts.xml
        ;;
    answers)
        for seed in "$corpus"/answers/seed-*; do
            tr '\t' '\000' <"$seed" >"$seed.new" && mv "$seed.new" "$seed"
        done
        seeds answers Fuzz/Seeds/documents.txt
        ;;
    esac
done

# fuzz TARGET: one run, its log beside the corpus.
fuzz() {
    exec "$binaries/$(program "$1")" "$corpus/$1" -dict=Fuzz/Seeds/tokens.dict -max_total_time="$seconds" -max_len=8192 \
        -timeout=20 -rss_limit_mb=4096 -use_value_profile=1 -print_final_stats=1 \
        -artifact_prefix="$findings/$1/" >"$scratch/logs/fuzz-$1.log" 2>&1 </dev/null
}

status=0
echo "==> Fuzzing $targets: $seconds s each, $jobs at a time (logs in $scratch/logs)"
waiting=
running=0
finish() {
    for entry in $waiting; do
        if ! wait "${entry#*:}"; then
            echo "fuzz: ${entry%%:*} failed, see $scratch/logs/fuzz-${entry%%:*}.log" >&2
            status=1
        fi
    done
    waiting=
    running=0
}
trap 'for entry in $waiting; do kill "${entry#*:}" 2>/dev/null || true; done; exit 130' INT TERM
for target in $targets; do
    fuzz "$target" &
    waiting="$waiting $target:$!"
    running=$((running + 1))
    [ "$running" -lt "$jobs" ] || finish
done
finish

for target in $targets; do
    log=$scratch/logs/fuzz-$target.log
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    coverage=$(grep -aoE 'cov: [0-9]+ ft: [0-9]+ corp: [0-9]+' "$log" | tail -1)
    if [ -z "$coverage" ] && grep -aq INITED "$log"; then
        echo "fuzz: $target ran without coverage, so blindly: the build is not instrumented" >&2
        status=1
    fi
    printf '    %-10s %12s executions   %s   %s\n' "$target" "${executions:-?}" "$coverage" \
        "$(grep -aoE 'Done [0-9]+ runs in [0-9]+ second' "$log" | sed 's/.* in //; s/$/(s)/')"
done
exit $status

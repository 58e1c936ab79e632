# The demo's part on marks, read by scripts/demo/demo.sh: marks the sample traces for one customer, then looks for the mark with
# that customer's key, with another customer's key, and in the traces as they were.

original=fixtures/traces/mixed.jsonl
keys=$folder/keyring.json
marked=$folder/marked.jsonl
ledger=$folder/ledger.sqlite
# A wrong key is 'marked' by pure chance once in 1/level runs, so the level is small.
level=0.0001

# tested FILE SCHEME NAME: a member of one scheme's result in the output of 'denature detect'.
tested() { tr '{' '\n' <"$1" | grep "\"scheme\":\"$2\"" | member "$3"; }

# finding FILE SCHEME: a test's result in words.
finding() {
    awk -v verdict="$(tested "$1" "$2" verdict)" -v log10p="$(tested "$1" "$2" log10_p_adjusted)" \
        -v scored="$(tested "$1" "$2" n_scored)" -v hits="$(tested "$1" "$2" hits)" \
        -v expected="$(tested "$1" "$2" expected_hits)" 'BEGIN {
            if (scored == 0) { print "nothing to test, no such phrase in the text"; exit }
            chance = log10p > -3 ? sprintf("p = %.2f", 10 ^ log10p) : sprintf("p below 1 in 10^%d", int(-log10p))
            printf "%s: %d of %d places agree with the key, ", toupper(verdict), hits, scored
            printf (expected < 1 ? "%.2f" : "%.0f") " expected by chance (%s)\n", expected, chance
        }'
}

# answers FILE: line, turn and final answer of every assistant turn, as the program reads them.
answers() {
    "$program" traces inspect "$1" --json 2>>"$folder/log.txt" |
        sed -E 's/.*"answer":"(([^"\\]|\\.)*)".*"location":"[^"]*:([0-9]+)".*"turn":([0-9]+).*/\3.\4 \1/'
}

# endings FILE: every final-answer marker with what follows, found without the program.
endings() { grep -noE '(#### ?|boxed\{|<answer>|[Aa]nswer:\** *|[Aa]nswer is )[^"\\<} ]+' "$1"; }

# trace_of FILE LINE: the member "trace" of a record, as text.
trace_of() {
    sed -n "$2p" "$1" | sed -E 's/.*"trace": ?"(([^"\\]|\\.)*)".*/\1/; s/\\n/ /g; s/\\"/"/g; s/\\\\/\\/g'
}

[ -f "$original" ] || die "$original is missing"

say
say "Denature demo: mark reasoning traces for one customer, then find out whose traces they are."
say
say "1. Make secret keys for two customers, acme and globex."
denature keys generate --keyring "$keys" --tenant acme --json >"$folder/keys.json"
denature keys generate --keyring "$keys" --tenant globex --json >>"$folder/keys.json"

say
say "2. Rewrite and mark the traces that acme is going to receive."
denature sanitize-traces "$original" -o "$marked" --keyring "$keys" --tenant acme --watermark lexical,trigger \
    --ledger "$ledger" --json >"$folder/sanitize.json"
total=$(member total <"$folder/sanitize.json")
rewritten=$(member rewritten <"$folder/sanitize.json")
passed=$(member passed_through <"$folder/sanitize.json")
triggers=$(member triggers <"$folder/sanitize.json")
lost=$(($(member withheld <"$folder/sanitize.json") + $(member failed <"$folder/sanitize.json")))
original_kept=$(member passed_original <"$folder/sanitize.json")
say "     $total traces: $rewritten rewritten and marked, $triggers of them also with a trigger phrase;"
say "     $passed passed through untouched (other languages, code, bare formulas; replies in which nothing is reasoning);"
say "     $original_kept kept because no rewriting was good enough; $lost withheld or failed."

answers "$original" >"$folder/answers-before.txt"
answers "$marked" >"$folder/answers-after.txt"
endings "$original" >"$folder/endings-before.txt"
endings "$marked" >"$folder/endings-after.txt"
turns=$(wc -l <"$folder/answers-before.txt" | tr -d ' ')
cmp -s "$folder/answers-before.txt" "$folder/answers-after.txt" || die "final answers differ, see $folder/answers-*.txt"
cmp -s "$folder/endings-before.txt" "$folder/endings-after.txt" || die "final answers differ, see $folder/endings-*.txt"
[ "$(wc -l <"$original")" -eq "$(wc -l <"$marked")" ] || die "traces are missing from $marked"
say "     Final answers compared before and after: $turns of $turns the same (a plain grep of both files agrees)."

say
say "3. Check the record of the job: each row is authenticated with a key, and chained to the rows before it."
denature ledger verify "$ledger" --keyring "$keys" >"$folder/verify.txt"
say "     $(cut -d, -f1 "$folder/verify.txt")"

say
say "4. Look for acme's mark, as one would in text that a suspected copy produced."
for tenant in acme globex; do
    denature detect "$marked" --keyring "$keys" --tenant "$tenant" --scheme lexical,trigger --alpha "$level" --json \
        >"$folder/detect-$tenant.json"
done
denature detect "$original" --keyring "$keys" --tenant acme --scheme lexical,trigger --alpha "$level" --json \
    >"$folder/detect-original.json"
say
for test in "acme:Marked traces with acme's key" "globex:Marked traces with globex's key" \
    "original:Original traces with acme's key"; do
    say "     ${test#*:}"
    say "       word choice      $(finding "$folder/detect-${test%%:*}.json" lexical)"
    say "       trigger phrases  $(finding "$folder/detect-${test%%:*}.json" trigger)"
done
say
say "     p is the probability that text without this key's mark agrees with the key at least as often."
say "     A small p says that a text was exposed to the marked traces, directly or through someone else;"
say "     it does not say by whose intent."

# An example that shows both marks where there is one: a record with a "trace", rewritten, carrying a trigger.
"$program" detect "$marked" --keyring "$keys" --tenant acme --scheme trigger --per-trace --json 2>>"$folder/log.txt" |
    sed -nE 's/.*"hits":[1-9].*"line":([0-9]+).*/\1/p; s/.*"line":([0-9]+).*"hits":[1-9].*/\1/p' >"$folder/triggers.txt"
line=1
while read -r candidate; do
    if sed -n "${candidate}p" "$original" | grep -qE '"trace": ?"[A-Z]'; then
        line=$candidate
        break
    fi
done <"$folder/triggers.txt"
trace_of "$original" "$line" >"$folder/example-before.txt"
trace_of "$marked" "$line" >"$folder/example-after.txt"
# Git is there wherever the package could be built. Its exit status says that the texts differ.
git diff --no-index --no-color --unified=1000 --word-diff=plain --word-diff-regex='[^[:space:]]+' \
    "$folder/example-before.txt" "$folder/example-after.txt" | sed 1,5d >"$folder/example-diff.txt" || true
say
say "One trace before and after (line $line of the files; changed words in [brackets]):"
say
# Git joins a change to the word before it.
spaced='s/\[-/ [-/g; s/\{\+/ {+/g'
sed -E "$spaced; s/\{\+([^+]|\+[^}])*\+\}//g; s/\[-/[/g; s/-\]/]/g; s/ +/ /g" "$folder/example-diff.txt" | wrap
say
sed -E "$spaced; s/\[-([^-]|-[^]])*-\]//g; s/\{\+/[/g; s/\+\}/]/g; s/ +/ /g" "$folder/example-diff.txt" | wrap

say
say "The traces before are in $original; after, with the keys and the job's record, in $folder/."

for scheme in lexical trigger; do
    [ "$(tested "$folder/detect-acme.json" $scheme verdict)" = marked ] || die "the $scheme mark was not found"
    [ "$(tested "$folder/detect-globex.json" $scheme verdict)" != marked ] ||
        die "globex's key found a $scheme mark (chance does this once in 1/$level runs; run the demo again)"
    [ "$(tested "$folder/detect-original.json" $scheme verdict)" != marked ] ||
        die "the unmarked traces are 'marked' (chance does this once in 1/$level runs; run the demo again)"
done

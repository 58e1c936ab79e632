# The demo's part on sampling, read by scripts/demo/demo.sh: the lab's teacher (fixtures/lab) solves the same problems plainly
# and under the antidistillation penalty. What the traces do to a student is measured by `make lab-effect`.

lab=fixtures/lab
problems=200
strength=0.3
plain=$folder/plain.jsonl
penalised=$folder/penalised.jsonl

# percent NUMBER
percent() { awk -v x="$1" 'BEGIN { printf "%.1f %%", 100 * x }'; }
nats() { awk -v x="$1" 'BEGIN { printf "%.2f", x }'; }

[ -f "$lab/gradient.safetensors" ] || die "$lab/gradient.safetensors is missing"

say
say "5. Let a small teacher model solve $problems word problems, as it would for any customer."
denature sample --teacher "$lab/teacher" --prompts "$lab/prompts.jsonl" --limit $problems -o "$plain" \
    --temperature 1 --seed 1 --max-new-tokens 80 --json >"$folder/plain.json"
say "     $(percent "$(member accuracy <"$folder/plain.json")") of its answers are right."

say
say "6. Let it solve them again, tilted toward tokens that would raise a student's loss, by the derivative of a proxy."
denature sample --teacher "$lab/teacher" --prompts "$lab/prompts.jsonl" --limit $problems -o "$penalised" \
    --temperature 1 --seed 1 --max-new-tokens 80 --proxy "$lab/proxy" --gradient "$lab/gradient.safetensors" \
    --strength $strength --json >"$folder/penalised.json"
tokens=$(member mean_tokens <"$folder/penalised.json")
kl=$(member mean_kl <"$folder/penalised.json")
say "     $(percent "$(member accuracy <"$folder/penalised.json")") are right. The penalty moved the teacher's distribution by $(nats "$kl") nats a token"
say "     on average, $(awk -v a="$kl" -v b="$tokens" 'BEGIN { printf "%.1f", a * b }') a trace (Kullback-Leibler divergence); strength $strength."

# The first problem whose two traces differ and both end in the right answer.
line=$(paste -d '\t' "$plain" "$penalised" | awk -F '\t' '
    $1 ~ /"correct":true/ && $2 ~ /"correct":true/ {
        a = $1; b = $2; sub(/.*"trace":"/, "", a); sub(/.*"trace":"/, "", b); sub(/".*/, "", a); sub(/".*/, "", b)
        if (a != b) { print NR; exit }
    }')
[ -n "$line" ] || die "the penalty changed no trace that was right both times"
say
say "One problem, the plain trace, and the penalised one:"
say
sed -n "${line}p" "$plain" | sed -E 's/.*"problem": ?"(([^"\\]|\\.)*)".*/\1/; s/\\n/ /g' | wrap
say
trace_of "$plain" "$line" | wrap
say
trace_of "$penalised" "$line" | wrap
say
say "What such traces do to a student that learns from them, with all controls: make lab-effect; figures in $lab/README.md."

awk -v kl="$kl" 'BEGIN { exit !(kl > 0.01) }' || die "the penalty did nothing"

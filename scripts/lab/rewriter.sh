#!/usr/bin/env bash
# Makes the lab's rewriter from nothing: a small model that rewrites traces as it is told (`denature lab rewrites`).
#
#     scripts/lab/rewriter.sh PROGRAM SEED [SHIP]
#
# It goes to lab-output/rewriter-SEED; a run that was interrupted goes on where it stopped. SHIP is a folder to copy what the
# repository carries to.
set -euo pipefail
program=$(realpath "${1:?the program}") seed=${2:?the seed} target=${3:-}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=lab-output/rewriter-$seed
source scripts/lab/tools.sh
data=$folder/data
# About 25 minutes of one core. Commands and answers are learnt in the first third, copying numbers into equations late.
steps=4400

[[ -e $folder/tokenizer/tokenizer.json ]] || "$program" lab tokenizer --rewrites -o "$folder/tokenizer"
once "$data/rewrites.jsonl" lab rewrites --count 100000 --seed "$seed"
# The same traces for every seed, of problems that no rewriter has seen.
once "$data/prompts.jsonl" lab rewrites --count 800 --seed 1 --steps 3 --split evaluation --prompts-only
train "$folder/rewriter" --init fixtures/lab/recipe/rewriter.json --tokenizer "$folder/tokenizer" \
    --data "$data/rewrites.jsonl" --seed "$seed" --steps "$steps" --batch-size 32 --warmup 50 --schedule cosine \
    --weight-decay 0 --group-by-length --save-dtype float16 --lr 3e-3

# judged TEMPERATURE: shares of rewritings that keep answer and equations and follow the command.
judged() {
    local output=$data/rewritten-$1.jsonl
    [[ -e $output ]] || "$program" sample --teacher "$folder/rewriter" --prompts "$data/prompts.jsonl" -o "$output" \
        --temperature "$1" --seed "$seed" --max-new-tokens 96 --threads 1 --quiet
    "$program" lab judge-rewrites "$output"
}

figures() {
    local greedy warm
    greedy=$(judged 0)
    warm=$(judged 0.5)
    printf '{\n "seed": %s,\n "steps": %s,\n "temperature 0": %s,\n "temperature 0.5": %s\n}\n' \
        "$seed" "$steps" "$greedy" "$warm"
}
select_lines "$folder/figures.json" figures
cat "$folder/figures.json"

[[ -n $target ]] || exit 0
ship "$target" rewriter
cp "$folder/figures.json" "$target/rewriter/figures.json"

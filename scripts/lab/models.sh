#!/usr/bin/env bash
# Makes the lab's models from nothing: data, tokenizer, teacher, proxy, student, the proxy's gradient.
#
#     scripts/lab/models.sh PROGRAM SEED [SHIP]
#
# Another seed is another triple. They go to lab-output/triple-SEED; a run that was interrupted goes on where it stopped. SHIP
# is a folder to copy what the repository carries to.
set -euo pipefail
program=$(realpath "${1:?the program}") seed=${2:?the seed} target=${3:-}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=lab-output/triple-$seed recipe=fixtures/lab/recipe
source scripts/lab/tools.sh
data=$folder/data tokens=(--max-new-tokens 80)

# Data. The bases see no problem of three steps, and never two steps in one equation. Problems are the same for every triple.
[[ -e $folder/tokenizer/tokenizer.json ]] || "$program" lab tokenizer -o "$folder/tokenizer"
once "$data/stories3.jsonl" lab traces --count 60000 --seed $((1000 * seed + 1)) --steps 3
once "$data/facts3.jsonl" lab facts --count 30000 --seed $((1000 * seed + 2))
select_lines "$data/teacher.jsonl" cat "$data/stories3.jsonl" "$data/facts3.jsonl"
once "$data/stories12.jsonl" lab traces --count 50000 --seed $((1000 * seed + 3)) --steps 1,2 --single-steps
once "$data/facts12.jsonl" lab facts --count 40000 --seed $((1000 * seed + 4)) --single-steps
select_lines "$data/base.jsonl" cat "$data/stories12.jsonl" "$data/facts12.jsonl"
once "$data/distillation.jsonl" lab problems --count 3200 --seed 1 --split distillation --distinct
select_lines "$folder/prompts.jsonl" head -n 2600 "$data/distillation.jsonl"
select_lines "$data/warm-prompts.jsonl" tail -n +2601 "$data/distillation.jsonl"
once "$data/holdout.jsonl" lab problems --count 600 --seed 1 --split holdout --distinct
once "$folder/evaluation.jsonl" lab problems --count 400 --seed 1 --split evaluation --distinct

course=(--batch-size 32 --warmup 50 --schedule cosine --weight-decay 0 --group-by-length --save-dtype float16)

# traces PROMPTS OUTPUT SEED OPTION...: the teacher's, at temperature 1.
traces() {
    local prompts=$1 output=$2 seed=$3
    shift 3
    [[ -e $output ]] || "$program" sample --teacher "$folder/teacher" --prompts "$prompts" -o "$output" \
        --temperature 1 --seed "$seed" "${tokens[@]}" --threads 1 "$@"
}

# The teacher takes two courses, each with its own warm-up and decay: numbers are learnt late.
teacher() {
    train "$data/teacher-1" --init "$recipe/teacher.json" --tokenizer "$folder/tokenizer" --data "$data/teacher.jsonl" \
        --seed $((10 * seed)) --steps 3000 --lr 3e-3 "${course[@]}"
    train "$folder/teacher" --model "$data/teacher-1" --data "$data/teacher.jsonl" \
        --seed $((10 * seed + 100)) --steps 2000 --lr 2e-3 "${course[@]}"
    # Right traces that go one step at a time: the loss that the gradient raises is that of solving problems this way, not of
    # imitating slips and short cuts.
    traces "$data/holdout.jsonl" "$data/right-traces.jsonl" $((10 * seed + 5)) --filter correct
    once "$folder/holdout-traces.jsonl" attack single-steps "$data/right-traces.jsonl"
    traces "$data/warm-prompts.jsonl" "$folder/warm-traces.jsonl" $((10 * seed + 6))
}

# base NAME SHAPE SEED STEPS
base() {
    train "$folder/$1" --init "$recipe/$2.json" --tokenizer "$folder/tokenizer" --data "$data/base.jsonl" --seed "$3" \
        --steps "$4" --lr 3e-3 "${course[@]}"
}

# One thread each: the teacher takes as long as the two bases together.
teacher &
first=$!
base proxy-base proxy $((10 * seed + 1)) 3000
base student-base student $((10 * seed + 2)) 2500
wait "$first"

# Two passes over a few of the teacher's traces: what someone knows who looks before the thief does.
train "$folder/proxy" --model "$folder/proxy-base" --data "$folder/warm-traces.jsonl" --seed $((10 * seed + 7)) \
    --epochs 2 --batch-size 16 --lr 1e-3 --warmup 10 --schedule cosine --weight-decay 0 --save-dtype float16
once "$folder/gradient.safetensors" gradient --proxy "$folder/proxy" --holdout "$folder/holdout-traces.jsonl" --threads 1

# accuracy NAME MODEL TEMPERATURE END: a line of figures.json.
accuracy() {
    local report
    report=$("$program" evaluate --model "$folder/$2" --problems "$folder/evaluation.jsonl" --temperature "$3" \
        --seed "$seed" "${tokens[@]}" --threads 1 --quiet --json)
    printf '  "%s": %s%s\n' "$1" "$(sed -E 's/.*"accuracy":([0-9.]+).*/\1/' <<< "$report")" "$4"
}

figures() {
    printf '{\n "accuracy": {\n'
    accuracy proxy proxy 0 ,
    accuracy proxy-base proxy-base 0 ,
    accuracy student-base student-base 0 ,
    accuracy teacher teacher 0 ,
    accuracy 'teacher, temperature 0.5' teacher 0.5 ,
    accuracy 'teacher, temperature 1' teacher 1 ''
    printf ' },\n "seed": %s\n}\n' "$seed"
}
select_lines "$folder/figures.json" figures
cat "$folder/figures.json"

[[ -n $target ]] || exit 0
for model in teacher proxy-base proxy student-base; do ship "$target" "$model"; done
for file in prompts.jsonl evaluation.jsonl holdout-traces.jsonl warm-traces.jsonl gradient.safetensors figures.json; do
    cp "$folder/$file" "$target/$file"
done

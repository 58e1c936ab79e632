# What the recipes of the lab's models share: each step is done once, and an interrupted run goes on where it stopped.
# Sourced with $program, the denature program, and $folder, where everything is made.

# What is made here is no part of the repository.
mkdir -p "$folder/data"
[[ -e $folder/.gitignore ]] || echo '*' > "$folder/.gitignore"

# once FILE COMMAND...: makes a file with a command of the program that writes it whole or not at all.
once() {
    local path=$1
    shift
    [[ -e $path ]] || "$program" "$@" -o "$path"
}

# train FOLDER OPTION...: on one thread, which is fastest for models of this size.
train() {
    local output=$1 resume=()
    shift
    [[ ! -e $output/training.json ]] || return 0
    [[ ! -d $output || -z $(ls -A "$output") ]] || resume=(--resume)
    "$program" train -o "$output" "$@" --threads 1 "${resume[@]}"
}

# select_lines FILE COMMAND...: a file of what a command prints, whole or not at all.
select_lines() {
    local path=$1
    shift
    [[ -e $path ]] && return
    "$@" > "$path.part"
    mv "$path.part" "$path"
}

# ship FOLDER NAME: a model without its training log.
ship() {
    mkdir -p "$1/$2"
    for file in config.json model.safetensors tokenizer.json tokenizer_config.json; do
        cp "$folder/$2/$file" "$1/$2/$file"
    done
}

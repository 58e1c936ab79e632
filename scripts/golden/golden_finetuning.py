#!/usr/bin/env python3
"""Golden files for the FineTuning target, by PyTorch, transformers and peft (PyPI).

Run in the repository root:
    python3 scripts/golden/golden_finetuning.py                       writes fixtures/golden/finetuning/
    python3 scripts/golden/golden_finetuning.py --check A M           has peft read the adapters in folder A, and compares the
                                                               model with them to the merged model in folder M:
        denature train --model fixtures/golden/finetuning/model --lora-rank 4 ... -o A
        denature train (the same) --merge -o M
    python3 scripts/golden/golden_finetuning.py --time                measures a step of the lab's teacher on one thread
"""

import argparse
import json
import pathlib
import random
import shutil
import sys
import time

# This folder has a torch.py of its own.
sys.path = [entry for entry in sys.path if pathlib.Path(entry or ".").resolve() != pathlib.Path(__file__).resolve().parent]

import torch
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, get_cosine_schedule_with_warmup

OUT = pathlib.Path("fixtures/golden/finetuning")
COMMAND = "python3 scripts/golden/golden_finetuning.py"
SEED = 20260401
STEPS, ACCUMULATION, BATCH = 20, 2, 3
VOCABULARY = 61
OPTIONS = {
    "full": dict(rate=5e-3, warmup=3, decay=0.1, clip=1.0, loss="completion"),
    "all": dict(rate=5e-3, warmup=0, decay=0.0, clip=0.0, loss="all"),
    "lora": dict(rate=3e-2, warmup=2, decay=0.01, clip=0.5, loss="completion"),
}
LORA = dict(r=4, lora_alpha=12, target_modules=["q_proj", "v_proj", "down_proj"], lora_dropout=0.0)


def examples(rng: random.Random):
    """STEPS × ACCUMULATION × BATCH examples whose completions depend on their prompts, so that losses fall."""
    def one():
        prompt = [rng.randrange(2, VOCABULARY) for _ in range(rng.randint(1, 6))]
        return {"prompt": prompt, "completion": prompt[::-1] + [(sum(prompt) % 7) + 2] * rng.randint(0, 3) + [1]}
    return [[[one() for _ in range(BATCH)] for _ in range(ACCUMULATION)] for _ in range(STEPS)]


def collate(batch, loss):
    width = max(len(e["prompt"]) + len(e["completion"]) for e in batch)
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    labels = torch.full((len(batch), width), -100)
    mask = torch.zeros(len(batch), width, dtype=torch.long)
    for row, e in enumerate(batch):
        tokens = e["prompt"] + e["completion"]
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
        first = 0 if loss == "all" else len(e["prompt"])
        labels[row, first : len(tokens)] = torch.tensor(tokens[first:])
    return ids, mask, labels


def train(model, steps, rate, warmup, decay, clip, loss):
    parameters = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in parameters if p.ndim >= 2], "weight_decay": decay},
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.999), eps=1e-8)
    scheduler = get_cosine_schedule_with_warmup(optimizer, warmup, len(steps))
    losses, norms, rates = [], [], []
    model.train()
    for batches in steps:
        data = [collate(batch, loss) for batch in batches]
        count = sum(int((labels[:, 1:] != -100).sum()) for _, _, labels in data)
        total = 0.0
        optimizer.zero_grad()
        for ids, mask, labels in data:
            logits = model(input_ids=ids, attention_mask=mask).logits[:, :-1]
            part = torch.nn.functional.cross_entropy(
                logits.reshape(-1, logits.shape[-1]), labels[:, 1:].reshape(-1), ignore_index=-100, reduction="sum")
            (part / count).backward()
            total += part.item() / count
        norm = torch.nn.utils.clip_grad_norm_(parameters, clip if clip > 0 else float("inf"))
        losses.append(total)
        norms.append(norm.item())
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return {"losses": losses, "norms": norms, "rates": rates}


def final_norms(model):
    return {n.replace("base_model.model.", "").replace(".default", ""): p.detach().norm().item()
            for n, p in model.named_parameters() if p.requires_grad}


def tiny():
    torch.manual_seed(SEED)
    return LlamaForCausalLM(LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=64, initializer_range=0.2, tie_word_embeddings=False,
        bos_token_id=0, eos_token_id=1, pad_token_id=None)).float()


def write():
    from peft import LoraConfig, get_peft_model
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    model = tiny()
    model.save_pretrained(OUT / "model")
    for extra in (OUT / "model").glob("generation_config.json"):
        extra.unlink()
    steps = examples(random.Random(SEED))
    result = {"command": COMMAND, "torch": torch.__version__, "batches": steps, "runs": {}}
    for name, options in OPTIONS.items():
        model = AutoModelForCausalLM.from_pretrained(OUT / "model")
        if name == "lora":
            torch.manual_seed(SEED + 1)
            model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **LORA))
            model.save_pretrained(OUT / "adapter")
            (OUT / "adapter" / "README.md").unlink(missing_ok=True)
            # A path of the machine that made it helps nobody.
            path = OUT / "adapter" / "adapter_config.json"
            config = json.loads(path.read_text())
            config["base_model_name_or_path"] = "../model"
            path.write_text(json.dumps(config, indent=2) + "\n")
        run = train(model, steps, **options)
        result["runs"][name] = {"options": options, **run, "final": final_norms(model)}
        print(name, run["losses"][0], "->", run["losses"][-1])
    (OUT / "steps.json").write_text(json.dumps(result) + "\n")


def check(adapter: pathlib.Path, merged: pathlib.Path):
    from peft import PeftModel
    base = AutoModelForCausalLM.from_pretrained(OUT / "model")
    ids = torch.tensor([[random.Random(SEED).randrange(VOCABULARY) for _ in range(40)]])
    with torch.no_grad():
        plain = base(ids).logits
        with_adapters = PeftModel.from_pretrained(base, adapter)(ids).logits
        whole = AutoModelForCausalLM.from_pretrained(merged)(ids).logits
    change = (with_adapters - plain).abs().max().item()
    difference = (with_adapters - whole).abs().max().item()
    print(f"adapters change logits by up to {change:.4g}; peft and the merged model differ by up to {difference:.3g}")
    if change < 1e-3 or difference > 1e-4:
        raise SystemExit("peft does not see the adapters that were merged")


def measure():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=507, hidden_size=128, intermediate_size=384, num_hidden_layers=4, num_attention_heads=4,
        max_position_embeddings=256, tie_word_embeddings=False)).float()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, fused=True)
    ids = torch.randint(0, 507, (64, 73))
    times = []
    for _ in range(12):
        start, cpu = time.perf_counter(), time.process_time()
        optimizer.zero_grad()
        logits = model(input_ids=ids[:, :-1]).logits
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, 507), ids[:, 1:].reshape(-1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss.item()
        times.append((time.process_time() - cpu, time.perf_counter() - start))
    cpu, wall = (sorted(t)[len(t) // 2] for t in zip(*times[2:]))
    print(f"median step: {cpu:.3f} s of processor time, {wall:.3f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", nargs=2, type=pathlib.Path, metavar=("ADAPTERS", "MERGED"))
    parser.add_argument("--time", action="store_true")
    arguments = parser.parse_args()
    if arguments.check:
        check(*arguments.check)
    elif arguments.time:
        measure()
    else:
        write()

#!/usr/bin/env python3
"""Compares `denature models logprobs` with transformers on random checkpoints made on the spot.

Run in the repository root (PyPI torch, transformers, safetensors), with a build that has the trait Torch:
    python3 scripts/compare/compare_transformers.py [--binary .build/debug/denature] [--seeds 3]

For every architecture and option: log-probabilities over the whole vocabulary after every token of five ragged prompts,
greedy continuations of 64 tokens, and the five prompts decoded as one batch against one by one. Exit status 1 when a
tolerance is exceeded: float32 1e-4, bfloat16 3e-2; greedy tokens must be identical in float32.
"""

import argparse
import base64
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
import transformers
from transformers import LlamaConfig, Qwen2Config, Qwen3Config

SIZES = dict(
    vocab_size=512, hidden_size=64, intermediate_size=160, num_hidden_layers=3, num_attention_heads=8,
    max_position_embeddings=256, bos_token_id=None, eos_token_id=2, pad_token_id=None)
LLAMA3 = dict(
    rope_type="llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=64)
LINEAR = dict(rope_type="linear", rope_theta=10000.0, factor=4.0)
# name -> (configuration's arguments, type, bytes per shard)
CASES = {
    "llama": (LlamaConfig, {}, torch.float32, None),
    "llama tied": (LlamaConfig, dict(tie_word_embeddings=True), torch.float32, None),
    "llama grouped": (LlamaConfig, dict(num_key_value_heads=2), torch.float32, None),
    "llama one key head": (LlamaConfig, dict(num_key_value_heads=1), torch.float32, None),
    "llama wide heads": (LlamaConfig, dict(num_key_value_heads=4, head_dim=16), torch.float32, None),
    "llama with biases": (LlamaConfig, dict(num_key_value_heads=4, attention_bias=True), torch.float32, None),
    "llama3 rope": (LlamaConfig, dict(num_key_value_heads=2, rope_parameters=LLAMA3), torch.float32, None),
    "linear rope": (LlamaConfig, dict(num_key_value_heads=2, rope_parameters=LINEAR), torch.float32, None),
    "llama in shards": (LlamaConfig, dict(num_key_value_heads=2), torch.float32, 200_000),
    "qwen2": (Qwen2Config, dict(num_key_value_heads=2), torch.float32, None),
    "qwen2 tied": (Qwen2Config, dict(num_key_value_heads=2, tie_word_embeddings=True), torch.float32, None),
    "qwen2 llama3 rope": (Qwen2Config, dict(num_key_value_heads=4, rope_parameters=LLAMA3), torch.float32, None),
    "qwen3": (Qwen3Config, dict(num_key_value_heads=2, head_dim=16), torch.float32, None),
    "qwen3 tied": (
        Qwen3Config, dict(num_key_value_heads=2, head_dim=16, tie_word_embeddings=True), torch.float32, None),
    "qwen3 with biases": (
        Qwen3Config, dict(num_key_value_heads=8, head_dim=8, attention_bias=True), torch.float32, None),
    "float16 file": (LlamaConfig, dict(num_key_value_heads=2), torch.float16, None),
    "llama bfloat16": (LlamaConfig, dict(num_key_value_heads=2), torch.bfloat16, None),
    "qwen2 bfloat16": (Qwen2Config, dict(num_key_value_heads=2), torch.bfloat16, None),
    "qwen3 bfloat16": (Qwen3Config, dict(num_key_value_heads=2, head_dim=16), torch.bfloat16, 100_000),
}
CLASSES = {
    "llama": transformers.LlamaForCausalLM, "qwen2": transformers.Qwen2ForCausalLM,
    "qwen3": transformers.Qwen3ForCausalLM,
}
GREEDY = 64


def make(folder, config, dtype, shard, seed):
    """A checkpoint with weights large enough for every part to matter."""
    torch.manual_seed(seed)
    model = CLASSES[config.model_type](config)
    # Logits of half precision are rounded to 1/128 of their size: keep them small there.
    head = 0.06 if dtype == torch.bfloat16 else 0.2
    with torch.no_grad():
        for name, p in model.named_parameters():
            if name.endswith("norm.weight"):
                p.copy_(1 + 0.2 * torch.randn_like(p))
            elif name.endswith("bias"):
                p.copy_(0.3 * torch.randn_like(p))
            elif "embed" in name or "lm_head" in name:
                p.copy_(head * torch.randn_like(p))
            else:
                p.copy_(torch.randn_like(p) * 0.9 / p.shape[1] ** 0.5)
    model.to(dtype).save_pretrained(folder, **({"max_shard_size": shard} if shard else {}))


@torch.no_grad()
def expected(folder, prompts, dtype):
    model = CLASSES[transformers.AutoConfig.from_pretrained(folder).model_type].from_pretrained(folder, dtype=dtype)
    rows, continuations, margins = [], [], []
    for prompt in prompts:
        ids = torch.tensor([prompt])
        rows.append(model(ids).logits[0].float().log_softmax(-1).numpy())
        tokens, cache, step, margin = [], None, ids, float("inf")
        for _ in range(GREEDY):
            out = model(step, past_key_values=cache, use_cache=True)
            cache = out.past_key_values
            best = out.logits[0, -1].float().topk(2)
            margin = min(margin, (best.values[0] - best.values[1]).item())
            tokens.append(best.indices[0].item())
            step = best.indices[:1][None]
        continuations.append(tokens)
        margins.append(margin)
    return rows, continuations, margins


def denature(binary, folder, prompts, dtype, batch):
    name = "bfloat16" if dtype == torch.bfloat16 else "float32"
    lines = "".join(json.dumps({"tokens": p}) + "\n" for p in prompts)
    done = subprocess.run(
        [binary, "models", "logprobs", "--model", str(folder), "--tokens", "-", "--full", "--greedy", str(GREEDY),
         "--batch-size", str(batch), "--dtype", name], input=lines, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{folder}: {done.stderr}")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    rows = [np.frombuffer(base64.b64decode(f["rows"]), "<f4").reshape(len(p), -1) for f, p in zip(found, prompts)]
    return rows, [f["greedy"] for f in found]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=".build/debug/denature")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", help="cases whose name contains this")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    failures = 0
    for name, (kind, options, dtype, shard) in CASES.items():
        if arguments.only and arguments.only not in name:
            continue
        for seed in range(arguments.seeds):
            with tempfile.TemporaryDirectory() as folder:
                folder = pathlib.Path(folder)
                make(folder, kind(**{**SIZES, **options}), dtype, shard, seed)
                rng = np.random.default_rng(seed)
                prompts = [rng.integers(0, SIZES["vocab_size"], n).tolist() for n in (4, 23, 1, 60, 11)]
                # What denature computes in when asked for float32 is the file's weights in float32.
                compute = torch.bfloat16 if dtype == torch.bfloat16 else torch.float32
                rows, greedy, margins = expected(folder, prompts, compute)
                alone_rows, alone = denature(arguments.binary, folder, prompts, dtype, 1)
                _, batch = denature(arguments.binary, folder, prompts, dtype, 5)
            tolerance = 3e-2 if compute == torch.bfloat16 else 1e-4
            worst = max(np.abs(a - b).max() for a, b in zip(rows, alone_rows))
            same = sum(a == b for a, b in zip(greedy, alone))
            together = sum(a == b for a, b in zip(alone, batch))
            passed = worst <= tolerance and (compute == torch.bfloat16 or (same == 5 and together == 5))
            failures += not passed
            print(f"{'ok  ' if passed else 'FAIL'} {name}, seed {seed}: log-probabilities within {worst:.1e}"
                  f" (allowed {tolerance:.0e}), greedy {same}/5 identical, batch {together}/5 identical,"
                  f" closest choice {min(margins):.1e}", flush=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

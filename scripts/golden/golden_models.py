#!/usr/bin/env python3
"""Golden files for the TorchModels target: random small checkpoints and what transformers computes with them.

Run in the repository root (PyPI torch, transformers, safetensors):
    python3 scripts/golden/golden_models.py        writes fixtures/golden/models/

Each folder is a model as Hugging Face stores it, with golden.safetensors beside it: five prompts (prompt.I, int64),
the log-probabilities after each of their tokens (logprobs.I, float32 [T, V]) and greedy continuations of 64 tokens
(greedy.I, int64), in some also the gradient of the mean loss of prompt 3 (gradient.PARAMETER). A seed is taken only if no greedy choice is close, so that the continuation is the same on every
machine.
"""

import argparse
import json
import pathlib
import shutil

import torch
import transformers
from safetensors.torch import save_file
from transformers import (
    Gemma2Config, Gemma3TextConfig, LlamaConfig, MistralConfig, Olmo2Config, Phi3Config, Qwen2Config, Qwen3Config,
    SmolLM3Config)

OUT = pathlib.Path("fixtures/golden/models")
COMMAND = "python3 scripts/golden/golden_models.py"
PROMPT_LENGTHS = [3, 9, 1, 14, 6]
GREEDY = 64
# The models before these are compared by gradients in other golden files.
FIRST_WITH_GRADIENTS = 11
SIZES = dict(
    vocab_size=64, hidden_size=24, intermediate_size=32, num_hidden_layers=2, num_attention_heads=4,
    max_position_embeddings=128, initializer_range=0.1, bos_token_id=None, eos_token_id=2, pad_token_id=None)
LLAMA3 = dict(
    rope_type="llama3", rope_theta=500.0, factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=32)

# Windows shorter than the prompts, in layers of both kinds.
GEMMA = dict(num_key_value_heads=2, head_dim=8, query_pre_attn_scalar=12, sliding_window=5)
LAYERS = ["sliding_attention", "full_attention", "sliding_attention"]

# name -> (configuration, type of the file, bytes per shard, whether config.json is written the old way)
MODELS = {
    "llama": (LlamaConfig(**SIZES, num_key_value_heads=4), torch.float32, None, False),
    "llama-tied-grouped": (
        LlamaConfig(**SIZES, num_key_value_heads=2, tie_word_embeddings=True), torch.float32, None, False),
    "llama3-rope": (LlamaConfig(**SIZES, num_key_value_heads=1, rope_parameters=LLAMA3), torch.float32, None, False),
    "llama3-rope-old-keys-bias": (
        LlamaConfig(**SIZES, num_key_value_heads=2, rope_parameters=LLAMA3, attention_bias=True),
        torch.float32, None, True),
    "llama-linear-rope": (
        LlamaConfig(**SIZES, num_key_value_heads=2,
                    rope_parameters=dict(rope_type="linear", rope_theta=10000.0, factor=3.0)),
        torch.float32, None, True),
    "qwen2": (Qwen2Config(**SIZES, num_key_value_heads=2, tie_word_embeddings=True), torch.float32, None, False),
    "qwen2-sharded": (Qwen2Config(**SIZES, num_key_value_heads=2), torch.float32, 16_000, True),
    "qwen3": (Qwen3Config(**SIZES, num_key_value_heads=2, head_dim=8), torch.float32, None, False),
    "llama-bfloat16": (LlamaConfig(**SIZES, num_key_value_heads=2), torch.bfloat16, None, False),
    "qwen2-bfloat16": (Qwen2Config(**SIZES, num_key_value_heads=2), torch.bfloat16, None, False),
    "qwen3-bfloat16": (
        Qwen3Config(**SIZES, num_key_value_heads=2, head_dim=8), torch.bfloat16, None, False),
    "mistral": (MistralConfig(**SIZES, num_key_value_heads=2, head_dim=8, sliding_window=6), torch.float32, None, False),
    "mistral-whole": (MistralConfig(**SIZES, num_key_value_heads=2, sliding_window=None), torch.float32, None, True),
    "smollm3": (SmolLM3Config(**SIZES | dict(num_hidden_layers=4), num_key_value_heads=2, no_rope_layer_interval=2),
                torch.float32, None, False),
    "olmo2": (Olmo2Config(**SIZES, num_key_value_heads=2, rms_norm_eps=1e-5, attention_bias=True), torch.float32, None, False),
    "gemma2": (Gemma2Config(**SIZES | dict(num_hidden_layers=3), **GEMMA, layer_types=LAYERS, attn_logit_softcapping=2.0,
                            final_logit_softcapping=4.0), torch.float32, None, False),
    "gemma3": (Gemma3TextConfig(**SIZES | dict(num_hidden_layers=3), **GEMMA, layer_types=LAYERS, rope_parameters=dict(
        full_attention=dict(rope_type="linear", rope_theta=500.0, factor=4.0),
        sliding_attention=dict(rope_type="default", rope_theta=50.0))), torch.float32, None, False),
    "gemma3-bfloat16": (Gemma3TextConfig(**SIZES, **GEMMA, layer_types=LAYERS[:2]), torch.bfloat16, None, False),
    "phi3": (Phi3Config(**SIZES, num_key_value_heads=2, sliding_window=None), torch.float32, None, False),
    "phi3-window": (Phi3Config(**SIZES, num_key_value_heads=4, sliding_window=5), torch.float32, None, True),
}
CLASSES = {
    "llama": transformers.LlamaForCausalLM, "qwen2": transformers.Qwen2ForCausalLM,
    "qwen3": transformers.Qwen3ForCausalLM, "mistral": transformers.MistralForCausalLM,
    "smollm3": transformers.SmolLM3ForCausalLM, "olmo2": transformers.Olmo2ForCausalLM,
    "phi3": transformers.Phi3ForCausalLM, "gemma2": transformers.Gemma2ForCausalLM, "gemma3_text": transformers.Gemma3ForCausalLM,
}


def random_model(config, seed: int, dtype):
    """Weights far from their usual initial size, so that every part of the model matters."""
    torch.manual_seed(seed)
    model = CLASSES[config.model_type](config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("norm.weight"):
                # Gemma's weights are what they differ from 1 by.
                one = 0 if config.model_type.startswith("gemma") else 1
                parameter.copy_(one + 0.3 * torch.randn_like(parameter))
            elif name.endswith("bias"):
                parameter.copy_(0.3 * torch.randn_like(parameter))
            elif "embed" in name or "lm_head" in name:
                # Tied embeddings favour the token that was just read; the less the smaller they are.
                # In half precision small logits, whose rounding is within the tolerance.
                scale = 0.15 if config.tie_word_embeddings or dtype != torch.float32 else 0.35
                parameter.copy_(scale * torch.randn_like(parameter))
            else:
                parameter.copy_(torch.randn_like(parameter) * 0.9 / parameter.shape[1] ** 0.5)
    return model.to(dtype)


@torch.no_grad()
def greedy(model, prompt, count: int, required: float):
    """The continuation; None where the best and the second logit are closer than `required` on the way."""
    tokens, cache = [], None
    step = prompt[None]
    for _ in range(count):
        out = model(step, past_key_values=cache, use_cache=True)
        cache = out.past_key_values
        best = out.logits[0, -1].float().topk(2)
        if (best.values[0] - best.values[1]).item() < required:
            return None
        tokens.append(best.indices[0].item())
        step = best.indices[:1][None]
    return torch.tensor(tokens)


@torch.no_grad()
def golden(model, seed: int, required: float, distinct: int):
    """Tensors for golden.safetensors, or None where they are not worth keeping."""
    generator = torch.Generator().manual_seed(seed)
    tensors = {}
    for i, length in enumerate(PROMPT_LENGTHS):
        prompt = torch.randint(model.config.vocab_size, (length,), generator=generator)
        continuation = greedy(model, prompt, GREEDY, required)
        if continuation is None:
            return None
        tensors[f"prompt.{i}"] = prompt
        tensors[f"logprobs.{i}"] = model(prompt[None]).logits[0].float().log_softmax(-1)
        tensors[f"greedy.{i}"] = continuation
    # A continuation that only repeats a few tokens shows little.
    seen = {token for i in range(len(PROMPT_LENGTHS)) for token in tensors[f"greedy.{i}"].tolist()}
    return tensors if len(seen) >= distinct else None


def gradients(model, tokens):
    """Of the mean negative log-likelihood of a sequence's tokens but the first, by parameter."""
    model.zero_grad()
    logits = model(tokens[None]).logits[0, :-1].float()
    torch.nn.functional.cross_entropy(logits, tokens[1:]).backward()
    return {f"gradient.{name}": parameter.grad.float().clone() for name, parameter in model.named_parameters()}


def with_old_keys(folder: pathlib.Path):
    """Writes rope_parameters as transformers 4 did."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    config["rope_scaling"] = None if rope["rope_type"] == "default" else rope
    config["torch_dtype"] = config.pop("dtype", "float32")
    path.write_text(json.dumps(config, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", help="names of those to make; the others stay")
    only = parser.parse_args().only
    torch.set_num_threads(1)
    transformers.logging.disable_progress_bar()
    if only is None:
        shutil.rmtree(OUT, ignore_errors=True)
    for index, (name, (config, dtype, shard, old_keys)) in enumerate(MODELS.items()):
        if only is not None and name not in only:
            continue
        folder = OUT / name
        # bfloat16 rounds logits to about 1/64; long continuations without a close choice are short cycles.
        demands = (0.02, 3) if dtype == torch.bfloat16 else (1e-3, 15)
        for seed in range(10_000 * index, 10_000 * (index + 1)):
            # Stored and read again: casting a model also rounds its rotary frequencies, which loading does not.
            random_model(config, seed, dtype).save_pretrained(folder, **({"max_shard_size": shard} if shard else {}))
            # The other implementations leave Gemma 2's caps out.
            attention = dict(attn_implementation="eager") if config.model_type == "gemma2" else {}
            model = CLASSES[config.model_type].from_pretrained(folder, dtype=dtype, **attention)
            tensors = golden(model, seed, *demands)
            if tensors is not None:
                break
            shutil.rmtree(folder)
        else:
            raise SystemExit(f"{name}: every seed has a close greedy choice")
        (folder / "generation_config.json").unlink(missing_ok=True)
        if old_keys:
            with_old_keys(folder)
        if index >= FIRST_WITH_GRADIENTS and dtype == torch.float32:
            tensors |= gradients(model, tensors["prompt.3"])
        save_file(tensors, folder / "golden.safetensors", metadata={
            "command": COMMAND, "seed": str(seed), "transformers": transformers.__version__})
        size = sum(f.stat().st_size for f in folder.iterdir())
        print(f"{name}: seed {seed}, {size} bytes", flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Compares SmolLM2 as `denature models convert` wrote it with the gguf package, `tokenizers` and transformers.

Run by `make smollm2`, or in the repository root:
    python3 scripts/compare/compare_smollm2.py .models/smollm2 --denature PROGRAM

Tensors must be the gguf package's to the bit, ids those of the tokenizer that transformers makes of the GGUF file itself, log-
probabilities within 1e-3 nats, 64 greedy tokens the same. Packages that are not installed (PyPI gguf, torch, transformers) are named,
and what needs them is left out. Exit status 1 when something differs.
"""

import argparse
import base64
import json
import pathlib
import subprocess
import sys
import time

NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
GREEDY = 64
TOLERANCE = 1e-3
failures = []


def check(holds, text):
    print(("    " if holds else "    DIFFERS: ") + text, flush=True)
    if not holds:
        failures.append(text)


def texts():
    """Real traces, and the texts chosen to be hard to split."""
    # A few: the program also scores them.
    lines = pathlib.Path("fixtures/traces/mixed.jsonl").read_text().splitlines()[::25]
    records = [json.dumps(json.loads(line), ensure_ascii=False) for line in lines]
    return [t for t in json.loads(pathlib.Path("fixtures/golden/tokenizers/texts.json").read_text())["texts"] if t] + records


PROMPTS = [
    "<|im_start|>user\nTom has 3 boxes of 12 pencils and gives away 7. How many are left?<|im_end|>\n<|im_start|>assistant\n",
    "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
    "<|im_start|>user\nWhat is gravity?<|im_end|>\n<|im_start|>assistant\n",
    "The capital of France is", "def fibonacci(n):\n",
]


def denature(program, folder, lines, *options):
    done = subprocess.run(
        [program, "models", "logprobs", "--model", str(folder), "--tokens", "-", *options],
        input="".join(json.dumps(line) + "\n" for line in lines), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def tensors(folder):
    try:
        import gguf
        import numpy as np
        from safetensors import safe_open
    except ImportError as error:
        print(f"    tensors are not compared: {error}")
        return
    reader = gguf.GGUFReader(folder / NAME)
    names = {"token_embd": "model.embed_tokens", "output_norm": "model.norm"}
    blocks = {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm", "attn_q": "self_attn.q_proj",
              "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
              "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj"}
    same = 0
    with safe_open(folder / "model" / "model.safetensors", "numpy") as written:
        for tensor in reader.tensors:
            parts = tensor.name.removesuffix(".weight").split(".")
            name = names.get(parts[0]) or f"model.layers.{parts[1]}.{blocks[parts[2]]}"
            values = gguf.dequantize(tensor.data, tensor.tensor_type).reshape(tensor.shape[::-1]).astype(np.float32)
            if parts[-1] in ("attn_q", "attn_k"):
                rows, width = values.shape
                values = values.reshape(rows // 64, 32, 2, width).swapaxes(1, 2).reshape(rows, width)
            same += np.array_equal(values.view(np.uint32), written.get_tensor(name + ".weight").view(np.uint32))
    check(same == len(reader.tensors), f"{same} of {len(reader.tensors)} tensors are the gguf package's to the bit")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--denature", required=True)
    args = parser.parse_args()
    model = args.folder / "model"
    tensors(args.folder)
    try:
        import numpy as np
        import torch
        import transformers
    except ImportError as error:
        print(f"    ids and log-probabilities are not compared: {error}")
        sys.exit(bool(failures))
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    original = transformers.AutoTokenizer.from_pretrained(args.folder, gguf_file=NAME)
    converted = transformers.AutoTokenizer.from_pretrained(model)
    sample = texts()
    start = time.perf_counter()
    found = [line["tokens"] for line in denature(args.denature, model, [{"text": t} for t in sample])]
    seconds = time.perf_counter() - start
    wanted = [converted(t)["input_ids"] for t in sample]
    check(found == wanted, f"{sum(a == b for a, b in zip(found, wanted))} of {len(sample)} texts have the ids of the converted "
          f"tokenizer in transformers ({sum(map(len, wanted))} tokens, {seconds:.0f} s)")
    # transformers cuts a GGUF file's text by GPT-2's expression alone: digits are where it may differ.
    plain = [t for t in sample if not any(c.isdigit() for c in t)]
    same = sum(original(t)["input_ids"] == converted(t)["input_ids"] for t in plain)
    check(same == len(plain), f"{same} of {len(plain)} texts without digits have the ids of the GGUF file's own tokenizer there")
    conversation = [{"role": "user", "content": "Hi"}]
    check(converted.apply_chat_template(conversation, tokenize=False) == original.apply_chat_template(conversation, tokenize=False),
          "the chat template is the file's")
    reference = transformers.AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
    prompts = [converted(p)["input_ids"] for p in PROMPTS]
    results = denature(args.denature, model, [{"tokens": p} for p in prompts], "--full", "--greedy", str(GREEDY))
    worst, equal = 0.0, 0
    with torch.no_grad():
        for prompt, result in zip(prompts, results):
            rows = reference(torch.tensor([prompt])).logits[0].log_softmax(-1).numpy()
            got = np.frombuffer(base64.b64decode(result["rows"]), "<f4").reshape(rows.shape)
            worst = max(worst, float(np.abs(rows - got).max()))
            tokens, cache, step = [], None, torch.tensor([prompt])
            for _ in range(GREEDY):
                out = reference(step, past_key_values=cache, use_cache=True)
                cache = out.past_key_values
                tokens.append(out.logits[0, -1].argmax().item())
                step = torch.tensor([[tokens[-1]]])
            equal += tokens == result["greedy"]
    check(worst <= TOLERANCE, f"log-probabilities differ by {worst:.1e} nats at most")
    check(equal == len(prompts), f"{equal} of {len(prompts)} greedy continuations of {GREEDY} tokens are the same")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()

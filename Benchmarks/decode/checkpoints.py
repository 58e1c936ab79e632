"""Random-weight checkpoints, a random direction in the proxy's weights, and prompts: what decoding is measured on.

    python checkpoints.py FOLDER {large,lab}

Writes FOLDER/{teacher,proxy}, FOLDER/gradient.safetensors and FOLDER/prompts.json. Speed does not depend on the weights'
values, as every sequence gets all its tokens.
"""

import json
import os
import sys

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

SHAPES = {
    # About 118 and 29 million parameters.
    "large": {
        "teacher": dict(
            vocab_size=32000, hidden_size=768, intermediate_size=2688, num_hidden_layers=12, num_attention_heads=12,
            num_key_value_heads=4),
        "proxy": dict(
            vocab_size=32000, hidden_size=384, intermediate_size=1152, num_hidden_layers=10, num_attention_heads=6,
            num_key_value_heads=2),
    },
    # The shapes of the lab's models (fixtures/lab/recipe).
    "lab": {
        "teacher": dict(
            vocab_size=344, hidden_size=128, intermediate_size=384, num_hidden_layers=4, num_attention_heads=4,
            num_key_value_heads=4),
        "proxy": dict(
            vocab_size=344, hidden_size=96, intermediate_size=256, num_hidden_layers=3, num_attention_heads=4,
            num_key_value_heads=4),
    },
}
PROMPTS = 64
PROMPT_TOKENS = 32


def main():
    folder, kind = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    torch.manual_seed(1)
    for name, shape in SHAPES[kind].items():
        config = LlamaConfig(
            **shape, max_position_embeddings=2048, tie_word_embeddings=kind == "large", bos_token_id=None,
            eos_token_id=None)
        model = LlamaForCausalLM(config).float()
        model.save_pretrained(os.path.join(folder, name))
        count = sum(p.numel() for p in model.parameters())
        print(f"{name}: {count / 1e6:.1f} million parameters")
        if name == "proxy":
            gradient = {n: torch.randn_like(p) * 1e-3 for n, p in model.named_parameters()}
            norm = sum(t.double().square().sum() for t in gradient.values()).sqrt().item()
            save_file(
                gradient, os.path.join(folder, "gradient.safetensors"),
                metadata={
                    "format": "pt", "kind": "denature-gradient/1", "loss": "0", "norm": repr(norm),
                    "loss_average": "token", "traces": "0", "tokens": "0", "data_sha256": "", "model_sha256": "",
                    "tool_version": "benchmark", "direction": "random", "seed": "1",
                })
    vocabulary = SHAPES[kind]["teacher"]["vocab_size"]
    prompts = torch.randint(3, vocabulary, (PROMPTS, PROMPT_TOKENS)).tolist()
    with open(os.path.join(folder, "prompts.json"), "w") as file:
        json.dump(prompts, file)


main()

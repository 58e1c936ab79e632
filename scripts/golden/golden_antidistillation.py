#!/usr/bin/env python3
"""Writes fixtures/golden/antidistillation: a tiny random checkpoint and what PyTorch says of its gradient.

proxy/             a Llama checkpoint in float32, written by transformers
gradient.safetensors  the gradient of its mean loss per completion token, by backward mode in float64
golden.json        the held-out traces, the losses of both averages, the gradients' norms, and for some contexts
                   log-probabilities and their derivatives along the gradient by torch.func.jvp, in float64 (but for
                   norms and rotations, which transformers computes in float32)

Run in the repository root: python3 scripts/golden/golden_antidistillation.py
Needs torch, transformers and safetensors.
"""

import json
import pathlib
import random

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

OUT = pathlib.Path("fixtures/golden/antidistillation")
VOCABULARY = 40


def make_proxy() -> LlamaForCausalLM:
    torch.manual_seed(7)
    config = LlamaConfig(
        hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        vocab_size=VOCABULARY, max_position_embeddings=64, tie_word_embeddings=False, initializer_range=0.25,
        bos_token_id=None, eos_token_id=1, pad_token_id=None, attn_implementation="eager",
    )
    return LlamaForCausalLM(config)


def trace_losses(model, trace) -> torch.Tensor:
    """The negative log-likelihood of each completion token."""
    prompt, completion = trace["prompt"], trace["completion"]
    tokens = torch.tensor([prompt + completion])
    logits = model(tokens[:, :-1]).logits[0, len(prompt) - 1 :]
    return torch.nn.functional.cross_entropy(logits, tokens[0, len(prompt) :], reduction="none")


def gradient(model, traces, average: str):
    losses = [trace_losses(model, trace) for trace in traces]
    if average == "token":
        loss = torch.cat(losses).mean()
    else:
        loss = torch.stack([one.mean() for one in losses]).mean()
    names, parameters = zip(*model.named_parameters())
    grads = torch.autograd.grad(loss, parameters)
    norm = torch.sqrt(sum((g * g).sum() for g in grads))
    return loss.item(), norm.item(), dict(zip(names, grads))


def derivatives(model, direction, context):
    """log p of every next token and its derivative along `direction`."""
    parameters = {name: value.detach() for name, value in model.named_parameters()}

    def log_probabilities(weights):
        logits = torch.func.functional_call(model, weights, (torch.tensor([context]),)).logits[0, -1]
        return torch.log_softmax(logits, dim=-1)

    value, tangent = torch.func.jvp(log_probabilities, (parameters,), (direction,))
    return value.tolist(), tangent.tolist()


def main() -> None:
    generator = random.Random(11)

    def tokens(low: int, high: int) -> list[int]:
        return [generator.randrange(VOCABULARY) for _ in range(generator.randint(low, high))]

    proxy = make_proxy()
    proxy.save_pretrained(OUT / "proxy")
    (OUT / "proxy" / "generation_config.json").unlink(missing_ok=True)
    model = proxy.double()
    traces = [{"prompt": tokens(1, 8), "completion": tokens(1, 12)} for _ in range(9)]
    loss, norm, g = gradient(model, traces, "token")
    trace_loss, trace_norm, _ = gradient(model, traces, "trace")
    save_file({name: value.float().contiguous() for name, value in g.items()}, OUT / "gradient.safetensors")
    cases = []
    for context in [tokens(1, 1), tokens(4, 4), tokens(9, 9), tokens(17, 17)]:
        value, tangent = derivatives(model, g, context)
        cases.append({"context": context, "log_probabilities": value, "derivatives": tangent})
    golden = {
        "command": "python3 scripts/golden/golden_antidistillation.py",
        "traces": traces,
        "token": {"loss": loss, "norm": norm},
        "trace": {"loss": trace_loss, "norm": trace_norm},
        "cases": cases,
    }
    (OUT / "golden.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()

"""Antidistillation sampling (Savani et al. 2025, arXiv 2504.13146) with transformers, as one would write it: `generate`
with a logits processor that runs the two perturbed proxies with their own caches. Prints one JSON object.

    python reference_transformers.py FOLDER --batch N --threads N [--count N] [--new-tokens N]
                                      [--rounds N]

FOLDER is made by checkpoints.py. float32; the teacher's distribution is truncated to its 50 likeliest tokens before the
penalty, so that both programs sample from the same distribution.
"""

import argparse
import json
import os
import statistics
import time

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--batch", type=int, default=1)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--new-tokens", type=int, default=64)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--count", type=int, default=1 << 30)
parser.add_argument("--strength", type=float, default=1.0)
parser.add_argument("--top-k", type=int, default=50)
arguments = parser.parse_args()
# Before torch is loaded, so that no library starts more.
os.environ["OMP_NUM_THREADS"] = str(arguments.threads)

import torch  # noqa: E402
import transformers  # noqa: E402
from safetensors.torch import load_file  # noqa: E402
from transformers import (  # noqa: E402
    AutoModelForCausalLM, DynamicCache, LogitsProcessor, LogitsProcessorList, TopKLogitsWarper,
)

torch.set_num_threads(arguments.threads)
transformers.logging.set_verbosity_error()


class AntidistillationLogitsProcessor(LogitsProcessor):
    """scores + λ·(log p(v; θ + εg) − log p(v; θ − εg)) / 2ε"""

    def __init__(self, plus, minus, epsilon, strength):
        self.copies = [(plus, DynamicCache(config=plus.config)), (minus, DynamicCache(config=minus.config))]
        self.fed = 0
        self.factor = strength / (2 * epsilon)

    def __call__(self, input_ids, scores):
        new = input_ids[:, self.fed:]
        self.fed = input_ids.shape[1]
        rows = [
            torch.log_softmax(model(new, past_key_values=cache, use_cache=True, logits_to_keep=1).logits[:, -1], -1)
            for model, cache in self.copies
        ]
        return scores + self.factor * (rows[0] - rows[1])


def perturbed(path, gradient, epsilon):
    model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.add_(gradient[name], alpha=epsilon)
    return model


def load(folder):
    gradient = load_file(os.path.join(folder, "gradient.safetensors"))
    norm = sum(t.double().square().sum() for t in gradient.values()).sqrt().item()
    epsilon = 1e-2 / norm
    proxy = os.path.join(folder, "proxy")
    teacher = AutoModelForCausalLM.from_pretrained(os.path.join(folder, "teacher"), dtype=torch.float32).eval()
    with open(os.path.join(folder, "prompts.json")) as file:
        prompts = torch.tensor(json.load(file))
    return (
        teacher, perturbed(proxy, gradient, epsilon), perturbed(proxy, gradient, -epsilon), epsilon,
        arguments.strength / norm, prompts)


@torch.inference_mode()
def main():
    teacher, plus, minus, epsilon, strength, prompts = load(arguments.folder)
    prompts = prompts[:arguments.count]

    def run(is_penalised, new_tokens):
        count = 0
        start = time.perf_counter()
        for batch in prompts.split(arguments.batch):
            processors = LogitsProcessorList([TopKLogitsWarper(arguments.top_k)])
            if is_penalised:
                processors.append(AntidistillationLogitsProcessor(plus, minus, epsilon, strength))
            output = teacher.generate(
                batch, attention_mask=torch.ones_like(batch), do_sample=True, top_k=0, temperature=1.0,
                max_new_tokens=new_tokens, logits_processor=processors, pad_token_id=0)
            count += output.numel() - batch.numel()
        assert count == prompts.shape[0] * new_tokens
        return count / (time.perf_counter() - start)

    rates = {"plain": [], "penalised": []}
    # The first round warms up.
    for number in range(arguments.rounds + 1):
        for name in rates:
            rate = run(name == "penalised", arguments.new_tokens if number > 0 else 8)
            if number > 0:
                rates[name].append(rate)
    print(json.dumps({
        "batch": arguments.batch, "threads": arguments.threads, "torch": torch.__version__,
        "transformers": transformers.__version__,
        "tokens_per_second": {name: statistics.median(values) for name, values in rates.items()},
    }))


main()

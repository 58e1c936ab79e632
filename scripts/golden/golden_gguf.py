#!/usr/bin/env python3
"""Golden files for the GGUF target and the conversion of models: random tensors of every type, and two tiny models.

Run in the repository root (PyPI gguf, numpy, safetensors, tokenizers, transformers):
    python3 scripts/golden/golden_gguf.py        writes fixtures/golden/gguf/

types.gguf has a tensor of each element type, of random bytes with bearable scales, and metadata of each value type;
types.safetensors has what the gguf package makes of the tensors (float32). Each model is NAME.gguf as llama.cpp's
converter would write it; NAME.safetensors has the tensors under Hugging Face's names, in Hugging Face's order of rows, and
NAME.json the ids that the `tokenizers` library gives texts with the tokenizer that went into the file.
"""

import argparse
import json
import pathlib

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers.tokenization_utils_base import generate_merges

OUT = pathlib.Path("fixtures/golden/gguf")
COMMAND = "python3 scripts/golden/golden_gguf.py"
TEXTS = json.loads(pathlib.Path("fixtures/golden/tokenizers/texts.json").read_text())["texts"]
# Where the half-precision scales of a block are.
SCALES = {
    Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2], Type.Q8_0: [0], Type.Q2_K: [80, 82],
    Type.Q3_K: [108], Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208]}
LLAMA3_SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
                r"|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2_SPLIT = LLAMA3_SPLIT.replace("{1,3}", "")


def blocks(type_, rows, elements, generator):
    """Random bytes of a tensor [rows, elements]; every bit pattern but scales that are not finite."""
    if type_ == Type.F32:
        return generator.standard_normal((rows, elements)).astype(np.float32)
    if type_ == Type.F16:
        bits = generator.integers(0, 1 << 16, (rows, elements)).astype(np.uint16)
        return np.where(bits & 0x7C00 == 0x7C00, bits & 0x83FF, bits).view(np.float16)
    size, width = gguf.GGML_QUANT_SIZES[type_]
    data = generator.integers(0, 256, (rows * elements // size, width)).astype(np.uint8)
    if type_ == Type.BF16:
        # Exponents that are not all ones.
        data[:, 1] &= 0xBF
    for place in SCALES.get(type_, []):
        scale = (generator.standard_normal(len(data)) * 0.01).astype(np.float16)
        # Some below the smallest normal number.
        scale[::7] = np.float16(3e-6)
        data[:, place:place + 2] = scale.view(np.uint8).reshape(-1, 2)
    return data.reshape(rows, -1)


def add(writer, name, data, type_):
    if type_ in (Type.F32, Type.F16):
        writer.add_tensor(name, data)
    else:
        writer.add_tensor(name, data, raw_dtype=type_)


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def types(generator):
    writer = gguf.GGUFWriter(OUT / "types.gguf", "none")
    for name, value in [("uint8", 200), ("int8", -100), ("uint16", 60000), ("int16", -30000), ("uint32", 4_000_000_000),
                        ("int32", -2_000_000_000), ("uint64", 2**64 - 1), ("int64", -(2**62)), ("float32", 1e-5),
                        ("float64", 0.1), ("bool", True), ("string", "Grüße\n")]:
        getattr(writer, "add_" + name)("a." + name, value)
    writer.add_array("list.strings", ["a", "", "ü"])
    writer.add_array("list.integers", [1, -2, 3])
    writer.add_array("list.floats", [0.5, -1.25])
    writer.add_array("list.bools", [True, False])
    expected = {}
    for type_ in [Type.F32, Type.F16, Type.BF16, *SCALES]:
        data = blocks(type_, 2, 256, generator)
        add(writer, type_.name, data, type_)
        expected[type_.name] = gguf.dequantize(data, type_).astype(np.float32).reshape(2, 256)
    vector = generator.standard_normal(5).astype(np.float32)
    cube = generator.standard_normal((2, 3, 4)).astype(np.float32)
    writer.add_tensor("vector", vector)
    writer.add_tensor("cube", cube)
    finish(writer)
    save_file(expected | {"vector": vector, "cube": cube}, OUT / "types.safetensors", metadata={"command": COMMAND})


def byte_level(kind):
    tokenizer = Tokenizer(models.BPE(ignore_merges=kind == "llama-bpe"))
    step = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=kind == "smollm")
    if kind == "smollm":
        first = pre_tokenizers.Digits(individual_digits=True)
    else:
        first = pre_tokenizers.Split(Regex(QWEN2_SPLIT if kind == "qwen2" else LLAMA3_SPLIT), "isolated")
    if kind == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([first, step])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(TEXTS, trainers.BpeTrainer(
        vocab_size=320, special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"], show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())))
    return tokenizer


def sentencepiece():
    """Tokens, types and scores as SentencePiece leaves them, and the tokenizer that transformers makes of these."""
    trained = Tokenizer(models.BPE(unk_token="<unk>"))
    trained.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    trained.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=300, show_progress=False, limit_alphabet=100))
    vocabulary = json.loads(trained.to_str())["model"]["vocab"]
    pieces = sorted(vocabulary, key=vocabulary.get)
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    types = [2, 3, 3] + [6] * 256
    scores = [0.0] * len(tokens)
    # Tokens that merges make come first, the earliest with the highest score; single characters after them.
    merged = [p for p in pieces if len(p) > 1]
    tokens += merged + [p for p in pieces if len(p) == 1]
    scores += [-float(i // 2) for i in range(len(merged))] + [-1e4] * (len(pieces) - len(merged))
    types += [1] * len(pieces)
    ids = {token: i for i, token in enumerate(tokens)}
    made = Tokenizer(models.BPE(
        vocab=ids, merges=generate_merges(ids, dict(zip(tokens, scores))), unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    made.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    made.add_special_tokens(["<unk>", "<s>", "</s>"])
    return made, tokens, types, scores


def interleaved(rows, heads):
    """Hugging Face's order of the rows of queries and keys to llama.cpp's."""
    shape = rows.shape
    return rows.reshape(heads, 2, shape[0] // heads // 2, *shape[1:]).swapaxes(1, 2).reshape(shape)


def deinterleaved(rows, heads):
    shape = rows.shape
    return rows.reshape(heads, shape[0] // heads // 2, 2, *shape[1:]).swapaxes(1, 2).reshape(shape)


def model(name, kind, generator, *, bias, permutes, tied, norms=False, llama3=False):
    d, heads, kv, dim, ff, layers = 32, 4, 2, 16, 32, 2
    theta = 500_000.0 if llama3 else 500.0
    scores = None
    if kind == "sentencepiece":
        tokenizer, tokens, types_, scores = sentencepiece()
    else:
        tokenizer = byte_level(kind)
        tokens = [tokenizer.id_to_token(i) for i in range(tokenizer.get_vocab_size())]
        types_ = [3 if i < 3 else 1 for i in range(len(tokens))]
    vocabulary = len(tokens)
    writer = gguf.GGUFWriter(OUT / f"{name}.gguf", "llama" if scores else name)
    writer.add_context_length(128)
    writer.add_embedding_length(d)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(ff)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv)
    writer.add_key_length(dim)
    writer.add_value_length(dim)
    writer.add_rope_freq_base(theta)
    writer.add_layer_norm_rms_eps(1e-5)
    if name == "llama":
        writer.add_rope_dimension_count(dim)
        writer.add_vocab_size(vocabulary)
    writer.add_tokenizer_model("llama" if scores else "gpt2")
    writer.add_tokenizer_pre("default" if scores else kind)
    writer.add_token_list(tokens)
    writer.add_token_types(types_)
    if scores:
        writer.add_token_scores(scores)
        writer.add_unk_token_id(0)
    else:
        merges = json.loads(tokenizer.to_str())["model"]["merges"]
        writer.add_token_merges([" ".join(m) if isinstance(m, list) else m for m in merges])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(0)
    writer.add_chat_template("{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}")
    expected = {}

    def put(source, target, shape, type_, rows=None):
        if type_ == Type.F32:
            data = generator.standard_normal(shape).astype(np.float32)
        else:
            data = blocks(type_, shape[0], shape[1], generator)
        add(writer, source, data, type_)
        values = gguf.dequantize(data, type_).astype(np.float32).reshape(shape)
        expected[target] = deinterleaved(values, rows) if rows and permutes else values

    put("token_embd.weight", "model.embed_tokens.weight", (vocabulary, d), Type.Q8_0)
    for layer in range(layers):
        a, b = f"blk.{layer}.", f"model.layers.{layer}."
        for source, target, rows, count in [
                ("attn_q", "q_proj", heads * dim, heads), ("attn_k", "k_proj", kv * dim, kv),
                ("attn_v", "v_proj", kv * dim, None)]:
            put(a + source + ".weight", b + f"self_attn.{target}.weight", (rows, d),
                Type.Q4_1 if layer else Type.F16, count)
            if bias:
                put(a + source + ".bias", b + f"self_attn.{target}.bias", (rows,), Type.F32, count)
        put(a + "attn_output.weight", b + "self_attn.o_proj.weight", (d, heads * dim), Type.Q4_0)
        if bias == "output":
            put(a + "attn_output.bias", b + "self_attn.o_proj.bias", (d,), Type.F32)
        if norms:
            put(a + "attn_q_norm.weight", b + "self_attn.q_norm.weight", (dim,), Type.F32)
            put(a + "attn_k_norm.weight", b + "self_attn.k_norm.weight", (dim,), Type.F32)
        put(a + "ffn_gate.weight", b + "mlp.gate_proj.weight", (ff, d), Type.Q5_0)
        put(a + "ffn_up.weight", b + "mlp.up_proj.weight", (ff, d), Type.Q5_1)
        put(a + "ffn_down.weight", b + "mlp.down_proj.weight", (d, ff), Type.BF16)
        put(a + "attn_norm.weight", b + "input_layernorm.weight", (d,), Type.F32)
        put(a + "ffn_norm.weight", b + "post_attention_layernorm.weight", (d,), Type.F32)
    put("output_norm.weight", "model.norm.weight", (d,), Type.F32)
    if not tied:
        put("output.weight", "lm_head.weight", (vocabulary, d), Type.Q8_0)
    if llama3:
        # What llama.cpp's converter writes for Llama 3.1's scaling: factor 8 above 8192 positions.
        frequencies = 1 / theta ** (np.arange(0, dim, 2) / dim)
        wavelengths = 2 * np.pi / frequencies
        smooth = (8192 / wavelengths - 1) / 3
        factors = np.where(smooth <= 0, 8, np.where(smooth >= 1, 1, 1 / ((1 - smooth) / 8 + smooth)))
        writer.add_tensor("rope_freqs.weight", factors.astype(np.float32))
    finish(writer)
    if name == "llama":
        # The converter's own order and back.
        rows = np.arange(64)
        assert (deinterleaved(interleaved(rows, 4), 4) == rows).all()
    save_file(expected, OUT / f"{name}.safetensors", metadata={"command": COMMAND})
    begin = [1] if kind in ("llama-bpe", "sentencepiece") else []
    ids = [begin + tokenizer.encode(text).ids for text in TEXTS]
    (OUT / f"{name}.json").write_text(json.dumps({"command": COMMAND, "ids": ids}) + "\n")


def main():
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(1)
    types(generator)
    model("llama", "llama-bpe", generator, bias="output", permutes=True, tied=True, llama3=True)
    model("qwen2", "qwen2", generator, bias="inputs", permutes=False, tied=False)
    model("qwen3", "smollm", generator, bias=None, permutes=False, tied=True, norms=True)
    model("sentencepiece", "sentencepiece", generator, bias=None, permutes=True, tied=True)
    for path in sorted(OUT.iterdir()):
        print(path, path.stat().st_size)


if __name__ == "__main__":
    main()

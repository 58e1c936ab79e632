#!/usr/bin/env python3
"""Golden token ids for the Tokenizers target, by the `tokenizers` library.

Run from the package root:  python3 scripts/golden/golden_tokenizers.py
Writes fixtures/golden/tokenizers/<family>.tokenizer.json, <family>.json, chat.json and trained.json. Needs tokenizers and jinja2
(PyPI).

Each family is a small tokenizer trained here on generated text, in the layout of the models of its name; the cases are
texts chosen to be hard to split. For every text: the ids as `encode` gives them, the ids without the template and with
control tokens as text, and the text decoded from the former.
"""
import json
import os
import random

import jinja2.sandbox
import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

OUT = os.path.join("fixtures", "golden", "tokenizers")
COMMAND = "python3 scripts/golden/golden_tokenizers.py"
QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
         r"|\s+(?!\S)|\s+")
LLAMA3 = QWEN2.replace(r"|\p{N}|", r"|\p{N}{1,3}|")

WORDS = """the a of and to in is that it for was on are as with his they at be this from have or by one had not but
what all were when we there can an your which their said if do will each about how up out them then she many some so
these would other into has more her two like him see time could no make than first been its who now people my made over
did down only way find use may water long little very after words called just where most know apples each costs how many
minutes hours train total answer step therefore number dollars remaining left twice half""".split()
OTHER = ["straße", "naïve", "Übergröße", "École", "привет", "мир", "число", "ответ", "你好", "世界", "数字", "答案", "日本語",
         "こんにちは", "カタカナ", "한국어", "안녕하세요", "مرحبا", "السلام", "नमस्ते", "हिन्दी", "สวัสดี", "ελληνικά", "עברית", "tiếng",
         "Việt", "ﬁne", "Ⅷ", "½", "x²", "①②", "٣٤٥", "४५६"]
EMOJI = ["🙂", "👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇩🇪", "❤️", "e\u0301", "A\u030A", "\u1100\u1161\u11a8", "q\u0323\u0301", "\u212b", "\u0958"]
CONTRACTIONS = ["I'm", "don't", "WE'LL", "they've", "She'S", "he'd", "you'RE", "it’s", "'tis", "o'clock", "''s", "'ſt"]
CODE = ["for (int i = 0; i < n; ++i) {\n\tsum += a[i];\n}", "def f(x):\n    return x ** 2\n", "<<48/2=24>>", "\\frac{1}{2}",
        "https://example.org/a?b=c&d=%20", "x_1 = y[3:-1]", "#### 72\n", "{\"key\": [1, 2.5e-3, null]}"]
SPACES = [" ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", " \n ", "\t\t ", "\u00a0", "\u3000", "\u2003 ", "\u0085", " " * 17]


def piece(rng):
    kind = rng.random()
    if kind < 0.55:
        word = rng.choice(WORDS)
        return word.capitalize() if rng.random() < 0.15 else word.upper() if rng.random() < 0.05 else word
    if kind < 0.67:
        return str(rng.randrange(10 ** rng.randrange(1, 21)))
    if kind < 0.79:
        return rng.choice(OTHER)
    if kind < 0.84:
        return rng.choice(CONTRACTIONS)
    if kind < 0.88:
        return rng.choice(EMOJI)
    if kind < 0.91:
        return rng.choice(CODE)
    if kind < 0.97:
        return rng.choice(list(".,;:!?-()[]{}\"'…—“”$%&*+/=<>@#^_`|~\\"))
    while True:
        code = rng.randrange(rng.choice((0x100, 0x3000, 0x20000, 0x110000)))
        if not 0xD800 <= code < 0xE000:
            return chr(code) * rng.randrange(1, 4)


def document(rng, pieces):
    """Mixed text: words of many scripts, numbers, code, punctuation, white space and random code points."""
    out = []
    for _ in range(pieces):
        out.append(piece(rng))
        kind = rng.random()
        out.append(" " if kind < 0.8 else "" if kind < 0.9 else rng.choice(SPACES))
    return "".join(out)


def bpe_trainer(size, specials=(), alphabet=True):
    return trainers.BpeTrainer(
        vocab_size=size, special_tokens=list(specials), show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()) if alphabet else [])


def split(pattern):
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def gpt2(texts, size):
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.post_processor = processors.ByteLevel(trim_offsets=False)
    t.train_from_iterator(texts, bpe_trainer(size, ["<|endoftext|>"]))
    return t


def gpt2_prefix(texts, size):
    """A prefix space, every option of added tokens, an alphabet with holes, and merges as strings."""
    t = Tokenizer(models.BPE(unk_token=None))
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator([x.encode("ascii", "ignore").decode() for x in texts], bpe_trainer(size, ["<|endoftext|>"], alphabet=False))
    t.add_tokens([
        AddedToken("<left>", lstrip=True, normalized=False), AddedToken("<right>", rstrip=True, normalized=False),
        AddedToken("<both>", lstrip=True, rstrip=True, normalized=False), AddedToken("cat", single_word=True),
        AddedToken("<wide> token"), AddedToken("<wide>", normalized=False)])
    data = json.loads(t.to_str())
    data["model"]["merges"] = [" ".join(m) for m in data["model"]["merges"]]
    return Tokenizer.from_str(json.dumps(data)), data


def qwen2(texts, size):
    t = Tokenizer(models.BPE())
    t.normalizer = normalizers.NFC()
    t.pre_tokenizer = split(QWEN2)
    t.decoder = decoders.ByteLevel()
    t.post_processor = processors.ByteLevel(trim_offsets=False)
    t.train_from_iterator(texts, bpe_trainer(size))
    t.add_special_tokens([AddedToken(x, normalized=False, special=True)
                          for x in ("<|endoftext|>", "<|im_start|>", "<|im_end|>")])
    t.add_tokens([AddedToken("<think>", normalized=False), AddedToken("</think>", normalized=False),
                  AddedToken("e\u0301clair", normalized=True)])
    return t


def llama3(texts, size):
    t = Tokenizer(models.BPE(ignore_merges=True))
    t.pre_tokenizer = split(LLAMA3)
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(texts, bpe_trainer(size))
    t.add_special_tokens(["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"])
    bos = t.token_to_id("<|begin_of_text|>")
    t.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single="<|begin_of_text|> $A", pair="<|begin_of_text|> $A <|begin_of_text|> $B",
                                      special_tokens=[("<|begin_of_text|>", bos)])])
    # Tokens that no merge makes, so that ignore_merges shows.
    data = json.loads(t.to_str())
    merges = data["model"]["merges"]
    data["model"]["merges"] = [m for i, m in enumerate(merges) if i % 9 or i < 40]
    usable = {m[0] + m[1] for m in data["model"]["merges"]} | set(pre_tokenizers.ByteLevel.alphabet())
    data["model"]["merges"] = [m for m in data["model"]["merges"] if m[0] in usable and m[1] in usable]
    return Tokenizer.from_str(json.dumps(data))


def digits(texts, size):
    """Single digits, then the GPT-2 expression, in sequence."""
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(texts, bpe_trainer(size, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]))
    return t


def words(texts, size):
    t = Tokenizer(models.WordLevel(unk_token="<unk>"))
    t.pre_tokenizer = pre_tokenizers.Whitespace()
    t.train_from_iterator(texts, trainers.WordLevelTrainer(
        vocab_size=size, special_tokens=["<unk>", "<eos>"], show_progress=False))
    return t


def spaced_words(texts, size):
    """Words with their space: a word-level vocabulary over the ByteLevel pre-tokenizer, which keeps the text."""
    t = Tokenizer(models.WordLevel(unk_token="<unk>"))
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(texts, trainers.WordLevelTrainer(
        vocab_size=size, special_tokens=["<unk>", "<eos>"], show_progress=False))
    return t


def with_bytes(t, texts, size, **options):
    """A BPE model over characters trained by the library, and the tokens for bytes that its trainer knows nothing of."""
    t.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=size, special_tokens=["<unk>", "<s>", "</s>"], show_progress=False, limit_alphabet=180))
    data = json.loads(t.to_str())
    tokens = sorted(data["model"]["vocab"], key=data["model"]["vocab"].get)
    tokens[3:3] = [f"<0x{byte:02X}>" for byte in range(256)]
    data["model"].update({"vocab": {token: i for i, token in enumerate(tokens)}, "byte_fallback": True, **options})
    return Tokenizer.from_str(json.dumps(data)), data


def beginning(t):
    t.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)])


def llama2(texts, size):
    """Spaces to marks by the normalizer, no pre-tokenizer, byte fallback: Llama 2, Phi-3 and the first Mistral."""
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    t.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    t.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    beginning(t)
    # Words for the training only, so that merges are many.
    t.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    made, data = with_bytes(t, texts, size)
    data["pre_tokenizer"] = None
    made = Tokenizer.from_str(json.dumps(data))
    made.add_tokens([AddedToken("cat", single_word=True), AddedToken("<wide>", normalized=False)])
    return made


def mistral(texts, size):
    """Metaspace before the first word only and without cutting, merges before all."""
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, ignore_merges=True))
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=True)
    t.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    beginning(t)
    _, data = with_bytes(t, texts, size)
    data["pre_tokenizer"]["split"] = False
    return Tokenizer.from_str(json.dumps(data))


def gemma(texts, size):
    """A replacement and a Split by a plain text."""
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    t.normalizer = normalizers.Replace(" ", "▁")
    t.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    t.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    beginning(t)
    t.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    _, data = with_bytes(t, texts, size)
    data["pre_tokenizer"] = {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False}
    return Tokenizer.from_str(json.dumps(data))


def unknown_characters(texts, size):
    """Characters without fallback: unknown ones, each by itself."""
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=False))
    t.normalizer = normalizers.Sequence([normalizers.NFKD(), normalizers.Strip()])
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    t.decoder = decoders.Metaspace(prepend_scheme="never")
    t.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=size, special_tokens=["<unk>", "<s>"], show_progress=False, limit_alphabet=120))
    return t


def latin(texts):
    """The trainer wants a token for every character, so that there must be few."""
    return ["".join(c for c in text if ord(c) < 0x180) for text in texts]


def unigram(texts, size):
    t = Tokenizer(models.Unigram())
    t.normalizer = normalizers.NFKC()
    t.pre_tokenizer = pre_tokenizers.Metaspace()
    t.decoder = decoders.Metaspace()
    t.train_from_iterator(latin(texts), trainers.UnigramTrainer(
        vocab_size=size, special_tokens=["<unk>", "<s>", "</s>"], unk_token="<unk>", show_progress=False))
    t.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 2)])
    return t


def unigram_bytes(texts, size):
    """Byte fallback, small letters, an expression that replaces, runs of digits."""
    t = Tokenizer(models.Unigram())
    t.normalizer = normalizers.Sequence([
        normalizers.NFD(), normalizers.Lowercase(), normalizers.Replace(Regex(r"\s{2,}"), " ")])
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(), pre_tokenizers.Metaspace(prepend_scheme="first")])
    t.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    t.train_from_iterator(latin(texts), trainers.UnigramTrainer(
        vocab_size=size, special_tokens=["<unk>", "<s>", "</s>"], unk_token="<unk>", show_progress=False))
    data = json.loads(t.to_str())
    data["model"]["vocab"] += [[f"<0x{byte:02X}>", -20.0] for byte in range(256)]
    data["model"]["byte_fallback"] = True
    return Tokenizer.from_str(json.dumps(data))


# gpt-oss, Phi-4-mini and others cut text so.
O200K = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def any_split(texts, size):
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = split(O200K)
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(texts, bpe_trainer(size, ["<|endoftext|>"]))
    return t


def behaviors(texts, size):
    """Every behaviour of Split, one inside the other, over words with marks."""
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"\n+"), "removed"), pre_tokenizers.Split(Regex(r"[0-9]"), "contiguous"),
        pre_tokenizers.Split(".", "merged_with_previous"), pre_tokenizers.Split(Regex(r"(?=[A-Z])|,"), "merged_with_next"),
        pre_tokenizers.Split(Regex(r"\w|\s"), "contiguous", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(texts, bpe_trainer(size, ["<|endoftext|>"]))
    return t


FAMILIES = {"gpt2": gpt2, "gpt2-prefix": gpt2_prefix, "qwen2": qwen2, "llama3": llama3, "digits": digits,
            "words": words, "spaced-words": spaced_words, "llama2": llama2, "mistral": mistral, "gemma": gemma,
            "unknown-characters": unknown_characters, "unigram": unigram, "unigram-bytes": unigram_bytes,
            "any-split": any_split, "behaviors": behaviors}
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "<|eot_id|>", "<think>", "</think>",
           "<left>", "<right>", "<both>", "cat", "<wide>", "<wide> token", "éclair", "e\u0301clair", "<eos>", "<unk>"]


def build(family, texts, size):
    """The tokenizer and its JSON."""
    made = FAMILIES[family](texts, size)
    if isinstance(made, tuple):
        return made
    return made, json.loads(made.to_str())


def cases():
    texts = [
        "", " ", "  ", "a", "\n", "\r\n", "\t", "\0", "a\0b", "\x01\x02\x1f\x7f", "Hello, world!", " leading", "trailing ",
        "trailing   ", "two  spaces   three", "line\nline\r\nline\rline", "a\n\n\nb", "a \n \n b", "  \n  ", "\t\tindent",
        "tab\tand\tspace \t mix", " " * 100 + "x", "\n" * 50, "\u00a0nbsp\u00a0", "\u3000全角\u3000空格", "\u2028\u2029\u0085x",
        "I'm don't we'll they've he'd you're it's", "I'M DON'T WE'LL THEY'VE HE'D YOU'RE IT'S", "I'm'm 's's 'S 'Ll 'lL",
        "it’s don’t", "'", "''", "' s", "'ſ 'ſa", "o'clock rock'n'roll 'twas", "'r 'v 'l 're", "x'rex'vex'llx",
        "é e\u0301 A\u030a \u212b \u1100\u1161\u11a8 \uac00\u11a8", "q\u0323\u0301 q\u0301\u0323 \u0958 \ufb1d \u0344",
        "\u0301leading mark", "\u07fd\u0301\u0323x\u07fd", "\U000105d2\u0307 \U000113c2\U000113c2", "a\u0897\u0323\u0301b",
        "🙂", "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇩🇪🇫🇷 ❤️", "🙂🙂🙂🙂🙂🙂🙂🙂", "text🙂text", "Ⅷ ½ x² ①②③ ㉈", "٣٤٥ ४५६ １２３４ ௧௨", "你好，世界！123", "日本語とカタカナ ｱｲｳ",
        "한국어 안녕하세요", "مرحبا بالعالم ١٢٣", "नमस्ते दुनिया हिन्दी", "สวัสดีชาวโลก", "שלום עולם", "Привет, мир!", "ǅ ʰ ª º ẞ ﬁ",
        "a_b-c.d,e;f:g!h?i", "!!!???...", "...\n...", "...\r\n\r\nx", "!\n\n\n", " !\n", "$5.00 (25%)", "#### 72", "\\boxed{72}",
        "<<48/2=24>>24", "x = y**2 // 3", "    return\n\tpass\n", "http://a.b/c?d=e&f=%20#g", "a" * 200, "ab" * 300,
        "abc " * 60, "é" * 120, "1" * 70, "-" * 90, "\ufeffbom", "\ufffd\ufffe\uffff", "\U0010ffff\U000e0001", "\u200b\u200c\u200d\u2060",
        "a\u00adb", "ß\u1e9e", "\u180e", "\u1680x", "the quick brown fox", "apples each costs 12 dollars, 144 total.",
        "unk <unk> <eos>", "Ġ Ċ ġ Ā", "Ġthe",
    ]
    texts += ["1234567890123456789012"[:n] for n in range(1, 21)]
    texts += ["n " + "9" * n + " x" for n in (1, 2, 3, 4, 7)]
    for token in CONTROL:
        texts += [token, f"a {token} b", f"a{token}b", f"  {token}  {token}{token}\n", f"{token[:-1]} {token}x"]
    texts += ["<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", "<|im_start|<|im_start|>|>", "<<|endoftext|>>",
              "concat cat bobcat cats cat", "a <wide> tokens <wide> token<wide>  token", "cat_cat cat-cat écat caté cat"]
    rng = random.Random(20261121)
    texts += [document(rng, rng.randrange(2, 25)) for _ in range(60)]
    return texts


def encode(tokenizer, text):
    tokenizer.encode_special_tokens = False
    ids = tokenizer.encode(text).ids
    plain_decoded = tokenizer.decode(ids, skip_special_tokens=True)
    tokenizer.encode_special_tokens = True
    literal = tokenizer.encode(text, add_special_tokens=False).ids
    tokenizer.encode_special_tokens = False
    return ids, literal, plain_decoded


# Templates for conversations without tools, written after the published descriptions of the formats.
CHAT_TEMPLATES = {
    "chatml": "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}"
              "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    "chatml-system": "{% for m in messages %}{% if loop.first and m.role != 'system' %}"
                     "{{ '<|im_start|>system\\nPut the answer in \\\\boxed{}.<|im_end|>\\n' }}{% endif %}"
                     "{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}"
                     "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n<think>\\n' }}{% endif %}",
    "qwen3": "{% set ns = namespace(last=messages|length - 1, found=false) %}"
             "{% for m in messages[::-1] %}{% if m.role == 'user' and not ns.found %}"
             "{% set ns.last = messages|length - 1 - loop.index0 %}{% set ns.found = true %}{% endif %}{% endfor %}"
             "{% for m in messages %}{% if m.role == 'assistant' %}"
             "{% set reasoning_content = '' %}{% set content = m.content %}{% if '</think>' in m.content %}"
             "{% set reasoning_content = m.content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}"
             "{% set content = m.content.split('</think>')[-1].lstrip('\\n') %}{% endif %}"
             "{{ '<|im_start|>assistant\\n' }}"
             "{% if loop.index0 > ns.last and (loop.last or reasoning_content) %}"
             "{{ '<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}"
             "{% else %}{{ content }}{% endif %}{{ '<|im_end|>\\n' }}"
             "{% else %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endif %}{% endfor %}"
             "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    "llama-3": "{{ '<|begin_of_text|>' }}{% for m in messages %}{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\\n\\n' "
               "+ m.content | trim + '<|eot_id|>' }}{% endfor %}"
               "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}",
    "llama-3.1": "{{ '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\\n\\n"
                 "Cutting Knowledge Date: December 2023\\nToday Date: 26 Jul 2024\\n\\n' }}"
                 "{% if messages and messages[0].role == 'system' %}{{ messages[0].content | trim }}"
                 "{% set messages = messages[1:] %}{% endif %}{{ '<|eot_id|>' }}"
                 "{% for m in messages %}{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\\n\\n' "
                 "+ m.content | trim + '<|eot_id|>' }}{% endfor %}"
                 "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}",
    "deepseek-r1": "{{ '<｜begin▁of▁sentence｜>' }}{% for m in messages if m.role == 'system' %}"
                   "{% if not loop.first %}{{ '\\n\\n' }}{% endif %}{{ m.content }}{% endfor %}"
                   "{% for m in messages %}{% if m.role == 'user' %}{{ '<｜User｜>' + m.content }}"
                   "{% elif m.role == 'assistant' %}{{ '<｜Assistant｜>' + m.content.split('</think>')[-1] "
                   "+ '<｜end▁of▁sentence｜>' }}{% endif %}{% endfor %}"
                   "{% if add_generation_prompt %}{{ '<｜Assistant｜><think>\\n' }}{% endif %}",
}
CONVERSATIONS = [
    [("user", "Hi")], [("system", "Be brief."), ("user", "What is 6 * 12?")], [("user", "  spaced \n"), ("assistant", " \tyes\n")],
    [("user", "Two?"), ("assistant", "<think>\n\nOne and one.\n</think>\n\n2"), ("user", "And three?"), ("assistant", "3")],
    [("user", "Two?"), ("assistant", "<think>\nOne and one.\n\n</think>\n\n2")], [("user", "a"), ("assistant", "x</think>\u0301y")],
    [("user", "a"), ("assistant", "<think>p</think>q</think>\n r"), ("assistant", "s"), ("assistant", "<think>\n\n</think>\n\nt")],
    [("system", "You are a tutor.\n"), ("user", "Übung: 2½ ÷ ½ = ?"), ("assistant", "5"), ("user", "Ok 👍🏽")],
    [("assistant", "Unasked.")], [],
]


def chat():
    """What the templates make of the conversations, in the environment that transformers runs them in."""
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    for name, template in CHAT_TEMPLATES.items():
        compiled = environment.from_string(template)
        for conversation in CONVERSATIONS:
            messages = [{"role": role, "content": content} for role, content in conversation]
            for prompt in (False, True):
                yield {"template": name, "messages": messages, "addGenerationPrompt": prompt,
                       "text": compiled.render(messages=messages, add_generation_prompt=prompt)}


def trained(pieces):
    """Vocabulary and merges that the library's own trainer makes of the golden texts."""
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pieces
    t.train_from_iterator(cases(), bpe_trainer(420, ["<|endoftext|>", "<pad>"]))
    model = json.loads(t.to_str())["model"]
    return {"tokens": sorted(model["vocab"], key=model["vocab"].get), "merges": model["merges"]}


def main():
    os.makedirs(OUT, exist_ok=True)
    rng = random.Random(1)
    training = [document(rng, 60) for _ in range(400)] + [" ".join(rng.choices(WORDS, k=60)) for _ in range(200)]
    with open(os.path.join(OUT, "texts.json"), "w", encoding="utf-8") as out:
        json.dump({"command": COMMAND, "texts": cases()}, out, ensure_ascii=True, separators=(",", ":"))
        out.write("\n")
    with open(os.path.join(OUT, "chat.json"), "w", encoding="utf-8") as out:
        json.dump({"command": COMMAND, "templates": CHAT_TEMPLATES, "cases": list(chat())}, out, ensure_ascii=True,
                  separators=(",", ":"))
        out.write("\n")
    with open(os.path.join(OUT, "trained.json"), "w", encoding="utf-8") as out:
        json.dump({"command": COMMAND, "rules": {rule: trained(pieces) for rule, pieces in (
            ("gpt-2", pre_tokenizers.ByteLevel(add_prefix_space=False)), ("qwen2", split(QWEN2)),
            ("llama-3", split(LLAMA3)))}}, out, ensure_ascii=True, separators=(",", ":"))
        out.write("\n")
    for family in FAMILIES:
        tokenizer, data = build(family, training, 300 if "words" in family else 700)
        with open(os.path.join(OUT, family + ".tokenizer.json"), "w", encoding="utf-8") as out:
            json.dump(data, out, ensure_ascii=False, separators=(",", ":"))
            out.write("\n")
        rows = [encode(tokenizer, text) for text in cases()]
        with open(os.path.join(OUT, family + ".json"), "w", encoding="utf-8") as out:
            json.dump({
                "command": COMMAND, "library": "tokenizers " + tokenizers.__version__,
                "vocabularySize": tokenizer.get_vocab_size(), "ids": [r[0] for r in rows],
                # Only where they differ from the former: most texts hold no control token.
                "literal": {str(i): r[1] for i, r in enumerate(rows) if r[1] != r[0]},
                "decoded": [r[2] for r in rows]}, out, ensure_ascii=True, separators=(",", ":"))
            out.write("\n")
        print(family, tokenizer.get_vocab_size())


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Ids of made-up texts by tiktoken and by Hugging Face's tokenizers, as hashes, for `ReferenceIDTests`.

usage: ids.py FOLDER    (needs tiktoken and tokenizers; writes ../Fixtures/ids.json)

FOLDER holds cl100k_base.tiktoken, o200k_base.tiktoken and p50k_base.tiktoken. None of their contents is written. The
vocabularies of the `tokenizer.json` tests are trained here, on the fragments, and kept in ../Fixtures/vocabularies.json:
the trainer breaks ties differently each time, so they are trained only where that file is missing.
"""

import hashlib
import json
import os
import struct
import sys
from pathlib import Path

import tiktoken
from tiktoken.load import load_tiktoken_bpe
from tiktoken_ext import openai_public
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

HERE = Path(__file__).resolve().parent
FIXTURES = HERE.parent / "Fixtures"
FRAGMENTS = json.loads((FIXTURES / "fragments.json").read_text(encoding="utf-8"))
TEXTS = 48
MASK = (1 << 64) - 1


class SplitMix:
    def __init__(self, seed):
        self.state = seed

    def next(self, bound):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) % bound


def text(seed):
    """As `ReferenceTexts.text` makes it: fragments, and characters from the first three planes."""
    random = SplitMix(seed)
    parts = []
    for _ in range(400):
        if random.next(8) == 0:
            scalar = random.next(0x30000)
            parts.append("" if 0xD800 <= scalar < 0xE000 else chr(scalar))
        else:
            parts.append(FRAGMENTS[random.next(len(FRAGMENTS))])
    return "".join(parts)


def all_scalars():
    return "".join(chr(scalar) for scalar in range(0x32000) if not 0xD800 <= scalar < 0xE000)


def random_bytes(seed):
    random = SplitMix(seed)
    return text(seed)[:200].encode() + bytes(random.next(256) for _ in range(400))


def digest(ids):
    return [len(ids), hashlib.sha256(struct.pack(f"<{len(ids)}I", *ids)).hexdigest()[:16]]


def rank_files(folder):
    for name in ("cl100k_base", "o200k_base", "p50k_base"):
        openai_public.load_tiktoken_bpe = lambda *_, **__: load_tiktoken_bpe(str(Path(folder) / f"{name}.tiktoken"))
        encoding = tiktoken.Encoding(**getattr(openai_public, name)())
        yield {
            "name": name,
            "texts": [digest(encoding.encode_ordinary(text(seed))) for seed in range(TEXTS)],
            "scalars": digest(encoding.encode_ordinary(all_scalars())),
            "bytes": [digest(encoding._encode_bytes(random_bytes(seed))) for seed in range(TEXTS)],
        }


CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
CASED = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
CAPITALS = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
LLAMA3 = CONTRACTION + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + SPACES
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
QWEN35 = CONTRACTION + r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|" + SPACES
O200K = CASED + CONTRACTION + "?|" + CAPITALS + CONTRACTION + r"?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|" + SPACES
TEKKEN = CASED + "|" + CAPITALS + r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|" + SPACES
DEEPSEEK = (
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
    "| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+")


def split(expression):
    return {"type": "Split", "pattern": {"Regex": expression}, "behavior": "Isolated", "invert": False}


def byte_level(prefix=False, regex=False):
    return {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": regex}


def sequence(*steps):
    return {"type": "Sequence", "pretokenizers": list(steps)}


def metaspace(scheme, cuts):
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": cuts}


def blanks(*others):
    return {"type": "Sequence", "normalizers": [*others, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}


#: Name, vocabulary, normalizer, pre-tokenizer, further settings of the model.
KINDS = [
    ("gpt2", "bytes", None, byte_level(regex=True), {}),
    ("gpt2 with a blank before", "bytes", None, byte_level(True, True), {}),
    ("llama3", "bytes", None, sequence(split(LLAMA3), byte_level()), {"ignore_merges": True}),
    ("llama3 by removing", "bytes", None,
     sequence({**split(LLAMA3), "behavior": "Removed", "invert": True}, byte_level()), {}),
    ("qwen2", "bytes", {"type": "NFC"}, sequence(split(QWEN2), byte_level()), {}),
    ("qwen3.5", "bytes", {"type": "NFC"}, sequence(split(QWEN35), byte_level()), {}),
    ("o200k", "bytes", None, sequence(split(O200K), byte_level()), {}),
    ("tekken", "bytes", None, sequence(split(TEKKEN), byte_level()), {"ignore_merges": True}),
    ("deepseek", "bytes", {"type": "Sequence", "normalizers": []},
     sequence(split(r"\p{N}{1,3}"), split("[一-龥\u3040-ゟ゠-ヿ]+"), split(DEEPSEEK), byte_level()), {}),
    ("starcoder", "bytes", {"type": "Lowercase"},
     sequence({"type": "Digits", "individual_digits": True}, byte_level(regex=True)), {}),
    ("punctuation", "bytes", None,
     sequence({"type": "Punctuation", "behavior": "Contiguous"}, {"type": "Digits", "individual_digits": False},
              byte_level(True, False)), {}),
    ("llama2", "characters", blanks({"type": "Prepend", "prepend": "▁"}), None, {"byte_fallback": True}),
    ("gemma", "characters", blanks(),
     {"type": "Split", "pattern": {"String": "▁"}, "behavior": "MergedWithPrevious", "invert": False},
     {"byte_fallback": True}),
    ("metaspace", "characters", {"type": "NFC"}, metaspace("always", True), {"unk_token": "<unk>"}),
    ("metaspace first", "characters", None, metaspace("first", False), {"unk_token": "<unk>", "fuse_unk": True}),
    ("metaspace never", "characters", None, metaspace("never", True), {"unk_token": "<unk>"}),
]
ADDED = [("<tool_call>", False, False), ("  \t", False, False), ("Thé", True, False), ("<|im_start|>", False, True)]


def trained(kind):
    corpus = [text(1000 + seed) for seed in range(8)]
    tokenizer = Tokenizer(models.BPE(unk_token=None if kind == "bytes" else "<unk>"))
    special = ["<unk>"]
    if kind == "bytes":
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    else:
        tokenizer.normalizer = normalizers.Replace(" ", "▁")
        tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
        special += [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=900, special_tokens=special, limit_alphabet=300, show_progress=False, max_token_length=24,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if kind == "bytes" else [])
    tokenizer.train_from_iterator(corpus, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    # As texts: some readers take keys for equal that are only composed differently.
    return {key: json.dumps(model[key], separators=(",", ":")) for key in ("vocab", "merges")}


def documents(vocabularies):
    for name, kind, normalizer, pre_tokenizer, settings in KINDS:
        size = len(vocabularies[kind]["vocab"])
        added = [
            {"id": size + place, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": normalized, "special": special}
            for place, (content, normalized, special) in enumerate(ADDED)]
        yield {
            "name": name, "vocabulary": kind, "added_tokens": added, "normalizer": normalizer,
            "pre_tokenizer": pre_tokenizer, "settings": settings}


def write(path, value):
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n", encoding="utf-8")


def main():
    # The cache goes by the file's name, not by what is in it.
    os.environ["TIKTOKEN_CACHE_DIR"] = ""
    kept = FIXTURES / "vocabularies.json"
    if not kept.exists():
        write(kept, {kind: trained(kind) for kind in ("bytes", "characters")})
    vocabularies = {
        kind: {key: json.loads(text) for key, text in parts.items()}
        for kind, parts in json.loads(kept.read_text(encoding="utf-8")).items()}
    tokenizer_files = []
    for document in documents(vocabularies):
        model = {"type": "BPE", **document["settings"], **vocabularies[document["vocabulary"]]}
        tokenizer = Tokenizer.from_str(json.dumps({
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": document["added_tokens"],
            "normalizer": document["normalizer"], "pre_tokenizer": document["pre_tokenizer"], "post_processor": None,
            "decoder": None, "model": model}))
        tokenizer.encode_special_tokens = True

        def ids(text):
            return tokenizer.encode(text, add_special_tokens=False).ids

        document["texts"] = [digest(ids(text(seed))) for seed in range(TEXTS)]
        document["scalars"] = digest(ids(all_scalars()))
        document["bytes"] = [digest(ids(random_bytes(seed).decode("utf-8", "replace"))) for seed in range(TEXTS)]
        tokenizer_files.append(document)
    write(FIXTURES / "ids.json", {"rank_files": list(rank_files(sys.argv[1])), "tokenizer_files": tokenizer_files})


if __name__ == "__main__":
    main()

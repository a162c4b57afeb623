"""One measurement of a peer's tokenizer, once, as one line of JSON.

usage: tokens.py METHOD VOCABULARY FILE

METHOD: tiktoken, tokenizers, quicktok (ids), quicktok-count. Loading and imports are not timed. VOCABULARY is a rank
file named after its encoding; for `tokenizers` the `tokenizer.json` beside it.

usage: tokens.py write FOLDER    writes rank files of cl100k_base and o200k_base, and a tokenizer.json of each, from
                                 what quicktok brings along
"""

import base64
import json
import os
import sys
import time
from pathlib import Path

CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
CASED = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
CAPITALS = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
EXPRESSIONS = {
    "cl100k_base": CONTRACTION + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + SPACES,
    "o200k_base": CASED + CONTRACTION + "?|" + CAPITALS + CONTRACTION
    + r"?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|" + SPACES,
}


def alphabet():
    """The characters that stand for bytes in byte-level vocabularies, as GPT-2 has them."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(0x100 + place) for place, byte in enumerate(others)}


def merges(tokens):
    """The pair that each token is joined from last."""
    ranks = {token: rank for rank, token in enumerate(tokens)}
    for rank, token in enumerate(tokens):
        parts = [bytes([byte]) for byte in token]
        while len(parts) > 2:
            best, place = min((ranks.get(parts[at] + parts[at + 1], rank), at) for at in range(len(parts) - 1))
            if best >= rank:
                break
            parts[place:place + 2] = [parts[place] + parts[place + 1]]
        if len(parts) == 2:
            yield parts


def write(folder):
    import quicktok

    letters = alphabet()

    def text(token):
        return "".join(letters[byte] for byte in token)

    folder.mkdir(parents=True, exist_ok=True)
    for name, expression in EXPRESSIONS.items():
        encoding = quicktok.get_encoding(name)
        # Its list is in an order of its own.
        tokens = sorted(filter(None, encoding.token_byte_values()), key=encoding.encode_single_token)
        lines = (f"{base64.b64encode(token).decode()} {rank}\n" for rank, token in enumerate(tokens))
        (folder / f"{name}.tiktoken").write_text("".join(lines), encoding="ascii")
        split = {"type": "Split", "pattern": {"Regex": expression}, "behavior": "Isolated", "invert": False}
        bytes_step = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
        model = {
            "type": "BPE", "ignore_merges": True, "vocab": {text(token): rank for rank, token in enumerate(tokens)},
            "merges": [[text(left), text(right)] for left, right in merges(tokens)]}
        (folder / f"{name}.json").write_text(json.dumps({
            "version": "1.0", "added_tokens": [], "normalizer": None,
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, bytes_step]}, "post_processor": None,
            "decoder": None, "model": model}), encoding="utf-8")


def encoder(method, vocabulary):
    name = vocabulary.stem
    if method == "tiktoken":
        import tiktoken
        from tiktoken.load import load_tiktoken_bpe
        from tiktoken_ext import openai_public

        # Its cache goes by the file's name, not by what is in it.
        os.environ["TIKTOKEN_CACHE_DIR"] = ""
        openai_public.load_tiktoken_bpe = lambda *_, **__: load_tiktoken_bpe(str(vocabulary))
        return tiktoken.Encoding(**getattr(openai_public, name)()).encode_ordinary
    if method == "tokenizers":
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(vocabulary.with_suffix(".json")))
        return lambda text: tokenizer.encode(text, add_special_tokens=False).ids
    import quicktok

    encoding = quicktok.get_encoding(name)
    return encoding.count if method == "quicktok-count" else encoding.encode_ordinary


def main(arguments):
    if arguments[0] == "write":
        write(Path(arguments[1]))
        return
    encode = encoder(arguments[0], Path(arguments[1]))
    text = Path(arguments[2]).read_bytes().decode()
    encode("warm up")
    start = time.perf_counter()
    try:
        found = encode(text)
    except BaseException as error:  # a panic of Rust is none of Python's exceptions
        print(json.dumps({"seconds": float("nan"), "failed": type(error).__name__}))
        return
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "tokens": found if isinstance(found, int) else len(found)}))


if __name__ == "__main__":
    main(sys.argv[1:])

#!/usr/bin/env python3
"""Writes the character classes of the pre-tokenisers, as the engines of the reference tokenizers see them.

usage: scalar_classes.py > Sources/Tokenization/Text/ScalarClassText.swift

Needs tiktoken and tokenizers (`pip install tiktoken tokenizers`). Every scalar is put to the regular-expression
engines of both, category by category; they must agree. Run it when a release of either follows a newer Unicode.
"""

import importlib.metadata

import tiktoken
from tokenizers import Regex, pre_tokenizers

# In the order of the bits of `ScalarClass`.
PATTERNS = (
    r"\p{L}", r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]", r"\p{N}", r"\s", r"\p{P}", r"\p{S}")
BYTES = {bytes([byte]): byte for byte in range(256)}
WIDTH = 112
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def in_tiktoken(pattern):
    """tiktoken drops what its pattern does not match."""
    encoding = tiktoken.Encoding("class", pat_str=pattern, mergeable_ranks=BYTES, special_tokens={})
    return lambda text: bool(encoding.encode_ordinary(text))


def in_tokenizers(pattern):
    split = pre_tokenizers.Split(Regex(pattern), "removed")
    return lambda text: not split.pre_tokenize_str(text)


def masks(engine):
    tests = [engine(pattern) for pattern in PATTERNS]
    for scalar in range(0x110000):
        text = None if 0xD800 <= scalar < 0xE000 else chr(scalar)
        yield sum(1 << bit for bit, test in enumerate(tests) if test(text)) if text else 0


def base36(number):
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text


def runs(values):
    start = 0
    for place in range(1, len(values) + 1):
        if place == len(values) or values[place] != values[start]:
            yield place - start, values[start]
            start = place


def main():
    values = list(masks(in_tiktoken))
    if values != list(masks(in_tokenizers)):
        raise SystemExit("the engines disagree about categories: two tables are needed")
    kinds = sorted(set(values))
    text = "".join(LETTERS[kinds.index(mask)] + (base36(count) if count > 1 else "") for count, mask in runs(values))
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("tiktoken", "tokenizers"))
    print("// Made by Scripts/scalar_classes.py.")
    print()
    print("/// Classes of all scalars in order, as runs: a letter for the class, then the length in base 36 unless it is 1.")
    print("///")
    print(f"/// Asked of {versions}, which agree on every scalar and follow Unicode 16.")
    print("enum ScalarClassText {")
    print("  /// The bits of `ScalarClass` behind the letters A, B, C and so on.")
    print(f"  static let masks: [UInt8] = {kinds}")
    print("  static let runs: StaticString = \"\"\"")
    for start in range(0, len(text), WIDTH):
        last = start + WIDTH >= len(text)
        print("    " + text[start:start + WIDTH] + ("" if last else "\\"))
    print("    \"\"\"")
    print("}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes what texts are compared by: the compatibility forms of scalars, and case folds that are no lower case.

usage: text_forms.py > Sources/Similarity/TextFormsTable.swift

Asks Python's own Unicode tables. What Unicode has once given a scalar it never changes, so a newer version only adds forms
of new scalars. Canonical forms are left out: the standard library has them.
"""

import unicodedata

WIDTH = 112
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number):
    text = "" if number else "0"
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text


def scalars():
    return (chr(scalar) for scalar in range(0x110000) if not 0xD800 <= scalar < 0xE000)


def compatibility():
    for scalar in scalars():
        form = unicodedata.normalize("NFKD", scalar)
        if form != unicodedata.normalize("NFD", scalar):
            yield ord(scalar), [ord(part) for part in form]


def folds():
    for scalar in scalars():
        if scalar.casefold() != scalar.lower():
            yield ord(scalar), [ord(part) for part in scalar.casefold()]


def table(entries):
    """Distance from the scalar before, then the scalars of the form, in base 36."""
    last, parts = 0, []
    for scalar, form in entries:
        parts.append(" ".join(base36(number) for number in [scalar - last, *form]))
        last = scalar
    return ";".join(parts)


def literal(name, comment, text):
    print(f"  /// {comment}")
    print(f"  static let {name}: StaticString = \"\"\"")
    for start in range(0, len(text), WIDTH):
        last = start + WIDTH >= len(text)
        print("    " + text[start:start + WIDTH].replace(" ", "_") + ("" if last else "\\"))
    print("    \"\"\"")


def main():
    print("// Made by Scripts/text_forms.py.")
    print()
    print("/// Forms of scalars: entries between semicolons, each the distance from the scalar of the entry before and the scalars")
    print("/// of the form, in base 36 and between underscores.")
    print("///")
    print(f"/// Asked of Python's Unicode {unicodedata.unidata_version}.")
    print("enum TextFormsTable {")
    literal("compatibility", "Compatibility decompositions that are not canonical.", table(compatibility()))
    print()
    literal("folds", "Full case folds that differ from the full lower case.", table(folds()))
    print("}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes Fixtures/normalized.csv: texts and what they are compared as, by Python's Unicode tables, as UTF-8 in hexadecimal.

Each is NFKC, then full case folding, then white space collapsed. usage: text_forms.py > ../Fixtures/normalized.csv
"""
import random
import re
import unicodedata

WHITE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


def normalized(text):
    return WHITE.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip(" ")


def texts():
    draw = random.Random(3)
    known = [
        "", " ", "a  b\tc\n", "Straße", "STRASSE", "ﬁne oﬃce", "①②③ Ⅷ", "Ａｂｃ　ｄ", "ΣΊΣΥΦΟΣ ς", "İstanbul ıI", "e\u0301 é",
        "ŉ ǰ ΐ", "ｶﾞ ガ", "㌔ ㎏ ㍿", "ﷺ ﷲ", "½ ⅓ ²", "\u00a0x\u2003y\u3000", "K Å ſ", "각 각", "Ꭰ ꭰ", "𝐇𝐞𝐥𝐥𝐨 𝟙",
        "ǅ ǆ Ǆ", "ᾳ ᾼ ΑΙ", "\u0345\u0399", "ẞ ß SS", "\u1100\u1161\u11a8", "a\u0323\u0307 a\u0307\u0323", "🇩🇪 👩‍🚀",
    ]
    yield from known
    pool = [chr(c) for c in range(0x20, 0x3100) if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Cc")]
    pool += [chr(c) for c in range(0xF900, 0xFFF0) if unicodedata.category(chr(c)) not in ("Cn", "Co", "Cs")]
    pool += [chr(c) for c in range(0x1D400, 0x1D800) if unicodedata.category(chr(c)) != "Cn"]
    pool += [chr(c) for c in range(0xAC00, 0xAC80)] + [" "] * 600
    for _ in range(600):
        yield "".join(draw.choice(pool) for _ in range(draw.randrange(1, 40)))


def main():
    print("text,normalized")
    for text in texts():
        print(f"{text.encode().hex()},{normalized(text).encode().hex()}")


if __name__ == "__main__":
    main()

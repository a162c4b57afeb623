"""Writes trials as JSON lines, one row an item and arm, some 110 bytes each: the same at every run.

usage: trials.py FILE ITEMS binary|graded ARM…
"""

import random
import sys


def scores(chance, count, kind):
    if kind == "graded":
        return [f"{chance.random():.4f}" for _ in range(count)]
    return [str(int(chance.random() < 0.7)) for _ in range(count)]


def write(path, items, kind, arms, block=10_000):
    chances = [(arm, random.Random(arm)) for arm in arms]
    with open(path, "w", encoding="utf-8") as file:
        for start in range(0, items, block):
            count = min(block, items - start)
            columns = [(arm, scores(chance, count, kind)) for arm, chance in chances]
            for index in range(count):
                item = start + index
                for arm, column in columns:
                    file.write(
                        f'{{"item_id": "item-{item:07d}", "model": "{arm}", "score": {column[index]}, '
                        f'"answer": "It is {item * 7919 % 1000003}, I think.", "latency_ms": {item * 31 % 977}}}\n')


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:])

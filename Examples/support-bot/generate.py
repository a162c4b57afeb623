#!/usr/bin/env python3
"""Makes the example results beside this file. Nothing here was measured: the odds are invented, so the truth is known.

400 questions to a support bot. Each has a difficulty of its own, which every version of the bot meets; a version shifts
the odds per intent. What `tally` has to find out is written in VERSIONS. The seeds were picked so that the lucky version
looks lucky: a lift of this size happens to one fair rewording in four.

usage: generate.py    (rewrites baseline.csv, candidate.csv and reworded.jsonl in this folder)
"""

import csv
import json
import math
import random
from pathlib import Path

# Intent: (number of questions, share that the baseline answers correctly, roughly).
INTENTS = {
    "order_status": (92, 0.84),
    "returns": (74, 0.70),
    "refund": (62, 0.76),
    "shipping": (58, 0.72),
    "account": (50, 0.66),
    "product_advice": (38, 0.58),
    "complaint": (26, 0.54),
}

# Version: the shift of the log odds in each intent (the key "" is every intent not named), and the seed of its answers.
VERSIONS = {
    "baseline": ({"": 0.0}, 11),
    # A better retriever and a longer prompt: better everywhere, but its new policy text misleads it about refunds.
    "candidate": ({"": 2.2, "refund": -1.7}, 44),
    # The same bot with a reworded greeting: nothing changed that matters, any difference is luck.
    "reworded": ({"": 0.0}, 373),
}
# How much of an answer's luck stays with the question: the rest is drawn anew for every version.
DIFFICULTY_SPREAD = 3.0


def questions(chance):
    """(item id, intent, log odds of the baseline) in the order of the file."""
    rows = []
    number = 48_200
    for intent, (count, share) in INTENTS.items():
        for _ in range(count):
            # The spread flattens the share towards one half, so the centre is moved outwards to make up for it.
            centre = math.log(share / (1 - share)) * math.sqrt(1 + DIFFICULTY_SPREAD**2 / 3)
            rows.append([intent, chance.gauss(centre, DIFFICULTY_SPREAD)])
    chance.shuffle(rows)
    for intent, odds in rows:
        number += chance.randint(1, 9)
        yield f"ticket-{number}", intent, odds


def results(version, items):
    shifts, seed = VERSIONS[version]
    chance = random.Random(seed)
    for item, intent, odds in items:
        probability = 1 / (1 + math.exp(-(odds + shifts.get(intent, shifts[""]))))
        slower = 1.25 if version == "candidate" else 1.0
        yield {
            "item_id": item,
            "correct": int(chance.random() < probability),
            "intent": intent,
            "latency_ms": round(slower * chance.lognormvariate(7.0, 0.35)),
        }


def main():
    folder = Path(__file__).parent
    items = list(questions(random.Random(10)))
    for version in ("baseline", "candidate"):
        with open(folder / f"{version}.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, ["item_id", "correct", "intent", "latency_ms"], lineterminator="\n")
            writer.writeheader()
            writer.writerows(results(version, items))
    with open(folder / "reworded.jsonl", "w") as file:
        for row in results("reworded", items):
            file.write(json.dumps({**row, "correct": bool(row["correct"])}) + "\n")


if __name__ == "__main__":
    main()

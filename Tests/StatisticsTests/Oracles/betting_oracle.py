#!/usr/bin/env python3
"""Fixture of the lower bound by betting: Fixtures/betting-bound.csv.

Oracle: the wealth of each of the 28 bettors, multiplied value by value in mpmath with 60 digits, and the bound by
mpmath's own root finder (Anderson-Björck) on the logarithm of their sum.

Run: python3 Oracles/betting_oracle.py   (numpy, mpmath)
"""
import csv
import pathlib

import mpmath as mp
import numpy as np

mp.mp.dps = 60
OUT = pathlib.Path(__file__).resolve().parent.parent / "Fixtures" / "betting-bound.csv"
rng = np.random.default_rng(2024)
PARTS = [mp.power(2, -mp.mpf(j) / 2) for j in range(1, 29)]


def wealth(tallies, bound):
    total = mp.mpf(0)
    for part in PARTS:
        product = mp.mpf(1)
        for value, count in tallies:
            product *= mp.power(1 - part + part * mp.mpf(value) / bound, count)
        total += product
    return total / len(PARTS)


def bound(tallies, alpha):
    count = sum(c for _, c in tallies)
    mean = mp.fsum(mp.mpf(v) * c for v, c in tallies) / count
    if mean == 0:
        return mp.mpf(0)
    target = mp.log(1 / mp.mpf(alpha))

    def excess(log_bound):
        return mp.log(wealth(tallies, mp.exp(log_bound))) - target

    low = mp.log(mean) - 1
    while excess(low) < 0:
        low -= 1
    return mp.exp(mp.findroot(excess, (low, mp.log(mean)), solver="anderson", tol=1e-40, maxsteps=500))


def rows():
    cases = [([(0, 1)], 0.05, 0.02), ([(1, 1)], 0.05, 0.02), ([(1, 3)], 0.00625, 0.02), ([(0, 1000)], 0.05, 0.01)]
    while len(cases) < 240:
        calls = int(np.exp(rng.uniform(0, np.log(1_000_000))))
        rate = float(np.exp(rng.uniform(np.log(0.0005), np.log(0.4))))
        weights = [1] if rng.random() < 0.5 else sorted({float(w) for w in rng.choice([0.5, 1, 2, 3, 5, 10], 3)})
        tallies, left = [], calls
        for weight in weights:
            failed = int(min(left, rng.binomial(calls, rate / len(weights) * rng.uniform(0.3, 3) / max(1, weight))))
            tallies.append((weight, failed))
            left -= failed
        cases.append(([(0, left)] + tallies, float(rng.choice([0.05, 0.01, 0.2, 0.05 / 8])), rate))
    for tallies, alpha, against in cases:
        yield [
            " ".join(repr(float(v)) for v, _ in tallies),
            " ".join(str(c) for _, c in tallies),
            repr(alpha),
            repr(against),
            mp.nstr(mp.log(wealth(tallies, mp.mpf(against))), 20),
            mp.nstr(bound(tallies, alpha), 20),
        ]


with open(OUT, "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["values", "counts", "alpha", "against", "log_evidence", "low"])
    written = list(rows())
    table.writerows(written)
print(OUT.name, len(written))

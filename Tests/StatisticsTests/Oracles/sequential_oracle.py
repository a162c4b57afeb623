#!/usr/bin/env python3
"""Fixtures of the looks and of the ranks: Fixtures/pair_e_value.csv, confidence_sequence.csv, ranks.csv.

Oracles: e-values in exact fractions (logarithm in mpmath); the anytime p as the level, found by bisection in mpmath,
whose sequence just excludes the null; ranks by counting significant pairs, with Holm's adjustment from statsmodels.

Run: python3 Oracles/sequential_oracle.py   (numpy, mpmath, statsmodels)
"""
import csv
import itertools
import pathlib
from fractions import Fraction
from math import comb

import mpmath as mp
import numpy as np
from statsmodels.stats.multitest import multipletests

mp.mp.dps = 40
OUT = pathlib.Path(__file__).resolve().parent.parent / "Fixtures"
rng = np.random.default_rng(99)


def write(name, header, rows):
    with open(OUT / f"{name}.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)
    print(name, len(rows))


def e_value_rows():
    pairs = [(0, 0), (0, 1), (0, 7), (0, 8), (40, 72), (1, 1), (0, 5000), (30_000, 30_000)]
    while len(pairs) < 240:
        top = int(np.exp(rng.uniform(0, np.log(20_000))))
        pairs.append(tuple(int(v) for v in rng.integers(0, top + 1, 2)))
    rows = []
    for b, c in pairs:
        e = Fraction(2 ** (b + c), (b + c + 1) * comb(b + c, b))
        rows.append([b, c, mp.nstr(mp.log(mp.mpf(e.numerator)) - mp.log(mp.mpf(e.denominator)), 20)])
    return rows


def half_width(t, s, alpha, rho2):
    t, s, alpha = mp.mpf(t), mp.mpf(s), mp.mpf(alpha)
    return s * mp.sqrt(2 * (t * rho2 + 1) / (t**2 * rho2) * mp.log(mp.sqrt(t * rho2 + 1) / alpha))


def sequence_rows():
    rows = []
    while len(rows) < 240:
        alpha = float(rng.choice([0.05, 0.01, 0.1, 0.05 / 3]))
        planned = int(np.exp(rng.uniform(np.log(50), np.log(20_000))))
        t = int(np.exp(rng.uniform(np.log(10), np.log(50_000))))
        s = float(np.exp(rng.uniform(-3, 2)))
        mean = float(rng.normal(0, 1) * 3 * s / np.sqrt(t))
        log_alpha = mp.log(mp.mpf(alpha))
        rho2 = (-2 * log_alpha + mp.log(-2 * log_alpha) + 1) / planned
        width = half_width(t, s, alpha, rho2)
        if half_width(t, s, 1, rho2) >= abs(mean):
            p = mp.mpf(1)
        else:
            low, high = mp.mpf(-2000), mp.mpf(0)  # ln of the level
            for _ in range(140):
                middle = (low + high) / 2
                if half_width(t, s, mp.exp(middle), rho2) <= abs(mean):
                    high = middle
                else:
                    low = middle
            p = mp.exp(high)
        rows.append([alpha, planned, t, repr(s), repr(mean), mp.nstr(width, 20), mp.nstr(p, 20)])
    return rows


def rank_rows():
    rows = []
    for _ in range(220):
        k = int(rng.integers(2, 8))
        quality = rng.normal(0, 1.5, k)
        pairs = list(itertools.combinations(range(k), 2))
        raw = [float(np.clip(np.exp(-2.5 * abs(quality[i] - quality[j]) * rng.uniform(0.3, 2)), 1e-12, 1))
               for i, j in pairs]
        adjusted = multipletests(raw, method="holm")[1]
        alpha = float(rng.choice([0.05, 0.1, 0.01]))
        beats = np.zeros((k, k), dtype=bool)
        cells = []
        for (i, j), p in zip(pairs, adjusted):
            sign = int(np.sign(quality[i] - quality[j]))
            cells.append(f"{i}:{j}:{p!r}:{sign}".replace("np.float64(", "").replace(")", ""))
            if p <= alpha:
                beats[i, j], beats[j, i] = sign > 0, sign < 0
        low = 1 + beats.sum(axis=0)
        high = k - beats.sum(axis=1)
        rows.append([k, alpha, " ".join(cells), " ".join(map(str, low)), " ".join(map(str, high)),
                     " ".join(str(v) for v in range(k) if low[v] == 1)])
    return rows


write("pair_e_value", ["base_only", "candidate_only", "log_e"], e_value_rows())
write("confidence_sequence", ["alpha", "planned", "count", "deviation", "mean", "half_width", "p"], sequence_rows())
write("ranks", ["variants", "alpha", "pairs", "low", "high", "winners"], rank_rows())

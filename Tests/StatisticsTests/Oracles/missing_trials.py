#!/usr/bin/env python3
"""Fixtures of what a claim about a rate needs: Fixtures/missing-floor.csv, missing-clean.csv, pass-at-k.csv,
fixed-sequence.csv. Needs numpy, SciPy and mpmath.

Trials against a floor in mpmath; clean trials by trying every number upwards until SciPy's beta quantile (and, for whole
counts, its binomial tail) is at most the limit; pass@k and pass^k with exact binomial coefficients; the fixed sequence step by
step with mpmath's binomial sums.
"""

import math
from fractions import Fraction

import mpmath as mp
import numpy as np
from scipy import stats

import fixture_table

mp.mp.dps = 30
rng = np.random.default_rng(20_270_105)


def floor_rows():
    rows = []
    while len(rows) < 220:
        n = int(rng.choice([0, 1, int(10 ** rng.uniform(0, 4))]))
        x = int(rng.integers(0, n + 1))
        floor = float(round(rng.uniform(0.01, 0.99), int(rng.choice([1, 2, 3]))))
        margin, level = float(rng.choice([0.01, 0.02, 0.05, 0.1])), float(rng.choice([0.8, 0.9, 0.95, 0.95, 0.99]))
        z = mp.sqrt(2) * mp.erfinv(mp.mpf(str(level)))
        f = mp.mpf(str(floor))
        distance = max(abs(mp.mpf(x) / n - f) if n else 0, mp.mpf(str(margin)))
        planned = z**2 * f * (1 - f) / distance**2
        if abs(planned - mp.nint(planned)) < 1e-6:
            continue
        whole = int(mp.ceil(planned))
        rows.append(["mpmath", x, n, floor, margin, level, whole, max(1, whole - n)])
    fixture_table.write(
        "missing-floor", ["successes", "trials", "floor", "margin", "level", "planned", "missing"], rows)


def clean_rows():
    rows = []
    while len(rows) < 220:
        x = int(rng.choice([0, 0, 1, 2, 3, 5, 20]))
        real = rng.random() < 0.3
        failures = round(float(x * rng.uniform(0.1, 1)), 3) if real else x
        limit, confidence = float(round(10 ** rng.uniform(-2.5, -0.1), 4)), float(rng.choice([0.8, 0.9, 0.95, 0.95, 0.99]))
        n = math.floor(failures) + 1
        bound = lambda size: stats.beta.ppf(confidence, failures + 1, size - failures)
        while bound(n) > limit:
            n += 1
        # Within rounding of the limit the answer is anybody's.
        if min(abs(bound(size) - limit) for size in (n - 1, n) if size > failures) < 1e-12 * limit:
            continue
        if not real:
            assert stats.binom.cdf(x, n, limit) <= 1 - confidence < stats.binom.cdf(x, n - 1, limit) or n == 1
        have = int(rng.integers(x, 2 * n + 1))
        rows.append(["scipy", failures, have, limit, confidence, n, max(0, n - have)])
    fixture_table.write("missing-clean", ["failures", "trials", "limit", "confidence", "planned", "missing"], rows)


def pass_rows():
    rows = []
    while len(rows) < 230:
        n = int(10 ** rng.uniform(0, 3.5))
        c, k = int(rng.integers(0, n + 1)), int(rng.integers(1, min(n, 200) + 1))
        if rng.random() < 0.3:
            c = min(n, int(rng.integers(0, 4)))
        total = math.comb(n, k)
        one, every = 1 - Fraction(math.comb(n - c, k), total), Fraction(math.comb(c, k), total)
        rows.append(["exact", c, n, k, float(one), float(every)])
    fixture_table.write("pass-at-k", ["passed", "tries", "k", "any", "all"], rows)


def tail(errors, items, rate):
    return sum(mp.binomial(items, i) * rate**i * (1 - rate) ** (items - i) for i in range(errors + 1))


def sequence_rows():
    rows = []
    while len(rows) < 210:
        target, alpha = float(rng.choice([0.8, 0.9, 0.95, 0.97])), float(rng.choice([0.01, 0.05, 0.1]))
        steps = int(rng.integers(0, 11))
        items = np.cumsum(rng.integers(0, 160, steps))
        rate = np.clip((1 - target) * rng.uniform(0.1, 1.0) * np.linspace(0.3, 2, max(steps, 1))[:steps], 0, 1)
        errors = np.minimum(items, np.cumsum(rng.binomial(np.diff(items, prepend=0), rate)))
        fewest = int(mp.ceil(mp.log(mp.mpf(str(alpha))) / mp.log(mp.mpf(str(target)))))
        accepted, rejected, p_accepted, p_rejected = "", "", None, None
        for index, (n, e) in enumerate(zip(items, errors)):
            if n < fewest:
                continue
            p = tail(int(e), int(n), 1 - mp.mpf(str(target)))
            if p > alpha:
                rejected, p_rejected = str(index), p
                break
            accepted, p_accepted = str(index), p
        rows.append(["mpmath", target, alpha, fewest, [int(v) for v in items], [int(v) for v in errors], accepted,
                     p_accepted, rejected, p_rejected])
    fixture_table.write(
        "fixed-sequence",
        ["target", "alpha", "fewest", "items", "errors", "accepted", "accepted_p", "rejected", "rejected_p"], rows)


floor_rows()
clean_rows()
pass_rows()
sequence_rows()

#!/usr/bin/env python3
"""Fixtures of failure rates over repeated items: Fixtures/repeated-failures.csv. Needs numpy and SciPy.

Variance and design effect with exact fractions over the list of items, the bounds as SciPy's beta quantiles.
"""

from fractions import Fraction

import numpy as np
from scipy import stats

import fixture_table

rng = np.random.default_rng(20_270_106)

rows = []
while len(rows) < 240:
    m = int(rng.choice([1, 2, 3, int(10 ** rng.uniform(0.5, 2.2))]))
    k = np.ones(m, int) if rng.random() < 0.1 else rng.integers(1, int(rng.choice([2, 6, 40])) + 1, m)
    base = rng.choice([0, 0.01, 0.1, 0.5, 1])
    chance = rng.beta(max(1e-9, base * 2), max(1e-9, (1 - base) * 2), m) if rng.random() < 0.5 else np.full(m, base)
    f = rng.binomial(k, chance)
    n, x = int(k.sum()), int(f.sum())
    p = Fraction(x, n)
    variance = None
    if m > 1:
        variance = Fraction(m, m - 1) * sum((int(a) - p * int(b)) ** 2 for a, b in zip(f, k)) / n**2
    if n == m:
        effect = Fraction(1)
    elif x in (0, n) or m == 1:
        effect = Fraction(n, m)
    else:
        effect = max(Fraction(1), variance / (p * (1 - p) / n))
    size = n / effect
    count = p * size
    confidence = float(rng.choice([0.9, 0.95, 0.99]))
    low = 0.0 if x == 0 else float(stats.beta.ppf(1 - confidence, float(count), float(size - count + 1)))
    high = 1.0 if x == n else float(stats.beta.ppf(confidence, float(count + 1), float(size - count)))
    rows.append(["exact+scipy", [int(v) for v in f], [int(v) for v in k], confidence,
                 None if variance is None else float(variance), float(effect), float(size), float(count), low, high])
fixture_table.write(
    "repeated-failures",
    ["failures", "trials", "confidence", "variance", "effect", "effective_trials", "effective_failures", "low", "high"],
    rows)

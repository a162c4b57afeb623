#!/usr/bin/env python3
"""Fixtures of the difference of two Jensen-Shannon divergences: Fixtures/divergence-difference.csv. Needs mpmath and numpy.

The divergences in mpmath with 50 digits. The variance is the delta method's from central differences of the divergences
themselves (no formula of their derivative), with the full multinomial covariance of each of the three mixes.
"""

import mpmath as mp
import numpy as np

import fixture_table

mp.mp.dps = 50
rng = np.random.default_rng(20_270_312)
STEP = mp.mpf(10) ** -18


def divergence(p, q):
    total = mp.mpf(0)
    for x, y in zip(p, q):
        m = (x + y) / 2
        total += (x * mp.log(x / m, 2) if x else 0) + (y * mp.log(y / m, 2) if y else 0)
    return total / 2


def difference(mixes):
    reference, treated, holdout = mixes
    return divergence(reference, treated) - divergence(reference, holdout)


def variance(counts):
    mixes = [[mp.mpf(c) / sum(mix) for c in mix] for mix in counts]
    total = mp.mpf(0)
    for place, mix in enumerate(mixes):
        gradient = []
        for category, share in enumerate(mix):
            if share == 0:
                gradient.append(mp.mpf(0))
                continue
            ends = []
            for sign in (1, -1):
                moved = [list(m) for m in mixes]
                moved[place][category] = share + sign * STEP
                ends.append(difference(moved))
            gradient.append((ends[0] - ends[1]) / (2 * STEP))
        # g'(diag(w) − ww')g over n.
        mean = sum(w * g for w, g in zip(mix, gradient))
        square = sum(w * g * g for w, g in zip(mix, gradient))
        total += (square - mean * mean) / sum(counts[place])
    return total


Z = mp.sqrt(2) * mp.erfinv(mp.mpf("0.95"))
rows = []
while len(rows) < 240:
    categories = int(rng.integers(1, 8))
    share = rng.dirichlet(np.full(categories, 0.8))
    others = [share if rng.random() < 0.3 else rng.dirichlet(np.full(categories, 0.8)) for _ in range(2)]
    counts = [[int(v) for v in rng.multinomial(int(10 ** rng.uniform(0.3, 5)), mix)] for mix in [share] + others]
    mixes = [[mp.mpf(c) / sum(mix) for c in mix] for mix in counts]
    estimate, reach = difference(mixes), Z * mp.sqrt(max(mp.mpf(0), variance(counts)))
    rows.append(["mpmath", *counts, estimate, estimate - reach, estimate + reach])
fixture_table.write(
    "divergence-difference", ["reference", "treated", "holdout", "estimate", "low", "high"], rows)

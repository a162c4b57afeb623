#!/usr/bin/env python3
"""Fixtures of means corrected for a judge: Fixtures/rogan-gladen.csv, prediction-powered.csv. Needs numpy, mpmath and
ppi-python 0.2.3.

Rogan-Gladen with Lang and Reiczigel's limits in mpmath after their paper; the prediction-powered mean is ppi-python's
ppi_mean_pointestimate and ppi_mean_ci, the package of the method's authors.
"""

import mpmath as mp
import numpy as np
from ppi_py import ppi_mean_ci, ppi_mean_pointestimate
from ppi_py.ppi import _calc_lam_glm

import fixture_table

mp.mp.dps = 30
rng = np.random.default_rng(20_270_108)


def lang_reiczigel(x, n, a, positives, b, negatives, level):
    z = mp.sqrt(2) * mp.erfinv(mp.mpf(str(level)))
    size = n + z**2
    q = (x + z**2 / 2) / size
    se, sp = mp.mpf(a + 1) / (positives + 2), mp.mpf(b + 1) / (negatives + 2)
    if se + sp <= 1:
        return mp.mpf(0), mp.mpf(1)
    p = (q + sp - 1) / (se + sp - 1)
    v_se, v_sp = se * (1 - se) / (positives + 2), sp * (1 - sp) / (negatives + 2)
    spread = mp.sqrt(q * (1 - q) / size + v_se * p**2 + v_sp * (1 - p) ** 2) / (se + sp - 1)
    shift = 2 * z**2 * (p * v_se - (1 - p) * v_sp)
    return max(mp.mpf(0), p + shift - z * spread), min(mp.mpf(1), p + shift + z * spread)


def rogan_rows():
    rows, outside = [], 0
    while len(rows) < 230:
        n, positives, negatives = (int(10 ** rng.uniform(0.3, 4)), *(int(10 ** rng.uniform(0, 2.7)) for _ in range(2)))
        a, b = int(rng.binomial(positives, rng.beta(8, 1.5))), int(rng.binomial(negatives, rng.beta(8, 2)))
        x = int(rng.binomial(n, rng.uniform(0, 1)))
        if a * negatives + b * positives <= positives * negatives:
            continue
        level = float(rng.choice([0.9, 0.95, 0.95, 0.99]))
        se, sp = mp.mpf(a) / positives, mp.mpf(b) / negatives
        raw = (mp.mpf(x) / n + sp - 1) / (se + sp - 1)
        estimate = min(mp.mpf(1), max(mp.mpf(0), raw))
        low, high = lang_reiczigel(x, n, a, positives, b, negatives, level)
        outside += not low <= estimate <= high
        rows.append(["mpmath", x, n, a, positives, b, negatives, level, raw, estimate, min(low, estimate),
                     max(high, estimate)])
    print(outside, "estimates outside their interval")
    fixture_table.write(
        "rogan-gladen",
        ["x", "n", "right_positive", "positives", "right_negative", "negatives", "level", "raw", "estimate", "low", "high"],
        rows)


def powered_rows():
    rows = []
    for _ in range(220):
        n, others = int(rng.integers(2, 30)), int(rng.integers(2, 60))
        truth = rng.normal(0, 1, n + others)
        judge = rng.choice([-0.5, 0, 0.5, 1]) * truth + rng.normal(0, rng.choice([0.01, 0.5, 2]), n + others)
        if rng.random() < 0.4:
            truth, judge = (truth > 0).astype(float), (judge > 0).astype(float)
        y, f, g = np.round(truth[:n], 4), np.round(judge[:n], 4), np.round(judge[n:], 4)
        if np.var(np.concatenate([f, g])) == 0:
            continue
        level = float(rng.choice([0.8, 0.9, 0.95, 0.99]))
        column = lambda v: v.reshape(-1, 1)
        tuning = _calc_lam_glm(column(y), column(f), column(g), np.eye(1), clip=True)
        low, high = ppi_mean_ci(y, f, g, alpha=1 - level)
        rows.append(["ppi-python", [float(v) for v in y], [float(v) for v in f], [float(v) for v in g], level,
                     float(tuning), float(np.squeeze(ppi_mean_pointestimate(y, f, g))), float(np.squeeze(low)),
                     float(np.squeeze(high))])
    fixture_table.write(
        "prediction-powered", ["labels", "predictions", "others", "level", "tuning", "estimate", "low", "high"], rows)


rogan_rows()
powered_rows()

#!/usr/bin/env python3
"""Fixtures of calibration: Fixtures/calibration.csv, isotonic.csv. Needs numpy, mpmath and scikit-learn.

Bins are cut with exact decimals, their error and Spiegelhalter's Z summed in mpmath with 30 digits; Brier score and log
loss are scikit-learn's. The isotonic fit is scikit-learn's at the scores it was fitted on; between them the value of the
next lower score.
"""

from decimal import Decimal

import mpmath as mp
import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, log_loss

import fixture_table

mp.mp.dps = 30
rng = np.random.default_rng(20_270_102)


def calibration_rows():
    rows = []
    while len(rows) < 220:
        n, bins = int(rng.integers(2, 60)), int(rng.choice([1, 5, 10, 10, 10, 20]))
        digits = int(rng.choice([1, 2, 3, 16]))
        p = [float(round(v, digits)) for v in rng.beta(*rng.uniform(0.5, 4, 2), n)]
        p = [min(max(v, 0.001), 0.999) for v in p]
        y = [int(v) for v in rng.random(n) < np.clip(np.array(p) + rng.normal(0, 0.1), 0, 1)]
        if all(v == 0.5 for v in p):
            continue
        groups = {}
        for score, right in zip(p, y):
            index = min(bins - 1, int(Decimal(repr(score)) * bins))
            groups.setdefault(index, []).append((mp.mpf(score), right))
        error = mp.mpf(0)
        for group in groups.values():
            error += abs(sum(r for _, r in group) - sum(s for s, _ in group)) / n
        q = [mp.mpf(v) for v in p]
        z = sum((r - v) * (1 - 2 * v) for v, r in zip(q, y)) / mp.sqrt(sum((1 - 2 * v) ** 2 * v * (1 - v) for v in q))
        rows.append(["mpmath+sklearn", bins, p, y, error, z, mp.erfc(abs(z) / mp.sqrt(2)),
                     float(brier_score_loss(y, p, labels=[0, 1], pos_label=1)), float(log_loss(y, p, labels=[0, 1])),
                     float(np.mean(p)), float(np.mean(y))])
    fixture_table.write(
        "calibration", ["bins", "p", "y", "ece", "z", "p_value", "brier", "log_loss", "mean_p", "mean_y"], rows)


def isotonic_rows():
    rows = []
    for _ in range(220):
        n = int(rng.integers(1, 40))
        x = np.round(rng.uniform(0, 1, n), int(rng.choice([1, 2, 12])))
        y = (rng.random(n) < x).astype(float) if rng.random() < 0.6 else x + rng.normal(0, 0.3, n)
        w = rng.integers(1, 6, n).astype(float)
        fit = IsotonicRegression().fit(x, y, sample_weight=w)
        at = np.sort(np.concatenate([rng.uniform(-0.2, 1.2, 6), rng.choice(x, 3)]))
        known = np.unique(x)
        position = np.maximum(0, np.searchsorted(known, at, side="right") - 1)
        rows.append(["sklearn", [float(v) for v in x], [float(v) for v in y], [float(v) for v in w],
                     [float(v) for v in at], [float(v) for v in fit.predict(known[position])]])
    fixture_table.write("isotonic", ["x", "y", "weight", "at", "value"], rows)


calibration_rows()
isotonic_rows()

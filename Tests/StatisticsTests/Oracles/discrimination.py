#!/usr/bin/env python3
"""Fixtures of how far two samples are apart: Fixtures/area-under-curve.csv, kolmogorov-smirnov.csv, quantile-bins.csv. Needs
numpy, SciPy and scikit-learn.

The area is scikit-learn's, its variance DeLong's from all pairs, as the paper's equations state it; D is SciPy's ks_2samp,
its p-value SciPy's limiting distribution kstwobign; edges are numpy's inverted_cdf, places its searchsorted.
"""

from fractions import Fraction

import numpy as np
from scipy import stats
from sklearn.metrics import roc_auc_score

import fixture_table

rng = np.random.default_rng(20_270_311)
Z = stats.norm.ppf(0.975)


def area_rows():
    rows = []
    for index in range(240):
        p, n = int(rng.integers(1, 40)), int(rng.integers(1, 40))
        digits = int(rng.choice([1, 2, 6]))
        shift = float(rng.choice([0, 0.5, 1.5, 6]))
        positives = [float(v) for v in np.round(rng.normal(shift, 1, p), digits)]
        negatives = [float(v) for v in np.round(rng.normal(0, 1, n), digits)]
        if index % 40 == 0:
            positives, negatives = [0.5] * p, [0.5] * n

        def psi(x, y):
            return Fraction(2 * (x > y) + (x == y), 2)

        wins = [sum((psi(x, y) for y in negatives), Fraction(0)) / n for x in positives]
        losses = [sum((psi(x, y) for x in positives), Fraction(0)) / p for y in negatives]
        area = sum(wins) / p
        assert abs(float(area) - roc_auc_score([1] * p + [0] * n, positives + negatives)) < 1e-12
        variance = low = high = None
        if p > 1 and n > 1:
            variance = (sum((v - area) ** 2 for v in wins) / (p - 1) / p
                        + sum((v - area) ** 2 for v in losses) / (n - 1) / n)
            reach = Z * float(variance) ** 0.5
            low, high = max(0.0, float(area) - reach), min(1.0, float(area) + reach)
        rows.append(["scikit-learn+exact", positives, negatives, float(area),
                     None if variance is None else float(variance), low, high])
    fixture_table.write("area-under-curve", ["positives", "negatives", "area", "variance", "low", "high"], rows)


def smirnov_rows():
    rows = []
    for _ in range(260):
        n, m = (int(10 ** rng.uniform(0, 2.3)) for _ in range(2))
        shift = float(rng.choice([0, 0, 0.3, 1]))
        digits = int(rng.choice([0, 1, 4]))
        first = [float(v) for v in np.round(rng.normal(0, 1, n), digits) + 0.0]
        second = [float(v) for v in np.round(rng.normal(shift, 1, m), digits) + 0.0]
        result = stats.ks_2samp(first, second, method="asymp")
        p = stats.kstwobign.sf((n * m / (n + m)) ** 0.5 * result.statistic)
        rows.append(["scipy", first, second, float(result.statistic), float(p)])
    fixture_table.write("kolmogorov-smirnov", ["first", "second", "distance", "p_value"], rows)


def bin_rows():
    rows = []
    for _ in range(220):
        n, bins = int(10 ** rng.uniform(0, 2.5)), int(rng.choice([10, 10, 10, 4, 1]))
        digits = int(rng.choice([0, 0, 1, 5]))
        values = np.sort(np.round(rng.lognormal(0, 1, n), digits))
        # Ranks from exact fractions: a level such as 0.7 is none of numpy's doubles.
        edges = []
        for k in range(1, bins):
            rank = -(-Fraction(k * n, bins) // 1)
            edges.append(float(values[int(rank) - 1]))
            if 2 * k == bins:
                assert edges[-1] == np.quantile(values, 0.5, method="inverted_cdf")
        edges = sorted(set(edges))
        probes = [float(v) for v in np.round(rng.lognormal(0, 1.5, 8), digits)] + edges[:3]
        places = [int(v) for v in np.searchsorted(edges, probes, side="left")]
        rows.append(["numpy", [float(v) for v in values], bins, edges, probes, places])
    fixture_table.write("quantile-bins", ["values", "bins", "edges", "probes", "places"], rows)


area_rows()
smirnov_rows()
bin_rows()

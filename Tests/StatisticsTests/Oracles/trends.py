#!/usr/bin/env python3
"""Fixtures of trends: Fixtures/trends.csv. Needs numpy, SciPy and pymannkendall 1.4.3.

Theil-Sen, Spearman and least squares are SciPy's, Mann-Kendall is pymannkendall's original_test.
"""

import numpy as np
import pymannkendall
from scipy import stats

import fixture_table

rng = np.random.default_rng(20_270_104)

rows = []
while len(rows) < 230:
    n = int(rng.integers(3, 40))
    digits = int(rng.choice([0, 1, 12]))
    x = np.round(np.sort(rng.uniform(0, 20, n)), int(rng.choice([0, 12])))
    y = np.round(rng.normal(0, 1, n) + rng.choice([-0.3, 0, 0.1, 1]) * x, digits)
    if len(set(x)) < 2 or len(set(y)) < 2:
        continue
    trend = pymannkendall.original_test(y)
    line = stats.linregress(x, y)
    rows.append(["scipy+pymannkendall", [float(v) for v in x], [float(v) for v in y], float(stats.theilslopes(y, x).slope),
                 float(stats.theilslopes(y).slope), int(trend.s), float(trend.var_s), float(trend.z), float(trend.p),
                 float(stats.spearmanr(x, y).statistic), float(line.slope), float(line.intercept)])
fixture_table.write(
    "trends",
    ["x", "y", "theil_sen", "steps", "score", "variance", "z", "p_value", "spearman", "slope", "intercept"], rows)

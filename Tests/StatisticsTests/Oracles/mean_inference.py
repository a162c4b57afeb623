"""Fixtures of moments, t inference, A/A noise floors and adjusted p-values. Needs statsmodels, SciPy and mpmath."""

import random
from fractions import Fraction

import mpmath as mp
import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

import fixture_table

mp.mp.dps = 50
random.seed(20260104)


def sample(offset=0.0):
    n = random.choice([2, 3, 5, 8, 20, 40])
    spread = 10 ** random.uniform(-2, 2)
    return [float(offset + random.gauss(random.gauss(0, 1), 1) * spread) for _ in range(n)]


def exact_moments(values):
    total = sum(Fraction(x) for x in values)
    mean = total / len(values)
    variance = sum((Fraction(x) - mean) ** 2 for x in values) / (len(values) - 1)
    return mean, variance


def number(fraction):
    return mp.mpf(fraction.numerator) / fraction.denominator


rows = []
for index in range(210):
    offset = random.choice([0.0, 1.0, 1e6, 1e9, -1e9, 1e12])
    values = sample(offset)
    if index % 7 == 0:
        values[0] = random.uniform(-1e6, 1e6)
    mean, variance = exact_moments(values)
    rows.append(["fractions", values, number(mean), number(variance)])
fixture_table.write("moments", ["values", "mean", "variance"], rows)

rows = []
for index in range(210):
    level = random.choice([0.9, 0.95, 0.99])
    values = [0.2, 0.1, 0, 0.3, -0.1, 0.2, 0.1, 0.2] if index == 0 else sample()
    null = 0.0 if index == 0 else random.choice([0.0, random.gauss(0, 1)])
    result = stats.ttest_1samp(values, null)
    interval = result.confidence_interval(level)
    rows.append(["scipy", values, null, level, np.mean(values), result.statistic, result.df, result.pvalue,
                 stats.ttest_1samp(values, null, alternative="less").pvalue, interval.low, interval.high])
fixture_table.write("one-sample-t", ["values", "null", "level", "mean", "t", "df", "p", "p_less", "low", "high"], rows)

rows = []
for _ in range(210):
    level = random.choice([0.9, 0.95, 0.99])
    first, second = sample(), sample()
    result = stats.ttest_ind(first, second, equal_var=False)
    interval = result.confidence_interval(level)
    rows.append(["scipy", first, second, level, np.mean(first) - np.mean(second), result.statistic, result.df,
                 result.pvalue, interval.low, interval.high])
fixture_table.write("welch-t", ["first", "second", "level", "difference", "t", "df", "p", "low", "high"], rows)

rows = []
for index in range(210):
    pairs = random.choice([1, 2, 5, 6, 10, 30])
    run = random.choice([0.0, 0.005, 0.02])
    errors = [random.uniform(0.005, 0.02) for _ in range(pairs)]
    differences = [random.gauss(0, (se**2 + run**2) ** 0.5) for se in errors]
    if index == 0:
        differences, errors = [0.012, -0.020, 0.008, 0.015, -0.010, 0.022], [0.010] * 6
    estimate, error = (0.03, 0.010) if index == 0 else (random.gauss(0, 0.03), random.uniform(0.005, 0.02))
    square = sum(mp.mpf(x) ** 2 for x in differences) / len(differences)
    variance = max(mp.mpf(0), square - sum(mp.mpf(x) ** 2 for x in errors) / len(errors))
    widened = mp.sqrt(mp.mpf(error) ** 2 + variance)
    p = mp.erfc(abs(mp.mpf(estimate)) / widened / mp.sqrt(2))
    reach = mp.sqrt(2) * mp.erfinv(mp.mpf("0.95")) * widened
    rows.append(["mpmath", differences, errors, estimate, error, mp.sqrt(square), variance, widened, p,
                 estimate - reach, estimate + reach])
fixture_table.write("noise-floor", ["differences", "errors", "estimate", "error", "floor", "run_variance", "widened", "p",
                                    "low", "high"], rows)

rows = []
for index in range(210):
    k = random.choice([1, 2, 3, 5, 10, 40])
    p = [random.random() ** random.choice([1, 3, 8]) for _ in range(k)]
    if index % 4 == 0:
        p = [round(x, 2) for x in p]
    if index == 0:
        p = [0.001, 0.012, 0.013, 0.04, 0.2]
    if index == 1:
        p = [0.30, 0.004, 0.0005, 0.02, 0.001, 0.15]
    holm = multipletests(p, method="holm")[1]
    discovery = multipletests(p, method="fdr_bh")[1]
    rows.append(["statsmodels", p, list(holm), list(discovery)])
fixture_table.write("multiplicity", ["p", "holm", "benjamini_hochberg"], rows)

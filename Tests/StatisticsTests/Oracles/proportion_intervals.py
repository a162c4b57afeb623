"""Fixtures of the intervals of one proportion. Needs statsmodels and SciPy."""

import random

from scipy import stats
from statsmodels.stats.proportion import proportion_confint

import fixture_table

random.seed(20260101)
LEVELS = [0.8, 0.9, 0.95, 0.95, 0.95, 0.99, 0.999]


def counts():
    fixed = [(0, 1), (1, 1), (0, 5), (5, 5), (1, 2), (82, 100), (85, 100), (0, 1000), (1000, 1000), (1, 1000),
             (999, 1000), (1968, 2400), (500000, 1000000), (3, 1000000)]
    drawn = []
    for _ in range(220):
        n = int(round(10 ** random.uniform(0, 5)))
        drawn.append((min(n, int(random.random() ** random.choice([1, 4]) * (n + 1))), n))
    return fixed + drawn


def statsmodels_rows(method, tidy=lambda x, n, low, high: (low, high), real=False):
    rows = []
    for x, n in counts():
        level = random.choice(LEVELS)
        if real and random.random() < 0.5:
            shrink = random.uniform(1, 4)
            x, n = x / shrink, n / shrink
        low, high = proportion_confint(x, n, alpha=1 - level, method=method)
        low, high = tidy(x, n, float(low), float(high))
        rows.append(["statsmodels", x, n, level, low, high])
    return rows


def ends(x, n, low, high):
    return (0.0 if x == 0 else low), (1.0 if x == n else high)


fixture_table.write("wilson", ["successes", "trials", "level", "low", "high"],
                    statsmodels_rows("wilson", ends, real=True))
fixture_table.write("clopper-pearson", ["successes", "trials", "level", "low", "high"],
                    statsmodels_rows("beta", ends))
# statsmodels gives the plain quantiles; the ends follow Brown, Cai and DasGupta.
fixture_table.write("jeffreys", ["successes", "trials", "level", "low", "high"],
                    statsmodels_rows("jeffreys", ends, real=True))

rows = []
for x, n in counts():
    confidence = random.choice([0.9, 0.95, 0.99])
    if random.random() < 0.5:
        shrink = random.uniform(1, 4)
        x, n = x / shrink, n / shrink
    low = 0.0 if x == 0 else stats.beta.ppf(1 - confidence, x, n - x + 1)
    high = 1.0 if x == n else stats.beta.ppf(confidence, x + 1, n - x)
    rows.append(["scipy", x, n, confidence, low, high])
fixture_table.write("clopper-pearson-one-sided", ["successes", "trials", "confidence", "low", "high"], rows)

rows = []
for x, n in counts():
    level = random.choice(LEVELS)
    effect = random.choice([0.5, 1.0, random.uniform(1, 8)])
    low, high = proportion_confint(x / max(1, effect), n / max(1, effect), alpha=1 - level, method="beta")
    low, high = ends(x, n, float(low), float(high))
    rows.append(["statsmodels", x, n, effect, level, low, high])
fixture_table.write("korn-graubard", ["successes", "trials", "effect", "level", "low", "high"], rows)

#!/usr/bin/env python3
"""Fixtures of sums, quantiles and budgets: Fixtures/mover.csv, order-statistic.csv, neyman.csv. Needs numpy, mpmath, SciPy
and statsmodels.

MOVER in mpmath on statsmodels' Wilson limits; ranks from exact decimals and SciPy's binomial quantile, the quantile also
numpy's inverted_cdf; the largest remainder with exact fractions.
"""

from decimal import Decimal
from fractions import Fraction

import mpmath as mp
import numpy as np
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

import fixture_table

mp.mp.dps = 30
rng = np.random.default_rng(20_270_107)


def mover_rows():
    rows = []
    for index in range(220):
        terms = 2 if index % 3 == 0 else int(rng.integers(1, 8))
        weights = [float(v) for v in np.round(rng.uniform(-1, 1, terms), 3)]
        n = [int(10 ** rng.uniform(0, 4)) for _ in range(terms)]
        x = [int(rng.integers(0, v + 1)) for v in n]
        limits = [proportion_confint(a, b, method="wilson") for a, b in zip(x, n)]
        low = [0.0 if a == 0 else float(l) for a, (l, _) in zip(x, limits)]
        high = [1.0 if a == b else float(h) for a, b, (_, h) in zip(x, n, limits)]
        p = [mp.mpf(a) / b for a, b in zip(x, n)]

        def reach(factors):
            below = above = mp.mpf(0)
            for w, e, l, h in zip(factors, p, low, high):
                ends = sorted([w * mp.mpf(l), w * mp.mpf(h)])
                below += (w * e - ends[0]) ** 2
                above += (ends[1] - w * e) ** 2
            return mp.sqrt(below), mp.sqrt(above)

        total = sum(mp.mpf(w) * e for w, e in zip(weights, p))
        below, above = reach([mp.mpf(w) for w in weights])
        product = product_low = product_high = None
        if terms == 2:
            product = p[0] * p[1]
            down, up = reach([p[1], p[0]])
            product_low, product_high = product - down, product + up
        rows.append(["mpmath+statsmodels", weights, x, n, total, total - below, total + above, product, product_low,
                     product_high])
    fixture_table.write(
        "mover", ["weights", "x", "n", "sum", "low", "high", "product", "product_low", "product_high"], rows)


def order_rows():
    rows = []
    for _ in range(230):
        n = int(10 ** rng.uniform(0, 2.3))
        values = np.round(np.sort(rng.lognormal(0, 1, n)), 3)
        q = str(rng.choice(["0", "0.05", "0.07", "0.25", "0.5", "0.9", "0.95", "0.99", "1", str(round(rng.random(), 3))]))
        level = float(rng.choice([0.8, 0.95, 0.95, 0.99]))
        exact = Decimal(q) * n
        rank = min(n, max(1, int(exact.to_integral_value(rounding="ROUND_CEILING"))))
        if 0 < float(q) and float(q) * n == float(exact):
            assert np.quantile(values, float(q), method="inverted_cdf") == values[rank - 1]
        low = int(stats.binom.ppf((1 - level) / 2, n, float(q)))
        high = int(stats.binom.ppf(1 - (1 - level) / 2, n, float(q))) + 1
        rows.append(["scipy+numpy", [float(v) for v in values], float(q), level, rank, float(values[rank - 1]),
                     float(np.median(values)), str(low) if low >= 1 else "", str(high) if high <= n else ""])
    fixture_table.write(
        "order-statistic", ["values", "q", "level", "rank", "quantile", "median", "low_rank", "high_rank"], rows)


def neyman_rows():
    rows = []
    while len(rows) < 220:
        strata, total = int(rng.integers(1, 12)), int(10 ** rng.uniform(0, 4))
        weights = [int(v) for v in rng.integers(0, int(rng.choice([3, 50, 100_000])), strata)]
        if sum(weights) == 0:
            continue
        quotas = [Fraction(total * w, sum(weights)) for w in weights]
        shares = [q.numerator // q.denominator for q in quotas]
        order = sorted(range(strata), key=lambda i: (shares[i] - quotas[i], i))
        for i in order[: total - sum(shares)]:
            shares[i] += 1
        rows.append(["exact", total, weights, shares])
    fixture_table.write("neyman", ["total", "weights", "shares"], rows)


mover_rows()
order_rows()
neyman_rows()

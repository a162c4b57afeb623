#!/usr/bin/env python3
"""Fixtures of differences between mixes: Fixtures/mixes.csv. Needs mpmath, numpy and SciPy.

Total variation with exact fractions; Jensen-Shannon and the stability index in mpmath with 40 digits; the G test is SciPy's
chi2_contingency over the categories that either mix has seen; the floors use SciPy's chi-square quantile.
"""

from fractions import Fraction

import mpmath as mp
import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

import fixture_table

mp.mp.dps = 40
rng = np.random.default_rng(20_270_103)


def divergence(p, q):
    total = mp.mpf(0)
    for x, y in zip(p, q):
        m = (x + y) / 2
        total += (x * mp.log(x / m, 2) if x else 0) + (y * mp.log(y / m, 2) if y else 0)
    return total / 2


rows = []
while len(rows) < 260:
    categories = int(rng.integers(1, 9))
    share = rng.dirichlet(np.full(categories, 0.8))
    other = share if rng.random() < 0.4 else rng.dirichlet(np.full(categories, 0.8))
    first = [int(v) for v in rng.multinomial(int(10 ** rng.uniform(0, 6)), share)]
    second = [int(v) for v in rng.multinomial(int(10 ** rng.uniform(0, 6)), other)]
    n, m = sum(first), sum(second)
    seen = [(x, y) for x, y in zip(first, second) if x + y > 0]
    k = len(seen)
    variation = sum(abs(Fraction(x, n) - Fraction(y, m)) for x, y in seen) / 2
    js = divergence([mp.mpf(x) / n for x, _ in seen], [mp.mpf(y) / m for _, y in seen])
    assert abs(float(js) - jensenshannon(first, second, base=2) ** 2) < 1e-6 or js < 1e-9
    psi = mp.mpf(0)
    for x, y in seen:
        p, q = (x + mp.mpf("0.5")) / (n + mp.mpf(k) / 2), (y + mp.mpf("0.5")) / (m + mp.mpf(k) / 2)
        psi += (q - p) * mp.log(q / p)
    if k == 1:
        g, p_value, quantile = 0.0, 1.0, 0.0
    else:
        # G from SciPy loses digits to cancellation at counts of a million; it checks the one in mpmath.
        result = stats.chi2_contingency(np.array(seen).T, correction=False, lambda_="log-likelihood")
        g = mp.mpf(0)
        for x, y in seen:
            for count, size in ((x, n), (y, m)):
                if count:
                    g += 2 * count * mp.log(mp.mpf(count) * (n + m) / (mp.mpf(x + y) * size))
        assert abs(float(g) - result.statistic) <= 1e-6 * max(1, float(g)) and result.dof == k - 1
        p_value = float(stats.chi2.sf(float(g), k - 1))
        quantile = float(stats.chi2.ppf(0.99, k - 1))
    rows.append(["scipy+mpmath", first, second, k, mp.mpf(variation.numerator) / variation.denominator, js,
                 (k - 1) * (mp.mpf(1) / n + mp.mpf(1) / m) / (8 * mp.log(2)), psi, quantile * (1 / n + 1 / m), g, p_value])
fixture_table.write(
    "mixes", ["first", "second", "categories", "variation", "js", "js_floor", "psi", "psi_floor", "g", "p_value"], rows)

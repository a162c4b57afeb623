"""Fixtures of the tests of two proportions. Needs statsmodels, SciPy and mpmath.

Fisher's test: all tables are enumerated with exact integers (small margins) or with ratios of 50 digits (large ones).
SciPy's answer stands in the fixture where it agrees with the enumeration; where SciPy takes tables of equal probability
for unequal by rounding, the enumeration does.
"""

import math
import random
import warnings

import mpmath as mp
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportions_ztest

import fixture_table

mp.mp.dps = 50
random.seed(20260103)
warnings.simplefilter("error")



def lower_half_tail(count, total):
    log_term = mp.loggamma(total + 1) - mp.loggamma(count + 1) - mp.loggamma(total - count + 1) - total * mp.log(2)
    term = mp.exp(log_term)
    tail, at = term, count
    while at > 0 and term > tail * mp.mpf(10) ** -30:
        term = term * at / (total - at + 1)
        tail += term
        at -= 1
    return tail


rows = []
fixed = [(5, 8), (0, 3), (0, 5), (0, 6), (40, 72), (0, 0), (7, 7), (1, 0), (12, 14), (0, 1000), (0, 1074)]
for index in range(240):
    if index < len(fixed):
        b, c = fixed[index]
    else:
        total = int(10 ** random.uniform(0, 4.5))
        b = stats.binom.rvs(total, random.choice([0.5, 0.45, 0.3]), random_state=index)
        c = total - int(b)
    rows.append(["statsmodels", int(b), int(c), mcnemar([[0, int(b)], [int(c), 0]], exact=True).pvalue])
for index in range(20):
    # Up to five million discordant pairs: terms by their ratios from the largest down, with 50 digits.
    total = int(10 ** random.uniform(5, 6.7))
    b = total // 2 - int(random.uniform(0, 6) * math.sqrt(total) / 2)
    p = min(mp.mpf(1), 2 * lower_half_tail(b, total))
    rows.append(["mpmath", total - b if index % 2 else b, b if index % 2 else total - b, p])
fixture_table.write("mcnemar", ["base_only", "candidate_only", "p"], rows)


def exact_fisher(a, b, c, d, alternative):
    row, column, total = a + b, a + c, a + b + c + d
    cells = range(max(0, a - d), min(row, column) + 1)
    weights = {k: math.comb(row, k) * math.comb(total - row, column - k) for k in cells}
    return selected(weights, a, alternative)


def ratio_fisher(a, b, c, d, alternative):
    row, column = a + b, a + c
    weights = {a: mp.mpf(1)}
    for end, step in ((min(row, column), 1), (max(0, a - d), -1)):
        at, weight, largest = a, mp.mpf(1), mp.mpf(1)
        while at != end:
            k = at if step > 0 else at - 1
            rise = mp.mpf((row - k) * (column - k)) / ((k + 1) * (d - a + k + 1))
            weight = weight * rise if step > 0 else weight / rise
            at += step
            weights[at] = weight
            largest = max(largest, weight)
            if weight < largest * mp.mpf(10) ** -40:
                break
    return selected(weights, a, alternative)


def selected(weights, a, alternative):
    if alternative == "less":
        part = sum(w for k, w in weights.items() if k <= a)
    elif alternative == "greater":
        part = sum(w for k, w in weights.items() if k >= a)
    else:
        part = sum(w for w in weights.values() if w <= weights[a] + weights[a] * mp.mpf(10) ** -7)
    return mp.mpf(part) / sum(weights.values())


rows = []
for index in range(270):
    scale = 10 ** random.uniform(0.2, 2.7)
    a, b, c, d = (int(random.random() * scale) for _ in range(4))
    if index % 5 == 0:
        a, b = sorted((a, b))
        c, d = a + b - a, a
    alternative = random.choice(["two-sided", "two-sided", "less", "greater"])
    p = exact_fisher(a, b, c, d, alternative)
    scipy = float(stats.fisher_exact([[a, b], [c, d]], alternative=alternative).pvalue)
    agree = abs(scipy - p) <= 1e-10
    rows.append(["scipy" if agree else "enumeration", a, b, c, d, alternative, scipy if agree else p])
for index in range(24):
    n = int(10 ** random.uniform(4.5, 6))
    rate = random.choice([0.001, 0.02, 0.3, 0.7])
    a = int(n * rate)
    c = int(n * rate * random.uniform(0.97, 1.03))
    alternative = random.choice(["two-sided", "two-sided", "less", "greater"])
    rows.append(["mpmath", a, n - a, c, n - c, alternative, ratio_fisher(a, n - a, c, n - c, alternative)])
fixture_table.write("fisher", ["a", "b", "c", "d", "alternative", "p"], rows)
print(sum(row[0] == "enumeration" for row in rows), "Fisher rows on which SciPy is wrong")

rows = []
fixed = [(85, 100, 82, 100), (2040, 2400, 1968, 2400), (1, 2, 1, 2), (0, 3, 3, 3)]
while len(rows) < 230:
    n1, n2 = (int(round(10 ** random.uniform(0.3, 5))) for _ in range(2))
    x1, x2 = (min(n, int(random.random() ** random.choice([1, 3]) * (n + 1))) for n in (n1, n2))
    if len(rows) < len(fixed):
        x1, n1, x2, n2 = fixed[len(rows)]
    if x1 + x2 in (0, n1 + n2):
        continue
    z, p = proportions_ztest([x1, x2], [n1, n2])
    rows.append(["statsmodels", x1, n1, x2, n2, z, p])
fixture_table.write("pooled-z", ["successes1", "trials1", "successes2", "trials2", "z", "p"], rows)

rows = []
for _ in range(220):
    pairs = int(10 ** random.uniform(0, 3))
    alpha = random.choice([0.01, 0.05, 0.1])
    k = stats.binom.rvs(pairs, min(1, 1.5 * alpha), random_state=random.randrange(2**31))
    rows.append(["scipy", int(k), pairs, alpha, stats.binom.sf(int(k) - 1, pairs, alpha)])
fixture_table.write("harness-tail", ["significant", "comparisons", "alpha", "p"], rows)

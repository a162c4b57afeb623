#!/usr/bin/env python3
"""Fixtures of the methods that stand in for the usual ones: Fixtures/storer-kim.csv, effective-tango.csv,
effective-wilson.csv, cluster-permutation.csv, studentized-permutation.csv, anytime-tango.csv.

Oracles: Storer and Kim's p by visiting all tables with exact fractions for the comparison of statistics; the score
intervals by root finding in mpmath with 30 digits; the permutations by visiting every division with itertools, the
studentised one checked against SciPy's permutation_test with a Welch statistic.

Run: python3 Oracles/stand_ins.py   (numpy, scipy, mpmath; about a minute)
"""
import itertools
import math
from fractions import Fraction

import mpmath as mp
import numpy as np
from fixture_table import write
from scipy import stats

mp.mp.dps = 30
rng = np.random.default_rng(20_261_121)


def squared_z(x, n, y, m):
    """The pooled statistic squared, exact; 0 where nothing varies."""
    pooled = Fraction(x + y, n + m)
    variance = pooled * (1 - pooled) * (Fraction(1, n) + Fraction(1, m))
    return (Fraction(x, n) - Fraction(y, m)) ** 2 / variance if variance else Fraction(0)


def storer_kim(x, n, y, m):
    if squared_z(x, n, y, m) == 0:
        return 1.0
    seen = squared_z(x, n, y, m)
    rate = mp.mpf(x + y) / (n + m)
    first = [mp.binomial(n, i) * rate**i * (1 - rate) ** (n - i) for i in range(n + 1)]
    second = [mp.binomial(m, j) * rate**j * (1 - rate) ** (m - j) for j in range(m + 1)]
    total = mp.mpf(0)
    for i in range(n + 1):
        for j in range(m + 1):
            if squared_z(i, n, j, m) >= seen:
                total += first[i] * second[j]
    return min(mp.mpf(1), total)


def storer_kim_rows():
    fixed = [(20, 50, 30, 50), (43, 100, 57, 100), (25, 50, 35, 50), (82, 100, 85, 100), (0, 5, 0, 7), (5, 5, 7, 7),
             (0, 4, 4, 4), (1, 1, 0, 1), (0, 9, 3, 30)]
    rows = [["exact", x, n, y, m, storer_kim(x, n, y, m)] for x, n, y, m in fixed]
    while len(rows) < 220:
        n, m = (int(v) for v in rng.integers(1, 46, 2))
        rate = rng.uniform(0.02, 0.98)
        x, y = int(rng.binomial(n, rate)), int(rng.binomial(m, min(1, max(0, rate + rng.normal(0, 0.2)))))
        rows.append(["exact", x, n, y, m, storer_kim(x, n, y, m)])
    write("storer-kim", ["x", "n", "y", "m", "p"], rows)


def student(level, freedom):
    """t with P(|T| ≤ t) = level, from SciPy's value polished by Newton in mpmath."""
    f = mp.mpf(freedom)
    tail = (1 - mp.mpf(level)) / 2
    density = lambda t: mp.gamma((f + 1) / 2) / (mp.sqrt(f * mp.pi) * mp.gamma(f / 2)) * (1 + t * t / f) ** (-(f + 1) / 2)
    upper = lambda t: mp.betainc(f / 2, mp.mpf(1) / 2, 0, f / (f + t * t), regularized=True) / 2
    t = mp.mpf(float(stats.t.isf(float(tail), freedom)))
    for _ in range(4):
        t += (upper(t) - tail) / density(t)
    return t


def tango(b, c, n, z):
    """Both limits as roots of the score equation, the nuisance parameter from its likelihood equation."""
    d = (c - b) / n

    def score(delta):
        linear = -b - c + (2 * n - c + b) * delta
        q = (-linear + mp.sqrt(max(0, linear**2 + 8 * n * b * delta * (1 - delta)))) / (4 * n)
        variance = n * (2 * q + delta * (1 - delta))
        return (c - b - n * delta), variance

    def bisect(inside, outside):
        for _ in range(90):
            middle = (inside + outside) / 2
            gap, variance = score(middle)
            if gap * gap <= z * z * variance:
                inside = middle
            else:
                outside = middle
        return inside

    return bisect(d, mp.mpf(-1)), bisect(d, mp.mpf(1))


def wilson(p, n, z):
    """Roots of (p − π)² = z²·π(1 − π)/n."""
    a, b, c = 1 + z * z / n, -(2 * p + z * z / n), p * p
    root = mp.sqrt(max(0, b * b - 4 * a * c))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def clusters_of(count):
    """Random sizes, and the cluster of each item."""
    sizes = rng.integers(1, 9, count)
    return sizes, np.repeat(np.arange(count), sizes)


def robust(values, cluster):
    """CR2 standard error of the mean and Bell and McCaffrey's degrees of freedom, from the full matrices."""
    n = len(values)
    mean = values.mean()
    residual = np.eye(n) - np.ones((n, n)) / n
    adjusted, variance = [], 0.0
    for g in np.unique(cluster):
        own = cluster == g
        share = own.sum() / n
        score = residual[own].sum(axis=0) / math.sqrt(1 - share) / n
        adjusted.append(score)
        variance += float(score @ (values - mean)) ** 2
    inner = np.array(adjusted) @ np.array(adjusted).T
    return mean, math.sqrt(max(0.0, variance)), np.trace(inner) ** 2 / (inner**2).sum()


def effective_tango_rows():
    rows = []
    while len(rows) < 220:
        units = int(rng.integers(3, 40))
        repeats = int(rng.integers(1, 6))
        chance = rng.choice([0, 0.02, 0.1, 0.3])
        sizes, cluster = clusters_of(units)
        wins = rng.binomial(repeats, chance, len(cluster))
        losses = rng.binomial(repeats - wins, chance / 2)
        d = (wins - losses) / repeats
        level = float(rng.choice([0.95, 0.9, 0.99, 0.998]))
        mean, error, freedom = robust(d, cluster)
        lost, won = float(np.maximum(-d, 0).sum()), float(np.maximum(d, 0).sum())
        n, share = len(d), (mp.mpf(lost) + won) / len(d)
        delta = (mp.mpf(won) - lost) / n
        spread = share - delta**2
        if 1e-16 < error * error < 1e-12 or 0 < abs(spread) < mp.mpf("1e-12"):
            continue
        if error * error <= 1e-14:
            error = 0.0
        pairs = spread / mp.mpf(error) ** 2 if error > 0 and spread > 0 else mp.mpf(units)
        b, c = pairs * (share - delta) / 2, pairs * (share + delta) / 2
        low, high = tango(b, c, pairs, student(level, freedom))
        rows.append(["mpmath", lost, won, n, error, units, freedom, level, pairs, low, high])
    write("effective-tango",
          ["losses", "wins", "items", "standard_error", "units", "freedom", "level", "pairs", "low", "high"], rows)


def effective_wilson_rows():
    rows = []
    while len(rows) < 220:
        units = int(rng.integers(2, 40))
        repeats = int(rng.integers(1, 6))
        rate = rng.choice([0, 0.05, 0.3, 0.9, 1])
        sizes, cluster = clusters_of(units)
        scores = rng.binomial(repeats, rate, len(cluster)) / repeats
        level = float(rng.choice([0.95, 0.9, 0.99, 0.998]))
        mean, error, freedom = robust(scores, cluster)
        if 1e-16 < error * error < 1e-12:
            continue
        if error * error <= 1e-14:
            error = 0.0
        p = mp.mpf(float(mean))
        spread = p * (1 - p)
        trials = spread / mp.mpf(error) ** 2 if error > 0 and spread > 0 else mp.mpf(units)
        low, high = wilson(p, trials, student(level, freedom))
        rows.append(["mpmath", float(mean), error, units, freedom, level, trials, low, high])
    write("effective-wilson",
          ["rate", "standard_error", "units", "freedom", "level", "trials", "low", "high"], rows)


def anytime_tango_rows():
    rows = []
    while len(rows) < 220:
        pairs = int(rng.integers(1, 3_000))
        planned = int(rng.choice([100, 400, 1_000, 20_000]))
        alpha = float(rng.choice([0.05, 0.01, 0.1, 0.005]))
        b = int(rng.integers(0, min(10, pairs + 1)))
        c = int(rng.integers(0, min(10, pairs - b + 1)))
        a = mp.mpf(alpha)
        rho = (-2 * mp.log(a) + mp.log(-2 * mp.log(a)) + 1) / planned
        z = mp.sqrt(2 * (pairs * rho + 1) / (pairs * rho) * mp.log(mp.sqrt(pairs * rho + 1) / a))
        low, high = tango(mp.mpf(b), mp.mpf(c), mp.mpf(pairs), z)
        rows.append(["mpmath", b, c, pairs, planned, alpha, z, low, high])
    write("anytime-tango", ["b", "c", "pairs", "planned", "alpha", "z", "low", "high"], rows)


def cluster_permutation_rows():
    """Whole numbers, so that ties are exact."""
    rows = []
    while len(rows) < 220:
        g, h = (int(v) for v in rng.integers(1, 8, 2))
        if math.comb(g + h, g) > 20_000:
            continue
        sizes = [int(v) for v in rng.integers(1, 8, g + h)]
        if len(rows) % 3 == 0:
            sizes = [4] * (g + h)
        sums = [int(rng.binomial(m, rng.beta(1, 1))) for m in sizes]
        if len(rows) % 4 == 0:
            sums = [int(v) for v in rng.integers(-50, 50, g + h)]

        def distance(chosen):
            y, m = sum(sums[i] for i in chosen), sum(sizes[i] for i in chosen)
            return abs(Fraction(y, m) - Fraction(sum(sums) - y, sum(sizes) - m))

        seen = distance(range(g))
        every = [distance(chosen) for chosen in itertools.combinations(range(g + h), g)]
        p = sum(value >= seen for value in every) / len(every)
        scale = float(rng.choice([1, 1, 0.1, 1e6]))
        rows.append(["exact", [v * scale for v in sums[:g]], sizes[:g], [v * scale for v in sums[g:]], sizes[g:], p])
    write("cluster-permutation", ["sums1", "sizes1", "sums2", "sizes2", "p"], rows)


def welch(x, y, axis=-1):
    variance = x.var(axis=axis, ddof=1) / x.shape[axis] + y.var(axis=axis, ddof=1) / y.shape[axis]
    with np.errstate(all="ignore"):
        return np.abs(x.mean(axis=axis) - y.mean(axis=axis)) / np.sqrt(variance)


def studentized_permutation_rows():
    rows = []
    while len(rows) < 220:
        n, m = (int(v) for v in rng.integers(2, 10, 2))
        if math.comb(n + m, n) > 6_000:
            continue
        x = rng.lognormal(0, 1, n) if len(rows) % 2 else rng.normal(0, 1, n)
        y = rng.lognormal(0.5, 1, m) if len(rows) % 2 else rng.normal(0.7, 2, m)
        offset, unit = rng.choice([0, 0, 1_000]), 10.0 ** rng.integers(-3, 4)
        x, y = (x + offset) * unit, (y + offset) * unit
        values, seen = np.concatenate([x, y]), welch(x, y)
        every = []
        for chosen in itertools.combinations(range(n + m), n):
            own = np.zeros(n + m, bool)
            own[list(chosen)] = True
            every.append(welch(values[own], values[~own]))
        p = float(np.mean(np.array(every) >= seen * (1 - 1e-9)))
        if len(rows) % 5 == 0:
            other = stats.permutation_test(
                (x, y), welch, permutation_type="independent", n_resamples=np.inf, vectorized=True,
                alternative="greater").pvalue
            assert abs(other - p) < 1e-12, (x, y, p, other)
        rows.append(["numpy", [float(v) for v in x], [float(v) for v in y], p])
    write("studentized-permutation", ["first", "second", "p"], rows)


if __name__ == "__main__":
    storer_kim_rows()
    effective_tango_rows()
    effective_wilson_rows()
    anytime_tango_rows()
    cluster_permutation_rows()
    studentized_permutation_rows()

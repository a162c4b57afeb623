#!/usr/bin/env python3
"""Fixtures of the resampling methods: Fixtures/sign_flip.csv, xoshiro.csv, bootstrap_given.csv, bootstrap_large.csv.

Oracles: SciPy 1.17 (permutation_test, bootstrap) and full enumeration with integers; the generator from its published
definition, its jump by squaring the transition matrix over GF(2) 128 times, which knows nothing of the jump polynomial.

Run: python3 Oracles/resampling_oracle.py   (numpy, scipy; about two minutes)
"""
import csv
import itertools
import pathlib
import types

import numpy as np
from scipy import stats

OUT = pathlib.Path(__file__).resolve().parent.parent / "Fixtures"
rng = np.random.default_rng(20_240_601)


def write(name, header, rows):
    with open(OUT / f"{name}.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)
    print(name, len(rows))


def listed(values):
    return " ".join(repr(float(value)) for value in values)


# Sign-flip: differences in whole steps, so that ties are exact in integers, and real ones.
def sign_flip_rows():
    rows = []
    for index in range(260):
        n = int(rng.integers(1, 13))
        kind = index % 4
        if kind == 0:
            steps = rng.integers(-3, 4, n)
            scale = float(rng.choice([1.0, 0.1, 0.2, 1 / 3, 1e-9, 2.5e6]))
            differences = [int(step) * scale for step in steps]
            sums = [abs(int(np.dot(signs, steps))) for signs in itertools.product((-1, 1), repeat=n)]
            seen = abs(int(steps.sum()))
            p = sum(total >= seen for total in sums) / 2**n
            exact = steps.astype(float)  # SciPy misses ties that rounding breaks when the sum is 0
        else:
            shift = rng.choice([0, 0.5, 1.5])
            differences = rng.normal(shift, 1, n) * 10.0 ** rng.integers(-6, 7)
            if kind == 2:
                differences[rng.integers(0, n)] = 0
            sums = np.array([np.dot(signs, differences) for signs in itertools.product((-1.0, 1.0), repeat=n)])
            slack = 1e-12 * np.abs(differences).sum()
            p = float(np.mean(np.abs(sums) >= abs(differences.sum()) - slack))
            exact = differences
        if n >= 2:
            scipy_p = stats.permutation_test(
                (exact,), lambda x, axis: x.sum(axis=axis), permutation_type="samples",
                n_resamples=np.inf, vectorized=True).pvalue
            assert abs(scipy_p - p) < 1e-12, (differences, p, scipy_p)
        rows.append([listed(differences), repr(float(np.sum(differences))), repr(p)])
    return rows


MASK = (1 << 64) - 1


def rotl(x, k):
    return ((x << k) | (x >> (64 - k))) & MASK


def splitmix(seed):
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def step(s):
    result = (rotl((s[1] * 5) & MASK, 7) * 9) & MASK
    t = (s[1] << 17) & MASK
    s2, s3 = s[2] ^ s[0], s[3] ^ s[1]
    s1, s0 = s[1] ^ s2, s[0] ^ s3
    return [s0, s1, s2 ^ t, rotl(s3, 45)], result


def pack(s):
    return s[0] | s[1] << 64 | s[2] << 128 | s[3] << 192


def unpack(x):
    return [(x >> (64 * i)) & MASK for i in range(4)]


def bits_of(x):
    return np.array([(x >> i) & 1 for i in range(256)], dtype=np.uint8)


def transition():
    columns = [bits_of(pack(step(unpack(1 << i))[0])) for i in range(256)]
    return np.stack(columns, axis=1).astype(np.int64)


def xoshiro_rows():
    matrix = transition()
    for _ in range(128):
        matrix = (matrix @ matrix) & 1
    rows = []
    seeds = [0, 1, 2, 42, MASK, 1 << 63] + [int(x) for x in rng.integers(0, 2**63, 64)]
    for seed in seeds:
        source = splitmix(seed)
        state = [next(source) for _ in range(4)]
        for jumps in range(3):
            outputs, running = [], state
            for _ in range(8):
                running, value = step(running)
                outputs.append(str(value))
            rows.append([seed, jumps, " ".join(outputs)])
            jumped = (matrix @ bits_of(pack(state)).astype(np.int64)) & 1
            state = unpack(sum(int(bit) << i for i, bit in enumerate(jumped)))
    return rows


def ratio(y, t, axis=-1):
    return np.sum(y, axis=axis) / np.sum(t, axis=axis)


def mean(x, axis=-1):
    return np.mean(x, axis=axis)


# The same replicates given to both sides: bias, acceleration and quantiles must agree to rounding.
def bootstrap_given_rows():
    rows = []
    while len(rows) < 240:
        n = int(rng.integers(3, 25))
        is_ratio = len(rows) % 2 == 1
        y = rng.choice([rng.normal(0.3, 1, n), rng.exponential(1, n), rng.integers(-8, 9, n) / 8])
        t = rng.integers(1, 12, n).astype(float) if is_ratio else np.ones(n)
        samples = (y, t) if is_ratio else (y,)
        statistic = ratio if is_ratio else mean
        picks = rng.integers(0, n, (40, n))
        replicates = ratio(y[picks], t[picks]) if is_ratio else y[picks].mean(axis=1)
        # Ties with the estimate count half; those that only rounding breaks are ties too.
        seen = statistic(*samples)
        replicates = np.where(np.isclose(replicates, seen, rtol=1e-13, atol=1e-15), seen, replicates)
        level = float(rng.choice([0.8, 0.9, 0.95, 0.99]))
        given = types.SimpleNamespace(bootstrap_distribution=replicates)
        ends = []
        for method in ("percentile", "BCa"):
            interval = stats.bootstrap(
                samples, statistic, paired=is_ratio, n_resamples=0, bootstrap_result=given, confidence_level=level,
                method=method, vectorized=True).confidence_interval
            ends += [float(interval.low), float(interval.high)]
        if not np.all(np.isfinite(ends)):
            continue
        rows.append(
            ["ratio" if is_ratio else "mean", listed(y), listed(t), listed(replicates), level] + [repr(e) for e in ends])
    return rows


# Many replicates on each side: the intervals agree within the Monte Carlo error.
def bootstrap_large_rows():
    rows = []
    for index in range(200):
        n = int(rng.integers(8, 90))
        is_ratio = index % 2 == 1
        kind = index % 5
        y = [rng.normal(0.2, 1, n), rng.exponential(1, n), rng.choice([-1.0, 0.0, 1.0], n),
             (rng.random(n) < 0.8).astype(float), rng.integers(0, 6, n) / 5.0][kind]
        t = rng.integers(1, 9, n).astype(float) if is_ratio else np.ones(n)
        y = y * t if is_ratio else y
        samples = (y, t) if is_ratio else (y,)
        result = stats.bootstrap(
            samples, ratio if is_ratio else mean, paired=is_ratio, n_resamples=40_000, method="percentile",
            vectorized=True, batch=4_000, rng=rng)
        interval = result.confidence_interval
        rows.append(["ratio" if is_ratio else "mean", listed(y), listed(t), repr(float(interval.low)),
                     repr(float(interval.high)), repr(float(result.standard_error))])
    return rows


write("sign_flip", ["differences", "statistic", "p"], sign_flip_rows())
write("xoshiro", ["seed", "jumps", "outputs"], xoshiro_rows())
write("bootstrap_given", ["kind", "y", "t", "replicates", "level", "low", "high", "bca_low", "bca_high"],
      bootstrap_given_rows())
write("bootstrap_large", ["kind", "y", "t", "low", "high", "standard_error"], bootstrap_large_rows())

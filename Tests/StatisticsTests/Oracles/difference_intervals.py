"""Fixtures of the intervals of a difference of two proportions. Needs statsmodels and mpmath.

Tango's interval is in neither library. Its oracle maximises the multinomial likelihood under a fixed difference by
finding the root of its derivative, and then finds the difference whose score statistic is z, both with 50 digits: it
shares no formula with the program, which solves the quadratic in closed form.
"""

import random

import mpmath as mp
from statsmodels.stats.proportion import confint_proportions_2indep

import fixture_table

mp.mp.dps = 50
random.seed(20260102)
LEVELS = [0.8, 0.9, 0.95, 0.95, 0.95, 0.99]


def z_of(level):
    return mp.sqrt(2) * mp.erfinv(mp.mpf(level))


def root(function, low, high, digits):
    """The root of a function that is positive at low and negative at high, by halving."""
    while high - low > mp.mpf(10) ** -digits:
        middle = (low + high) / 2
        if function(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def constrained_share(b, c, n, delta):
    """The share of base-only pairs with the largest likelihood if candidate-only pairs are delta more frequent."""
    agree = n - b - c
    low, high = max(mp.mpf(0), -delta), (1 - delta) / 2

    def slope(q):
        # The derivative of b·ln q + c·ln(q + δ) + agree·ln(1 − 2q − δ) times those of its denominators that occur.
        rest = 1 - 2 * q - delta
        if b == 0:
            return c * rest - 2 * agree * (q + delta)
        if c == 0:
            return b * rest - 2 * agree * q
        return b * (q + delta) * rest + c * q * rest - 2 * agree * q * (q + delta)

    if (b == 0 or delta < 0) and (c == 0 or delta > 0) and slope(low) <= 0:
        return low
    return root(slope, low, high, 32)


def score(b, c, n, delta):
    q = constrained_share(b, c, n, delta)
    return (c - b - n * delta) / mp.sqrt(n * (2 * q + delta * (1 - delta)))


def tango(b, c, n, z):
    b, c, n, z = mp.mpf(b), mp.mpf(c), mp.mpf(n), mp.mpf(z)
    d = (c - b) / n
    high = low = None
    if d == 1:
        high = mp.mpf(1)
    if d == -1:
        low = mp.mpf(-1)
    if high is None:
        high = root(lambda delta: score(b, c, n, delta) + z, d, mp.mpf(1), 22)
    if low is None:
        low = -root(lambda delta: z - score(b, c, n, -delta), -d, mp.mpf(1), 22)
    return low, high


def pairs():
    fixed = [(0, 0, 1), (0, 0, 10), (0, 0, 1000), (1, 0, 1), (0, 1, 1), (5, 5, 10), (0, 10, 10), (10, 0, 10),
             (5, 8, 100), (0, 3, 100), (0, 5, 100), (0, 6, 100), (40, 72, 800), (12, 14, 1000), (40, 40, 80),
             (1, 999, 1000), (150000, 150700, 1000000)]
    drawn = []
    for _ in range(230):
        n = int(round(10 ** random.uniform(0.3, 4)))
        discordant = int(random.random() ** 2 * (n + 1))
        b = int(random.random() * (discordant + 1))
        drawn.append((b, discordant - b, n))
    return fixed + drawn


def paired_rows():
    for b, c, n in pairs():
        if random.random() < 0.35:
            shrink = random.uniform(1, 4)
            b, c, n = b / shrink, c / shrink, n / shrink
        yield b, c, n


rows = []
for b, c, n in paired_rows():
    z = float(z_of(random.choice(LEVELS))) if random.random() < 0.8 else random.uniform(0.1, 5)
    low, high = tango(b, c, n, z)
    rows.append(["mpmath", b, c, n, z, low, high])
fixture_table.write("tango", ["base_only", "candidate_only", "pairs", "z", "low", "high"], rows)

for name, add in (("bonett-price", 1), ("agresti-min", 0.5)):
    rows = []
    for b, c, n in paired_rows():
        level = random.choice(LEVELS)
        p12, p21 = (mp.mpf(c) + add) / (mp.mpf(n) + 2), (mp.mpf(b) + add) / (mp.mpf(n) + 2)
        reach = z_of(level) * mp.sqrt((p12 + p21 - (p12 - p21) ** 2) / (mp.mpf(n) + 2))
        rows.append(["mpmath", b, c, n, level, max(-1, p12 - p21 - reach), min(1, p12 - p21 + reach)])
    fixture_table.write(name, ["base_only", "candidate_only", "pairs", "level", "low", "high"], rows)

rows = []
for index in range(240):
    n1, n2 = (int(round(10 ** random.uniform(0.3, 5))) for _ in range(2))
    x1, x2 = (min(n, int(random.random() ** random.choice([1, 3]) * (n + 1))) for n in (n1, n2))
    if index == 0:
        x1, n1, x2, n2 = 85, 100, 82, 100
    if index == 1:
        x1, n1, x2, n2 = 2040, 2400, 1968, 2400
    if index == 2:
        x1, n1, x2, n2 = 895, 1000, 900, 1000
    level = random.choice(LEVELS)
    low, high = confint_proportions_2indep(x1, n1, x2, n2, method="newcomb", compare="diff", alpha=1 - level)
    rows.append(["statsmodels", x1, n1, x2, n2, level, low, high])
fixture_table.write("newcombe", ["successes1", "trials1", "successes2", "trials2", "level", "low", "high"], rows)

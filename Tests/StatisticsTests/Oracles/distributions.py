#!/usr/bin/env python3
"""Write the fixtures of the distributions: Fixtures/<distribution>.csv, from mpmath only.

    python3 Tests/StatisticsTests/Oracles/distributions.py [distribution ...]

Independent of the Swift code on purpose: prefactors are log-gammas at 80 digits and more instead of saddle-point
forms; incomplete integrals are power series summed at as many digits as their cancellation needs instead of continued
fractions; discrete tails are sums of probabilities (exact rationals up to 400 trials or members) instead of incomplete
integrals. `check()` compares those series with mpmath's own betainc, gammainc and quadrature before anything is written.

A quantile row turns a point x around: p is the double nearest to cdf(x), and the quantile of that p is
x + (p - cdf(x)) / density(x), whose next term is below 1e-25 relative where p <= 0.999. Cells that a double cannot
hold (underflow) or that are badly posed (p above 0.999) are empty.

Points are placed by depth: the logarithm of the tail is drawn log-uniformly from 0.01 to 690 (1e-300) in both tails,
with a few beyond underflow for the logarithms.
"""

import math
import random
import sys
from fractions import Fraction
from pathlib import Path

import mpmath
from mpmath import mp, mpf

FIXTURES = Path(__file__).resolve().parent.parent / "Fixtures"
DIGITS = 80
UNDERFLOW = mpf("1e-306")


# --- integrals -------------------------------------------------------------------------------------------------------


def rising_series(top, bottom, x, limit=math.inf):
    """sum of (top)_n / (bottom)_n x^n, all terms positive; with top None, of x^n / (bottom)_n.

    In fixed point with 64 guard bits (the sum is at least 1). None if it needs more than `limit` terms.
    """
    bits = mp.prec + 64
    one, scale = 1 << bits, 1 << 120
    step = int(x * one)
    lower = int(bottom * scale)
    upper, growth = (scale, 0) if top is None else (int(top * scale), scale)
    total = term = one
    n = 0
    while n < limit:
        previous = term
        term = (term * upper // lower) * step >> bits
        total += term
        if term < 256 and term <= previous:
            return mpf(total) / one
        upper += growth
        lower += scale
        n += 1
    return None


def beta_lower_series(a, b, x, y):
    """I_x(a, b) by its series in x (DLMF 8.17.8)."""
    total = rising_series(a + b, a + 1, x, 60000)
    if total is None:
        return None
    log_beta = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)
    return mp.exp(a * mp.log(x) + b * mp.log(y) - log_beta) * total / a


def beta_tails(a, b, x, y):
    """(I_x(a, b), 1 - I_x(a, b)), both to 40 digits and more. The arguments are functions, called at each precision."""
    for extra in (0, 400, 1200, 4500):
        with mp.workdps(DIGITS + extra):
            values = a(), b(), x(), y()
            enough = mpf(10) ** (-(DIGITS + extra - 40))  # a complement keeps 40 digits where it is above this
            lower = beta_lower_series(*values)
            if lower is not None and 1 - lower > enough:
                return lower, 1 - lower
            upper = beta_lower_series(values[1], values[0], values[3], values[2])
            if upper is not None and 1 - upper > enough:
                return 1 - upper, upper
            if lower is None and upper is None:
                raise ArithmeticError(f"no series converges: {values}")
    raise ArithmeticError("too deep a tail")


def gamma_tails(a, x):
    """(P(a, x), Q(a, x)): the series of P (DLMF 8.7.1), with as many digits as Q needs."""
    for extra in (0, 400, 1200, 4500):
        with mp.workdps(DIGITS + extra):
            total = rising_series(None, a + 1, x)
            lower = mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1)) * total
            if 1 - lower > mpf(10) ** (-(DIGITS + extra - 40)):
                return lower, 1 - lower
    raise ArithmeticError("too deep a tail")


# --- points by depth -------------------------------------------------------------------------------------------------


def bisect(function, low, high):
    for _ in range(200):
        middle = (low + high) / 2
        if function(middle) > 0:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def log_odds_at_depth(a, b, depth, below):
    """Log-odds where the beta density has fallen by exp(-depth), below or above the mean."""

    def fall(u):
        log_x = -math.log1p(math.exp(-u)) if u > -700 else u
        log_y = -math.log1p(math.exp(u)) if u < 700 else -u
        n = a + b
        return a * (math.log(a / n) - log_x) + b * (math.log(b / n) - log_y)

    centre = math.log(a / b)
    if below:
        return bisect(lambda u: depth - fall(u), centre - 1e6, centre)
    return bisect(lambda u: fall(u) - depth, centre, centre + 1e6)


def depths(count, deepest=690.0):
    return [math.exp(random.uniform(math.log(0.01), math.log(deepest))) for _ in range(count)]


# --- rows ------------------------------------------------------------------------------------------------------------


def digits(value):
    return mpmath.nstr(value, 19, min_fixed=0, max_fixed=0)


def probability_cell(value):
    return digits(value) if value > UNDERFLOW else ""


def quantile_cells(probability, x, density, sign):
    """(the double p nearest to the probability, the point that has exactly that p)."""
    if not UNDERFLOW < probability <= mpf("0.999"):
        return "", ""
    p = float(probability)
    point = x + sign * (mpf(p) - probability) / density
    return repr(p), digits(point)


def continuous_cells(x, lower, upper, density):
    """Cells after the parameters; `density` is that of x."""
    log_upper = mp.log(upper) if upper < 0.5 else mp.log1p(-lower)
    p, quantile = quantile_cells(lower, mpf(x), density, 1)
    q, upper_quantile = quantile_cells(upper, mpf(x), density, -1)
    return [
        repr(x), probability_cell(lower), probability_cell(upper), digits(log_upper), p, quantile, q, upper_quantile,
    ]  # fmt: skip


CONTINUOUS = ["x", "cdf", "survival", "log_survival", "p", "quantile", "q", "upper_quantile"]
DISCRETE = ["k", "probability", "cdf", "survival", "log_survival", "p", "quantile"]


def normal():
    yield ["mean", "sd"] + CONTINUOUS
    points = [(0.0, 1.0, s * math.sqrt(2 * d)) for d in depths(70) for s in (1, -1)]
    points += [(0.0, 1.0, s * z) for z in (0.0, 1e-8, 0.1, 0.5, 1.0, 2.0, 5.0, 29.99, 30.01, 37.0, 40.0, 100.0, 1e4) for s in (1, -1)]  # fmt: skip
    for _ in range(50):
        mean, sd = random.uniform(-50, 50), 10 ** random.uniform(-3, 3)
        points.append((mean, sd, mean + sd * random.uniform(-20, 20)))
    for mean, sd, x in points:
        z = (mpf(x) - mpf(mean)) / mpf(sd)
        lower, upper = mp.erfc(-z / mp.sqrt(2)) / 2, mp.erfc(z / mp.sqrt(2)) / 2
        density = mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi) / mpf(sd)
        yield [repr(mean), repr(sd)] + continuous_cells(x, lower, upper, density)


def student_t():
    yield ["df"] + CONTINUOUS
    frees = [0.3, 1, 1.5, 2, 2.5, 3, 4.7, 5, 7, 10, 19, 30, 57.3, 100, 300.5, 1000, 12345.6, 1e5, 1e6]
    for v in map(float, frees):
        for i, depth in enumerate(depths(11) + [1000.0, 1e-9]):
            u = log_odds_at_depth(v / 2, 0.5, depth, below=True)
            log_t = (math.log(v) - u) / 2
            if i % 4 == 1 and depth < 3:  # within the mean of t², where the tail is near a half
                log_t = random.uniform(math.log(1e-3), 0)
            if log_t > 700:
                continue
            t = math.exp(log_t) * (-1 if i % 2 else 1)
            free, square = mpf(v), mpf(t) ** 2
            outside, inside = beta_tails(
                lambda: mpf(v) / 2, lambda: mpf(1) / 2,
                lambda: mpf(v) / (mpf(v) + mpf(t) ** 2), lambda: mpf(t) ** 2 / (mpf(v) + mpf(t) ** 2))  # fmt: skip
            near, far = outside / 2, (1 + inside) / 2
            log_density = (
                mp.loggamma((free + 1) / 2) - mp.loggamma(free / 2) - mp.log(free * mp.pi) / 2
                - (free + 1) / 2 * mp.log1p(square / free)
            )  # fmt: skip
            lower, upper = (far, near) if t > 0 else (near, far)
            yield [repr(v)] + continuous_cells(t, lower, upper, mp.exp(log_density))


def chi_squared():
    yield ["df"] + CONTINUOUS
    frees = [0.1, 0.5, 1, 1.7, 2, 3, 4.4, 5, 8, 13, 20, 33.3, 50, 100, 250, 1000, 3333.3, 1e4, 1e5]
    for v in map(float, frees):
        a = v / 2
        for i, depth in enumerate(depths(12) + [2000.0]):
            fall = lambda log_r: a * (math.exp(log_r) - 1 - log_r)  # noqa: E731
            if i % 2:
                log_r = bisect(lambda s: depth - fall(s), -1e7, 0)
            else:
                log_r = bisect(lambda s: fall(s) - depth, 0, 100)
            if log_r < -650:
                continue
            x = v * math.exp(log_r)
            lower, upper = gamma_tails(mpf(a), mpf(x) / 2)
            density = mp.exp((mpf(a) - 1) * mp.log(mpf(x) / 2) - mpf(x) / 2 - mp.loggamma(a)) / 2
            yield [repr(v)] + continuous_cells(x, lower, upper, density)


def beta():
    yield ["alpha", "beta"] + CONTINUOUS
    shapes = [
        (0.1, 0.1), (0.5, 0.5), (0.3, 2), (1, 1), (1, 9), (2, 3), (0.5, 40), (6.5, 0.7), (12, 12), (30, 4.5), (100, 1),
        (99.5, 300), (1000, 0.5), (1000, 1000), (2.5, 1e4), (1e4, 77.7), (3e5, 7e5), (1e6, 12), (1e6, 0.5), (1e6, 1e6),
        (0.2, 1e6),
    ]  # fmt: skip
    for alpha, b in shapes:
        alpha, b = float(alpha), float(b)
        for i, depth in enumerate(depths(11) + [1500.0]):
            u = log_odds_at_depth(alpha, b, depth, below=i % 2 == 0)
            x = 1 / (1 + math.exp(-u)) if u > -690 else 0.0
            if not 0 < x < 1:
                continue
            lower, upper = beta_tails(lambda: mpf(alpha), lambda: mpf(b), lambda: mpf(x), lambda: 1 - mpf(x))
            log_beta = mp.loggamma(alpha) + mp.loggamma(b) - mp.loggamma(mpf(alpha) + mpf(b))
            density = mp.exp((mpf(alpha) - 1) * mp.log(x) + (mpf(b) - 1) * mp.log1p(-mpf(x)) - log_beta)
            yield [repr(alpha), repr(b)] + continuous_cells(x, lower, upper, density)


def f():
    yield ["df1", "df2"] + CONTINUOUS
    frees = [
        (1, 1), (1, 10), (2, 2), (2, 30), (3, 5.5), (5, 1), (4, 1000), (10, 10), (17.3, 64.9), (50, 3), (99, 99),
        (1, 1e6), (3, 1e5), (1000, 20), (1000, 1000), (1e4, 2.5), (2e5, 3e4), (1e6, 5), (1e6, 1e6), (0.5, 0.8),
    ]  # fmt: skip
    for first, second in frees:
        d, e = float(first), float(second)
        for i, depth in enumerate(depths(12) + [1500.0]):
            u = log_odds_at_depth(d / 2, e / 2, depth, below=i % 2 == 0)
            if abs(u) > 650:
                continue
            x = math.exp(u) * e / d
            lower, upper = beta_tails(
                lambda: mpf(d) / 2, lambda: mpf(e) / 2,
                lambda: mpf(d) * mpf(x) / (mpf(d) * mpf(x) + mpf(e)), lambda: mpf(e) / (mpf(d) * mpf(x) + mpf(e)))  # fmt: skip
            a, b, odds = mpf(d) / 2, mpf(e) / 2, mpf(d) * mpf(x) / mpf(e)
            log_beta = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)
            density = mp.exp(a * mp.log(odds) - (a + b) * mp.log1p(odds) - log_beta) / mpf(x)
            yield [repr(d), repr(e)] + continuous_cells(x, lower, upper, density)


# --- discrete --------------------------------------------------------------------------------------------------------


def rational(value):
    return mpf(value.numerator) / mpf(value.denominator)


def summed(first, ratio):
    """first·(1 + ratio(0) + ratio(0)·ratio(1) + …), until the rest is below the precision."""
    total = term = mpf(1)
    tiny = mpf(10) ** (-mp.dps + 10)
    n = 0
    while True:
        r = ratio(n)
        term *= r
        total += term
        n += 1
        if term == 0 or (r < 1 and term < tiny * total * (1 - r)):
            return first * total


def discrete_cells(k, probability, lower, upper):
    """`probability` is that of k, `lower` P(X <= k), `upper` P(X > k)."""
    log_upper = "-inf" if upper == 0 else digits(mp.log(upper) if upper < 0.5 else mp.log1p(-lower))
    p = float(lower - probability / 2)
    is_posed = p > 1e-300 and lower - probability < mpf(p) < lower and probability > 1e-11 * lower
    return [
        str(k), probability_cell(probability), probability_cell(lower), "0" if upper == 0 else probability_cell(upper), log_upper,
        repr(p) if is_posed else "", str(k) if is_posed else "",
    ]  # fmt: skip


def binomial_row(n, p, k):
    if n <= 400:
        share = Fraction(p)
        terms = [math.comb(n, j) * share**j * (1 - share) ** (n - j) for j in range(n + 1)]
        return rational(terms[k]), rational(sum(terms[: k + 1])), rational(sum(terms[k + 1 :], Fraction(0)))
    share = mpf(p)

    def term(j):
        log = mp.loggamma(n + 1) - mp.loggamma(j + 1) - mp.loggamma(n - j + 1)
        return mp.exp(log + j * mp.log(share) + (n - j) * mp.log1p(-share))

    if k < n * p:
        lower = summed(term(k), lambda i: mpf(k - i) / (n - k + i + 1) * (1 - share) / share)
        return term(k), lower, 1 - lower
    upper = summed(term(k + 1), lambda i: mpf(n - k - 1 - i) / (k + 2 + i) * share / (1 - share)) if k < n else mpf(0)
    return term(k), 1 - upper, upper


def points_at_depth(low, high, mean, fall, count):
    """Whole points of low…high around the mean where `fall` reaches random depths, with the ends of the range."""
    points = {low, high}
    for i, depth in enumerate(depths(count)):
        if i % 2:
            point = bisect(lambda k: fall(k) - depth, mean, high)
        else:
            point = bisect(lambda k: depth - fall(k), low, mean)
        points.add(min(high, max(low, round(point))))
    return sorted(points)


def deviance(observed, expected):
    return (observed * math.log(observed / expected) if observed > 0 else 0) + expected - observed


def binomial():
    yield ["trials", "p_success"] + DISCRETE
    designs = [
        (1, 0.3), (5, 0.5), (12, 0.07), (30, 0.9), (77, 0.41), (200, 0.5), (200, 0.003), (400, 0.83), (1000, 0.5),
        (1000, 0.999), (5000, 0.02), (20000, 0.6), (100000, 1e-4), (100000, 0.25), (1000000, 0.5), (1000000, 0.3),
        (1000000, 0.95), (1000000, 2e-6),
    ]  # fmt: skip
    for n, p in designs:
        fall = lambda k: deviance(k, n * p) + deviance(n - k, n * (1 - p))  # noqa: E731
        for k in points_at_depth(0, n, n * p, fall, 24):
            if n > 400 and fall(k) > 1e4:
                continue
            yield [str(n), repr(p)] + discrete_cells(k, *binomial_row(n, p, k))


def hypergeometric_row(population, successes, draws, k):
    low, high = max(0, draws + successes - population), min(draws, successes)
    if population <= 400:
        total = math.comb(population, draws)
        terms = {j: math.comb(successes, j) * math.comb(population - successes, draws - j) for j in range(low, high + 1)}
        lower = sum(t for j, t in terms.items() if j <= k)
        return tuple(rational(Fraction(t, total)) for t in (terms[k], lower, total - lower))

    def choose(n, j):
        return mp.loggamma(n + 1) - mp.loggamma(j + 1) - mp.loggamma(n - j + 1)

    def term(j):
        return mp.exp(choose(successes, j) + choose(population - successes, draws - j) - choose(population, draws))

    rest = population - successes - draws
    if k * population < draws * successes:
        down = lambda i: mpf((k - i) * (rest + k - i)) / ((successes - k + i + 1) * (draws - k + i + 1))  # noqa: E731
        lower = summed(term(k), down)
        return term(k), lower, 1 - lower
    if k == high:
        return term(k), mpf(1), mpf(0)
    j = k + 1
    up = lambda i: mpf((successes - j - i) * (draws - j - i)) / ((j + i + 1) * (rest + j + i + 1))  # noqa: E731
    upper = summed(term(j), up)
    return term(k), 1 - upper, upper


def hypergeometric():
    yield ["population", "successes", "draws"] + DISCRETE
    designs = [
        (1, 1, 1), (10, 3, 4), (24, 12, 12), (50, 45, 30), (100, 7, 50), (200, 100, 20), (400, 123, 222), (400, 390, 5),
        (1000, 500, 500), (5000, 40, 2500), (20000, 9000, 300), (100000, 50000, 50000), (100000, 99000, 700),
        (1000000, 300000, 1000), (1000000, 500000, 500000), (1000000, 20, 400000), (1000000, 999000, 999500),
        (1000000, 100000, 250000),
    ]  # fmt: skip
    for population, successes, draws in designs:
        low, high = max(0, draws + successes - population), min(draws, successes)
        mean = draws * successes / population

        failures, rest = population - successes, population - draws

        def fall(k):
            return (
                deviance(k, successes * draws / population)
                + deviance(successes - k, successes * rest / population)
                + deviance(draws - k, failures * draws / population)
                + deviance(failures - draws + k, failures * rest / population)
            )

        for k in points_at_depth(low, high, mean, fall, 24):
            if population > 400 and fall(k) > 1e4:
                continue
            row = hypergeometric_row(population, successes, draws, k)
            yield [str(population), str(successes), str(draws)] + discrete_cells(k, *row)


# --- check and write -------------------------------------------------------------------------------------------------


def check():
    """The series against mpmath's own functions and against quadrature."""

    def agree(x, y):
        assert abs(x - y) <= mpf("1e-30") * abs(y), (x, y)

    for a, b, x in [(0.5, 0.5, 0.2), (3, 7.5, 0.6), (40, 12, 0.3), (150, 90, 0.7)]:
        lower, upper = beta_tails(lambda: mpf(a), lambda: mpf(b), lambda: mpf(x), lambda: 1 - mpf(x))
        agree(lower, mp.betainc(a, b, 0, x, regularized=True))
        agree(upper, mp.betainc(a, b, x, 1, regularized=True))
    for a, b, low, high in [(3e5, 7e5, 0.29, 0.2995), (1e6, 12, 0.99990, 0.99999), (5e5, 0.5, 0.9999, 0.99999)]:
        values = [beta_tails(lambda: mpf(a), lambda: mpf(b), lambda: mpf(x), lambda: 1 - mpf(x))[0] for x in (low, high)]
        log_beta = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(mpf(a) + mpf(b))
        density = lambda x: mp.exp((mpf(a) - 1) * mp.log(x) + (mpf(b) - 1) * mp.log1p(-x) - log_beta)  # noqa: E731
        agree(mp.quad(density, mp.linspace(mpf(low), mpf(high), 65)), values[1] - values[0])
    for a, x in [(0.05, 0.01), (0.5, 3), (2.5, 40), (100, 70), (500, 800)]:
        lower, upper = gamma_tails(mpf(a), mpf(x))
        agree(lower, mp.gammainc(a, 0, x, regularized=True))
        agree(upper, mp.gammainc(a, x, mp.inf, regularized=True))
    for z in (0.5, 6, 20):
        mills = mp.quad(lambda s: mp.exp(-s * (s + 2 * mpf(z))), mp.linspace(0, 12, 241))
        agree(mp.erfc(z) * mp.exp(mpf(z) ** 2) * mp.sqrt(mp.pi) / 2, mills)


WRITERS = {
    "normal": normal, "student-t": student_t, "chi-squared": chi_squared, "f": f, "beta": beta,
    "binomial": binomial, "hypergeometric": hypergeometric,
}  # fmt: skip


def main(names):
    mp.dps = DIGITS
    check()
    for name in names or WRITERS:
        random.seed("distributions " + name)
        rows = list(WRITERS[name]())
        text = "\n".join(",".join(row) for row in rows) + "\n"
        (FIXTURES / f"{name}.csv").write_text(text)
        print(f"{name}: {len(rows) - 1} rows, {len(text) / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Fixtures of cluster-robust estimates. Needs statsmodels, SciPy and NumPy.

statsmodels has no CR2: its oracle builds the adjustment matrices (I - H)^(-1/2) by eigendecomposition and the degrees of
freedom from the full matrix of residual makers, as in Bell and McCaffrey (2002).
"""

import random

import numpy as np
import statsmodels.api as sm
from scipy import stats

import fixture_table

random.seed(20260105)
generator = np.random.default_rng(20260105)
WORKED = ([1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, -1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 1, 0], [4] * 6)


def draw():
    count = random.choice([2, 3, 6, 10, 25])
    if random.random() < 0.3:
        sizes = [random.randint(2, 6)] * count
    else:
        sizes = [int(1 + generator.geometric(0.25)) for _ in range(count)]
    share = random.choice([0, 0.2, 0.5])
    values = []
    binary = random.random() < 0.5
    for size in sizes:
        common = generator.normal() * share**0.5
        own = common + generator.normal(size=size) * (1 - share) ** 0.5
        values += [float(x) for x in (np.sign(np.where(abs(own) < 0.8, 0, own)) if binary else own)]
    return values, sizes


def labels(sizes):
    return np.repeat(np.arange(len(sizes)), sizes)


def sandwich(values, sizes):
    return sm.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": labels(sizes)}, use_t=True)


def intraclass(values, sizes):
    """From SciPy's F of the one-way analysis of variance: MSB/MSW."""
    parts = np.split(np.array(values), np.cumsum(sizes)[:-1])
    total, groups = len(values), len(sizes)
    if total == groups:
        return None
    typical = (total - sum(s * s for s in sizes) / total) / (groups - 1)
    f = stats.f_oneway(*parts).statistic
    return (f - 1) / (f + typical - 1)


def design(values, sizes, matrix):
    """Coefficients, CR2 covariance, and the Bell-McCaffrey degrees of freedom of the last coefficient."""
    groups = labels(sizes)
    bread = np.linalg.inv(matrix.T @ matrix)
    hat = matrix @ bread @ matrix.T
    residual_maker = np.eye(len(values)) - hat
    beta = bread @ matrix.T @ values
    residual = values - matrix @ beta
    last = np.zeros(matrix.shape[1])
    last[-1] = 1
    meat, makers = 0, []
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        eigenvalues, vectors = np.linalg.eigh(np.eye(len(rows)) - hat[np.ix_(rows, rows)])
        root = vectors @ np.diag(eigenvalues**-0.5) @ vectors.T
        score = matrix[rows].T @ root @ residual[rows]
        meat = meat + np.outer(score, score)
        makers.append(residual_maker[:, rows] @ root @ matrix[rows] @ bread @ last)
    omega = np.array(makers) @ np.array(makers).T
    covariance = bread @ meat @ bread
    return beta, covariance, np.trace(omega) ** 2 / np.trace(omega @ omega)


rows = []
while len(rows) < 220:
    values, sizes = WORKED if not rows else draw()
    if len(set(values)) == 1 or intraclass(values, sizes) is None:
        continue
    fit = sandwich(values, sizes)
    independent = np.std(values, ddof=1) / len(values) ** 0.5
    error = fit.bse[0]
    if not error > 1e-9 or not np.isfinite(intraclass(values, sizes)):
        continue
    effect = (error / independent) ** 2
    low, high = fit.conf_int(0.05)[0]
    rows.append(["statsmodels", values, sizes, fit.params[0], error, effect, len(values) / effect,
                 intraclass(values, sizes), fit.tvalues[0], fit.pvalues[0], low, high])
fixture_table.write("cluster-mean", ["values", "sizes", "estimate", "error", "effect", "effective", "icc", "t", "p", "low",
                                     "high"], rows)

rows = []
while len(rows) < 210:
    values, sizes = draw()
    beta, covariance, freedom = design(np.array(values), sizes, np.ones((len(values), 1)))
    rows.append(["numpy", values, sizes, beta[0], covariance[0, 0] ** 0.5, freedom])
fixture_table.write("cluster-bell-mccaffrey", ["values", "sizes", "estimate", "error", "df"], rows)

rows = []
while len(rows) < 210:
    count = random.choice([2, 3, 6, 10, 25])
    bottoms = [float(random.randint(1, 40)) for _ in range(count)]
    tops = [float(random.randint(0, int(t))) for t in bottoms]
    fit = sm.WLS(np.array(tops) / bottoms, np.ones(count), weights=bottoms).fit(
        cov_type="cluster", cov_kwds={"groups": np.arange(count)}, use_t=True)
    if not fit.bse[0] > 1e-9:
        continue
    low, high = fit.conf_int(0.05)[0]
    rows.append(["statsmodels", tops, bottoms, fit.params[0], fit.bse[0], low, high])
fixture_table.write("cluster-ratio", ["numerators", "denominators", "estimate", "error", "low", "high"], rows)

rows = []
while len(rows) < 210:
    (first, first_sizes), (second, second_sizes) = draw(), draw()
    fits = sandwich(first, first_sizes), sandwich(second, second_sizes)
    error = (fits[0].bse[0] ** 2 + fits[1].bse[0] ** 2) ** 0.5
    if not error > 1e-9:
        continue
    estimate = fits[0].params[0] - fits[1].params[0]
    freedom = min(len(first_sizes), len(second_sizes)) - 1
    p = 2 * stats.t.sf(abs(estimate / error), freedom)
    arm = np.repeat([1.0, 0.0], [len(first), len(second)])
    beta, covariance, adjusted = design(
        np.array(first + second), first_sizes + second_sizes, np.column_stack([np.ones(len(arm)), arm]))
    rows.append(["statsmodels and numpy", first, first_sizes, second, second_sizes, estimate, error, freedom, p,
                 covariance[1, 1] ** 0.5, adjusted])
fixture_table.write("cluster-difference", ["first", "first_sizes", "second", "second_sizes", "estimate", "error", "df", "p",
                                           "adjusted_error", "adjusted_df"], rows)

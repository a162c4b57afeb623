"""Fixtures of the nested analysis of variance. Needs statsmodels, pandas and NumPy."""

import random

import numpy as np
import pandas as pd
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

import fixture_table

random.seed(20260106)
generator = np.random.default_rng(20260106)
WORKED = np.array([[[1.0, 0.8], [0.6, 0.8]], [[0.2, 0.4], [0.4, 0.2]], [[0.9, 0.9], [0.5, 0.7]], [[0.1, 0.3], [0.5, 0.3]]])


def draw():
    n, k, j = random.randint(2, 7), random.choice([1, 2, 2, 3, 4]), random.choice([1, 2, 2, 3])
    spread = [random.choice([0, 0.3, 1]) for _ in range(2)] + [random.choice([0.2, 1])]
    return (random.choice([0, 1e3])
            + spread[0] * generator.normal(size=(n, 1, 1))
            + spread[1] * generator.normal(size=(n, k, 1))
            + spread[2] * generator.normal(size=(n, k, j)))


def mean_squares(scores):
    n, k, j = scores.shape
    grid = np.indices(scores.shape).reshape(3, -1)
    frame = pd.DataFrame({"y": scores.ravel(), "item": grid[0], "prediction": grid[1]})
    if k > 1 and j > 1:
        table = anova_lm(ols("y ~ C(item)/C(prediction)", frame).fit())
        return table.loc["C(item)", "mean_sq"], table.loc["C(item):C(prediction)", "mean_sq"], table.loc["Residual", "mean_sq"]
    if k > 1 or j > 1:
        table = anova_lm(ols("y ~ C(item)", frame).fit())
        upper, lower = table.loc["C(item)", "mean_sq"], table.loc["Residual", "mean_sq"]
        return (upper, lower, None) if k > 1 else (upper, None, lower)
    return float(np.var(scores, ddof=1)), None, None


rows = []
while len(rows) < 210:
    scores = WORKED if not rows else draw()
    n, k, j = scores.shape
    item, prediction, judge = mean_squares(scores)
    if k > 1 and j > 1:
        terms = [max(0, (item - prediction) / (k * j)), max(0, (prediction - judge) / j), judge]
        draws = [n, n * k, n * k * j]
    elif k > 1:
        terms, draws = [max(0, (item - prediction) / k), prediction], [n, n * k]
    elif j > 1:
        terms, draws = [max(0, (item - judge) / j), judge], [n, n * j]
    else:
        terms, draws = [item], [n]
    rows.append(["statsmodels", n, k, j, list(scores.ravel()), scores.mean(), item, prediction, judge, terms,
                 sum(t / d for t, d in zip(terms, draws))])
fixture_table.write("variance-components", ["items", "predictions", "judge_runs", "scores", "mean", "ms_item",
                                            "ms_prediction", "ms_judge", "terms", "variance_of_mean"], rows)

#!/usr/bin/env python3
"""Fixtures of agreement between raters: Fixtures/cohen-kappa.csv, fleiss-kappa.csv. Needs numpy and statsmodels.

A table is one list, row by row.
"""

import numpy as np
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

import fixture_table

rng = np.random.default_rng(20_270_101)


def cohen_rows():
    rows = []
    while len(rows) < 220:
        categories = int(rng.integers(2, 7))
        size = float(10 ** rng.uniform(0.3, 5))
        share = rng.dirichlet(np.full(categories, 0.7))
        chance = np.outer(share, rng.dirichlet(np.full(categories, 0.7)))
        weight = rng.uniform(0, 1)
        table = rng.poisson(size * (weight * np.diag(share) + (1 - weight) * chance))
        n = table.sum()
        if n == 0 or ((table.sum(0) == n) & (table.sum(1) == n)).any():
            continue
        result = cohens_kappa(table)
        # An exact agreement has no variance; statsmodels' rounding makes it tiny, or the root of a tiny negative.
        error = 0.0 if np.trace(table) == n or result.var_kappa < 1e-15 else float(np.sqrt(result.var_kappa))
        if result.var_kappa < 1e-15 and np.trace(table) != n:
            continue
        rows.append(["statsmodels", categories, [int(v) for v in table.ravel()], float(np.trace(table) / n),
                     float(result.kappa), error])
    fixture_table.write("cohen-kappa", ["categories", "table", "agreement", "kappa", "standard_error"], rows)


def fleiss_rows():
    rows = []
    while len(rows) < 220:
        categories, raters = int(rng.integers(2, 6)), int(rng.integers(2, 8))
        items = int(rng.integers(1, 40))
        share = rng.dirichlet(np.full(categories, 0.7))
        table = []
        for _ in range(items):
            own = rng.dirichlet(np.full(categories, 0.4)) if rng.random() < 0.7 else share
            table.append(rng.multinomial(raters, own))
        table = np.array(table)
        if (table.sum(0) > 0).sum() < 2:
            continue
        rows.append(["statsmodels", categories, raters, [int(v) for v in table.ravel()],
                     float(fleiss_kappa(table, method="fleiss"))])
    fixture_table.write("fleiss-kappa", ["categories", "raters", "table", "kappa"], rows)


cohen_rows()
fleiss_rows()

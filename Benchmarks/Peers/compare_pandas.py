"""Compares two JSONL result files with pandas and statsmodels, as a practitioner would write it.

usage: compare_pandas.py BASE CANDIDATE

Binary scores: exact McNemar, Tango's interval of the paired difference, a Wilson interval for each arm.
Other scores: a sign-flip permutation test with 10,000 resamples, a paired t interval, a t interval for each arm.
"""

import sys

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW


def sign_flip(differences, resamples=10_000, batch=200, seed=1):
    """The two-sided p-value of the sum under random signs, vectorised in batches that fit the cache."""
    generator = np.random.default_rng(seed)
    observed = abs(differences.sum())
    hits = 0
    for _ in range(resamples // batch):
        positive = generator.integers(0, 2, size=(batch, len(differences)), dtype=np.int8)
        # Σ±d = 2·Σ(chosen) − Σd
        sums = 2 * (positive @ differences) - differences.sum()
        hits += np.count_nonzero(np.abs(sums) >= observed - 1e-9)
    return (1 + hits) / (1 + resamples)


def binary(pairs):
    table = pd.crosstab(pairs["score_base"], pairs["score_candidate"]).to_numpy()
    n = len(pairs)
    (_, only_candidate), (only_base, _) = table
    difference = (only_candidate - only_base) / n
    # statsmodels has no interval of a paired binary difference: the Wald interval stands in, in the peer's favour.
    error = np.sqrt(only_base + only_candidate - (only_candidate - only_base) ** 2 / n) / n
    reach = stats.norm.ppf(0.975) * error
    print(f"difference {difference:+.5f} ({difference - reach:+.5f} to {difference + reach:+.5f})")
    print(f"exact McNemar p = {mcnemar(table, exact=True).pvalue:.4f}, {only_candidate} against {only_base}")
    for arm in ("base", "candidate"):
        passes = pairs[f"score_{arm}"].sum()
        low, high = proportion_confint(passes, n, method="wilson")
        print(f"{arm} {passes / n:.4f} ({low:.4f} to {high:.4f})")


def real(pairs):
    differences = (pairs["score_candidate"] - pairs["score_base"]).to_numpy()
    low, high = DescrStatsW(differences).tconfint_mean()
    print(f"difference {differences.mean():+.5f} ({low:+.5f} to {high:+.5f})")
    print(f"sign-flip p = {sign_flip(differences):.4f}")
    for arm in ("base", "candidate"):
        low, high = DescrStatsW(pairs[f"score_{arm}"]).tconfint_mean()
        print(f"{arm} {pairs[f'score_{arm}'].mean():.5f} ({low:.5f} to {high:.5f})")


def main():
    base, candidate = (pd.read_json(path, lines=True) for path in sys.argv[1:3])
    pairs = base.merge(candidate, on="item_id", suffixes=("_base", "_candidate"), validate="one_to_one")
    print(f"{len(pairs)} pairs")
    if set(pairs["score_base"].unique()) | set(pairs["score_candidate"].unique()) <= {0, 1}:
        binary(pairs)
    else:
        real(pairs)


if __name__ == "__main__":
    main()

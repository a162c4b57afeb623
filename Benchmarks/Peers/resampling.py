"""One resampling kernel of SciPy or of hand-vectorised numpy, once, as one line of JSON.

usage: resampling.py METHOD ITEMS RESAMPLES [CLUSTERS]

METHOD: scipy-flip, numpy-flip, mcnemar, scipy-bootstrap, numpy-bootstrap. Data and imports are not timed.
"""

import json
import sys
import time

import numpy as np


def differences(count):
    """Differences of two scores in 0…1 with four decimals."""
    generator = np.random.default_rng(1)
    return (generator.random(count) - 1.001 * generator.random(count)).round(4)


def cluster_sums(items, clusters):
    labels = np.concatenate([np.arange(clusters), np.random.default_rng(2).integers(0, clusters, items - clusters)])
    return np.bincount(labels, weights=differences(items)), np.bincount(labels).astype(float)


def scipy_flip(items, resamples):
    """`permutation_test` of one sample flips its signs, here in batches of a million."""
    from scipy import stats

    values = differences(items)

    def total(sample, axis):
        return sample.sum(axis=axis)

    return lambda: stats.permutation_test(
        (values,), total, permutation_type="samples", vectorized=True, n_resamples=resamples,
        batch=max(1, 1_000_000 // items), rng=np.random.default_rng(1)).pvalue


def numpy_flip(items, resamples):
    """The best that we could write in numpy: one random bit a sign, unpacked in batches, one matrix product a batch."""
    values = differences(items)
    batch = max(1, 1_000_000 // items)

    def run():
        generator = np.random.default_rng(1)
        total = values.sum()
        hits = done = 0
        while done < resamples:
            rows = min(batch, resamples - done)
            bits = np.unpackbits(
                np.frombuffer(generator.bytes(rows * ((items + 7) // 8)), np.uint8).reshape(rows, -1), axis=1,
                count=items)
            # Σ±d = 2·Σ(chosen) − Σd
            sums = 2 * (bits.astype(np.float64) @ values) - total
            hits += np.count_nonzero(np.abs(sums) >= abs(total) * (1 - 1e-12))
            done += rows
        return (1 + hits) / (1 + resamples)

    return run


def exact_mcnemar(items, _):
    from statsmodels.stats.contingency_tables import mcnemar

    values = differences(items)
    pairs = np.column_stack([values < -0.01, values > 0.01])
    base, candidate = pairs[:, 0], pairs[:, 1]

    def run():
        table = [[0, np.count_nonzero(candidate & ~base)], [np.count_nonzero(base & ~candidate), 0]]
        return mcnemar(table, exact=True).pvalue

    return run


def scipy_bootstrap(items, resamples, clusters):
    """The percentile interval of the ratio of cluster sums and sizes, the clusters drawn whole."""
    from scipy import stats

    sums, sizes = cluster_sums(items, clusters)

    def ratio(numerators, denominators, axis):
        return numerators.sum(axis=axis) / denominators.sum(axis=axis)

    return lambda: stats.bootstrap(
        (sums, sizes), ratio, paired=True, vectorized=True, n_resamples=resamples, method="percentile",
        batch=max(1, 1_000_000 // clusters), rng=np.random.default_rng(1)).confidence_interval.low


def numpy_bootstrap(items, resamples, clusters):
    """The same by hand: indices in batches, one gather for the sums and one for the sizes."""
    sums, sizes = cluster_sums(items, clusters)
    batch = max(1, 1_000_000 // clusters)

    def run():
        generator = np.random.default_rng(1)
        replicates = []
        done = 0
        while done < resamples:
            rows = min(batch, resamples - done)
            drawn = generator.integers(0, clusters, size=(rows, clusters), dtype=np.int32)
            replicates.append(sums.take(drawn).sum(axis=1) / sizes.take(drawn).sum(axis=1))
            done += rows
        return np.quantile(np.concatenate(replicates), [0.025, 0.975])[0]

    return run


METHODS = {
    "scipy-flip": scipy_flip, "numpy-flip": numpy_flip, "mcnemar": exact_mcnemar, "scipy-bootstrap": scipy_bootstrap,
    "numpy-bootstrap": numpy_bootstrap,
}


def main():
    run = METHODS[sys.argv[1]](*map(int, sys.argv[2:]))
    start = time.perf_counter()
    result = run()
    print(json.dumps({"seconds": time.perf_counter() - start, "result": float(result)}))


if __name__ == "__main__":
    main()

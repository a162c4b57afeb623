"""Compares two Inspect logs with Inspect's own reader: pairs by id, mean difference, standard error.

usage: compare_inspect.py BASE CANDIDATE [--summaries]

--summaries reads only the summaries of the samples that Inspect keeps beside them, the fastest way that it has.
"""

import sys

import numpy as np
from inspect_ai.log import read_eval_log, read_eval_log_sample_summaries
from inspect_ai.scorer import value_to_float


def scores(path, summaries):
    samples = read_eval_log_sample_summaries(path) if summaries else read_eval_log(path).samples
    number = value_to_float()
    return {sample.id: number(next(iter(sample.scores.values())).value) for sample in samples}


def main():
    summaries = "--summaries" in sys.argv
    base, candidate = (scores(path, summaries) for path in sys.argv[1:3])
    common = sorted(base.keys() & candidate.keys())
    differences = np.array([candidate[item] - base[item] for item in common])
    error = differences.std(ddof=1) / np.sqrt(len(common))
    print(f"{len(common)} pairs, base {np.mean(list(base.values())):.4f}, candidate {np.mean(list(candidate.values())):.4f}")
    print(f"difference {differences.mean():+.4f}, standard error {error:.4f}")


if __name__ == "__main__":
    main()

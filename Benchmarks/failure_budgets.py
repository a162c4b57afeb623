#!/usr/bin/env python3
"""How often a failure budget of 2 % is spent falsely, and how soon truly: the figures of Documentation/Gateway.md.

Streams of calls that fail at a true rate are looked at after each call, within one window: by the lower bound that `FailureMeter` uses
(an eighth of 5 %; `BettingLowerBound`), and by counting whether more than 2 % have failed so far.

usage: failure_budgets.py   (numpy; seconds)
"""
import numpy as np

TOLERATED = 0.02
ENOUGH = np.log(8 / 0.05)
PARTS = 2.0 ** (-np.arange(1, 29) / 2)


def evidence(failed, calls):
    logs = np.log1p(-PARTS) * (calls - failed)[:, None] + np.log1p(PARTS * (1 / TOLERATED - 1)) * failed[:, None]
    most = logs.max(axis=1)
    return most + np.log(np.exp(logs - most[:, None]).mean(axis=1))


def streams(rate, calls, count, rng):
    """For each stream, the call at which it is spent (0 is never), and whether it would be by counting."""
    spent, counted = np.zeros(count, int), np.zeros(count, bool)
    numbers = np.arange(1, calls + 1)
    for stream in range(count):
        fails = rng.random(calls) < rate
        failed = np.cumsum(fails)
        over = fails & (failed > TOLERATED * numbers)
        counted[stream] = over.any()
        # Only a failure adds to the evidence.
        shown = numbers[over][evidence(failed[over], numbers[over]) >= ENOUGH] if counted[stream] else []
        spent[stream] = shown[0] if len(shown) else 0
    return spent, counted


def main():
    rng = np.random.default_rng(7)
    for calls in [100, 1_000, 10_000]:
        spent, counted = streams(TOLERATED, calls, 2_000, rng)
        print(f"as tolerated, {calls} calls: spent {np.mean(spent > 0):.2%}, by counting {np.mean(counted):.1%}")
    for times in [1.5, 2, 3, 5, 10, 25]:
        spent, _ = streams(times * TOLERATED, 20_000, 300, rng)
        late = np.where(spent > 0, spent, np.inf)
        print(f"{times} times as much: spent {np.mean(spent > 0):.0%}, median call {np.median(late):.0f}")


main()

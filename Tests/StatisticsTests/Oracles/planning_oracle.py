#!/usr/bin/env python3
"""Fixtures of sample sizes, power and detectable effects: Fixtures/sample_size.csv, power.csv, detectable.csv,
repeat_plan.csv.

Oracles: statsmodels 0.15 (normal_sample_size_one_tail, normal_power_het) where it has the method, else the published
formula in mpmath with 40 digits; detectable effects as roots found by bisection in mpmath; repeat plans by trying every plan.

Run: python3 Oracles/planning_oracle.py   (numpy, mpmath, statsmodels)
"""
import csv
import pathlib

import mpmath as mp
import numpy as np
from statsmodels.stats.power import normal_power_het, normal_sample_size_one_tail

mp.mp.dps = 40
OUT = pathlib.Path(__file__).resolve().parent.parent / "Fixtures"
rng = np.random.default_rng(7_041)


def write(name, header, rows):
    with open(OUT / f"{name}.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)
    print(name, len(rows))


def quantile(p):
    p = mp.mpf(p)
    return mp.sqrt(2) * mp.erfinv(2 * p - 1)


def cdf(x):
    return mp.ncdf(x)


def targets():
    return (float(rng.choice([0.05, 0.01, 0.005, 0.1])), float(rng.choice([0.8, 0.9, 0.95, 0.5])),
            float(rng.choice([0.025, 0.05, 0.005])), float(rng.choice([1.0, 1.0, 1.7, 2.2, 0.9])))


def rounded(value, design_effect):
    """The whole number; None where rounding could go either way."""
    items = mp.mpf(value) * mp.mpf(design_effect)
    if abs(items - mp.nint(items)) < mp.mpf(10) ** -6:
        return None
    return max(1, int(mp.ceil(items)))


def sample_size(kind, x, y, effect, alpha, power, margin_alpha):
    """Independent items, not rounded."""
    za, zb, zm = quantile(1 - mp.mpf(alpha) / 2), quantile(power), quantile(1 - mp.mpf(margin_alpha))
    d = mp.mpf(effect)
    if kind == "unpaired":
        p, q = mp.mpf(x), mp.mpf(x) + d
        exact = (za + zb) ** 2 * (p * (1 - p) + q * (1 - q)) / d**2
        std = float(mp.sqrt(p * (1 - p) + q * (1 - q)))
        check = normal_sample_size_one_tail(effect, power, alpha / 2, std, std)
    elif kind == "pairedBinary":
        pi = mp.mpf(max(x, abs(effect)))
        exact = (za * mp.sqrt(pi) + zb * mp.sqrt(pi - d**2)) ** 2 / d**2
        check = normal_sample_size_one_tail(abs(effect), power, alpha / 2, float(mp.sqrt(pi)), float(mp.sqrt(pi - d**2)))
    elif kind == "pairedReal":
        exact = (za + zb) ** 2 * mp.mpf(x) ** 2 / d**2 + za**2 / 2
        check = normal_sample_size_one_tail(effect, power, alpha / 2, x, x) + float(za) ** 2 / 2
    elif kind == "unpairedReal":
        exact = (za + zb) ** 2 * (mp.mpf(x) ** 2 + mp.mpf(y) ** 2) / d**2 + za**2 / 4
        std = (x * x + y * y) ** 0.5
        check = normal_sample_size_one_tail(effect, power, alpha / 2, std, std) + float(za) ** 2 / 4
    elif kind == "nonInferiority":
        exact = (zm + zb) ** 2 * mp.mpf(x) / d**2
        check = normal_sample_size_one_tail(effect, power, margin_alpha, x**0.5, x**0.5)
    elif kind == "equivalence":
        exact = (zm + quantile((1 + mp.mpf(power)) / 2)) ** 2 * mp.mpf(x) / d**2
        check = normal_sample_size_one_tail(effect, (1 + power) / 2, margin_alpha, x**0.5, x**0.5)
    elif kind == "nonInferiorityPaired":
        exact = max((zm + zb) ** 2 * mp.mpf(x) / d**2, zm**2 * (1 - d) / d)
        check = max(normal_sample_size_one_tail(effect, power, margin_alpha, x**0.5, x**0.5),
                    float(zm**2 * (1 - d) / d))
    assert abs(check - exact) < 1e-6 * exact, (kind, x, effect, exact, check)
    return exact


SIZE_KINDS = ["unpaired", "pairedBinary", "pairedReal", "unpairedReal", "nonInferiority", "equivalence",
              "nonInferiorityPaired"]


def inputs(kind):
    x, y = 0.0, 0.0
    effect = float(np.round(rng.choice([0.005, 0.01, 0.015, 0.02, 0.03, 0.06, 0.1, 0.2]), 4))
    if kind == "unpaired":
        x = float(np.round(rng.uniform(0.02, 0.98), 3))
        effect = effect if x + effect <= 1 and (rng.random() < 0.5 or x - effect < 0) else -effect
        effect = effect if 0 <= x + effect <= 1 else -effect
    elif kind == "pairedBinary":
        x = float(np.round(rng.uniform(0.005, 0.6), 3))
        effect *= rng.choice([-1, 1])
    elif kind in ("pairedReal", "unpairedReal"):
        x, y = (float(np.round(v, 3)) for v in rng.uniform(0.05, 3, 2))
    else:
        x = float(np.round(rng.uniform(0.001, 0.6), 3))
    return x, y, float(effect)


def size_rows():
    rows = []
    for kind in SIZE_KINDS:
        made = 0
        while made < 210:
            x, y, effect = inputs(kind)
            alpha, power, margin_alpha, design_effect = targets()
            items = rounded(sample_size(kind, x, y, effect, alpha, power, margin_alpha), design_effect)
            if items is None:
                continue
            rows.append([kind, x, y, effect, alpha, power, margin_alpha, design_effect, items])
            made += 1
    return rows


def power_rows():
    rows = []
    for kind in SIZE_KINDS[:-1]:
        made = 0
        while made < 210:
            x, y, effect = inputs(kind)
            alpha, power, margin_alpha, design_effect = targets()
            base, candidate = (int(v) for v in rng.integers(10, 4000, 2))
            n, m = mp.mpf(base) / mp.mpf(design_effect), mp.mpf(candidate) / mp.mpf(design_effect)
            za, zm, d = quantile(1 - mp.mpf(alpha) / 2), quantile(1 - mp.mpf(margin_alpha)), abs(mp.mpf(effect))
            if kind in ("unpaired", "unpairedReal"):
                p, q = mp.mpf(x), mp.mpf(x) + mp.mpf(effect)
                variance = (p * (1 - p) / n + q * (1 - q) / m if kind == "unpaired"
                            else mp.mpf(x) ** 2 / n + mp.mpf(y) ** 2 / m)
                se = mp.sqrt(variance)
                value = cdf(d / se - za) + cdf(-d / se - za)
                check = normal_power_het(float(d), 1, alpha, float(se), float(se), alternative="two-sided")
            elif kind == "pairedBinary":
                pi = mp.mpf(max(x, abs(effect)))
                value = cdf((d * mp.sqrt(n) - za * mp.sqrt(pi)) / mp.sqrt(pi - d**2))
                check = normal_power_het(float(d), float(n), alpha / 2, float(mp.sqrt(pi)), float(mp.sqrt(pi - d**2)),
                                         alternative="larger")
            elif kind == "pairedReal":
                if n <= za**2 / 2:
                    continue
                value = cdf(d * mp.sqrt(n - za**2 / 2) / mp.mpf(x) - za)
                check = normal_power_het(float(d), float(n - za**2 / 2), alpha / 2, x, x, alternative="larger")
            else:
                value = cdf(d * mp.sqrt(n) / mp.sqrt(mp.mpf(x)) - zm)
                check = normal_power_het(float(d), float(n), margin_alpha, x**0.5, x**0.5, alternative="larger")
                if kind == "equivalence":
                    value, check = max(mp.mpf(0), 2 * value - 1), max(0, 2 * check - 1)
            assert abs(value - check) < 1e-9, (kind, value, check)
            rows.append([kind, x, y, effect, alpha, power, margin_alpha, design_effect, base, candidate,
                         mp.nstr(value, 17)])
            made += 1
    return rows


def root(function):
    """The root of an increasing function in (0, ∞), by bisection of its logarithm."""
    low, high = mp.mpf(-40), mp.mpf(40)
    for _ in range(130):
        middle = (low + high) / 2
        low, high = (low, middle) if function(mp.exp(middle)) >= 0 else (middle, high)
    return mp.exp(high)


def detectable(kind, x, y, alpha, power, margin_alpha, n, m):
    za, zb, zm = quantile(1 - mp.mpf(alpha) / 2), quantile(power), quantile(1 - mp.mpf(margin_alpha))
    x = mp.mpf(x)
    if kind in ("unpairedUp", "unpairedDown"):
        # δ² = Z²(pq/n + (p+sδ)(q−sδ)/m), a quadratic in δ.
        sign = 1 if kind == "unpairedUp" else -1
        z = (za + zb) ** 2
        a, b, c = 1 + z / m, -z * sign * (1 - 2 * x) / m, -z * x * (1 - x) * (1 / n + 1 / m)
        value = (-b + mp.sqrt(b * b - 4 * a * c)) / (2 * a)
        return value if value <= (1 - x if sign > 0 else x) else None
    if kind == "pairedBinary":
        def excess(d):
            pi = max(x, d)
            return d * mp.sqrt(n) - za * mp.sqrt(pi) - zb * mp.sqrt(pi - d * d)
        low, high = mp.mpf(0), mp.mpf(1)
        if excess(high) < 0:
            return None
        for _ in range(130):
            middle = (low + high) / 2
            low, high = (low, middle) if excess(middle) >= 0 else (middle, high)
        return high
    if kind == "pairedReal":
        if n <= za**2 / 2:
            return None
        return root(lambda d: n - ((za + zb) ** 2 * x**2 / d**2 + za**2 / 2))
    if kind == "nonInferiority":
        return root(lambda d: n - (zm + zb) ** 2 * x / d**2)
    if kind == "equivalence":
        return root(lambda d: n - (zm + quantile((1 + mp.mpf(power)) / 2)) ** 2 * x / d**2)


def detectable_rows():
    rows = []
    for kind in ["unpairedUp", "unpairedDown", "pairedBinary", "pairedReal", "nonInferiority", "equivalence"]:
        for _ in range(210):
            alpha, power, margin_alpha, design_effect = targets()
            base, candidate = (int(v) for v in np.exp(rng.uniform(np.log(2), np.log(50_000), 2)))
            x = float(np.round(rng.uniform(0.01, 0.99), 3))
            if kind == "pairedReal":
                x *= 3
            value = detectable(kind, x, 0, alpha, power, margin_alpha, mp.mpf(base) / mp.mpf(design_effect),
                               mp.mpf(candidate) / mp.mpf(design_effect))
            rows.append([kind, x, alpha, power, margin_alpha, design_effect, base, candidate,
                         "" if value is None else mp.nstr(value, 17)])
    return rows


def repeat_rows():
    rows = []
    while len(rows) < 220:
        per_item, per_repeat = (float(np.round(v, 2)) for v in (rng.uniform(0, 20), rng.uniform(0.2, 5)))
        item, repeat = (float(np.round(v, 3)) for v in rng.uniform(0.005, 0.3, 2))
        budget = float(np.round(np.exp(rng.uniform(np.log(2), np.log(5000))), 1))
        plans = []
        for repeats in range(1, 101):
            each = per_item + repeats * per_repeat
            items = int(budget / each + 1e-9)
            if items:
                plans.append((item / items + repeat / (items * repeats), repeats, items))
        if not plans:
            continue
        plans.sort()
        if len(plans) > 1 and plans[1][0] - plans[0][0] < 1e-9 * plans[0][0]:
            continue
        variance, repeats, items = plans[0]
        rows.append([per_item, per_repeat, item, repeat, budget, items, repeats, repr(variance)])
    return rows


write("sample_size", ["kind", "x", "y", "effect", "alpha", "power", "margin_alpha", "design_effect", "items"], size_rows())
write("power", ["kind", "x", "y", "effect", "alpha", "power", "margin_alpha", "design_effect", "base", "candidate",
                "value"], power_rows())
write("detectable", ["kind", "x", "alpha", "power", "margin_alpha", "design_effect", "base", "candidate", "value"],
      detectable_rows())
write("repeat_plan", ["cost_per_item", "cost_per_repeat", "item_variance", "repeat_variance", "budget", "items",
                      "repeats", "variance"], repeat_rows())

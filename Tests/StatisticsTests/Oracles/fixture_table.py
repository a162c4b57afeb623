"""Writes one fixture table. Floats are written with all their digits, lists with a space between the values.

The committed tables were made with Python 3.11, SciPy 1.17.1, statsmodels 0.15.0 and mpmath 1.3.0 or
1.4.1, scikit-learn 1.9.1, pymannkendall 1.4.3 and ppi-python 0.2.3.
"""

import csv
import math
import os

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Fixtures")


def text(value):
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return " ".join(text(x) for x in value)
    if isinstance(value, int):
        return str(value)
    number = float(value)
    assert math.isfinite(number), value
    return repr(number)


def write(name, header, rows):
    assert len(rows) >= 200, (name, len(rows))
    with open(os.path.join(FIXTURES, name + ".csv"), "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["oracle"] + header)
        for row in rows:
            assert len(row) == len(header) + 1, row
            table.writerow([text(x) for x in row])
    print(name, len(rows), "rows")

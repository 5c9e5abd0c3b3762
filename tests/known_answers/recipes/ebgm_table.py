"""Writes ebgm_table.csv: a SIMULATED table of drugs and terms, with the pairs that have reports. Needs NumPy 2.

Run here: python ebgm_table.py
"""

import csv
from pathlib import Path

import numpy as np

PRIOR = (1.5, 0.4, 6.0, 6.6, 0.15)
DRUGS, TERMS, REPORTS = 70, 90, 60_000

random = np.random.default_rng(20260105)
drugs, terms = (np.exp(random.normal(0, 1.2, n)) for n in (DRUGS, TERMS))
expected = np.outer(drugs / drugs.sum(), terms / terms.sum()) * REPORTS
shape_1, rate_1, shape_2, rate_2, share = PRIOR
is_first = random.random(expected.shape) < share
ratio = np.where(is_first, random.gamma(shape_1, 1 / rate_1, expected.shape), random.gamma(shape_2, 1 / rate_2, expected.shape))
reports = random.poisson(ratio * expected)
with (Path(__file__).parent / "ebgm_table.csv").open("w", newline="") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["drug", "term", "reports"])
    out.writerows((int(i), int(j), int(reports[i, j])) for i, j in zip(*np.nonzero(reports), strict=True))

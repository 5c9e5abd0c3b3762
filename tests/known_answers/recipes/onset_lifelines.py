"""Writes onset_lifelines.csv: shape and scale of every set of onset_times.csv. lifelines 0.30; run with an own environment."""

import csv
from pathlib import Path

from lifelines import WeibullFitter

with Path("onset_times.csv").open(newline="") as file:
    rows = list(csv.DictReader(file))
with Path("onset_lifelines.csv").open("w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["set", "shape", "scale"])
    for name in dict.fromkeys(row["set"] for row in rows):
        days = [float(row["day"]) for row in rows if row["set"] == name]
        fit = WeibullFitter().fit_interval_censoring(days, [day + 1 for day in days])
        writer.writerow([name, repr(float(fit.rho_)), repr(float(fit.lambda_))])

"""Writes survival_lifelines.csv: Kaplan-Meier by lifelines 0.30 of the subjects in survival_subjects.csv.

lifelines is no dependency of this project: run it in an environment of its own, with pandas, in this folder.
"""

import pandas as pd
from lifelines import KaplanMeierFitter

subjects = pd.read_csv("survival_subjects.csv")
rows = []
for name in ("few", "ties", "censored", "none_censored"):
    of_name = subjects[subjects["name"] == name]
    fitter = KaplanMeierFitter(alpha=0.05).fit(of_name["time"], of_name["cause"] > 0)
    limits = fitter.confidence_interval_
    for time, estimate in fitter.survival_function_["KM_estimate"].items():
        if 0 < estimate < 1:
            low, high = limits.loc[time, ["KM_estimate_lower_0.95", "KM_estimate_upper_0.95"]]
            rows.append((name, time, estimate, low, high))
pd.DataFrame(rows, columns=["name", "time", "estimate", "low", "high"]).to_csv("survival_lifelines.csv", index=False)

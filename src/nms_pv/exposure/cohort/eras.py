"""Drug exposures to eras: stretches of time on one ingredient in one form."""

from typing import Any

import narwhals as nw

from nms_pv.exposure.cohort.intervals import merge

DRUG = ["ingredient", "formulation"]


def ingredient_eras(exposures: "nw.LazyFrame[Any]", gap_days: int) -> "nw.LazyFrame[Any]":
    """Exposures of one person to one ingredient in one form with at most `gap_days` from end to next start are one era.

    Parameters
    ----------
    exposures
        Columns person_id, ingredient, formulation, start_day, end_day of `canonical/drug_exposures`.
    gap_days
        Persistence gap: largest start - latest end so far that still joins.

    Returns
    -------
    The columns of `exposure/eras`.

    References
    ----------
    OHDSI ETL-Synthea, `insert_drug_era.sql`: the rule of the OMOP table drug_era, where the gap is 30 days.

    """
    numbers = exposures.select(DRUG).unique(DRUG).with_row_index("drug_no", order_by=DRUG)
    merged = merge(exposures.join(numbers, on=DRUG, how="inner"), ["person_id", "drug_no"], gap_days)
    return merged.join(numbers, on="drug_no", how="inner").select(
        "person_id", *DRUG, "start_day", "end_day", exposures=nw.col("n")
    )

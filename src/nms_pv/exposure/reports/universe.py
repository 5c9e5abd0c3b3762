"""canonical -> exposure: the reports that count."""

from collections.abc import Sequence

import polars as pl

from nms_pv.spec.params import band_names
from nms_pv.tables.attrition import steps
from nms_pv.tables.canonical import SUSPECT_ROLES

UNKNOWN = "unknown"
# Who and by whom: taken over as they are.
DESCRIBED = ["age_years", "sex", "reporter_type", "report_type", "reporter_country", "occurrence_country", "sender"]


def counted_reports(
    reports: pl.DataFrame,
    drugs: pl.DataFrame,
    events: pl.DataFrame,
    outcomes: pl.DataFrame,
    quarter: str,
    age_bands: Sequence[int],
) -> pl.DataFrame:
    """The rows of `exposure/universe`: reports with at least one reaction and at least one suspect drug.

    A report whose source has no outcome table is neither fatal nor not fatal: `is_fatal` is empty, as `is_serious` is.
    """
    deaths = outcomes.filter(pl.col("outcome") == "death").select("subject_id", has_died=True)
    return (
        _with_suspect(_with_reaction(reports, events), drugs)
        .join(deaths, on="subject_id", how="left", maintain_order="left")
        .select(
            "subject_id",
            pl.col("first_received_day").cast(pl.Date).dt.year().alias("received_year"),
            "is_representative",
            "is_serious",
            *DESCRIBED,
            is_fatal=pl.when(pl.col("is_serious").is_not_null()).then(pl.col("has_died").fill_null(False)),
            quarter=pl.lit(quarter),
            age_band=_age_band(age_bands),
        )
    )


def _age_band(age_bands: Sequence[int]) -> pl.Expr:
    bands = zip(age_bands, band_names(list(age_bands)), strict=True)
    reached = [pl.when(pl.col("age_years") >= low).then(pl.lit(band)) for low, band in bands]
    return pl.coalesce(*reversed(reached), pl.lit(UNKNOWN))


def report_attrition(scope: str, reports: pl.DataFrame, drugs: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Why reports do not count: a report with neither reaction nor suspect drug leaves for want of a reaction."""
    with_reaction = _with_reaction(reports, events)
    counted = _with_suspect(with_reaction, drugs)
    left = {
        "no_reaction": reports.height - with_reaction.height,
        "no_suspect_drug": with_reaction.height - counted.height,
    }
    return steps("exposure", scope, "report", reports.height, left)


def _with_reaction(reports: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    return reports.join(events, on="subject_id", how="semi")


def _with_suspect(reports: pl.DataFrame, drugs: pl.DataFrame) -> pl.DataFrame:
    return reports.join(drugs.filter(pl.col("role").is_in(SUSPECT_ROLES)), on="subject_id", how="semi")

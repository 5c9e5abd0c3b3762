"""On which day each core sign is first documented."""

import functools
import operator
from collections.abc import Mapping, Sequence

import polars as pl

from nms_pv.measures.definitions.patterns import MET
from nms_pv.measures.presentation.sources import uses_of
from nms_pv.spec.definitions import Definition, ElementUse
from nms_pv.tables.evidence import MEASURED

CODE = "nms_diagnosis"


def first_days(
    signs: Mapping[str, str], states: pl.DataFrame, findings: pl.DataFrame, definitions: Sequence[Definition]
) -> pl.DataFrame:
    """The first day of each core sign of each subject, and of the code.

    Parameters
    ----------
    signs
        Item or element of each sign.
    states
        subject_id, name, state: a sign that is not present has no day.
    findings
        `evidence/findings` of the subjects.
    definitions
        Of the study, each element with its tests.

    Returns
    -------
    pl.DataFrame
        subject_id, and a column for each sign and for `nms_diagnosis`: days since 1970-01-01, empty where it is not present or
        not dated to the day. Of a value that must be met on several occasions it is the first.
    """
    dated = findings.filter(pl.col("day_precision").cast(pl.String) == "day")
    is_code = _says(CODE) & (pl.col("grade").cast(pl.String) == "core")
    frame = dated.filter(is_code).group_by("subject_id").agg(pl.col("day").min().alias(CODE))
    for sign, name in signs.items():
        shows = functools.reduce(operator.or_, (_shows(use) for use in uses_of(name, definitions).values()))
        present = states.filter(pl.col("name") == name, pl.col("state") == MET).select("subject_id")
        days = dated.filter(shows).join(present, on="subject_id", how="semi").group_by("subject_id").agg(day=pl.col("day").min())
        frame = frame.join(days.rename({"day": sign}), on="subject_id", how="full", coalesce=True)
    return frame.sort("subject_id")


def _says(*elements: str) -> pl.Expr:
    return pl.col("element").is_in(elements) & (pl.col("state").cast(pl.String) == "present")


def _shows(use: ElementUse) -> pl.Expr:
    """Whether a finding is a word for the element, at a grade that counts, or a value that meets one of its tests."""
    said = _says(*use.sources) & pl.col("grade").cast(pl.String).is_in(use.grades)
    is_value = pl.col("state").cast(pl.String) == MEASURED
    met = [is_value & (pl.col("element") == test.of) & test.meets().fill_null(False) for test in use.measured or []]
    return functools.reduce(operator.or_, met, said)

"""Rows of `measures/results` from frames of estimates: the one place where a number gets its address."""

import hashlib
from pathlib import Path

import numpy as np
import polars as pl

from nms_pv.measures.interval import Interval
from nms_pv.spec.literature import FILE
from nms_pv.tables.contract import Table
from nms_pv.tables.measures import QUESTION_OF, RESULTS

COUNTS = ["numerator", "denominator", "reference_numerator", "reference_denominator"]
OPTIONAL = ["analysis", "roles", "duplicates", "reference", "stratum", "screen_met", *COUNTS]


def with_interval(frame: pl.DataFrame, values: Interval) -> pl.DataFrame:
    """The frame with estimate, low and high; what is not a number is empty."""
    return frame.with_columns(pl.Series(name, np.atleast_1d(found)).fill_nan(None) for name, found in values._asdict().items())


def result_rows(
    frame: pl.DataFrame, measure: str, *, arm: str, unit: str, method: str | pl.Expr, level: float | None
) -> pl.DataFrame:
    """Rows of `measures/results` but for the data version, which `write_results` fills in.

    Parameters
    ----------
    frame
        Columns definition, group_kind, group, estimate, low, high (empty where undefined) and undefined_reason, which is kept
        where there is no estimate. Columns of `OPTIONAL` that it does not have are empty.
    measure
        A measure of tables/measures.py; it belongs to one question.
    arm, unit, method, level
        As in the table.

    """
    absent = set(OPTIONAL) - set(frame.columns)
    against = "vs " + pl.col("reference")
    address = ["definition", "analysis", "roles", "duplicates", "group_kind", "group", against, "stratum"]
    return (
        frame.with_columns(pl.lit(None, RESULTS.types[name]).alias(name) for name in absent)
        .with_columns(
            arm=pl.lit(arm),
            question=pl.lit(QUESTION_OF[measure]),
            measure=pl.lit(measure),
            unit=pl.lit(unit),
            level=pl.lit(level, pl.Float64),
            method=pl.lit(method) if isinstance(method, str) else method,
            undefined_reason=pl.when(pl.col("estimate").is_null()).then("undefined_reason"),
            suppressed=pl.lit(False),
            data_version=None,
            result_id=pl.concat_str([pl.lit(measure), *address], separator="/", ignore_nulls=True),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in RESULTS.types.items())
    )


def write_results(rows: pl.DataFrame, path: Path, version: str) -> None:
    """Write rows of `measures/results`, all computed from the same data version."""
    RESULTS.write(rows.with_columns(data_version=pl.lit(version)), path)


def data_version(arm: str, registered: Table, path: Path) -> str:
    """The version of the data of an arm, `reports:0123456789ab`: the same raw files give the same, whatever their order.

    Parameters
    ----------
    arm
        `reports` or `cohort`.
    registered, path
        Table of the raw files, with columns source_id and sha256, and where it lies.

    """
    files = registered.scan(path).select("source_id", "sha256").sort("source_id").collect()
    lines = "".join(f"{source_id} {digest}\n" for source_id, digest in files.iter_rows())
    return _version(arm, lines.encode())


def literature_version(study: Path) -> str:
    """The version of the published numbers, `literature:0123456789ab`: that of the bytes of `study/literature.csv`."""
    return _version("literature", (study / FILE).read_bytes())


def _version(of: str, content: bytes) -> str:
    return f"{of}:{hashlib.sha256(content).hexdigest()[:12]}"

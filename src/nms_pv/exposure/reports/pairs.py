"""Drugs and terms of reports, as integers -> distinct reports of every drug, every term, and every pair of them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import narwhals as nw

COUNT = "reports"


class ReportRows(NamedTuple):
    """The rows of some reports: drugs (report_no, drug_no), terms (report_no, term_no), reports (report_no, stratum_no).

    All columns are integers from 0 up. A report lies in one part only, and every row stands there once.
    """

    drugs: "nw.LazyFrame[Any]"
    terms: "nw.LazyFrame[Any]"
    reports: "nw.LazyFrame[Any]"


def pair_counts(parts: Sequence[ReportRows], terms: int) -> "nw.LazyFrame[Any]":
    """Reports that name a drug and a term: cell a of every 2x2 table in which it is not 0.

    Parameters
    ----------
    parts
        The reports; the smaller the parts, the less memory.
    terms
        How many terms there are: every term_no is at least 0 and less.

    Returns
    -------
    Columns drug_no, term_no, reports.

    """
    # One number for both is counted faster than two.
    packed = nw.col("drug_no").cast(nw.Int64) * terms + nw.col("term_no")
    both = [part.drugs.join(part.terms, on="report_no", how="inner").select(pair=packed) for part in parts]
    counted = nw.concat(both).group_by("pair").agg(nw.len().cast(nw.Int64).alias(COUNT))
    return counted.select(drug_no=nw.col("pair") // terms, term_no=nw.col("pair") % terms, reports=COUNT)


def drug_counts(parts: Sequence[ReportRows], strata: int) -> "nw.LazyFrame[Any]":
    """Reports that name each drug in each of so many strata: columns drug_no, stratum_no, reports."""
    return _margin([(part.drugs, part.reports) for part in parts], "drug_no", strata)


def term_counts(parts: Sequence[ReportRows], strata: int) -> "nw.LazyFrame[Any]":
    """Reports that name each term in each of so many strata: columns term_no, stratum_no, reports."""
    return _margin([(part.terms, part.reports) for part in parts], "term_no", strata)


def with_margins(pairs: "nw.LazyFrame[Any]", drugs: "nw.LazyFrame[Any]", terms: "nw.LazyFrame[Any]") -> "nw.LazyFrame[Any]":
    """The pairs with drug_reports (a + b) and term_reports (a + c): with the number of all reports, whole 2x2 tables.

    Parameters
    ----------
    pairs
        Columns drug_no, term_no, reports.
    drugs, terms
        Columns drug_no, stratum_no, reports and term_no, stratum_no, reports.

    Returns
    -------
    The columns of `pairs`, drug_reports, term_reports.

    """
    of_drug = drugs.group_by("drug_no").agg(drug_reports=nw.col(COUNT).sum().cast(nw.Int64))
    of_term = terms.group_by("term_no").agg(term_reports=nw.col(COUNT).sum().cast(nw.Int64))
    return pairs.join(of_drug, on="drug_no", how="inner").join(of_term, on="term_no", how="inner")


def _margin(parts: "list[tuple[nw.LazyFrame[Any], nw.LazyFrame[Any]]]", name: str, strata: int) -> "nw.LazyFrame[Any]":
    packed = nw.col(name).cast(nw.Int64) * strata + nw.col("stratum_no")
    cells = [rows.join(reports, on="report_no", how="inner").select(cell=packed) for rows, reports in parts]
    counted = nw.concat(cells).group_by("cell").agg(nw.len().cast(nw.Int64).alias(COUNT))
    return counted.select((nw.col("cell") // strata).alias(name), (nw.col("cell") % strata).alias("stratum_no"), COUNT)

"""Counts of pairs are those of one report after the other, in every engine, however the reports are cut into parts."""

import itertools
from collections import Counter
from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nms_pv.exposure.engine import Engine, open_engine
from nms_pv.exposure.reports.pairs import ReportRows, drug_counts, pair_counts, term_counts, with_margins

TERMS, STRATA = 4, 3
few = settings(max_examples=15, deadline=None)
fewer = settings(max_examples=6, deadline=None)
# A report: its drugs, its terms, its stratum.
report = st.tuples(st.sets(st.integers(0, 3)), st.sets(st.integers(0, TERMS - 1)), st.integers(0, STRATA - 1))
parts = st.lists(st.lists(report, max_size=6), min_size=1, max_size=3)
Part = list[tuple[set[int], set[int], int]]


@pytest.fixture(scope="module")
def polars() -> Iterator[Engine]:
    with open_engine("polars") as engine:
        yield engine


@pytest.fixture(scope="module")
def duckdb() -> Iterator[Engine]:
    with open_engine("duckdb") as engine:
        yield engine


def rows(engine: Engine, part: Part) -> ReportRows:
    of_drugs = [(number, drug) for number, (drugs, _, _) in enumerate(part) for drug in drugs]
    of_terms = [(number, term) for number, (_, terms, _) in enumerate(part) for term in terms]
    of_reports = [(number, stratum) for number, (_, _, stratum) in enumerate(part)]
    named = zip(("drug_no", "term_no", "stratum_no"), (of_drugs, of_terms, of_reports), strict=True)
    frames = [pl.DataFrame(found, {"report_no": pl.Int32, name: pl.Int32}, orient="row") for name, found in named]
    return ReportRows(*(engine.frame(frame) for frame in frames))


def counted(engine: Engine, cut: list[Part]) -> dict[str, pl.DataFrame]:
    in_engine = [rows(engine, part) for part in cut]
    drugs, terms = (engine.once(margin(in_engine, STRATA)) for margin in (drug_counts, term_counts))
    tables = with_margins(pair_counts(in_engine, TERMS), drugs, terms)
    return {name: engine.collect(frame).sort(pl.all()) for name, frame in (("d", drugs), ("t", terms), ("pairs", tables))}


@few
@given(parts)
def test_counts_are_those_of_one_report_after_the_other(polars: Engine, cut: list[Part]) -> None:
    reports = list(itertools.chain(*cut))
    of_drug = Counter(drug for drugs, _, _ in reports for drug in drugs)
    of_term = Counter(term for _, terms, _ in reports for term in terms)
    of_pair = Counter(pair for drugs, terms, _ in reports for pair in itertools.product(drugs, terms))
    by_stratum = Counter((drug, stratum) for drugs, _, stratum in reports for drug in drugs)
    found = counted(polars, cut)
    expected = sorted((*pair, n, of_drug[pair[0]], of_term[pair[1]]) for pair, n in of_pair.items())
    assert found["pairs"].select("drug_no", "term_no", "reports", "drug_reports", "term_reports").rows() == expected
    assert found["d"].select("drug_no", "stratum_no", "reports").rows() == sorted((*key, n) for key, n in by_stratum.items())


@fewer
@given(parts)
def test_duckdb_gives_the_rows_of_polars(polars: Engine, duckdb: Engine, cut: list[Part]) -> None:
    here, there = counted(polars, cut), counted(duckdb, cut)
    for name, frame in here.items():
        assert frame.schema == there[name].schema
        assert frame.rows() == there[name].rows()


@few
@given(parts)
def test_parts_add_up(polars: Engine, cut: list[Part]) -> None:
    whole, in_parts = counted(polars, [list(itertools.chain(*cut))]), counted(polars, cut)
    for name, frame in whole.items():
        assert frame.rows() == in_parts[name].rows()

"""Which published numbers are pooled, and what is said of those that are not."""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.measures.published.rows import OVERALL, Pool, pool_rows, pools, study_rows
from nms_pv.spec.literature import PublishedProportion, load_literature

LEVEL = 0.95


def published(study: str, numerator: int | None, denominator: int | None, **stated: object) -> PublishedProportion:
    plain = {
        "line": 2,
        "year": 2000,
        "outcome": "incidence",
        "drug_group": "antipsychotic",
        "measure": "incidence proportion",
        "printed": "0.1 %",
        "status": "found",
        "doi_or_pmid": "",
        "why_not": None,
    }
    return PublishedProportion(**(plain | {"study": study, "numerator": numerator, "denominator": denominator} | stated))


FOUR = [
    published("A 1990", 2, 1_000, year=1990),
    published("B 2000", 3, 2_000, year=2000),
    published("C 2010", 4, 3_000, year=2010, drug_group="FGA"),
    published("D 1980", 9, 400, year=1980, status="memory"),
]


def pool_of(proportions: list[PublishedProportion], group: str = OVERALL, stratum: str | None = None) -> Pool:
    return next(p for p in pools(proportions) if (p.outcome, p.group, p.stratum) == ("incidence", group, stratum))


def row_of(proportions: list[PublishedProportion], measure: str, stratum: str | None) -> dict[str, object]:
    pool = pool_of(proportions, stratum="status=found" if stratum == "status=found" else None)
    return next(row for row in pool_rows(pool, LEVEL) if row["measure"] == measure and row["stratum"] == stratum)


def test_a_study_without_counts_is_listed_with_what_it_printed_and_why_it_is_not_pooled() -> None:
    row = study_rows([published("AMSP", None, None, printed="0.16 per 1000", why_not="no denominator printed")], LEVEL).row(
        0, named=True
    )
    assert row["estimate"] is None
    assert row["undefined_reason"] == "no denominator printed; printed: 0.16 per 1000"


def test_a_study_with_counts_that_is_not_comparable_has_its_interval_and_the_reason() -> None:
    row = study_rows([published("Nielsen 2012", 83, 224_372, why_not="people with a diagnosis")], LEVEL).row(0, named=True)
    assert row["estimate"] == 83 / 224_372
    assert row["method"].endswith("; not pooled: people with a diagnosis")


def test_what_is_recalled_is_pooled_and_left_out() -> None:
    """With D of memory 18 of 6,400 people in four studies, without it 9 of 6,000 in three."""
    everything, verified = pool_of(FOUR), pool_of(FOUR, stratum="status=found")
    assert everything.studies["study"].to_list() == ["D 1980", "A 1990", "B 2000", "C 2010"]
    assert verified.studies["study"].to_list() == ["A 1990", "B 2000", "C 2010"]
    assert row_of(FOUR, "pooled_proportion", None)["numerator"] == 18
    assert row_of(FOUR, "pooled_proportion", "status=found")["denominator"] == 6_000


def test_arms_of_one_study_are_one_study_among_all_drugs() -> None:
    arms = [published("N", 16, 210, drug_group="FGA"), published("N", 7, 210, drug_group="SGA")]
    assert pool_of(arms).studies.select("numerator", "denominator").rows() == [(23, 420)]
    assert pool_of(arms, "SGA").studies.select("numerator", "denominator").rows() == [(7, 210)]


@pytest.mark.parametrize(("k", "reason"), [(0, "0 studies"), (1, "1 study"), (2, "2 studies")])
def test_fewer_than_three_studies_are_not_pooled(k: int, reason: str) -> None:
    row = pool_rows(pool_of(FOUR[:k]), LEVEL)[0]
    assert row["estimate"] is None
    assert row["undefined_reason"] == f"{reason} to pool; at least 3 are needed"


def test_each_study_is_left_out_in_turn() -> None:
    without = {str(row["stratum"]): row for row in pool_rows(pool_of(FOUR), LEVEL) if "without=" in str(row["stratum"])}
    assert sorted(without) == ["without=A 1990", "without=B 2000", "without=C 2010", "without=D 1980"]
    assert (without["without=D 1980"]["numerator"], without["without=D 1980"]["denominator"]) == (9, 6_000)
    assert without["without=D 1980"]["estimate"] == pytest.approx(row_of(FOUR, "pooled_proportion", "status=found")["estimate"])


def test_ten_studies_are_needed_for_a_slope() -> None:
    assert (
        row_of(FOUR, "year_slope", "outcome=incidence")["undefined_reason"] == "4 studies; at least 10 are needed for a covariate"
    )


def test_a_study_without_an_event_has_no_log_odds_but_is_pooled() -> None:
    four = [*FOUR[:3], published("E 1985", 0, 500, year=1985)]
    rows = {row["measure"]: row for row in pool_rows(pool_of(four), LEVEL) if "without=" not in str(row["stratum"])}
    assert "log odds are infinite" in str(rows["heterogeneity_wald_p"]["undefined_reason"])
    assert rows["heterogeneity_lrt_p"]["estimate"] is not None
    assert "half an event added" in str(rows["heterogeneity_i2"]["method"])
    assert rows["pooled_proportion"]["estimate"] is not None


def test_the_literature_of_the_study(repository: Path) -> None:
    """10 studies of how often, of which 4 are verified; 3 of death; none of recurrence. No counts are made up."""
    proportions = load_literature(repository / "study")
    pooled = pl.DataFrame([(p.outcome, p.study, p.status) for p in proportions if p.why_not is None], orient="row")
    pooled.columns = ["outcome", "study", "status"]
    studies = pooled.group_by("outcome").agg(pl.col("study").n_unique(), verified=(pl.col("status") == "found").sum())
    assert sorted(studies.rows()) == [("death", 3, 4), ("incidence", 10, 4)]
    assert all((p.numerator is None) == (p.denominator is None) for p in proportions)

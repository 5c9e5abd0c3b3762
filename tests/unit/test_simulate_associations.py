from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.ebgm.priors import PairTables, find_priors
from nms_pv.measures.gamma_mixture.squash import BINS_PER_DECADE
from nms_pv.simulate.faers import content as content_module
from nms_pv.simulate.faers.associations import ASSOCIATIONS, SUSPECTS, planted_associations
from nms_pv.simulate.faers.content import Content, draw_content
from nms_pv.simulate.faers.names import BACKGROUND_GROUP, catalogue
from nms_pv.simulate.faers.quarters import span
from nms_pv.simulate.faers.rates import MIX, planted_mix
from nms_pv.simulate.faers.terms import BACKGROUND, NMS_TERM
from nms_pv.spec.drugs import DrugTable, load_drugs
from nms_pv.spec.source import load_faers
from tests.lib.simulated import member_bytes, rows, simulate, truth

CASES = 100_000
QUARTERS = ["2012Q3", "2018Q2", "2025Q4"]
SILENT = {term: weight for term, (weight, element) in BACKGROUND.items() if not element}


@pytest.fixture(scope="module")
def table(repository: Path) -> DrugTable:
    return load_drugs(repository / "study")


@pytest.fixture(scope="module")
def draw(repository: Path, table: DrugTable) -> Callable[[], Content]:
    quarter = span("2018Q2", load_faers(repository / "study").rules)
    return lambda: draw_content(quarter, np.arange(CASES, dtype=np.int64), planted_mix(table), table, seed=5)


@pytest.fixture(scope="module")
def planted(draw: Callable[[], Content]) -> Content:
    return draw()


@pytest.fixture(scope="module")
def independent(draw: Callable[[], Content]) -> Content:
    """The same cases by the code without associations."""
    with pytest.MonkeyPatch.context() as patch:
        _switch_off(patch)
        return draw()


def _switch_off(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(content_module, "with_associations", lambda reactions, drugs, rng: reactions)


def test_the_list_names_drugs_and_silent_terms_that_are_drawn(table: DrugTable) -> None:
    drawn = catalogue(table, planted_mix(table), 2024).rows
    background = set(drawn.filter(pl.col("group") == BACKGROUND_GROUP)["prod_ai"])
    assert set(ASSOCIATIONS) <= set(MIX) | background
    pairs = planted_associations()
    assert set(pairs["term"]) <= set(SILENT)
    assert pairs["ratio"].is_between(1.3, 15).all()
    assert pairs.select(pl.struct("drug", "term").is_unique().all()).item()


def test_pairs_are_reported_as_often_as_planted(planted: Content, independent: Content) -> None:
    """Cases with one silent term that suspect one drug of the list, against all cases with one silent term before."""
    silent = pl.col("element").is_null()
    of_one = silent & (silent.sum().over("key") == 1)
    suspects = planted.drugs.filter(pl.col("role").is_in(SUSPECTS) & pl.col("ingredient").is_in(list(ASSOCIATIONS)))
    alone = suspects.select("key", "ingredient").unique().filter(pl.len().over("key") == 1)
    found = planted.reactions.filter(of_one).join(alone, on="key").group_by("ingredient", "term").len()
    after = {(drug, term): n for drug, term, n in found.iter_rows()}
    before = dict(independent.reactions.filter(of_one).group_by("term").len().iter_rows())
    errors = []
    for drug, ratios in ASSOCIATIONS.items():
        others = sum(after.get((drug, term), 0) for term in SILENT if term not in ratios)
        share = others / sum(before[term] for term in SILENT if term not in ratios)
        expected = np.array([ratio * before[term] * share for term, ratio in ratios.items()])
        observed = np.array([after.get((drug, term), 0) for term in ratios])
        errors += ((observed - expected) / np.sqrt(expected * (1 + expected / others))).tolist()
    # Errors of sampling alone: none of 236 beyond 4 (one seed in 70 has one), a mean square near 1, no lean.
    assert len(errors) == planted_associations().height
    assert np.abs(errors).max() < 4
    assert 0.7 < np.mean(np.square(errors)) < 1.3
    assert abs(np.mean(errors)) < 4 / np.sqrt(len(errors))


def test_cases_without_a_drug_of_the_list_are_as_before(planted: Content, independent: Content) -> None:
    free = planted.drugs.filter(pl.col("role").is_in(SUSPECTS)).group_by("key").agg(pl.col("ingredient"))
    free = free.filter(pl.col("ingredient").list.set_intersection(list(ASSOCIATIONS)).list.len() == 0).select("key")
    assert len(free) > 1000
    after, before = (part.reactions.join(free, on="key", how="semi") for part in (planted, independent))
    assert after.equals(before)


def test_nothing_but_silent_terms_differs(planted: Content, independent: Content) -> None:
    assert planted.people.equals(independent.people)
    assert planted.drugs.equals(independent.drugs)
    assert planted.reactions.drop("term").equals(independent.reactions.drop("term"))
    meant = pl.col("element").is_not_null()
    assert planted.reactions.filter(meant).equals(independent.reactions.filter(meant))
    changed = (planted.reactions["term"] != independent.reactions["term"]).mean()
    assert 0.05 < changed < 0.10
    assert planted.reactions.select(pl.struct("key", "term").is_unique().all()).item()


def test_the_files_differ_in_silent_terms_alone(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = repository / "study"
    planted = simulate(tmp_path / "planted", study, cases=1500, quarters=QUARTERS)
    _switch_off(monkeypatch)
    independent = simulate(tmp_path / "independent", study, cases=1500, quarters=QUARTERS)
    for name in ("cases", "defects", "rates", "associations"):
        file = f"truth/planted_{name}.csv"
        assert (planted / file).read_bytes() == (independent / file).read_bytes(), name
    for quarter in QUARTERS:
        for name in ("DEMO", "DRUG", "OUTC", "INDI", "THER", "RPSR"):
            assert member_bytes(planted, quarter, name) == member_bytes(independent, quarter, name), (quarter, name)
        after, before = (rows(folder, quarter, "REAC") for folder in (planted, independent))
        assert [loud(row) for row in after] == [loud(row) for row in before]
        assert after != before


def loud(row: dict[str, str]) -> tuple[str, str]:
    """The report, and its term unless the term means no element."""
    term = row["pt"].capitalize()
    return row.get("primaryid") or row["isr"], "" if term in SILENT else term


def test_the_truth_says_what_was_planted(tmp_path: Path, repository: Path) -> None:
    folder = simulate(tmp_path, repository / "study", cases=300, quarters=["2018Q2"])
    found = {(row["drug"], row["term"]): float(row["ratio"]) for row in truth(folder, "associations")}
    assert found == {(drug, term): ratio for drug, ratios in ASSOCIATIONS.items() for term, ratio in ratios.items()}
    assert list(found) == sorted(found)
    assert NMS_TERM not in {term for _, term in found}


def test_a_prior_of_ebgm_is_found_with_associations_and_not_without(planted: Content, independent: Content) -> None:
    """On as many cases as the default input has."""
    with_them, without = (find_priors(pairs_of(part), "fit", BINS_PER_DECADE)["unstratified"] for part in (planted, independent))
    assert with_them.prior is not None
    assert all(ended.is_interior and ended.is_converged for ended in with_them.ends)
    assert without.prior is None
    assert without.undefined_reason is not None and "edge of the parameters" in without.undefined_reason


def pairs_of(content: Content, cases: int = 24_000) -> PairTables:
    """Counts of all pairs of the first cases, in one stratum."""
    drugs = content.drugs.filter(pl.col("role").is_in(SUSPECTS), pl.col("key") < cases)
    drugs = drugs.select("key", drug="ingredient").unique()
    terms = content.reactions.filter(pl.col("key") < cases).select("key", "term")
    stratum = pl.lit(0, pl.Int32).alias("stratum_no")
    reports = pl.len().cast(pl.Int64).alias("reports")
    return PairTables(
        drugs.join(terms, on="key").group_by("drug", "term").agg(reports).sort("drug", "term"),
        drugs.group_by("drug").agg(reports).with_columns(stratum).sort("drug"),
        terms.group_by("term").agg(reports).with_columns(stratum).sort("term"),
        pl.DataFrame({"stratum_no": [0], "reports": [cases]}, schema={"stratum_no": pl.Int32, "reports": pl.Int64}),
    )

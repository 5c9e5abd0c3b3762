from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.simulate.faers.content import Content, draw_content
from nms_pv.simulate.faers.names import catalogue
from nms_pv.simulate.faers.population import NO_DATE, TO_THE_DAY
from nms_pv.simulate.faers.quarters import span
from nms_pv.simulate.faers.rates import Mix, planted_mix
from nms_pv.simulate.faers.terms import BACKGROUND, DIAGNOSES, NMS_TERM, SIGNS, Event
from nms_pv.spec.drugs import DrugTable, load_drugs
from nms_pv.spec.elements import load_elements
from nms_pv.spec.source import load_faers

CASES = 20_000


@pytest.fixture(scope="module")
def table(repository: Path) -> DrugTable:
    return load_drugs(repository / "study")


@pytest.fixture(scope="module")
def mix(table: DrugTable) -> Mix:
    return planted_mix(table)


@pytest.fixture(scope="module")
def content(repository: Path, mix: Mix, table: DrugTable) -> Content:
    quarter = span("2018Q2", load_faers(repository / "study").rules)
    return draw_content(quarter, np.arange(CASES, dtype=np.int64), mix, table, seed=3)


def test_reports_have_three_drugs_and_three_reactions_on_average(content: Content) -> None:
    assert len(content.drugs) / CASES == pytest.approx(3, abs=0.1)
    assert len(content.reactions) / CASES == pytest.approx(3, abs=0.1)
    assert content.reactions["key"].n_unique() == CASES


def test_a_case_suspects_its_exposure_and_no_other_listed_drug(content: Content, mix: Mix, table: DrugTable) -> None:
    suspects = content.drugs.filter(pl.col("is_listed") & pl.col("role").is_in(["PS", "SS"]))
    exposed = content.people.filter(pl.col("exposure") != mix.none)
    assert suspects["key"].sort().equals(exposed["key"].sort())
    assert content.drugs.filter(pl.col("role") == "PS")["key"].sort().equals(content.people["key"])
    # One primary suspect, the first drug of the case.
    assert content.drugs.filter((pl.col("role") == "PS") != (pl.col("drug_seq") == 1)).is_empty()


def test_every_name_of_a_listed_drug_means_that_drug_alone(mix: Mix, table: DrugTable) -> None:
    for row in catalogue(table, mix, 2024).rows.iter_rows(named=True):
        if row["group"] in table.drugs:
            meant = {i for name in row["prod_ai"].split("\\") for i in table.ingredients_of_name.get(name, ())}
            assert meant == {row["group"]}, row
            assert table.ingredients_of_name.get(row["drugname"], (row["group"],)) == (row["group"],), row


def test_products_are_not_reported_before_they_are_sold(mix: Mix, table: DrugTable) -> None:
    then, now = (set(catalogue(table, mix, year).rows["drugname"]) for year in (2011, 2024))
    assert {"UZEDY", "LYBALVI"} & then == set()
    assert {"UZEDY", "LYBALVI", "HALDOL DECANOATE"} <= now


def test_terms_mean_the_elements_of_the_study(repository: Path) -> None:
    listed = {(found.term, found.element) for found in load_elements(repository / "study")}
    planted = {(term, sign.element) for sign in SIGNS for term in sign.terms}
    planted |= set(DIAGNOSES.values()) | {(term, element) for term, (_, element) in BACKGROUND.items() if element}
    assert planted - listed == set()
    elements: dict[str, set[str]] = {}
    for term, element in planted:
        elements.setdefault(term, set()).add(element)
    assert {term for term, found in elements.items() if len(found) > 1} == set()
    silent = {term for term, (_, element) in BACKGROUND.items() if not element}
    assert silent & {term for term, _ in listed} == set()


def test_the_diagnosis_is_reported_exactly_where_it_was_drawn(content: Content) -> None:
    for event, (term, _) in DIAGNOSES.items():
        with_term = content.reactions.filter(pl.col("term") == term)["key"]
        drawn = content.people.filter(pl.col("event") == int(event))["key"]
        assert len(drawn) > 0
        assert with_term.sort().equals(drawn.sort())


def test_signs_are_common_in_nms_with_and_without_the_term(content: Content) -> None:
    def share(event: Event) -> float:
        keys = content.people.filter(pl.col("event") == int(event))["key"]
        return content.reactions.filter((pl.col("element") == "fever") & pl.col("key").is_in(keys.implode()))[
            "key"
        ].n_unique() / len(keys)

    assert share(Event.NMS) > 0.6
    assert share(Event.NMS_LIKE) > 0.8
    assert share(Event.OTHER) < 0.06


def test_terms_of_a_case_differ_and_a_diagnosis_is_never_optional(content: Content) -> None:
    assert content.reactions.select(pl.struct("key", "term").is_duplicated().any()).item() is False
    optional = content.reactions.filter("is_optional")
    assert len(optional) > 0
    assert optional["element"].null_count() == len(optional)
    assert NMS_TERM not in optional["term"]


def test_nms_follows_the_start_of_the_suspect_by_days_to_weeks(content: Content) -> None:
    nms = content.people.filter(pl.col("event") == int(Event.NMS)).select("key", "event_day")
    course = content.drugs.filter(
        pl.col("is_listed") & pl.col("role").is_in(["PS", "SS"]) & (pl.col("start_precision") != NO_DATE)
    )
    onset = course.join(nms, on="key").select(pl.col("event_day") - pl.col("start_day")).to_series()
    assert onset.min() >= 0
    assert 3 <= onset.median() <= 12
    assert onset.quantile(0.9) < 60
    dantrolene = content.drugs.filter(pl.col("drugname").str.contains("(?i)^dantr")).join(nms, on="key")
    assert (dantrolene["start_day"] >= dantrolene["event_day"]).all()


def test_part_of_the_fields_and_dates_is_missing(content: Content) -> None:
    people = content.people
    assert 0.2 < people["age_years"].null_count() / CASES < 0.3
    assert 0.05 < people["sex"].null_count() / CASES < 0.15
    assert people["event_precision"].n_unique() == 4
    assert 0.4 < (people["event_precision"] == TO_THE_DAY).mean() < 0.6
    assert (people["event_day"] <= people["init_day"]).all()
    assert (people["init_day"] <= people["received_day"]).all()


def test_a_quarter_is_the_same_whatever_else_is_drawn(content: Content, repository: Path, mix: Mix, table: DrugTable) -> None:
    quarter = span("2018Q2", load_faers(repository / "study").rules)
    key = np.arange(CASES, dtype=np.int64)
    again, other = (draw_content(quarter, key, mix, table, seed) for seed in (3, 4))
    assert again.drugs.equals(content.drugs)
    assert again.reactions.equals(content.reactions)
    assert not other.drugs.equals(content.drugs)

from dataclasses import replace

import polars as pl
import pytest

from nms_pv.exposure.cohort.groups import cohort_groups
from nms_pv.spec.drugs import Drug, DrugTable
from nms_pv.spec.params import Generations
from nms_pv.tables.person_time import COHORT_GROUP, STATE
from tests.lib.small_study import TABLE_GENERATIONS, drug_table

LEVODOPA = Drug("levodopa", ("LEVODOPA",), (), "dopamine_precursor", None, None, None, ("da_withdrawal", "tx_dopaminergic"))


def table() -> DrugTable:
    small = drug_table()
    return replace(small, drugs=small.drugs | {LEVODOPA.ingredient: LEVODOPA})


def groups_of(ingredient: str, formulation: str = "other", generations: Generations = TABLE_GENERATIONS) -> set[tuple[str, str]]:
    groups = cohort_groups(table(), generations)
    here = groups.members.filter(pl.col("ingredient") == ingredient, pl.col("formulation") == formulation)
    return set(here.join(groups.names, on="group_no").select("group_kind", "group").rows())


def test_an_antipsychotic_is_in_a_group_of_every_kind_that_fits() -> None:
    assert groups_of("haloperidol", "long_acting") == {
        ("antipsychotic", "antipsychotic"),
        ("ingredient", "haloperidol"),
        ("chemical_class", "butyrophenone"),
        ("generation", "FGA"),
        ("formulation", "long_acting"),
    }


def test_an_antagonist_that_is_no_antipsychotic_is_compared_by_ingredient_and_class_only() -> None:
    assert groups_of("metoclopramide") == {("ingredient", "metoclopramide"), ("chemical_class", "benzamide")}


def test_a_dopaminergic_drug_is_in_the_group_of_its_withdrawal_only() -> None:
    assert groups_of("levodopa") == {("withdrawal", "levodopa")}


def test_a_drug_that_neither_acts_on_dopamine_nor_is_withdrawn_is_in_no_group() -> None:
    assert groups_of("biperiden") == set()


@pytest.mark.parametrize(
    ("disputed", "third", "amisulpride", "aripiprazole"),
    [("table", "own", "SGA", "TGA"), ("alternative", "own", "FGA", "TGA"), ("table", "second", "SGA", "SGA")],
)
def test_disputed_and_third_generation_follow_the_settings(
    disputed: str, third: str, amisulpride: str, aripiprazole: str
) -> None:
    generations = Generations.model_validate({"disputed": disputed, "third": third})
    assert ("generation", amisulpride) in groups_of("amisulpride", generations=generations)
    assert ("generation", aripiprazole) in groups_of("aripiprazole", generations=generations)


def test_each_group_has_one_number_and_each_state_too() -> None:
    names = cohort_groups(table(), TABLE_GENERATIONS).names
    assert names["group_no"].to_list() == list(range(names.height))
    assert names["group_no"].dtype == pl.Int32
    assert names.select("group_kind", "group").is_unique().all()
    assert set(names["group_kind"]) == set(COHORT_GROUP)
    assert set(names.filter(pl.col("group_kind") == "generation_state")["group"]) == set(STATE)


def test_only_withdrawal_groups_are_marked_as_such_and_no_drug_is_member_of_a_state() -> None:
    groups = cohort_groups(table(), TABLE_GENERATIONS)
    members = groups.members.join(groups.names, on="group_no")
    assert members.filter(pl.col("is_withdrawal") != (pl.col("group_kind") == "withdrawal")).is_empty()
    assert members.filter(pl.col("group_kind") == "generation_state").is_empty()
    assert groups.members.select("ingredient", "formulation", "group_no").is_unique().all()

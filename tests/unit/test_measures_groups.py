import polars as pl
import pytest

from nms_pv.spec.drug_groups import drug_groups
from nms_pv.spec.params import Generations
from tests.lib.small_study import TABLE_GENERATIONS, drug_table


def groups_of(ingredient: str, formulation: str = "other", generations: Generations = TABLE_GENERATIONS) -> set[tuple[str, str]]:
    groups = drug_groups(drug_table(), generations)
    here = groups.members.filter(pl.col("ingredient") == ingredient, pl.col("formulation") == formulation)
    return set(here.join(groups.names, on="group_no").select("group_kind", "group").rows())


def test_an_antipsychotic_has_class_generation_and_form() -> None:
    assert groups_of("haloperidol", "long_acting") == {
        ("ingredient", "haloperidol"),
        ("chemical_class", "butyrophenone"),
        ("generation", "FGA"),
        ("formulation", "long_acting"),
    }


def test_an_antagonist_that_is_no_antipsychotic_has_a_class_only() -> None:
    assert groups_of("metoclopramide") == {("ingredient", "metoclopramide"), ("chemical_class", "benzamide")}


def test_a_drug_that_neither_blocks_nor_depletes_dopamine_has_no_class() -> None:
    assert groups_of("biperiden") == {("ingredient", "biperiden")}


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


def test_all_reports_are_one_group_that_no_ingredient_is_needed_for() -> None:
    groups = drug_groups(drug_table(), TABLE_GENERATIONS)
    assert groups.names.filter(pl.col("group_no") == groups.number_of_all).select("group_kind", "group").row(0) == ("all", "all")
    assert groups.number_of_all not in groups.members["group_no"].to_list()

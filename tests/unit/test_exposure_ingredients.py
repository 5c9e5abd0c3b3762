import polars as pl
import pytest

from nms_pv.exposure.reports.ingredients import drug_attrition, report_ingredients
from nms_pv.tables.canonical import REPORT_DRUGS
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from tests.lib.declared_rows import rows

UNIVERSE_OF_ONE = rows(UNIVERSE, {"subject_id": "faers:1"})


def drugs(*stated: tuple[str | None, str, str], subject: str = "faers:1") -> pl.DataFrame:
    """Drug rows of one report from (ingredient, formulation, role)."""
    return rows(
        REPORT_DRUGS,
        *(
            {"subject_id": subject, "drug_no": n, "ingredient": ingredient, "formulation": formulation, "role": role}
            for n, (ingredient, formulation, role) in enumerate(stated, start=1)
        ),
    )


def found(table: pl.DataFrame) -> list[tuple[str, str, str]]:
    checked = REPORT_INGREDIENTS.check(report_ingredients(UNIVERSE_OF_ONE, table))
    return checked.select("ingredient", "formulation", "role").rows()


@pytest.mark.parametrize(
    ("roles", "strongest"),
    [
        (("SS", "PS"), "PS"),
        (("C", "SS"), "SS"),
        (("SS", "SS"), "SS"),
        (("C", "I", "unknown"), "other"),
        (("I",), "other"),
        (("DN", "C"), "other"),
    ],
)
def test_rows_of_the_same_ingredient_and_form_are_one_row_with_the_strongest_role(roles: tuple[str, ...], strongest: str) -> None:
    table = drugs(*(("haloperidol", "other", role) for role in roles))
    assert found(table) == [("haloperidol", "other", strongest)]


def test_each_form_of_an_ingredient_keeps_its_own_role() -> None:
    table = drugs(("haloperidol", "long_acting", "C"), ("haloperidol", "other", "PS"))
    assert found(table) == [("haloperidol", "long_acting", "other"), ("haloperidol", "other", "PS")]


def test_a_drug_not_administered_is_no_exposure() -> None:
    assert found(drugs(("haloperidol", "other", "DN"), ("lithium", "other", "PS"))) == [("lithium", "other", "PS")]


def test_uncoded_drugs_and_drugs_of_reports_that_do_not_count_are_left_out() -> None:
    table = pl.concat([drugs((None, "other", "PS")), drugs(("haloperidol", "other", "PS"), subject="faers:2")])
    assert found(table) == []


def test_every_drug_row_that_leaves_has_a_reason() -> None:
    table = pl.concat(
        [
            drugs(
                ("haloperidol", "other", "PS"),
                ("haloperidol", "other", "C"),
                ("haloperidol", "long_acting", "SS"),
                ("lithium", "other", "DN"),
                (None, "other", "DN"),
                (None, "other", "C"),
            ),
            drugs(("haloperidol", "other", "PS"), (None, "other", "DN"), subject="faers:2"),
        ]
    )
    attrition = drug_attrition("2025Q4:report_drugs", table, UNIVERSE_OF_ONE, report_ingredients(UNIVERSE_OF_ONE, table))
    assert attrition.select("reason", "n_in", "n_left", "n_kept").rows() == [
        ("report_not_counted", 8, 2, 6),
        ("drug_not_administered", 6, 2, 4),
        ("ingredient_not_coded", 4, 1, 3),
        ("same_ingredient_and_form", 3, 1, 2),
        ("kept", 2, 0, 2),
    ]

"""Two parts of four reports each, small enough to count by hand.

| report | drugs (role)                                         | pt_only       | copy  | year | serious, fatal |
| ------ | ---------------------------------------------------- | ------------- | ----- | ---- | -------------- |
| 1      | haloperidol (PS), long-acting haloperidol (SS)       | met           |       | 2020 | yes, yes       |
| 2      | haloperidol (PS), risperidone (SS)                   | met           |       | 2020 | yes, no        |
| 3      | haloperidol (PS), risperidone (SS)                   | met           | of 2  | 2021 | yes, no        |
| 4      | risperidone (PS)                                     | not_met       |       | 2021 | no, no         |
| 5      | biperiden (PS), haloperidol (other)                  | met           |       |      | unknown        |
| 6      | biperiden (PS), aripiprazole (other)                 | indeterminate |       | 2021 | no, no         |
| 7      | risperidone (PS)                                     | no verdict    | of 4  | 2021 | no, no         |
| 8      | no coded drug                                        | no verdict    |       | 2021 | no, no         |

No report meets `strict`.
"""

from collections.abc import Callable
from functools import partial

import polars as pl
import pytest

from nms_pv.measures.reports.counting import count_grid, count_outcomes, count_years
from nms_pv.measures.reports.tally import Tally, add_up, tally_part
from nms_pv.spec.drug_groups import drug_groups
from nms_pv.spec.params import Main
from nms_pv.tables.contract import ContractError
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import VERDICTS
from tests.lib.declared_rows import rows
from tests.lib.small_study import MAIN, TABLE_GENERATIONS, drug_table

GROUPS = drug_groups(drug_table(), TABLE_GENERATIONS)

REPORTS = [
    (1, 2020, True, True, True),
    (2, 2020, True, True, False),
    (3, 2021, False, True, False),
    (4, 2021, True, False, False),
    (5, None, True, None, None),
    (6, 2021, True, False, False),
    (7, 2021, False, False, False),
    (8, 2021, True, False, False),
]
DRUGS = [
    (1, "haloperidol", "other", "PS"),
    (1, "haloperidol", "long_acting", "SS"),
    (2, "haloperidol", "other", "PS"),
    (2, "risperidone", "other", "SS"),
    (3, "haloperidol", "other", "PS"),
    (3, "risperidone", "other", "SS"),
    (4, "risperidone", "other", "PS"),
    (5, "biperiden", "other", "PS"),
    (5, "haloperidol", "other", "other"),
    (6, "biperiden", "other", "PS"),
    (6, "aripiprazole", "other", "other"),
    (7, "risperidone", "other", "PS"),
]
VERDICTS_OF = [(1, "met"), (2, "met"), (3, "met"), (4, "not_met"), (5, "met"), (6, "indeterminate")]


def subject(number: object) -> str:
    return f"faers:{number}"


def part(numbers: range) -> Tally:
    universe = rows(
        UNIVERSE,
        *(
            {
                "subject_id": subject(n),
                "received_year": year,
                "is_representative": shown,
                "is_serious": serious,
                "is_fatal": fatal,
            }
            for n, year, shown, serious, fatal in REPORTS
            if n in numbers
        ),
    )
    ingredients = rows(
        REPORT_INGREDIENTS,
        *(
            {"subject_id": subject(n), "ingredient": ingredient, "formulation": formulation, "role": role}
            for n, ingredient, formulation, role in DRUGS
            if n in numbers
        ),
    )
    verdicts = rows(
        VERDICTS,
        *(
            {"subject_id": subject(n), "definition": definition, "verdict": given}
            for n, verdict in VERDICTS_OF
            for definition, given in [("pt_only", verdict), ("strict", "indeterminate")]
            if n in numbers
        ),
    )
    return tally_part(universe, ingredients, verdicts, GROUPS)


TALLY = add_up([part(range(1, 5)), part(range(5, 9))])
GRID = count_grid(TALLY, GROUPS)


def cells(
    kind: str, group: str, roles: str = "ps+ss", duplicates: str = "collapsed", definition: str = "pt_only"
) -> tuple[int, ...]:
    """a, a + b, a + c, N."""
    here = GRID.filter(
        pl.col("definition") == definition,
        pl.col("roles") == roles,
        pl.col("duplicates") == duplicates,
        pl.col("group_kind") == kind,
        pl.col("group") == group,
    )
    return here.select("a", "group_reports", "cases", "reports").row(0)


@pytest.mark.parametrize("roles", ["ps", "ps+ss", "any"])
@pytest.mark.parametrize(("duplicates", "expected"), [("collapsed", (3, 6, 3, 6)), ("kept", (4, 8, 4, 8))])
def test_the_universe_is_the_same_whatever_the_roles(roles: str, duplicates: str, expected: tuple[int, ...]) -> None:
    assert cells("all", "all", roles, duplicates) == expected


@pytest.mark.parametrize(
    ("roles", "duplicates", "expected"),
    [
        ("ps", "collapsed", (2, 2, 3, 6)),
        ("ps+ss", "collapsed", (2, 2, 3, 6)),
        ("any", "collapsed", (3, 3, 3, 6)),
        ("ps", "kept", (3, 3, 4, 8)),
        ("any", "kept", (4, 4, 4, 8)),
    ],
)
def test_a_report_with_an_ingredient_in_two_forms_counts_once(roles: str, duplicates: str, expected: tuple[int, ...]) -> None:
    assert cells("ingredient", "haloperidol", roles, duplicates) == expected
    assert cells("generation", "FGA", roles, duplicates) == expected
    assert cells("chemical_class", "butyrophenone", roles, duplicates) == expected


@pytest.mark.parametrize(
    ("roles", "duplicates", "expected"),
    [
        ("ps", "collapsed", (0, 1, 3, 6)),
        ("ps+ss", "collapsed", (1, 2, 3, 6)),
        ("ps", "kept", (0, 2, 4, 8)),
        ("ps+ss", "kept", (2, 4, 4, 8)),
    ],
)
def test_a_report_with_two_generations_counts_in_each(roles: str, duplicates: str, expected: tuple[int, ...]) -> None:
    assert cells("generation", "SGA", roles, duplicates) == expected


def test_forms_are_those_of_the_role_that_exposes() -> None:
    assert cells("formulation", "long_acting", "ps") == (0, 0, 3, 6)
    assert cells("formulation", "long_acting", "ps+ss") == (1, 1, 3, 6)
    assert cells("formulation", "other", "ps+ss") == (2, 3, 3, 6)


def test_a_definition_that_no_report_meets_has_zeros() -> None:
    assert cells("generation", "FGA", definition="strict") == (0, 2, 0, 6)


def test_every_group_with_a_report_under_any_setting_is_in_every_setting() -> None:
    assert cells("generation", "TGA") == (0, 0, 3, 6)
    assert cells("ingredient", "aripiprazole") == (0, 0, 3, 6)
    assert cells("ingredient", "aripiprazole", "any") == (0, 1, 3, 6)
    assert GRID.group_by("definition", "roles", "duplicates").len()["len"].to_list() == [13] * 12


def test_only_generations_and_forms_are_there_without_a_report() -> None:
    nothing = count_grid(add_up([part(range(8, 9)), part(range(4, 5))]), GROUPS)
    found = nothing.select("group_kind", "group").unique().sort("group_kind", "group").rows()
    assert found == [
        ("all", "all"),
        ("chemical_class", "benzisoxazole"),
        ("formulation", "long_acting"),
        ("formulation", "other"),
        ("generation", "FGA"),
        ("generation", "SGA"),
        ("generation", "TGA"),
        ("ingredient", "risperidone"),
    ]


@pytest.mark.parametrize("count", [count_grid, partial(count_years, main=MAIN), partial(count_outcomes, main=MAIN)])
def test_counts_do_not_depend_on_how_reports_are_split_into_parts(count: Callable[..., pl.DataFrame]) -> None:
    splits = [[part(range(1, 9))], [part(range(n, n + 1)) for n in range(1, 9)]]
    one, many = (count(add_up(parts), GROUPS) for parts in splits)
    assert one.sort(pl.all()).equals(many.sort(pl.all()))


def test_years_are_those_of_the_main_setting_and_an_unknown_year_is_kept() -> None:
    years = count_years(TALLY, GROUPS, MAIN).filter(pl.col("definition") == "pt_only")
    found = {(group, year): (a, n) for group, year, a, n in years.select("group", "received_year", "a", "group_reports").rows()}
    assert found == {
        ("all", 2020): (2, 2),
        ("all", 2021): (0, 3),
        ("all", None): (1, 1),
        ("FGA", 2020): (2, 2),
        ("FGA", 2021): (0, 0),
        ("FGA", None): (0, 0),
        ("SGA", 2020): (1, 1),
        ("SGA", 2021): (0, 1),
        ("SGA", None): (0, 0),
        ("TGA", 2020): (0, 0),
        ("TGA", 2021): (0, 0),
        ("TGA", None): (0, 0),
    }


@pytest.mark.parametrize(
    ("main", "of_all", "of_fga"),
    [
        (MAIN, (3, 2, 2, 1, 2), (2, 2, 2, 1, 2)),
        (Main(definition="pt_only", roles="any", duplicates="kept"), (4, 3, 3, 1, 3), (4, 3, 3, 1, 3)),
    ],
)
def test_outcomes_are_counted_among_cases_whose_outcome_is_known(
    main: Main, of_all: tuple[int, ...], of_fga: tuple[int, ...]
) -> None:
    outcomes = count_outcomes(TALLY, GROUPS, main).filter(pl.col("definition") == "pt_only")
    columns = ["a", "serious", "serious_known", "fatal", "fatal_known"]
    found = {row[0]: row[1:] for row in outcomes.select("group", *columns).rows()}
    assert {group: found[group] for group in ("all", "FGA", "TGA")} == {"all": of_all, "FGA": of_fga, "TGA": (0, 0, 0, 0, 0)}


def test_an_ingredient_that_the_drug_table_lacks_is_an_error() -> None:
    universe = rows(UNIVERSE, {"subject_id": "faers:1"})
    ingredients = rows(REPORT_INGREDIENTS, {"subject_id": "faers:1", "ingredient": "unheard-of", "role": "PS"})
    with pytest.raises(ContractError, match=r"column 'ingredient' holds \['unheard-of'\]"):
        tally_part(universe, ingredients, rows(VERDICTS), GROUPS)

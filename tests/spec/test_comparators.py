"""Who is compared with whom, in eight reports.

======  ===============================================  ====  =============
report  drugs                                            NMS   indication
======  ===============================================  ====  =============
1       haloperidol                                      yes   schizophrenia
2       haloperidol, risperidone (secondary)             yes
3       risperidone                                            schizophrenia
4       risperidone                                      yes   schizophrenia
5       aripiprazole
6       biperiden                                        yes
7       biperiden
8       metoclopramide; haloperidol as co-medication     yes   nausea
======  ===============================================  ====  =============
"""

import polars as pl
import pytest

from tests.lib.comparison_study import Report, cells, numbers, one, part

EIGHT: list[Report] = [
    {"drugs": {"haloperidol": "PS"}, "case": True, "indications": ["schizophrenia"], "sex": "male", "year": 2020, "age": "0-39"},
    {"drugs": {"haloperidol": "PS", "risperidone": "SS"}, "case": True, "sex": "male", "year": 2020},
    {"drugs": {"risperidone": "PS"}, "indications": ["schizophrenia"], "sex": "male", "year": 2020, "age": "0-39"},
    {"drugs": {"risperidone": "PS"}, "case": True, "indications": ["schizophrenia"], "sex": "female", "age": "40+"},
    {"drugs": {"aripiprazole": "PS"}, "sex": "male", "year": 2021},
    {"drugs": {"biperiden": "PS"}, "case": True},
    {"drugs": {"biperiden": "PS"}},
    {"drugs": {"metoclopramide": "PS", "haloperidol": "other"}, "case": True, "indications": ["nausea"]},
]


@pytest.fixture(scope="module")
def found() -> pl.DataFrame:
    return numbers([part(*EIGHT)])


@pytest.mark.parametrize(
    ("group", "reference", "roles", "expected"),
    [
        # 1 and 2 against 3, 4 and 5: reports without an antipsychotic are in neither.
        ("haloperidol", "other antipsychotics", "ps+ss", (2, 2, 1, 3)),
        # As primary suspects only, 2 is no report of risperidone.
        ("risperidone", "other antipsychotics", "ps", (1, 2, 2, 3)),
        # 8 names haloperidol, if in whatever role.
        ("haloperidol", "other antipsychotics", "any", (3, 3, 1, 3)),
        ("SGA", "other antipsychotics", "ps+ss", (2, 3, 1, 2)),
        ("other", "other antipsychotics", "ps+ss", (3, 5, 0, 0)),
        # A report that names both is one of risperidone.
        ("risperidone", "haloperidol", "ps+ss", (2, 3, 1, 1)),
        ("risperidone", "haloperidol", "any", (2, 3, 2, 2)),
        ("TGA", "haloperidol", "ps+ss", (0, 1, 2, 2)),
        # Report 2 is left out, and 1 and 5 with it: 8 names haloperidol in a role that does not count.
        ("risperidone", "no antipsychotic", "ps+ss", (1, 2, 2, 3)),
    ],
)
def test_comparators(found: pl.DataFrame, group: str, reference: str, roles: str, expected: tuple[int, ...]) -> None:
    assert cells(one(found, group, reference, roles=roles)) == expected


def test_a_comparator_is_not_compared_with_groups_it_belongs_to(found: pl.DataFrame) -> None:
    against = found.filter(pl.col("reference") == "haloperidol", pl.col("measure") == "ror")
    assert {"haloperidol", "FGA", "butyrophenone", "other"}.isdisjoint(against["group"])


def test_a_class_among_antipsychotics_holds_antipsychotics_only(found: pl.DataFrame) -> None:
    """Metoclopramide is a benzamide, and no antipsychotic."""
    benzamides = found.filter(pl.col("group") == "benzamide")
    assert not benzamides.is_empty()
    assert benzamides.filter(pl.col("reference").is_in(["other antipsychotics", "no antipsychotic", "haloperidol"])).is_empty()


def test_the_strongest_masker_leaves_the_fewest_cases_in_the_reference(found: pl.DataFrame) -> None:
    """Beside risperidone, 3 of 5 reports are cases; without haloperidol 2 of 4, without biperiden 2 of 3."""
    row = one(found, "risperidone", "haloperidol", measure="masking_ratio")
    assert cells(row) == (2, 3, 3, 5)
    assert row["estimate"] == pytest.approx((3 / 5) / (2 / 4))
    assert cells(one(found, "risperidone", "without haloperidol")) == (1, 2, 2, 4)


@pytest.mark.parametrize(
    ("stratum", "expected"),
    [
        ("indication=schizophrenia", (1, 1, 1, 2)),
        ("indication=nausea", (0, 0, 0, 0)),
        ("sex=male", (2, 2, 0, 2)),
        ("age=0-39", (1, 1, 0, 1)),
        ("age=40+", (0, 0, 1, 1)),
        ("age_unknown", (1, 1, 0, 1)),
        ("year=2020", (2, 2, 0, 1)),
        ("year_unknown", (0, 0, 1, 1)),
    ],
)
def test_restrictions_split_both_sides(found: pl.DataFrame, stratum: str, expected: tuple[int, ...]) -> None:
    assert cells(one(found, "FGA", "other antipsychotics", stratum=stratum)) == expected


def test_reasons_where_there_is_no_number(found: pl.DataFrame) -> None:
    def reason(group: str, reference: str | None, **where: str) -> object:
        row = one(found, group, reference, **where)
        assert row["estimate"] is None
        return row["undefined_reason"]

    assert reason("haloperidol", "other antipsychotics") == "every report of the group meets the definition"
    assert reason("FGA", "other antipsychotics", stratum="indication=nausea") == (
        "no report that names an antipsychotic states such an indication"
    )
    assert reason("long_acting", "other antipsychotics") == "the group has no reports"
    assert reason("other", "other antipsychotics") == "the reference has no reports"
    assert reason("aripiprazole", "other antipsychotics") == "no report of the group meets the definition"
    assert reason("risperidone", None, measure="ror_stratified") is not None
    assert reason("haloperidol", None, measure="pooled_ratio") == "fewer than 3 ingredients of the class with expected reports"
    stratified = "in no stratum can group and reference be compared both ways"
    assert reason("aripiprazole", None, measure="homogeneity_p", stratum="by sex") == stratified


def test_a_source_without_indications_says_so() -> None:
    without = [{key: value for key, value in report.items() if key != "indications"} for report in EIGHT]
    row = one(numbers([part(*without)]), "FGA", "other antipsychotics", stratum="indication=schizophrenia")
    assert row["undefined_reason"] == (
        "no report that names an antipsychotic states an indication that is listed: the source may have none"
    )


def test_probable_duplicates_count_once_or_each(found: pl.DataFrame) -> None:
    copied = numbers([part(*EIGHT, EIGHT[3] | {"copy": True})])
    assert cells(one(copied, "risperidone", "other antipsychotics")) == (2, 3, 1, 2)
    assert cells(one(copied, "risperidone", "other antipsychotics", duplicates="kept")) == (3, 4, 1, 2)


def test_parts_add_up(found: pl.DataFrame) -> None:
    """Subjects of a part are its own, so halves with the same names are other reports."""
    by = ["measure", "roles", "duplicates", "group_kind", "group", "reference", "stratum"]
    halves = numbers([part(*EIGHT[:4]), part(*EIGHT[4:])])
    assert halves.sort(by, nulls_last=True).equals(found.sort(by, nulls_last=True))


def test_the_number_of_comparisons_is_said(found: pl.DataFrame) -> None:
    row = one(found, "risperidone", None, measure="q_value")
    assert str(row["method"]).startswith("Benjamini-Hochberg q-value among the 5 ingredients compared")
    p = found.filter(measure="p_value", roles="ps+ss", duplicates="collapsed").filter(pl.col("reference").is_null())
    assert (p["estimate"].is_not_null()).sum() == 5


def test_sparse_tables_have_an_exact_ratio_too(found: pl.DataFrame) -> None:
    row = one(found, "aripiprazole", "other antipsychotics", measure="ror_conditional")
    assert (row["estimate"], row["low"]) == (0, 0)
    assert row["high"] > 1


def test_strata_that_carry_information_are_counted(found: pl.DataFrame) -> None:
    """Of the strata of reports 1 and 3, 2, 4, and 5, only the first has a case on one side and none on the other."""
    row = one(found, "FGA", "other antipsychotics", measure="informative_strata")
    assert (row["numerator"], row["denominator"], row["estimate"]) == (1, 4, 1)


def test_without_an_antipsychotic_every_group_that_is_shown_has_a_reason() -> None:
    found = numbers([part(EIGHT[5], EIGHT[6])])
    among = found.filter(pl.col("reference") == "other antipsychotics")
    assert set(among["group_kind"]) == {"generation", "formulation"}
    assert among.filter(pl.col("estimate").is_not_null()).is_empty()
    assert among.filter(pl.col("stratum").is_null())["undefined_reason"].unique().to_list() == ["the group has no reports"]


def test_no_comparator_no_pairs() -> None:
    """Haloperidol is never reported: what is compared with it says so."""
    row = one(numbers([part(*EIGHT[2:7])]), "risperidone", "haloperidol")
    assert cells(row) == (1, 2, 0, 0)
    assert row["undefined_reason"] == "the reference has no reports"

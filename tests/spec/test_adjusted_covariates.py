"""What a reporting odds ratio is adjusted for, as a clinician would check it."""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.measures.adjusted.covariates import bits, has, kinds_of, report_covariates
from nms_pv.measures.adjusted.tally import add_up, patterns_of, tally_part
from nms_pv.spec.drugs import DrugTable, load_drugs


@pytest.fixture(scope="module")
def drugs(repository: Path) -> DrugTable:
    return load_drugs(repository / "study")


@pytest.mark.parametrize(
    ("ingredient", "kinds"),
    [
        ("haloperidol", ["antipsychotic"]),
        ("ziprasidone", ["antipsychotic"]),  # serotonergic too, but first of all an antipsychotic
        ("sulpiride", ["antipsychotic"]),
        ("lithium", ["lithium"]),
        ("sertraline", ["serotonergic"]),
        ("lorazepam", ["benzodiazepine"]),
        ("biperiden", ["anticholinergic"]),
        ("levodopa", ["dopaminergic"]),
        ("metoclopramide", ["antiemetic"]),
        ("simvastatin", []),
    ],
)
def test_co_medication(drugs: DrugTable, ingredient: str, kinds: list[str]) -> None:
    assert kinds_of(drugs.drugs[ingredient]) == kinds


def universe(**changed: object) -> pl.DataFrame:
    report = {
        "subject_id": "faers:1",
        "age_band": "18-44",
        "sex": "female",
        "received_year": 2019,
        "reporter_type": "nurse",
        "reporter_country": "US",
        "occurrence_country": "FR",
    }
    types = {"received_year": pl.Int32, "occurrence_country": pl.String, "reporter_country": pl.String}
    return pl.DataFrame([report | changed], schema_overrides=types)


@pytest.mark.parametrize(
    ("changed", "column", "level"),
    [
        ({}, "age_band", "18-44"),
        ({}, "period", "2015"),
        ({"received_year": 2020}, "period", "2020"),
        ({"received_year": None}, "period", "unknown"),
        ({}, "reporter", "health professional"),
        ({"reporter_type": "lawyer"}, "reporter", "lawyer"),
        ({}, "country", "Europe"),  # of the event, before that of the reporter
        ({"occurrence_country": None}, "country", "US"),
        ({"occurrence_country": "EU"}, "country", "Europe"),
        ({"occurrence_country": "BR"}, "country", "other"),
        ({"occurrence_country": None, "reporter_country": None}, "country", "unknown"),
    ],
)
def test_levels(changed: dict[str, object], column: str, level: str) -> None:
    assert report_covariates(universe(**changed))[column].item() == level


def seen_by(drugs: DrugTable, own: str, named: list[tuple[str, bool]]) -> dict[str, object]:
    """The pattern of one report that names these ingredients, seen by the group of one ingredient."""
    reports = report_covariates(universe()).with_columns(is_case=pl.lit(True))
    ingredients = pl.DataFrame(
        [("faers:1", ingredient, counted) for ingredient, counted in named],
        schema=["subject_id", "ingredient", "counted"],
        orient="row",
    )
    groups = pl.DataFrame({"group_no": [7], "ingredient": [own]})
    tally = add_up([tally_part(reports, ingredients, groups, bits(drugs))])
    flags = [has("antipsychotic"), has("serotonergic"), has("antiemetic")]
    return patterns_of(tally, 7).select("exposed", "named", "several", *flags).row(0, named=True)


@pytest.mark.parametrize(
    ("own", "named", "expected"),
    [
        ("haloperidol", [("haloperidol", True)], "exposed named"),
        ("haloperidol", [("haloperidol", True), ("sertraline", False)], "exposed named serotonergic"),
        ("haloperidol", [("haloperidol", True), ("risperidone", False)], "exposed named several antipsychotic"),
        ("haloperidol", [("haloperidol", False)], ""),
        ("haloperidol", [("haloperidol", False), ("risperidone", True)], "named several antipsychotic"),
        ("haloperidol", [("risperidone", True)], "named antipsychotic"),
        ("metoclopramide", [("metoclopramide", True)], "exposed"),
        ("haloperidol", [("metoclopramide", True)], "antiemetic"),
    ],
)
def test_a_group_is_not_its_own_co_medication(drugs: DrugTable, own: str, named: list[tuple[str, bool]], expected: str) -> None:
    assert [name for name, holds in seen_by(drugs, own, named).items() if holds] == expected.split()

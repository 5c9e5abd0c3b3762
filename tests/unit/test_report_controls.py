"""Control drugs that the drug table does not list are found by their names."""

import pytest

from nms_pv.exposure.reports.controls import report_controls
from nms_pv.spec.controls import Control
from nms_pv.tables.canonical import REPORT_DRUGS
from nms_pv.tables.exposure import REPORT_CONTROLS, UNIVERSE
from tests.lib.declared_rows import rows

CONTROLS = [
    Control("ibuprofen", ("IBUPROFEN", "IBUPROFEN SODIUM"), "negative", False, "no relation", "memory"),
    Control("haloperidol", ("HALOPERIDOL",), "positive", True, "antipsychotic", "memory"),
]
ONE_REPORT = rows(UNIVERSE, {"subject_id": "faers:1"})


def named(*drugs: tuple[str, str, str]) -> list[tuple[str, str, str]]:
    stated = [
        {"subject_id": subject, "drug_no": n, "ingredient_reported": name, "role": role}
        for n, (subject, name, role) in enumerate(drugs, start=1)
    ]
    return REPORT_CONTROLS.check(report_controls(ONE_REPORT, rows(REPORT_DRUGS, *stated), CONTROLS)).rows()


@pytest.mark.parametrize("name", ["IBUPROFEN", "Ibuprofen", "ibuprofen sodium"])
def test_a_control_is_found_by_any_of_its_names(name: str) -> None:
    assert named(("faers:1", name, "PS")) == [("faers:1", "ibuprofen", "PS")]


def test_a_report_counts_once_with_the_strongest_role() -> None:
    assert named(("faers:1", "IBUPROFEN", "C"), ("faers:1", "IBUPROFEN SODIUM", "SS")) == [("faers:1", "ibuprofen", "SS")]


@pytest.mark.parametrize(
    "drug",
    [
        ("faers:1", "IBUPROFEN", "DN"),
        ("faers:2", "IBUPROFEN", "PS"),
        ("faers:1", "HALOPERIDOL", "PS"),
        ("faers:1", "IBUPROFENE", "PS"),
    ],
    ids=["not administered", "outside the universe", "listed", "another name"],
)
def test_what_is_no_control(drug: tuple[str, str, str]) -> None:
    assert named(drug) == []

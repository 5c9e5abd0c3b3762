import csv
from pathlib import Path

import pytest

from nms_pv.spec.literature import load_literature
from nms_pv.spec.strict import StudyError

PLAIN = {
    "study": "A 1990",
    "year": "1990",
    "numerator": "2",
    "measure": "incidence proportion",
    "value": "0.2",
    "unit": "%",
    "doi_or_pmid": "",
    "status": "found",
    "outcome": "incidence",
    "drug_group": "SGA",
    "denominator_n": "1000",
    "pooled": "yes",
    "why_not": "",
}


def write(study: Path, *rows: dict[str, str]) -> Path:
    with (study / "literature.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(PLAIN))
        writer.writeheader()
        writer.writerows(PLAIN | row for row in rows)
    return study


def test_rows_without_an_outcome_are_no_proportions(tmp_path: Path) -> None:
    (found,) = load_literature(write(tmp_path, {}, {"outcome": "", "status": "anything"}))
    assert (found.numerator, found.denominator, found.printed, found.why_not) == (2, 1000, "0.2 %", None)
    assert found.stratum == "drugs=SGA;published_as=incidence proportion"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"outcome": "cure"}, "outcome 'cure' is not one of"),
        ({"drug_group": "4GA"}, "drug_group '4GA' is not one of"),
        ({"status": "hearsay"}, "status 'hearsay' is not one of"),
        ({"pooled": "maybe"}, "pooled 'maybe' is not one of"),
        ({"year": "ca. 1990"}, "year 'ca. 1990' is not a year"),
        ({"denominator_n": "~500"}, "denominator_n '~500' is neither empty nor a whole number"),
        ({"denominator_n": ""}, "pooled is 'yes', which needs whole numbers"),
        ({"pooled": "no"}, "why_not '' must be filled in"),
        ({"why_not": "because"}, "why_not 'because' must be filled in where pooled is 'no', and only there"),
        ({"numerator": "1001"}, "numerator 1001 of denominator_n 1000 is no proportion"),
        ({"numerator": "0", "denominator_n": "0"}, "numerator 0 of denominator_n 0 is no proportion"),
    ],
)
def test_a_cell_that_does_not_fit_is_named(tmp_path: Path, wrong: dict[str, str], said: str) -> None:
    with pytest.raises(StudyError, match=f"literature.csv: line 3: .*{said}"):
        load_literature(write(tmp_path, {}, {"study": "B"} | wrong))


def test_rows_that_cannot_be_told_apart_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="stands there 2 times; keep one row"):
        load_literature(write(tmp_path, {}, {"numerator": "3"}))

"""From indication terms to groups of indications."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from nms_pv.exposure.reports.indications import indication_attrition, report_indications
from nms_pv.spec.indications import load_indications
from nms_pv.spec.strict import StudyError
from nms_pv.tables.canonical import REPORT_INDICATIONS
from nms_pv.tables.exposure import REPORT_INDICATION_GROUPS
from tests.lib.declared_rows import rows

GROUPS = {
    "schizophrenia": ("SCHIZOPHRENIA", "SCHIZOAFFECTIVE DISORDER"),
    "bipolar": ("SCHIZOAFFECTIVE DISORDER", "MANIA"),
    "movement": ("HUNTINGTON'S DISEASE",),
}
UNIVERSE = pl.DataFrame({"subject_id": ["faers:1", "faers:2", "faers:3"]})


@pytest.fixture
def stated() -> pl.DataFrame:
    terms = [
        ("faers:1", "SCHIZOPHRENIA"),
        ("faers:1", "SCHIZOPHRENIA"),
        ("faers:1", "PAIN"),
        ("faers:2", "SCHIZOAFFECTIVE DISORDER"),
        ("faers:3", "HUNTINGTON^S DISEASE"),
        ("faers:9", "MANIA"),
    ]
    return rows(
        REPORT_INDICATIONS,
        *({"subject_id": s, "indication_no": i, "term_key": t} for i, (s, t) in enumerate(terms, start=1)),
    )


def test_a_report_states_a_group_once_and_a_term_may_belong_to_two(stated: pl.DataFrame) -> None:
    found = report_indications(UNIVERSE, stated, GROUPS)
    assert REPORT_INDICATION_GROUPS.check(found).rows() == [
        ("faers:1", "schizophrenia"),
        ("faers:2", "bipolar"),
        ("faers:2", "schizophrenia"),
        ("faers:3", "movement"),
    ]


def test_every_stated_indication_is_accounted_for(stated: pl.DataFrame) -> None:
    left = indication_attrition("2025Q4:report_indications", stated, UNIVERSE, GROUPS)
    assert dict(left.select("reason", "n_left").iter_rows()) == {
        "report_not_counted": 1,
        "indication_in_no_group": 1,
        "another_group_of_the_same_term": -1,
        "same_group_of_the_report": 1,
        "kept": 0,
    }
    assert left["n_kept"][-1] == report_indications(UNIVERSE, stated, GROUPS).height


def test_a_source_without_indications_has_none() -> None:
    none = report_indications(UNIVERSE, REPORT_INDICATIONS.empty(), GROUPS)
    assert REPORT_INDICATION_GROUPS.check(none).is_empty()


def test_the_groups_of_the_study(repository: Path) -> None:
    groups = load_indications(repository / "study")
    assert "SCHIZOPHRENIA" in groups["schizophrenia"]
    assert "NAUSEA" in groups["nausea"]
    assert all(term == term.upper() for terms in groups.values() for term in terms)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("schizophrenia,SCHIZOPHRENIA,0,,memory", "line 128: 'SCHIZOPHRENIA' stands twice under 'schizophrenia'; keep one row"),
        (",Mania,0,,memory", "line 128: indication '', term 'MANIA'; fill in both, or delete the line"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(repository: Path, tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "indications.csv"
    shutil.copy(repository / "study" / "indications.csv", path)
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(StudyError) as error:
        load_indications(tmp_path)
    assert said in str(error.value)

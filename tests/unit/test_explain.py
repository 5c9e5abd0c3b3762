"""`explain` on a small project that is written through the declared tables."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from nms_pv.audit.case import UnknownCaseError
from nms_pv.audit.explain import explain
from nms_pv.evidence.reports.write import write_evidence
from nms_pv.labels.write import write_labels
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.elements import load_elements
from nms_pv.spec.label_study import load_label_study
from nms_pv.tables.canonical import REPORT_DRUGS, REPORT_EVENTS, REPORT_INDICATIONS, REPORT_OUTCOMES, REPORT_VERSIONS, REPORTS
from nms_pv.tables.contract import Table
from nms_pv.tables.labels import VERDICTS

STUDY = Path(__file__).parents[2] / "study"
EVENT = 19000  # 2022-01-08


def _table(table: Table, rows: list[dict], path: Path) -> None:
    empty = dict.fromkeys(table.types)
    precisions = {
        name: "day" if name.startswith(("received", "first_received")) else "none" for name in empty if "precision" in name
    }
    table.write(pl.DataFrame([{**empty, **precisions, **row} for row in rows], schema=table.types), path)


def _at(table: str, line: int) -> dict:
    return {"source_id": f"faers:2025Q4:{table}", "source_line": line}


def _version(case: int, version: int, status: str, reason: str, line: int) -> dict:
    ids = {"version_id": f"faers:2025Q4:{case}{version}", "subject_id": f"faers:{case}", "version_n": version}
    return {**ids, "era": "current", "received_day": EVENT + version, "status": status, "reason": reason, **_at("DEMO", line)}


def _report(case: int, line: int, **changes: object) -> dict:
    usual = {
        "subject_id": f"faers:{case}", "version_id": f"faers:2025Q4:{case}2",
        "first_received_day": EVENT + 1, "received_day": EVENT + 2, "event_day": EVENT, "event_day_precision": "day",
        "sex": "male", "reporter_type": "physician", "report_type": "expedited",
        "is_serious": True, "is_representative": True, "sender": "ACME",
    }  # fmt: skip
    return {**usual, **_at("DEMO", line), **changes}


def _drug(case: int, drug_no: int, ingredient: str | None, name: str, **changes: object) -> dict:
    usual = {
        "subject_id": f"faers:{case}", "drug_no": drug_no, "ingredient_reported": name, "drug_name": name,
        "ingredient": ingredient, "coding_method": "drug_name" if ingredient else "uncoded", "formulation": "other",
        "role": "PS", "dechallenge": "positive", "rechallenge": "not_documented",
    }  # fmt: skip
    return {**usual, **_at("DRUG", drug_no + 1), **changes}


def _event(case: int, event_no: int, term: str) -> dict:
    return {
        "subject_id": f"faers:{case}",
        "event_no": event_no,
        "term": term,
        "term_key": term.upper(),
        **_at("REAC", event_no + 1),
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(STUDY, root / "study")
    data = root / "data"
    rows: dict[Table, list[dict]] = {
        REPORT_VERSIONS: [
            _version(1, 1, "superseded", "later_version", 2), _version(1, 2, "shown", "latest_version", 3),
            _version(2, 2, "shown", "latest_version", 4), _version(3, 1, "deleted", "deleted_by_source", 5),
            _version(4, 2, "shown", "latest_version", 6),
        ],
        REPORTS: [
            _report(1, 3, duplicate_group="faers:1", duplicate_rule="same_content", age_years=60.0),
            _report(2, 4, duplicate_group="faers:1", duplicate_rule="same_content", is_representative=False),
            _report(4, 6, is_serious=None, event_day=EVENT - 7, event_day_precision="padded"),
        ],
        REPORT_DRUGS: [
            _drug(1, 1, "aripiprazole", "ABILIFY\x1b[31m", start_day=EVENT - 2, start_day_precision="day"),
            _drug(1, 2, None, "MYSTERY POWDER"),
            _drug(1, 3, "clotiapine", "ENTUMIN", role="C", start_day=EVENT - 40, start_day_precision="month"),
            _drug(4, 1, "haloperidol", "HALDOL"),
        ],
        REPORT_EVENTS: [
            _event(1, 1, "Neuroleptic malignant syndrome"), _event(1, 2, "Pyrexia"), _event(1, 3, "Cogwheel rigidity"),
            _event(1, 4, "Respiratory distress"), _event(1, 5, "Headache"), _event(2, 1, "Pyrexia"), _event(4, 1, "Headache"),
        ],
        REPORT_OUTCOMES: [{"subject_id": "faers:1", "outcome": "death", **_at("OUTC", 2)}],
        REPORT_INDICATIONS: [
            {"subject_id": "faers:1", "indication_no": 1, "term": "Psychosis", "term_key": "PSYCHOSIS", **_at("INDI", 2)},
        ],
    }  # fmt: skip
    for table, content in rows.items():
        _table(table, content, data / "2_canonical" / table.name.split("/")[1] / "2025Q4.parquet")
    raw = pl.DataFrame(
        {
            "source_id": ["faers:2025Q4:REAC"] * 2,
            "source_line": [3, 4],
            "primaryid": ["12", "12"],
            "pt": ["Pyrexia", "Cogwheel\trigidity"],
        }
    )
    (data / "1_sources" / "rows" / "REAC").mkdir(parents=True)
    raw.write_parquet(data / "1_sources" / "rows" / "REAC" / "2025Q4.parquet")
    write_evidence(data / "2_canonical", data / "3_evidence", load_elements(STUDY), load_drugs(STUDY), {})
    write_labels(data / "3_evidence", data / "4_labels", load_label_study(STUDY, "reports"))
    return root


def _flat(text: str) -> str:
    return " ".join(text.split())


def _section(text: str, title: str) -> str:
    return _flat(next(part for part in text.split("\n\n") if part.startswith(title)))


def test_the_case_and_every_version_received(project: Path) -> None:
    text = explain("faers:1", project)
    case = _section(text, "CASE")
    assert "shown version faers:2025Q4:12, received 2022-01-10; case first received 2022-01-09" in case
    assert "event 2022-01-08" in case
    assert "seriousness death" in case
    assert "source faers:2025Q4:DEMO line 3" in case
    assert "faers:2025Q4:11, received 2022-01-09: superseded" in _section(text, "VERSIONS RECEIVED (2)")


def test_its_duplicates(project: Path) -> None:
    duplicates = _section(explain("faers:1", project), "PROBABLE DUPLICATES: group faers:1, rule same_content")
    assert "faers:1, received 2022-01-10: counted when duplicates are collapsed" in duplicates
    assert duplicates.endswith("faers:2, received 2022-01-10")
    assert "in no group of probable duplicates" in explain("faers:4", project)


def test_drugs_with_their_coding(project: Path) -> None:
    drugs = _section(explain("faers:1", project), "DRUGS")
    assert "PS: aripiprazole (coded by drug name ABILIFY" in drugs
    assert "quinolinone, TGA" in drugs
    assert "MYSTERY POWDER is not coded" in drugs
    assert "(disputed: " in drugs
    assert "start 2021-11, end not stated" in drugs


def test_findings_and_their_raw_rows(project: Path) -> None:
    text = explain("faers:1", project)
    assert "fever: present (core), Pyrexia, 2022-01-08; faers:2025Q4:REAC line 3" in _section(text, "FINDINGS")
    rows = _section(text, "SOURCE ROWS")
    assert "faers:2025Q4:REAC line 3: primaryid=12; pt=Pyrexia" in rows
    assert "faers:2025Q4:REAC line 2: the raw row is not at hand" in rows
    assert "faers:2025Q4:DEMO line 3: the raw row is not at hand" in rows


def test_exposures_say_how_far_or_why_it_is_unknown(project: Path) -> None:
    exposures = _section(explain("faers:1", project), "EXPOSURES")
    assert "aripiprazole, antagonist, PS: event 2 days after start" in exposures
    assert "time since start unknown: the start date is known to the month or year only" in exposures


def test_verdicts_and_their_reasoning(project: Path) -> None:
    text = explain("faers:1", project)
    assert "verdict met" in _section(text, "DEFINITION pt_only")
    iec = _section(text, "DEFINITION iec_2011")
    assert "verdict indeterminate" in iec
    assert "points 55 documented, 100 with what is not documented" in iec
    assert "present exposure, fever, rigidity" in iec
    assert "x exposure (20 points) course 1, aripiprazole (PS, antagonist): counts as present, event 2 days after start" in iec
    assert "course 3, clotiapine (C, antagonist): counts as not documented" in iec
    assert "? heart_rate_rise faers can never show it" in iec
    levenson = _section(text, "DEFINITION levenson_1985")
    assert "Respiratory distress: present, but does not count: it is graded weak" in levenson
    assert "nothing recorded says so" in _section(explain("faers:2", project), "DEFINITION pt_only")


def test_trigger_treatments_and_causality(project: Path) -> None:
    text = explain("faers:1", project)
    trigger = _section(text, "TRIGGER")
    assert "trigger antagonist_start (a dopamine antagonist was started within its window before the event)" in trigger
    assert "certainty dated" in trigger
    assert "drugs aripiprazole; course 1" in trigger
    assert "undecided antagonist" in trigger
    stopped = "antagonist stopped: given (the report says whether the event abated when the drug was stopped); aripiprazole,"
    assert stopped in _section(text, "TREATMENTS DOCUMENTED")
    cause = _section(text, "CAUSALITY")
    assert "aripiprazole, antagonist; course 1 Naranjo: 4 documented, 1 to 13 with what is unknown, that is possible to" in cause
    assert "q1=+1, q2=+2, q3=+1, q4=?" in cause
    assert "WHO-UMC: possible, at most probable: probable needs the exclusion of other causes" in cause


def test_a_case_without_findings_has_no_trigger(project: Path) -> None:
    assert "no finding, no trigger" in _section(explain("faers:4", project), "TRIGGER")


def test_a_case_without_findings_has_no_verdict(project: Path) -> None:
    text = explain("faers:4", project)
    assert "no reported term speaks of an element, so there is no verdict" in text
    assert "no finding, no verdict" in _section(text, "DEFINITION iec_2011")
    assert "2022-01-01 (day perhaps filled in)" in _section(text, "CASE")
    assert "not assessable: the quarter has no outcome table" in _section(text, "CASE")


def test_nothing_from_the_data_reaches_the_terminal_as_a_command(project: Path) -> None:
    text = explain("faers:1", project)
    assert "ABILIFY\\x1b[31m" in text
    assert all(c.isprintable() or c == "\n" for c in text)
    assert max(map(len, text.splitlines())) <= 100


def test_a_stale_verdict_is_named(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "stale"
    shutil.copytree(project, copy)
    path = copy / "data" / "4_labels" / "verdicts" / "2025Q4.parquet"
    rows = VERDICTS.scan(path).collect()
    VERDICTS.write(rows.filter(pl.col("definition") != "iec_2011").with_columns(verdict=pl.lit("not_met")), path)
    text = explain("faers:1", copy)
    assert "but study/definitions now says met: run `dvc repro labels`" in _section(text, "DEFINITION pt_only")
    assert "verdict none stored; run `dvc repro labels`" in _section(text, "DEFINITION iec_2011")


@pytest.mark.parametrize("unknown", ["26127610", "faers:99", "faers:12"])
def test_an_unknown_id_says_what_ids_look_like(project: Path, unknown: str) -> None:
    with pytest.raises(UnknownCaseError, match=f"no case '{unknown}' was received. Ids look like faers:26127610"):
        explain(unknown, project)


def test_a_deleted_case_says_so(project: Path) -> None:
    with pytest.raises(UnknownCaseError, match=r"received but no version of it is shown: faers:2025Q4:31 .*line 5\): deleted"):
        explain("faers:3", project)

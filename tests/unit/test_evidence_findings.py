"""Which reported terms become findings, in which order, and where the others went."""

from pathlib import Path

import polars as pl

from nms_pv.evidence.reports.findings import finding_attrition, findings
from nms_pv.spec.elements import load_elements
from nms_pv.tables.canonical import REPORT_EVENTS, REPORTS
from nms_pv.tables.evidence import FINDINGS

ELEMENTS = load_elements(Path(__file__).parents[2] / "study")


def _events(*terms: str) -> pl.LazyFrame:
    rows = [
        {
            "subject_id": "faers:1",
            "event_no": n,
            "term": term,
            "term_key": term.upper(),
            "source_id": "faers:2025Q4:REAC",
            "source_line": n + 1,
        }
        for n, term in enumerate(terms, start=1)
    ]
    return pl.LazyFrame(rows, schema={k: v for k, v in REPORT_EVENTS.types.items() if k in rows[0]})


def _reports(day: int | None = 19000, precision: str = "day") -> pl.LazyFrame:
    rows = [{"subject_id": "faers:1", "event_day": day, "event_day_precision": precision}]
    return pl.LazyFrame(rows, schema={k: v for k, v in REPORTS.types.items() if k in rows[0]})


def _found(*terms: str) -> list[tuple]:
    frame = FINDINGS.check(findings(_events(*terms), _reports(), ELEMENTS))
    return frame.select("finding_no", "element", "grade", "source_line").rows()


def test_the_terms_of_a_public_report() -> None:
    """FAERS 26127610, quarter 2025Q4: its fifteen terms in the order of the file."""
    terms = (
        "Dysphagia", "Cogwheel rigidity", "Akathisia", "Influenza", "Reduced facial expression", "Pneumonia",
        "Pneumonia bacterial", "Enterobacter infection", "Bradykinesia", "Acute respiratory distress syndrome",
        "Dysphonia", "Respiratory distress",
        "Staphylococcal infection", "Off label use", "Neuroleptic malignant syndrome",
    )  # fmt: skip
    assert _found(*terms) == [
        (1, "alternative_cause", "context", 7),
        (2, "cogwheeling", "core", 3),
        (3, "dose_context", "context", 15),
        (4, "dysphagia", "core", 2),
        (5, "extrapyramidal", "context", 2),
        (6, "extrapyramidal", "context", 4),
        (7, "extrapyramidal", "context", 10),
        (8, "nms_diagnosis", "core", 16),
        (9, "respiratory_complication", "context", 7),
        (10, "respiratory_complication", "context", 11),
        (11, "rigidity", "core", 3),
        (12, "tachypnoea", "weak", 13),
    ]


def test_only_the_whole_term_counts_whatever_its_capitals() -> None:
    assert _found("Hyperthermia therapy", "Fever of unknown origin", "Muscle rigidity NOS", "pyrexia") == [
        (1, "fever", "core", 5)
    ]


def test_a_report_only_says_what_happened() -> None:
    row = findings(_events("Pyrexia"), _reports(18993, "padded"), ELEMENTS).row(0, named=True)
    assert (row["state"], row["value"], row["unit"], row["day"], row["day_precision"]) == ("present", None, None, 18993, "padded")


def test_kept_and_left_make_the_whole() -> None:
    events = _events("Dysphagia", "Influenza", "Pneumonia", "Headache", "Pyrexia")
    found = findings(events, _reports(), ELEMENTS)
    assert finding_attrition("2025Q4", events, ELEMENTS, found).select("reason", "n_in", "n_left", "n_kept").rows() == [
        ("no_element_lists_the_term", 5, 2, 3),
        ("further_element_of_the_term", 3, -2, 5),
        ("kept", 5, 0, 5),
    ]
    assert found.height == 5

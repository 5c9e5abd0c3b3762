"""What triggers the event: start, increase, injection, withdrawal; decided by dates, and ambiguous where they do not tell."""

import polars as pl
import pytest

from nms_pv.labels.triggers import trigger_attrition, triggers
from nms_pv.tables.labels import TRIGGERS
from tests.lib.course_tables import CONTEXT, Row, answers, cases, judged

TABLE = """
case                          | drug                     | role | start | end  | -> | trigger               | certainty
-----------------------------------------------------------------------------------------------------------------------
no drug                       |                          |      |       |      |    | none_documented       | none
started three days before     | haloperidol              | PS   | -3    |      |    | antagonist_start      | dated
started on the day            | haloperidol              | C    | 0     |      |    | antagonist_start      | dated
started 30 days before        | haloperidol              | PS   | -30   |      |    | antagonist_start      | dated
started 31 days before        | haloperidol              | PS   | -31   |      |    | antagonist            | suspected_undated
taken for years, through it   | clozapine                | C    | -900  | +3   |    | antagonist            | dated
taken for years until then    | clozapine                | C    | -900  | -30  |    | antagonist            | dated
stopped 31 days before        | clozapine                | PS   | -900  | -31  |    | none_documented       | none
started after the event       | haloperidol              | PS   | +1    |      |    | none_documented       | none
suspected, no dates           | haloperidol              | PS   |       |      |    | antagonist            | suspected_undated
concomitant, no dates         | haloperidol              | C    |       |      |    | antagonist            | undated
an antiemetic                 | metoclopramide           | PS   | -2    |      |    | antagonist_start      | dated
an antiemetic and haloperidol | metoclopramide           | PS   | -2    |      |    | antagonist_start      | dated
                              | haloperidol              | PS   | -1    |      |    | |
both of one drug              | oxypertine               | PS   | -2    |      |    | antagonist_start      | dated
started upon another          | clozapine                | PS   | -900  |      |    | antagonist_start      | dated
                              | haloperidol              | PS   | -5    |      |    | |
renewed without a gap         | clozapine                | PS   | -60   | -20  |    | antagonist            | dated
                              | clozapine                | PS   | -19   | +9   |    | |
renewed within 14 days        | clozapine                | PS   | -60   | -20  |    | antagonist            | dated
                              | clozapine                | PS   | -5    | +9   |    | |
started again after 15 days   | clozapine                | PS   | -60   | -20  |    | antagonist_start      | dated
                              | clozapine                | PS   | -4    | +9   |    | |
injection within its interval | paliperidone depot 84    | PS   | -110  |      |    | long_acting_injection | dated
injection beyond it           | paliperidone depot 84    | PS   | -400  | -115 |    | none_documented       | none
last injection within it      | paliperidone depot 84    | PS   | -400  | -114 |    | long_acting_injection | dated
interval in the end day       | paliperidone depot 0     | C    | -90   | -31  |    | none_documented       | none
interval not known            | quetiapine depot         | PS   | -90   | -60  |    | long_acting_injection | suspected_undated
injection without dates       | paliperidone depot 84    | PS   |       |      |    | long_acting_injection | suspected_undated
start beside an injection     | paliperidone depot 84    | PS   | -10   |      |    | ambiguous             | ambiguous
                              | haloperidol              | PS   | -5    |      |    | |
VMAT2 inhibitor started       | tetrabenazine            | PS   | -12   |      |    | depleter              | dated
VMAT2 inhibitor, antagonist   | tetrabenazine            | PS   | -12   |      |    | ambiguous             | ambiguous
                              | haloperidol              | PS   | -5    |      |    | |
lithium alone                 | lithium                  | PS   | -12   |      |    | other_implicated      | dated
lithium beside a start        | lithium                  | PS   | -12   |      |    | antagonist_start      | dated
                              | haloperidol              | PS   | -5    |      |    | |
a confounder is no trigger    | simvastatin              | PS   | -12   |      |    | none_documented       | none
"""

DOSES = """
case                          | drug        | start | end | dose     | -> | trigger                  | certainty
----------------------------------------------------------------------------------------------------------------
dose increased                | risperidone | -90   | -6  | 2 mg     |    | antagonist_dose_increase | dated
                              | risperidone | -5    |     | 6 mg     |    | |
dose decreased                | risperidone | -90   | -6  | 6 mg     |    | antagonist               | dated
                              | risperidone | -5    |     | 2 mg     |    | |
doses of different units      | risperidone | -90   | -6  | 2 mg     |    | antagonist               | dated
                              | risperidone | -5    |     | 6 mg/day |    | |
two doses of one day          | risperidone | -90   |     | 2 mg     |    | antagonist               | suspected_undated
                              | risperidone | -90   |     | 6 mg     |    | |
increased long before         | risperidone | -90   | -61 | 2 mg     |    | antagonist               | suspected_undated
                              | risperidone | -60   |     | 6 mg     |    | |
increased while being started | risperidone | -20   |     | 2 mg     |    | antagonist_start         | dated
                              | risperidone | -5    |     | 6 mg     |    | |
increased after the event     | risperidone | -90   | +3  | 2 mg     |    | antagonist               | dated
                              | risperidone | +4    |     | 6 mg     |    | |
"""

WITHDRAWAL = """
case                           | drug                  | role | start | end | -> | trigger          | reason
------------------------------------------------------------------------------------------------------------
stopped 2 days before          | levodopa              | PS   | -900  | -2  |    | withdrawal       | one_kind_fits
stopped, start not known       | levodopa              | C    |       | -2  |    | withdrawal       | one_kind_fits
stopped 7 days before          | levodopa              | C    | -900  | -7  |    | withdrawal       | one_kind_fits
stopped 8 days before          | levodopa              | PS   | -900  | -8  |    | none_documented  | dates_exclude_every_course
goes on through the event      | levodopa              | PS   | -900  | +5  |    | none_documented  | dates_exclude_every_course
stopped, but renewed at once   | levodopa              | PS   | -900  | -2  |    | none_documented  | dates_exclude_every_course
                               | levodopa              | PS   | -1    | +30 |    | |
taken since years, no end      | levodopa              | C    | -900  |     |    | none_documented  | no_stop_documented
the same, suspected            | levodopa              | PS   | -900  |     |    | withdrawal       | one_kind_fits
never a treatment, no dates    | pramipexole           | PS   |       |     |    | withdrawal       | one_kind_fits
bromocriptine after onset      | bromocriptine         | C    | +1    |     |    | none_documented  | dates_exclude_every_course
bromocriptine on the day       | bromocriptine         | C    | 0     |     |    | none_documented  | dates_exclude_every_course
bromocriptine stopped before   | bromocriptine         | C    | -300  | -1  |    | withdrawal       | one_kind_fits
bromocriptine, no dates        | bromocriptine         | C    |       |     |    | ambiguous        | trigger_or_treatment
bromocriptine until the day    | bromocriptine         | C    |       | 0   |    | ambiguous        | trigger_or_treatment
amantadine suspected, no dates | amantadine            | PS   |       |     |    | ambiguous        | trigger_or_treatment
treatment of an antagonist     | haloperidol           | PS   | -3    |     |    | antagonist_start | one_kind_fits
                               | bromocriptine         | C    | +1    |     |    | |
undated beside a start         | haloperidol           | PS   | -3    |     |    | antagonist_start | one_kind_fits
                               | bromocriptine         | C    |       |     |    | |
suspected beside a start       | haloperidol           | PS   | -3    |     |    | ambiguous        | trigger_or_treatment
                               | levodopa              | PS   |       |     |    | |
started and stopped            | haloperidol           | PS   | -3    |     |    | ambiguous        | several_kinds_fit
                               | levodopa              | C    | -900  | -4  |    | |
antagonist without dates       | levodopa              | C    | -900  | -4  |    | withdrawal       | one_kind_fits
                               | quetiapine            | C    |       |     |    | |
start and injection            | haloperidol           | PS   | -3    |     |    | ambiguous        | several_antagonist_kinds_fit
                               | paliperidone depot 84 | PS   | -3    |     |    | |
nothing that could trigger     | dantrolene            | C    | +1    |     |    | none_documented  | no_course_could_trigger
"""

FITTING = """
case                        | drug               | role | start | end | -> | fitting                                | undecided
-------------------------------------------------------------------------------------------------------------------------------
started upon another        | clozapine          | PS   | -900  |     |    | antagonist_start;antagonist            |
                            | haloperidol        | PS   | -5    |     |    | |
start beside an injection   | paliperidone depot | PS   | -10   |     |    | antagonist_start;long_acting_injection |
                            | haloperidol        | PS   | -5    |     |    | |
VMAT2 inhibitor started     | tetrabenazine      | PS   | -12   |     |    | depleter                               |
VMAT2 inhibitor, antagonist | tetrabenazine      | PS   | -12   |     |    | antagonist_start;depleter              |
                            | haloperidol        | PS   | -5    |     |    | |
lithium beside a start      | lithium            | PS   | -12   |     |    | antagonist_start;other_implicated      |
                            | haloperidol        | PS   | -5    |     |    | |
bromocriptine, no dates     | bromocriptine      | C    |       |     |    | withdrawal                             |
undated beside a start      | haloperidol        | PS   | -3    |     |    | antagonist_start                       | withdrawal
                            | bromocriptine      | C    |       |     |    | |
suspected beside a start    | haloperidol        | PS   | -3    |     |    | antagonist_start;withdrawal            |
                            | levodopa           | PS   |       |     |    | |
antagonist without dates    | levodopa           | C    | -900  | -4  |    | withdrawal                             | antagonist
                            | quetiapine         | C    |       |     |    | |
"""


def _trigger(rows: list[Row]) -> dict[str, object]:
    found, courses = judged("faers:1", rows)
    return TRIGGERS.check(triggers(found, courses, CONTEXT.drugs)).row(0, named=True)


@pytest.mark.parametrize("table", [TABLE, DOSES, WITHDRAWAL, FITTING], ids=["table", "doses", "withdrawal", "fitting"])
def test_every_case_of_the_tables(table: str) -> None:
    for name, rows in cases(table).items():
        answer = _trigger(rows)
        assert {column: answer[column] for column in answers(rows)} == answers(rows), name


@pytest.mark.parametrize(
    ("said", "certainty"),
    [("", "none"), ("Treatment noncompliance", "suspected_undated"), ("-Treatment noncompliance", "none"), ("Rash", "none")],
)
def test_a_withdrawal_that_the_report_tells_needs_no_suspicion(said: str, certainty: str) -> None:
    levodopa = {"drug": "levodopa", "role": "C", "start": "-900", "found": said.replace("Rash", "Pyrexia")}
    assert _trigger([levodopa])["certainty"] == certainty


@pytest.mark.parametrize(
    ("drugs", "which"),
    [
        (["haloperidol"], "antipsychotic"),
        (["metoclopramide"], "non_psychiatric"),
        (["metoclopramide", "haloperidol"], "both"),
        (["amisulpride"], "antipsychotic"),
        (["tetrabenazine"], "none"),
        ([], "none"),
    ],
)
def test_antiemetics_are_antagonists_that_are_told_apart(drugs: list[str], which: str) -> None:
    assert _trigger([{"drug": drug, "start": "-2"} for drug in drugs])["antagonists"] == which


def test_the_courses_behind_a_trigger_are_named() -> None:
    rows = cases(WITHDRAWAL)["started and stopped"]
    assert [_trigger(rows)[column] for column in ("ingredients", "course_nos")] == ["haloperidol;levodopa", "1;2"]
    treated = cases(WITHDRAWAL)["treatment of an antagonist"]
    assert [_trigger(treated)[column] for column in ("ingredients", "course_nos")] == ["haloperidol", "1"]


def test_every_subject_with_a_finding_has_one_row_and_is_counted() -> None:
    several = [judged(f"faers:{n}", rows) for n, rows in enumerate(cases(TABLE).values())]
    findings, courses = (pl.concat(frames) for frames in zip(*several, strict=True))
    found = TRIGGERS.check(triggers(findings, courses, CONTEXT.drugs))
    assert found["subject_id"].to_list() == sorted(f"faers:{n}" for n in range(len(cases(TABLE))))
    assert [row["trigger"] for _, row in sorted(_by_number(found))] == [answers(r)["trigger"] for r in cases(TABLE).values()]
    n_none, n_ambiguous = (found.filter(pl.col("trigger") == t).height for t in ("none_documented", "ambiguous"))
    assert trigger_attrition("p", found).select("reason", "n_left", "n_kept").rows() == [
        ("none_documented", n_none, found.height - n_none),
        ("ambiguous", n_ambiguous, found.height - n_none - n_ambiguous),
        ("kept", 0, found.height - n_none - n_ambiguous),
    ]


def _by_number(found: pl.DataFrame) -> list[tuple[int, dict[str, object]]]:
    return [(int(row["subject_id"].removeprefix("faers:")), row) for row in found.to_dicts()]

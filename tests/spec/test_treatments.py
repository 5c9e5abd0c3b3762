"""Which treatments are documented, and whether they were given after the event, before it, or at a time that does not tell."""

import pytest

from nms_pv.labels.treatments import treatment_attrition, treatments
from nms_pv.tables.labels import TREATMENTS
from tests.lib.course_tables import CONTEXT, Row, answers, cases, judged

DRUGS = """
case                        | drug          | start | end | -> | treatment          | given        | basis
-----------------------------------------------------------------------------------------------------------------------
dantrolene the day after    | dantrolene    | +1    |     |    | dantrolene         | given        | started_on_or_after_event
dantrolene on the day       | dantrolene    | 0     |     |    | dantrolene         | given        | started_on_or_after_event
dantrolene, no dates        | dantrolene    |       |     |    | dantrolene         | ambiguous    | timing_unknown
bromocriptine after         | bromocriptine | +2    |     |    | bromocriptine      | given        | started_on_or_after_event
bromocriptine before        | bromocriptine | -300  | -2  |    | bromocriptine      | before_event | started_before_event
bromocriptine until before  | bromocriptine |       | -2  |    | bromocriptine      | before_event | started_before_event
bromocriptine until the day | bromocriptine |       | 0   |    | bromocriptine      | ambiguous    | timing_unknown
bromocriptine until after   | bromocriptine |       | +5  |    | bromocriptine      | ambiguous    | timing_unknown
amantadine, no dates        | amantadine    |       |     |    | amantadine         | ambiguous    | timing_unknown
levodopa after              | levodopa      | +1    |     |    | other_dopaminergic | given        | started_on_or_after_event
lorazepam after             | lorazepam     | +1    |     |    | benzodiazepine     | given        | started_on_or_after_event
lorazepam renewed after     | lorazepam     | -90   | -1  |    | benzodiazepine     | before_event | started_before_event
                            | lorazepam     | +3    |     |    | | |
lorazepam again after weeks | lorazepam     | -90   | -15 |    | benzodiazepine     | given        | started_on_or_after_event
                            | lorazepam     | +3    |     |    | | |
paracetamol is no treatment | paracetamol   | +1    |     |    |                    |              |
ropinirole is no treatment  | ropinirole    | +1    |     |    |                    |              |
"""

STOPPED = """
case                          | drug        | start | end  | stopped | again | -> | given        | basis
---------------------------------------------------------------------------------------------------------------
abated when stopped           | haloperidol |       |      | x       |       |    | given        | dechallenge_documented
did not abate when stopped    | haloperidol |       |      | -       |       |    | given        | dechallenge_documented
nothing said                  | haloperidol |       |      |         |       |    |              |
does not apply                | haloperidol |       |      | n/a     |       |    |              |
ended on the day              | haloperidol | -9    | 0    |         |       |    | given        | ended_at_event
ended a week after            | haloperidol | -9    | +7   |         |       |    | given        | ended_at_event
ended later                   | haloperidol | -9    | +8   |         |       |    |              |
ended before                  | haloperidol | -9    | -3   |         |       |    | before_event | ended_before_event
ended, renewed within 14 days | haloperidol | -9    | 0    |         |       |    |              |
                              | haloperidol | +14   | +90  |         |       |    | |
another drug goes on          | haloperidol | -9    | 0    |         |       |    | given        | ended_at_event
                              | clozapine   | -90   | +90  |         |       |    | |
one stopped before, one at it | haloperidol | -9    | -5   |         |       |    | given        | ended_at_event
                              | clozapine   | -90   | +2   |         |       |    | |
started after, ended soon     | haloperidol | +1    | +2   |         |       |    |              |
"""

RESTARTED = """
case                       | drug        | start | end  | stopped | again | -> | given        | basis
------------------------------------------------------------------------------------------------------------
came back when given again | haloperidol |       |      |         | x     |    | given        | rechallenge_documented
did not come back          | haloperidol |       |      |         | -     |    | given        | rechallenge_documented
nothing said               | haloperidol |       |      |         |       |    |              |
another one later          | haloperidol | -9    | 0    |         |       |    | given        | started_again_after_event
                           | clozapine   | +20   |      |         |       |    | |
the same after 15 days     | haloperidol | -9    | 0    |         |       |    | given        | started_again_after_event
                           | haloperidol | +16   |      |         |       |    | |
the same without a gap     | haloperidol | -9    | 0    |         |       |    |              |
                           | haloperidol | +5    |      |         |       |    | |
started after, none before | haloperidol | +5    |      |         |       |    |              |
"""

PROCEDURES = """
case             | drug        | start | found                          | -> | given        | basis
-------------------------------------------------------------------------------------------------------------------
no date          | haloperidol | -3    | Electroconvulsive therapy      |    | ambiguous    | timing_unknown
no event date    |             |       | Electroconvulsive therapy @+4  |    | ambiguous    | timing_unknown
after the event  | haloperidol | -3    | Electroconvulsive therapy @+4  |    | given        | recorded_after_event
on the day       | haloperidol | -3    | Electroconvulsive therapy @0   |    | ambiguous    | timing_unknown
before the event | haloperidol | -3    | Electroconvulsive therapy @-20 |    | before_event | recorded_before_event
denied           | haloperidol | -3    | -Electroconvulsive therapy @+4 |    |              |
another one      | haloperidol | -3    | Haemodialysis @+4              |    |              |
"""


def _treatments(rows: list[Row]) -> list[dict[str, object]]:
    found, courses = judged("faers:1", rows)
    return TREATMENTS.check(treatments(found, courses, CONTEXT)).to_dicts()


def _check(table: str, treatments_meant: list[str]) -> None:
    for name, rows in cases(table).items():
        wanted = answers(rows)
        found = [{c: row[c] for c in wanted} for row in _treatments(rows) if row["treatment"] in treatments_meant]
        assert found == ([wanted] if wanted["given"] else []), name


def test_drugs() -> None:
    _check(DRUGS, ["dantrolene", "bromocriptine", "amantadine", "other_dopaminergic", "benzodiazepine"])


@pytest.mark.parametrize(
    ("table", "treatment"),
    [(STOPPED, "antagonist_stopped"), (RESTARTED, "antagonist_restarted"), (PROCEDURES, "electroconvulsive_therapy")],
    ids=["stopped", "restarted", "procedures"],
)
def test_stopping_restarting_and_procedures(table: str, treatment: str) -> None:
    _check(table, [treatment])


def test_what_is_behind_a_treatment_is_named_and_the_strongest_of_several_counts() -> None:
    rows = [
        {"drug": "lorazepam", "start": ""},
        {"drug": "diazepam", "start": "+1"},
        {"drug": "lorazepam", "start": "+2", "found": "Electroconvulsive therapy"},
    ]
    electroconvulsive, benzodiazepine = sorted(_treatments(rows), key=lambda row: str(row["treatment"]), reverse=True)
    assert [benzodiazepine[c] for c in ("given", "ingredients", "course_nos")] == ["given", "lorazepam;diazepam", "1;2;3"]
    assert [electroconvulsive[c] for c in ("ingredients", "course_nos", "finding_nos")] == ["", "", "1"]


def test_attrition_counts_subjects_then_treatments() -> None:
    found, courses = judged("faers:1", [{"drug": "dantrolene", "start": "+1"}, {"drug": "lorazepam", "start": "+1"}])
    rows = treatment_attrition("p", found, treatments(found, courses, CONTEXT)).select("reason", "n_left", "n_kept").rows()
    assert rows == [("no_treatment_documented", 0, 1), ("further_treatment_of_the_subject", -1, 2), ("kept", 0, 2)]

"""A public report judged by hand: FAERS case 26127610, version 1, quarter 2025Q4.

A woman of 60, sender Accord, from Front Psychiatry 2024;15:1363051. Fifteen reaction terms, among them Neuroleptic malignant
syndrome and Cogwheel rigidity, none for fever, consciousness or creatine kinase. Aripiprazole, risperidone, olanzapine and
fluphenazine are suspected; no start is known to the day, and the event date 2022-01-01 lies before the starts in 2022-08 to
2022-11: it is a filled-in date, so no distance from start to event is known.
"""

from tests.lib.harness import DEFINITIONS, exposures, findings, judge

SUBJECT = "faers:26127610"

# Terms that speak of an element of study/elements.csv, in the lines 3727 to 3741 of REAC25Q4.txt.
SAID = [
    ("alternative_cause", "context", "present"),  # Pneumonia
    ("dysphagia", "core", "present"),  # Dysphagia
    ("extrapyramidal", "context", "present"),  # Dysphagia, Akathisia, Bradykinesia
    ("nms_diagnosis", "core", "present"),  # Neuroleptic malignant syndrome
    ("respiratory_complication", "context", "present"),  # Pneumonia, Acute respiratory distress syndrome
    ("rigidity", "core", "present"),  # Cogwheel rigidity
    ("tachypnoea", "weak", "present"),  # Respiratory distress
]

# Suspected antagonists in the lines 5324 to 5327 of DRUG25Q4.txt: the event date is padded, so no distance is known.
GIVEN = [
    {"ingredient": "aripiprazole", "role": "PS", "timing": "event_date_padded"},
    {"ingredient": "risperidone", "role": "SS", "timing": "event_date_padded"},
    {"ingredient": "olanzapine", "role": "SS", "timing": "event_date_padded"},
    {"ingredient": "fluphenazine", "role": "SS", "timing": "event_date_padded"},
    {"ingredient": "biperiden", "role": "C", "relation": "anticholinergic", "timing": "event_date_padded"},
]


def _judge(definition: str) -> dict[str, str]:
    return judge(findings(SUBJECT, SAID), exposures(SUBJECT, GIVEN), DEFINITIONS[definition])


def test_the_reported_term_says_met() -> None:
    assert _judge("pt_only") == {
        "verdict": "met", "low": "None", "high": "None", "met": "nms_diagnosis", "failed": "", "missing": "",
    }  # fmt: skip


def test_the_expert_consensus_says_indeterminate_with_exposure_and_rigidity() -> None:
    assert _judge("iec_2011") == {
        "verdict": "indeterminate",
        "low": "37",  # exposure 20, rigidity 17
        "high": "100",
        "met": "exposure;rigidity",
        "failed": "",
        "missing": "fever;altered_mental_status;ck;sympathetic_lability;negative_workup;hypermetabolism",
    }


def test_levenson_says_indeterminate_with_one_major_sign() -> None:
    assert _judge("levenson_1985") == {
        "verdict": "indeterminate",
        "low": "None",
        "high": "None",
        "met": "rigidity",
        "failed": "",
        "missing": "fever;ck;tachycardia;bp_abnormal;tachypnoea;altered_mental_status;diaphoresis;leukocytosis",
    }

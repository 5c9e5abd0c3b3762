"""The reaction terms that are planted: diagnoses, signs with their share in each kind of event, and background.

The shares are invented. Each sign names the clinical element of `study/elements.csv` that its terms mean.
"""

from dataclasses import dataclass
from enum import IntEnum

NMS_TERM = "Neuroleptic malignant syndrome"


class Event(IntEnum):
    """What happened in a report."""

    OTHER = 0
    NMS = 1
    NMS_LIKE = 2
    SEROTONIN = 3
    HYPERTHERMIA = 4


DIAGNOSES: dict[Event, tuple[str, str]] = {
    Event.NMS: (NMS_TERM, "nms_diagnosis"),
    Event.SEROTONIN: ("Serotonin syndrome", "serotonin_diagnosis"),
    Event.HYPERTHERMIA: ("Hyperthermia malignant", "mh_diagnosis"),
}


@dataclass(frozen=True)
class Sign:
    """One clinical element and its terms with weights.

    `shares`: among reports of NMS, of NMS without the term, of serotonin syndrome, of malignant hyperthermia.
    """

    element: str
    terms: dict[str, float]
    shares: tuple[float, float, float, float]


SIGNS = (
    Sign(
        "fever", {"Pyrexia": 6, "Body temperature increased": 2, "Hyperthermia": 2, "Hyperpyrexia": 1}, (0.70, 0.90, 0.35, 0.80)
    ),
    Sign(
        "rigidity",
        {"Muscle rigidity": 6, "Hypertonia": 2, "Musculoskeletal stiffness": 2, "Cogwheel rigidity": 1},
        (0.60, 0.85, 0.15, 0.60),
    ),
    Sign(
        "altered_mental_status",
        {
            "Altered state of consciousness": 3,
            "Depressed level of consciousness": 3,
            "Confusional state": 3,
            "Delirium": 2,
            "Mental status changes": 2,
            "Coma": 1,
            "Stupor": 1,
            "Somnolence": 1,
            "Agitation": 1,
        },
        (0.58, 0.75, 0.55, 0.05),
    ),
    Sign("ck_elevation", {"Blood creatine phosphokinase increased": 9, "Muscle enzyme increased": 1}, (0.60, 0.70, 0.10, 0.50)),
    Sign("tachycardia", {"Tachycardia": 6, "Heart rate increased": 2, "Sinus tachycardia": 2}, (0.34, 0.45, 0.40, 0.60)),
    Sign("diaphoresis", {"Hyperhidrosis": 9, "Cold sweat": 1}, (0.28, 0.35, 0.35, 0.10)),
    Sign("bp_elevation", {"Hypertension": 3, "Blood pressure increased": 2}, (0.15, 0.15, 0.15, 0.03)),
    Sign("bp_lability", {"Blood pressure fluctuation": 3, "Labile blood pressure": 1}, (0.08, 0.08, 0.02, 0.02)),
    Sign("tachypnoea", {"Tachypnoea": 3, "Respiratory rate increased": 1}, (0.10, 0.12, 0.05, 0.15)),
    Sign("leukocytosis", {"Leukocytosis": 3, "White blood cell count increased": 3}, (0.20, 0.20, 0.03, 0.02)),
    Sign("muscle_injury", {"Rhabdomyolysis": 8, "Myoglobinuria": 1, "Chromaturia": 1}, (0.18, 0.20, 0.03, 0.25)),
    Sign(
        "renal_failure", {"Acute kidney injury": 4, "Renal failure": 2, "Blood creatinine increased": 2}, (0.13, 0.12, 0.03, 0.05)
    ),
    Sign("tremor", {"Tremor": 1}, (0.12, 0.12, 0.40, 0.01)),
    Sign("dysphagia", {"Dysphagia": 1}, (0.07, 0.05, 0.01, 0.00)),
    Sign("mutism", {"Mutism": 3, "Speech disorder": 1}, (0.07, 0.05, 0.01, 0.00)),
    Sign("incontinence", {"Urinary incontinence": 3, "Incontinence": 1}, (0.06, 0.04, 0.01, 0.00)),
    Sign("serotonergic_signs", {"Clonus": 3, "Myoclonus": 4, "Hyperreflexia": 3}, (0.03, 0.02, 0.55, 0.01)),
    Sign("catatonic_signs", {"Catatonia": 1}, (0.05, 0.05, 0.01, 0.00)),
    Sign("mh_signs", {"Hypercapnia": 3, "Trismus": 1}, (0.00, 0.00, 0.00, 0.45)),
    Sign("respiratory_complication", {"Respiratory failure": 3, "Pneumonia aspiration": 2}, (0.09, 0.08, 0.03, 0.05)),
    Sign(
        "other_complication",
        {"Disseminated intravascular coagulation": 1, "Multiple organ dysfunction syndrome": 1},
        (0.05, 0.03, 0.01, 0.04),
    ),
)

# term: (weight, element it means, or empty)
BACKGROUND: dict[str, tuple[float, str]] = {
    "Drug ineffective": (8.0, "dose_context"),
    "Nausea": (6.5, ""),
    "Fatigue": (6.0, ""),
    "Headache": (5.0, ""),
    "Off label use": (4.5, "dose_context"),
    "Diarrhoea": (4.5, "serotonergic_signs"),
    "Dizziness": (4.0, ""),
    "Vomiting": (3.8, ""),
    "Pain": (3.8, ""),
    "Rash": (3.2, ""),
    "Pruritus": (2.8, ""),
    "Arthralgia": (2.8, ""),
    "Weight increased": (2.6, ""),
    "Dyspnoea": (2.6, "tachypnoea"),
    "Anxiety": (2.4, ""),
    "Insomnia": (2.4, ""),
    "Malaise": (2.4, ""),
    "Asthenia": (2.4, ""),
    "Depression": (2.2, ""),
    "Pyrexia": (2.0, "fever"),
    "Fall": (2.0, ""),
    "Somnolence": (2.0, "altered_mental_status"),
    "Abdominal pain": (2.0, ""),
    "Weight decreased": (1.8, ""),
    "Constipation": (1.8, ""),
    "Cough": (1.8, ""),
    "Condition aggravated": (1.6, "drug_withdrawal_context"),
    "Pneumonia": (1.6, "respiratory_complication"),
    "Tremor": (1.5, "tremor"),
    "Death": (1.5, "fatal_outcome"),
    "Injection site pain": (1.5, ""),
    "Muscle spasms": (1.4, ""),
    "Hypotension": (1.3, "bp_decrease"),
    "Back pain": (1.3, ""),
    "Paraesthesia": (1.2, ""),
    "Hypertension": (1.2, "bp_elevation"),
    "Decreased appetite": (1.2, ""),
    "Palpitations": (1.1, ""),
    "Agitation": (1.1, "altered_mental_status"),
    "Oedema peripheral": (1.0, ""),
    "Alopecia": (1.0, ""),
    "Urticaria": (1.0, ""),
    "Overdose": (1.0, "alternative_cause"),
    "Confusional state": (0.9, "altered_mental_status"),
    "Hyperhidrosis": (0.9, "diaphoresis"),
    "Seizure": (0.8, "other_complication"),
    "Hallucination, visual": (0.7, "anticholinergic_signs"),
    "Tachycardia": (0.7, "tachycardia"),
    "Dry mouth": (0.7, "anticholinergic_signs"),
    "Dyskinesia": (0.6, "extrapyramidal"),
    "Akathisia": (0.6, "extrapyramidal"),
    "Tardive dyskinesia": (0.6, ""),
    "Dystonia": (0.5, "extrapyramidal"),
    "Neutropenia": (0.5, ""),
    "Drug interaction": (0.5, "dose_context"),
    "Urinary tract infection": (0.5, "alternative_cause"),
    "Rhabdomyolysis": (0.3, "muscle_injury"),
    "Sepsis": (0.3, "alternative_cause"),
    "Blood creatine phosphokinase increased": (0.3, "ck_elevation"),
    "Muscle rigidity": (0.15, "rigidity"),
    "Gynaecomastia": (0.3, ""),
    "Hyperglycaemia": (0.3, ""),
    "Diabetes mellitus": (0.3, ""),
    "Loss of consciousness": (0.6, "altered_mental_status"),
    "Heart rate increased": (0.4, "tachycardia"),
    "Vision blurred": (0.8, "anticholinergic_signs"),
    "Musculoskeletal stiffness": (0.4, "rigidity"),
}

# Outcome code: share among reports of an event kind, in the order of `Event`.
OUTCOMES: dict[str, tuple[float, float, float, float, float]] = {
    "DE": (0.05, 0.08, 0.10, 0.04, 0.10),
    "LT": (0.02, 0.22, 0.22, 0.15, 0.45),
    "HO": (0.20, 0.78, 0.78, 0.60, 0.60),
    "DS": (0.015, 0.02, 0.02, 0.01, 0.01),
    "CA": (0.002, 0.0, 0.0, 0.0, 0.0),
    "RI": (0.004, 0.01, 0.01, 0.005, 0.01),
    "OT": (0.34, 0.55, 0.55, 0.60, 0.50),
}

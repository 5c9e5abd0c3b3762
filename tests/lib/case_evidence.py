"""A few subjects of both arms with what their sources say of them, and what the study's own definitions make of that."""

from pathlib import Path

import polars as pl

from nms_pv.labels.verdicts import verdicts
from nms_pv.tables.evidence import EXPOSURES, FINDINGS
from nms_pv.tables.labels import DIFFERENTIAL, VERDICTS
from tests.lib.harness import CASES, exposure_rows, finding_rows
from tests.lib.harness import DIFFERENTIAL as OF_SOMETHING_ELSE

SUBJECTS = 40
# So many have the diagnosis, which is all that `pt_only` asks for.
DIAGNOSED = 36
JUDGED_BY = ("pt_only", "iec_2011", "levenson_1985")
INGREDIENTS = ("haloperidol", "olanzapine", "risperidone")
GENERATION = {"haloperidol": "FGA", "olanzapine": "SGA", "risperidone": "SGA"}
HOSTILE_WORDS = "<script>alert(6)</script> =1+1\u202e high risk"
ONSET = 15_300
QUARTERS = ("2011Q4", "2012Q3")
# One subject in each so many has the sign; six have all, and so meet every definition.
SIGNS = {"fever": 2, "altered_mental_status": 2, "rigidity": 3, "ck_elevation": 6}


def persons() -> list[int]:
    """The person of each subject; the first two are episodes of one person."""
    return [max(1, n) for n in range(SUBJECTS)]


def subject_ids(arm: str) -> list[str]:
    """The subjects of an arm, in order."""
    if arm == "reports":
        return [f"faers:{20_110_000 + n}" for n in range(SUBJECTS)]
    return [f"omop:{person}#{2 if n == 1 else 1}" for n, person in enumerate(persons())]


def ingredient(n: int) -> str:
    """What the subject took."""
    return INGREDIENTS[n % len(INGREDIENTS)]


def findings(arm: str) -> pl.DataFrame:
    """Rows of `evidence/findings`; their lines are counted from 1 in each file."""
    rows = []
    for n, subject_id in enumerate(subject_ids(arm)):
        signs = ["nms_diagnosis"] if n < DIAGNOSED else []
        signs += [sign for sign, every in SIGNS.items() if n % every == 0]
        said = finding_rows(subject_id, [(sign, "core", "present") for sign in signs])
        source_id = f"faers:{quarter(n)}:REAC" if arm == "reports" else "omop:condition_occurrence"
        rows += [row | {"source_id": source_id, "day": ONSET, "day_precision": "day"} for row in said]
        rows[-1]["term"] = HOSTILE_WORDS
    numbered = pl.DataFrame(rows, schema=FINDINGS.types).with_columns(
        source_line=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("source_id")
    )
    return FINDINGS.check(numbered)


def exposures(arm: str) -> pl.DataFrame:
    """Rows of `evidence/exposures`: one course of each subject, from ten days before the event to the day before it."""
    course = {
        "start_day": ONSET - 10,
        "start_day_precision": "day",
        "end_day": ONSET - 1,
        "end_day_precision": "day",
        "onset_minus_start": 10,
        "onset_minus_end": 1,
        "timing": "known",
    }
    rows = []
    for n, subject_id in enumerate(subject_ids(arm)):
        source_id = f"faers:{quarter(n)}:DRUG" if arm == "reports" else "omop:drug_exposure"
        rows += exposure_rows(
            subject_id, [course | {"ingredient": ingredient(n), "role": role(n), "source_id": source_id, "source_line": n + 1}]
        )
    return EXPOSURES.check(pl.DataFrame(rows, schema=EXPOSURES.types))


def role(n: int) -> str:
    """The role of the drug in the report."""
    return "SS" if n % 4 == 0 else "PS"


def quarter(n: int) -> str:
    """The quarter whose files hold the subject."""
    return QUARTERS[n % len(QUARTERS)]


def write_verdicts(labels: Path, arm: str) -> None:
    """Write what each definition makes of the subjects of an arm, below its folder of layer 4."""
    found, exposed = findings(arm), exposures(arm)
    of_cases = [verdicts(found, exposed, CASES[name]) for name in JUDGED_BY]
    of_something_else = [verdicts(found, exposed, definition) for definition in OF_SOMETHING_ELSE.values()]
    for table, judged, folder in ((VERDICTS, of_cases, "verdicts"), (DIFFERENTIAL, of_something_else, "differential")):
        table.write(pl.concat(part.cast(table.types) for part in judged), labels / folder / "a.parquet")


def met(arm: str) -> dict[str, set[str]]:
    """The subjects that meet each definition."""
    found, exposed = findings(arm), exposures(arm)
    judged = pl.concat(verdicts(found, exposed, CASES[name]).select("subject_id", "definition", "verdict") for name in JUDGED_BY)
    grouped = judged.filter(pl.col("verdict") == "met").group_by("definition").agg("subject_id")
    return {name: set(subjects) for name, subjects in grouped.iter_rows()}

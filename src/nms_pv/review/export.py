"""Candidates -> a sheet for reviewers: the most informative cases first, with room for their verdicts."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.review.cases import Arm, arms, candidates, definitions_in_words, shown_cases
from nms_pv.review.sheet import ANSWER, write_sheet
from nms_pv.spec.adjudications import Adjudication, load_adjudications
from nms_pv.spec.params import load_params

SHOWN = ["subject_id", "input", "findings", "drugs"]
VERDICTS_SHOWN = ["probability", "probability_of", "definitions"]
PROBABILITY_OF = {
    "adjudicated": "being judged NMS by reviewers",
    "pt_only": "being coded as NMS, not of being NMS",
    "none": "nothing: too few to learn from",
}


@dataclass(frozen=True)
class Exported:
    """How many cases went into the sheet, how many were left out as already judged, and how many remain."""

    cases: int
    already_judged: int
    remaining: int


def export_sheet(project: Path, path: Path, top: int | None, *, with_verdicts: bool) -> Exported:
    """Write the sheet.

    Parameters
    ----------
    project
        Folder of the study.
    path
        The sheet, `.csv` or `.xlsx`.
    top
        At most so many cases; None for all.
    with_verdicts
        Whether reviewers see the probability and the verdicts of the definitions; seeing them, they are no longer independent.

    Raises
    ------
    UserError
        When there is no ranking, a file of the study cannot be used, or the sheet cannot be written.

    """
    places, known = arms(project / "data"), load_adjudications(project / "study")
    ranked = candidates(places)
    unjudged = ranked.join(_standing(known, places), on="subject_id", how="anti", maintain_order="left")
    chosen = unjudged if top is None else unjudged.head(top)
    cases = chosen.select(
        "subject_id", "probability", probability_of=pl.col("reference").cast(pl.String).replace_strict(PROBABILITY_OF)
    )
    for told in (shown_cases, definitions_in_words):
        cases = cases.join(told(places, chosen["subject_id"]), on="subject_id", how="left", maintain_order="left")
    simulated = load_params(project / "params.yaml").inputs.simulated
    cases = cases.with_columns(input=pl.lit("SIMULATED" if simulated else "real"))
    columns = [*SHOWN, *(VERDICTS_SHOWN if with_verdicts else [])]
    empty = [pl.lit("").alias(name) for name in ANSWER]
    write_sheet(cases.select(*columns, *empty, "case_hash"), path)
    return Exported(cases.height, ranked.height - unjudged.height, unjudged.height - cases.height)


def _standing(known: list[Adjudication], places: list[Arm]) -> pl.DataFrame:
    """The subjects somebody judged as they stand now."""
    key = {"subject_id": pl.String, "case_hash": pl.String}
    judged = pl.DataFrame([(one.subject_id, one.case_hash) for one in known], schema=key, orient="row").unique()
    return shown_cases(places, judged["subject_id"]).join(judged, on=list(key), how="semi")

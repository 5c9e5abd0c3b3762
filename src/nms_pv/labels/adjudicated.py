"""Adjudications -> verdicts under a definition of their own, and how often reviewers agree."""

from dataclasses import astuple

import polars as pl

from nms_pv.labels.joined import names_of
from nms_pv.spec.adjudications import COLUMNS, Adjudication
from nms_pv.tables.labels import VERDICTS
from nms_pv.tables.review import ADJUDICATED, REVIEW_VERDICT, REVIEWER_PAIRS, case_hashes

# What the reviewers were asked, in the columns `met`, `failed`, `missing` of the verdict.
QUESTION = "nms"
SAID = tuple(REVIEW_VERDICT)


def judged_cases(adjudications: list[Adjudication], findings: pl.DataFrame, exposures: pl.DataFrame) -> pl.DataFrame:
    """The subjects of these rows of evidence that somebody judged, as they stand now: `subject_id`, `case_hash`."""
    is_judged = pl.col("subject_id").is_in({one.subject_id for one in adjudications})
    return case_hashes(findings.filter(is_judged), exposures.filter(is_judged))


def adjudicated_verdicts(adjudications: list[Adjudication], subjects: pl.DataFrame) -> pl.DataFrame:
    """The verdict of the reviewers on each subject that was judged; a subject that nobody judged has no row.

    Met when all reviewers of the case as it stands say so, not met when all deny it, else indeterminate; `missing` then says
    why: `reviewers_disagree`, `reviewer_cannot_tell`, or `case_changed_since` when every verdict is on an earlier state of it.

    Parameters
    ----------
    adjudications
        All of the study.
    subjects
        One row a subject: `subject_id`, `case_hash` of the case as it stands, from `judged_cases`.

    Returns
    -------
    Rows of `labels/verdicts` with definition `adjudicated`, without points; `met` is `nms` when a reviewer says so, `failed` is
    `nms` when one denies it.

    """
    judged = _frame(adjudications).join(subjects.rename({"case_hash": "hash_now"}), on="subject_id", how="inner")
    said = {word: ((pl.col("verdict") == word) & (pl.col("case_hash") == pl.col("hash_now"))).any() for word in SAID}
    yes, no, unsure = (pl.col(word) for word in SAID)
    reasons = {"reviewers_disagree": yes & no, "reviewer_cannot_tell": unsure, "case_changed_since": ~(yes | no | unsure)}
    return (
        judged.group_by("subject_id")
        .agg(**said)
        .with_columns(missing=names_of(reasons))
        .select(
            "subject_id",
            definition=pl.lit(ADJUDICATED),
            verdict=pl.when(pl.col("missing") != "").then(pl.lit("indeterminate"))
            .when(yes).then(pl.lit("met")).otherwise(pl.lit("not_met")),
            points_low=pl.lit(None, pl.Int32),
            points_high=pl.lit(None, pl.Int32),
            met=names_of({QUESTION: yes}),
            failed=names_of({QUESTION: no}),
            missing="missing",
            states=pl.lit(None, pl.UInt64),
        )
        .pipe(VERDICTS.check)
    )  # fmt: skip


def reviewer_pairs(adjudications: list[Adjudication], subjects: pl.DataFrame) -> pl.DataFrame:
    """How often each pair of reviewers gave each pair of verdicts on the same case as it stands now.

    Parameters
    ----------
    adjudications
        All of the study.
    subjects
        As for `adjudicated_verdicts`, of all parts of an arm.

    Returns
    -------
    Rows of `labels/reviewer_pairs`: every pair of reviewers with a case in common, every pair of verdicts, zero included.

    """
    current = _frame(adjudications).join(subjects, on=["subject_id", "case_hash"], how="semi")
    one, other = (current.select("subject_id", **{f"reviewer_{x}": "reviewer", f"verdict_{x}": "verdict"}) for x in "ab")
    both = one.join(other, on="subject_id").filter(pl.col("reviewer_a") < pl.col("reviewer_b"))
    verdicts = pl.DataFrame({"verdict": list(SAID)})
    cells = (
        both.select("reviewer_a", "reviewer_b").unique()
        .join(verdicts.rename({"verdict": "verdict_a"}), how="cross")
        .join(verdicts.rename({"verdict": "verdict_b"}), how="cross")
    )  # fmt: skip
    counted = both.group_by("reviewer_a", "reviewer_b", "verdict_a", "verdict_b").agg(cases=pl.len().cast(pl.Int64))
    return REVIEWER_PAIRS.check(cells.join(counted, on=cells.columns, how="left").with_columns(pl.col("cases").fill_null(0)))


def _frame(adjudications: list[Adjudication]) -> pl.DataFrame:
    return pl.DataFrame([astuple(one) for one in adjudications], schema=dict.fromkeys(COLUMNS, pl.String), orient="row")

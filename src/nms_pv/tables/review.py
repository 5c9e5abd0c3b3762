"""Layers 4 and 6: candidates ranked for review, how good the ranking is, and what reviewers made of them."""

from hashlib import sha256

import dataframely as dy
import polars as pl

from nms_pv.tables.contract import Table, code

# The definition that adjudicated labels are under in `labels/verdicts`.
ADJUDICATED = "adjudicated"
REVIEW_VERDICT = {
    "nms": "the reviewer takes the case for neuroleptic malignant syndrome",
    "not_nms": "the reviewer takes it for something else",
    "cannot_tell": "what is documented does not let the reviewer decide",
}
REFERENCE = {
    "adjudicated": "verdicts of reviewers: the probability is that of being judged NMS",
    "pt_only": (
        "the subject carries the term: the probability is that of being coded as NMS, not of being NMS. A candidate without the "
        "term is one by its signs, so that among candidates signs may count against being coded"
    ),
    "none": "neither has enough of both classes: no probability",
}
BAND = {"high": "0.8 or more", "middle": "0.2 or more, and less than 0.8", "low": "less than 0.2"}
UNIT = {
    "report": "distinct reports; probable duplicates are each a candidate, and in one fold",
    "episode": "candidate episodes; those of one person are each a candidate, and in one fold",
}
QUALITY = {
    "brier": "mean squared difference of probability and reference; smaller is better",
    "auc": "chance that a candidate of the class has a higher probability than one not of it; ties count half",
    "calibration_slope": "slope of the reference on logit(probability); 1 is right, less than 1 is too extreme",
    "calibration_intercept": "intercept of the same with the slope fixed at 1; 0 is right, more than 0 is too low",
}
ACCURACY = {
    "sensitivity": "judged NMS and met / judged NMS",
    "specificity": "judged not NMS and not met or indeterminate / judged not NMS",
    "positive_predictive_value": "met and judged NMS / met, among judged",
}


class _Ranking(dy.Schema):
    subject_id = dy.String(primary_key=True, description="Candidate: met by a case definition, or with a finding of the term.")
    unit = code(UNIT, "What one candidate is.")
    rank = dy.Int32(nullable=True, min=1, description="1 = highest probability; of equal ones, the smaller id.")
    probability = dy.Float64(nullable=True, min=0, max=1, description="Cross-fitted: the model did not see the subject.")
    band = code(BAND, "The probability in three words.", nullable=True)
    is_calibrated = dy.Bool(description="Was the probability calibrated (Platt's sigmoid, on data the model did not see)?")
    reference = code(REFERENCE, "What the model learned from.")
    fold = dy.Int32(nullable=True, min=1, description="The fold left out when its model was fitted.")
    features = dy.String(description="Present features of most weight, `+` for and `-` against, heaviest first, joined by `;`.")
    definitions = dy.Int32(min=0, description="Case definitions with a verdict, the adjudicated one not counted.")
    definitions_met = dy.Int32(min=0, description="Those of them that are met.")
    disagreement = dy.Float64(min=0, max=1, description="4 m (1 - m), m the share of definitions that are met.")
    information = dy.Float64(
        nullable=True,
        min=0,
        max=1,
        description="How much a review would tell: mean of 4 p (1 - p), p the probability, and `disagreement`.",
    )
    undefined_reason = dy.String(nullable=True, description="Why there is no probability.")


class _Calibration(dy.Schema):
    bin = dy.Int32(primary_key=True, min=1, max=10, description="Bin of predicted probability; bin 1 is 0 to 0.1.")
    reference = code(REFERENCE, "What the model learned from, and is compared with.")
    predicted_mean = dy.Float64(min=0, max=1, description="Mean probability of the bin.")
    numerator = dy.Int64(min=0, description="Candidates of the bin that the reference takes for NMS.")
    denominator = dy.Int64(min=1, description="Candidates of the bin that have a reference.")
    estimate = dy.Float64(min=0, max=1, description="Observed proportion.")
    low = dy.Float64(min=0, max=1, description="Lower limit of the interval.")
    high = dy.Float64(min=0, max=1, description="Upper limit of the interval.")
    level = dy.Float64(min=0, max=1, description="Nominal coverage of the interval.")
    method = dy.String(description="Method of the interval.")


class _Quality(dy.Schema):
    measure = code(QUALITY, "Which measure.", primary_key=True)
    reference = code(REFERENCE, "What the model learned from, and is compared with.")
    unit = code(UNIT, "What one candidate is.")
    candidates = dy.Int64(min=0, description="Candidates.")
    denominator = dy.Int64(min=0, description="Candidates with a reference.")
    numerator = dy.Int64(min=0, description="Those of them that the reference takes for NMS.")
    estimate = dy.Float64(nullable=True, description="The number; empty when undefined.")
    low = dy.Float64(nullable=True, description="Lower limit of the interval.")
    high = dy.Float64(nullable=True, description="Upper limit of the interval.")
    level = dy.Float64(nullable=True, min=0, max=1, description="Nominal coverage of the interval.")
    method = dy.String(description="Method of the estimate and of the interval.")
    undefined_reason = dy.String(nullable=True, description="Why the estimate or its interval is empty.")


class _Accuracy(dy.Schema):
    definition = dy.String(primary_key=True, description="Case definition.")
    measure = code(ACCURACY, "Which measure.", primary_key=True)
    numerator = dy.Int64(min=0, description="The part.")
    denominator = dy.Int64(min=0, description="The whole.")
    indeterminate = dy.Int64(min=0, description="Subjects of the whole on which the definition is indeterminate.")
    estimate = dy.Float64(nullable=True, min=0, max=1, description="The number; empty when undefined.")
    low = dy.Float64(nullable=True, min=0, max=1, description="Lower limit of the interval.")
    high = dy.Float64(nullable=True, min=0, max=1, description="Upper limit of the interval.")
    level = dy.Float64(min=0, max=1, description="Nominal coverage of the interval.")
    method = dy.String(description="Method of the interval.")
    undefined_reason = dy.String(nullable=True, description="Why the estimate is empty.")
    warning = dy.String(description="What the number does not say.")


class _ReviewerPairs(dy.Schema):
    reviewer_a = dy.String(primary_key=True, description="One reviewer; the pair is in order of their names.")
    reviewer_b = dy.String(primary_key=True, description="The other.")
    verdict_a = code(REVIEW_VERDICT, "Verdict of the one.", primary_key=True)
    verdict_b = code(REVIEW_VERDICT, "Verdict of the other.", primary_key=True)
    cases = dy.Int64(min=0, description="Cases, as they stand now, with these two verdicts.")


RANKING = Table("measures/ranking", "one candidate subject", _Ranking)
RANKING_CALIBRATION = Table("measures/ranking_calibration", "one bin of predicted probability", _Calibration)
RANKING_QUALITY = Table("measures/ranking_quality", "one measure of the ranking", _Quality)
ADJUDICATED_ACCURACY = Table("measures/adjudicated_accuracy", "one measure of one definition among judged candidates", _Accuracy)
REVIEWER_PAIRS = Table("labels/reviewer_pairs", "one pair of reviewers x their two verdicts", _ReviewerPairs)

# What a reviewer is shown; our own reading of it (element, grade, relation) may be refined without a new review.
_SHOWN_OF_FINDING = ["state", "term", "value", "unit", "day", "day_precision"]
_SHOWN_OF_COURSE = ["ingredient", "formulation", "role", "start_day", "start_day_precision", "end_day", "end_day_precision"]


def case_hashes(findings: pl.DataFrame, exposures: pl.DataFrame) -> pl.DataFrame:
    """Digest of each case as a reviewer is shown it: terms, states, values, drugs and dates, in any order.

    Parameters
    ----------
    findings, exposures
        Rows of `evidence/findings` and `evidence/exposures`, all those of each subject.

    Returns
    -------
    One row for each subject with a finding, sorted: `subject_id`, and `case_hash`: `case-` and 16 hexadecimal digits of a
    SHA-256. The letters keep a spreadsheet from reading it as a number.

    """
    shown = pl.concat([_lines(findings, _SHOWN_OF_FINDING, "finding"), _lines(exposures, _SHOWN_OF_COURSE, "course")])
    texts = (
        shown.join(findings.select("subject_id").unique(), on="subject_id", how="semi")
        .group_by("subject_id")
        .agg(pl.col("line").unique().sort().str.join("\x1e"))
        .sort("subject_id")
    )
    # Polars has no hash that stays the same from version to version.
    digests = [f"case-{sha256(text.encode()).hexdigest()[:16]}" for text in texts["line"]]
    return texts.select("subject_id", case_hash=pl.Series(digests, dtype=pl.String))


def _lines(rows: pl.DataFrame, columns: list[str], kind: str) -> pl.DataFrame:
    cells = [pl.col(column).cast(pl.String).fill_null("") for column in columns]
    return rows.select("subject_id", line=pl.concat_str([pl.lit(kind), *cells], separator="\x1f"))

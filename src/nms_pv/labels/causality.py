"""evidence -> Naranjo score and WHO-UMC category of each suspected drug: what is documented, and what could still be."""

import polars as pl

from nms_pv.labels.courses import FIRM, LOOSE
from nms_pv.labels.joined import joined, names_of
from nms_pv.spec.causality import CausalitySettings, Item, Naranjo
from nms_pv.tables import attrition
from nms_pv.tables.canonical import SUSPECT_ROLES
from nms_pv.tables.labels import CAUSALITY, NARANJO_BAND, WHO_UMC

# Answers rise so that of several courses the largest answers for the drug: one yes is enough, and a no needs every course.
NOT_APPLICABLE, NO, UNKNOWN, YES = range(4)
CANDIDATES = ["antagonist", "depleter", "withdrawal"]
JUDGED_ROLES = [*SUSPECT_ROLES, "unknown"]
DRUG = ["subject_id", "ingredient"]
ANSWERS = ["previous_reports", "timing", "dechallenge", "rechallenge", "other_causes", "objective_evidence", "nothing"]
CHALLENGE_ANSWER = {
    "positive": YES,
    "negative": NO,
    "does_not_apply": NOT_APPLICABLE,
    "unknown": UNKNOWN,
    "not_documented": UNKNOWN,
}
CATEGORY = pl.Enum(list(WHO_UMC))


def causality(findings: pl.DataFrame, courses: pl.DataFrame, settings: CausalitySettings) -> pl.DataFrame:
    """The causality of every suspected antagonist, depleter or withdrawn drug of a subject; in a cohort, of every one.

    Naranjo is the sum of the items that are documented, with the range that the unknown ones leave open: an item that the source
    cannot answer is unknown, not zero. The WHO-UMC category is what is documented; its cap, the most the source can support.

    Parameters
    ----------
    findings
        `evidence/findings`.
    courses
        As `judged_courses` gives.
    settings
        `study/causality.yaml`.

    Returns
    -------
    Rows of `labels/causality`.

    References
    ----------
    Naranjo CA et al., Clin Pharmacol Ther 1981;30:239.

    """
    answered = _answers(findings, courses, settings)
    alike = answered.select([*ANSWERS, "time", "relation"]).unique()
    judged = alike.with_columns(*naranjo(settings.naranjo), *who_umc(settings.who_umc.highest))
    return answered.join(judged, on=[*ANSWERS, "time", "relation"], how="left").select(list(CAUSALITY.types))


def causality_attrition(part: str, courses: pl.DataFrame, exposures: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Where the exposures went."""
    related = courses.filter(_is_candidate())
    n_judged = related.filter(_is_judged()).height
    left = {
        "subject_without_finding": exposures.height - courses.height,
        "no_candidate_relation": courses.height - related.height,
        "drug_not_suspected": related.height - n_judged,
        "further_course_of_the_drug": n_judged - found.height,
    }
    return attrition.steps("labels", f"{part}:causality", "exposure, then suspected drug", exposures.height, left)


def naranjo(scale: Naranjo) -> list[pl.Expr]:
    """The columns of the score, from a column for each way to answer (`ANSWERS`)."""
    points = {one.item: _points(one) for one in scale.items}
    open_to = {one.item: (min(one.if_yes, one.if_no, 0), max(one.if_yes, one.if_no, 0)) for one in scale.items}
    documented, low, high = (
        pl.sum_horizontal(point.fill_null(unknown[item]) for item, point in points.items())
        for unknown in (dict.fromkeys(points, 0), *({i: ends[n] for i, ends in open_to.items()} for n in (0, 1)))
    )
    return [
        documented.alias("naranjo"),
        low.alias("naranjo_low"),
        high.alias("naranjo_high"),
        _band(low, scale).alias("naranjo_band_low"),
        _band(high, scale).alias("naranjo_band_high"),
        pl.concat_str([_said(item, point) for item, point in points.items()], separator=";").alias("naranjo_answers"),
        names_of({item: point.is_null() for item, point in points.items()}).alias("naranjo_unknown"),
    ]


def who_umc(highest: str) -> list[pl.Expr]:
    """The category, its cap and why, from `time`, `relation` and the answers; no category is above `highest`."""
    time, stopped, again, others = (pl.col(name) for name in ("time", "dechallenge", "rechallenge", "other_causes"))
    rules = [
        (time == "unknown", "unassessable", "unassessable", "timing_not_documented"),
        (time == "improbable", "unlikely", "unlikely", "timing_improbable"),
        (pl.col("relation") == "withdrawal", "possible", "possible", "withdrawal_has_no_dechallenge"),
        (others == YES, "possible", "possible", "other_cause_documented"),
        (stopped == UNKNOWN, "possible", "possible", "dechallenge_not_documented"),
        (stopped != YES, "possible", "possible", "dechallenge_negative"),
        (others != NO, "possible", "probable", "exclusion_not_documented"),
        (again != YES, "probable", "probable", "rechallenge_not_documented"),
        (pl.lit(value=True), "certain", "certain", "source_cannot_support_more"),
    ]
    category, cap, reason = (pl.coalesce(pl.when(rule[0]).then(pl.lit(rule[n])) for rule in rules) for n in (1, 2, 3))
    at_most = pl.lit(highest, CATEGORY)
    category, cap = category.cast(CATEGORY), cap.cast(CATEGORY)
    return [
        pl.when(category > at_most).then(at_most).otherwise(category).alias("who_umc"),
        pl.when(cap > at_most).then(at_most).otherwise(cap).alias("who_umc_cap"),
        pl.when(cap > at_most).then(pl.lit("source_cannot_support_more")).otherwise(reason).alias("who_umc_reason"),
    ]


def _answers(findings: pl.DataFrame, courses: pl.DataFrame, settings: CausalitySettings) -> pl.DataFrame:
    """One row for each drug: its relation and courses, `time`, and a column for each of `ANSWERS`."""
    judged = courses.filter(_is_candidate(), _is_judged())
    is_withdrawal = pl.col("relation") == "withdrawal"
    challenge = {
        name: pl.when(is_withdrawal).then(UNKNOWN).otherwise(pl.col(name).cast(pl.String).replace_strict(CHALLENGE_ANSWER))
        for name in ("dechallenge", "rechallenge")
    }
    by_drug = judged.group_by(DRUG).agg(
        pl.col("relation").cast(pl.String).first(),
        *(answer.cast(pl.Int8).max().alias(name) for name, answer in challenge.items()),
        timing=_given_before_event().cast(pl.Int8).max(),
        is_dated=(pl.col("fit") == "dated").any(),
        is_excluded=(pl.col("fit") == "excluded").all(),
        is_candidate=pl.col("fit").is_in([*FIRM, *LOOSE]).any(),
        course_nos="course_no",
    )
    other_candidates = pl.col("is_candidate").sum().over("subject_id").cast(pl.Int32) - pl.col("is_candidate").cast(pl.Int32)
    known_before = pl.col("relation").is_in(settings.previous_reports)
    return by_drug.join(_of_findings(findings, settings), on="subject_id", how="left").with_columns(
        joined("course_nos"),
        time=pl.when("is_dated")
        .then(pl.lit("plausible"))
        .when("is_excluded")
        .then(pl.lit("improbable"))
        .otherwise(pl.lit("unknown")),
        previous_reports=pl.when(known_before).then(YES).otherwise(UNKNOWN).cast(pl.Int8),
        other_causes=pl.when(other_candidates > 0).then(YES).otherwise(pl.col("said_of_causes").fill_null(UNKNOWN)).cast(pl.Int8),
        objective_evidence=pl.when("has_evidence").then(YES).otherwise(UNKNOWN).cast(pl.Int8),
        nothing=pl.lit(UNKNOWN, pl.Int8),
    )


def _is_candidate() -> pl.Expr:
    return pl.col("relation").is_in(CANDIDATES) & (pl.col("fit") != "no_trigger")


def _is_judged() -> pl.Expr:
    return pl.col("role").is_in(JUDGED_ROLES)


def _given_before_event() -> pl.Expr:
    """Whether the event came after the drug was given; of a withdrawal, after it was stopped."""
    since_start, since_end = pl.col("onset_minus_start"), pl.col("onset_minus_end")
    is_withdrawal = pl.col("relation") == "withdrawal"
    after = (since_end >= 0) | (~is_withdrawal & (since_start >= 0))
    before = (pl.col("timing") == "event_before_start") | (is_withdrawal & (since_end < 0))
    return pl.when(before).then(NO).when(after).then(YES).otherwise(UNKNOWN)


def _of_findings(findings: pl.DataFrame, settings: CausalitySettings) -> pl.DataFrame:
    """What findings say of other causes, and whether one confirms the event; without the subjects that they say nothing of."""
    cause, state = pl.col("element").is_in(settings.other_causes), pl.col("state").cast(pl.String)
    evidence = settings.objective_evidence
    shown = pl.col("element").is_in(evidence.present) & (state == "present") & (pl.col("grade") == "core")
    beyond = pl.col("element").is_in(evidence.beyond_limit) & (pl.col("value") > pl.col("upper_limit"))
    speaking = findings.select(
        "subject_id", present=cause & (state == "present"), absent=cause & (state == "absent"), has_evidence=shown | beyond
    ).filter(pl.any_horizontal("present", "absent", "has_evidence"))
    said = pl.when("present").then(YES).when("absent").then(NO).otherwise(UNKNOWN)
    return (
        speaking.group_by("subject_id")
        .agg(pl.col("present", "absent", "has_evidence").any())
        .select("subject_id", "has_evidence", said_of_causes=said)
    )


def _points(one: Item) -> pl.Expr:
    """The points of an item, empty where it is unknown."""
    answer = pl.col(one.answered_by)
    return pl.when(answer == YES).then(one.if_yes).when(answer == NO).then(one.if_no).when(answer == NOT_APPLICABLE).then(0)


def _said(item: str, points: pl.Expr) -> pl.Expr:
    sign = pl.when(points > 0).then(pl.lit("+")).otherwise(pl.lit(""))
    return pl.concat_str(pl.lit(f"{item}="), pl.concat_str(sign, points.cast(pl.String)).fill_null("?"))


def _band(score: pl.Expr, scale: Naranjo) -> pl.Expr:
    lowest = [("definite", scale.bands.definite), ("probable", scale.bands.probable), ("possible", scale.bands.possible)]
    reached = pl.coalesce(pl.when(score >= points).then(pl.lit(band)) for band, points in lowest)
    return reached.fill_null(next(iter(NARANJO_BAND)))

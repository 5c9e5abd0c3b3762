"""Layer 4: one verdict for each subject and definition. Both arms write these tables."""

from collections.abc import Collection
from pathlib import Path

import dataframely as dy
import polars as pl

from nms_pv.tables.contract import ContractError, Table, code

SYNDROME = {
    "nms": "neuroleptic malignant syndrome",
    "serotonin_toxicity": "serotonin toxicity",
    "malignant_hyperthermia": "malignant hyperthermia",
    "malignant_catatonia": "malignant catatonia",
    "anticholinergic_toxicity": "anticholinergic toxicity",
    "parkinsonism_hyperpyrexia": "parkinsonism-hyperpyrexia",
    "other_cause": "infection, heat stroke or another cause that is named",
}
STATUS = {
    "found": "seen in a public source",
    "memory": "recalled, to be verified",
    "conflict": "sources disagree",
}
VERDICT = {
    "met": "documented evidence satisfies the definition",
    "not_met": "documented evidence contradicts the definition",
    "indeterminate": "what is not documented could decide either way",
}


class _Verdicts(dy.Schema):
    subject_id = dy.String(primary_key=True, description="Report or person-episode with at least one finding.")
    definition = dy.String(primary_key=True, description="File name in study/definitions, without .yaml.")
    verdict = code(VERDICT, "Three-valued verdict.")
    points_low = dy.Int32(
        nullable=True, min=0, description="Documented points, for definitions with points.", metadata={"unit": "points"}
    )
    points_high = dy.Int32(
        nullable=True, min=0, description="Documented points plus those of elements not documented.", metadata={"unit": "points"}
    )
    met = dy.String(description="Elements documented as present, joined by `;`.")
    failed = dy.String(description="Elements documented as absent, joined by `;`.")
    missing = dy.String(description="Elements not documented, joined by `;`.")
    states = dy.UInt64(
        nullable=True,
        description=(
            "State of each drug course or finding that the definition reads, in its order, as a digit to the base 3: 0 absent, "
            "1 present, 2 not documented; empty for verdicts of reviewers."
        ),
    )


VERDICTS = Table("labels/verdicts", "one subject with at least one finding x case definition", _Verdicts)
DIFFERENTIAL = Table("labels/differential", "one subject with at least one finding x definition of another syndrome", _Verdicts)


class _Definitions(dy.Schema):
    definition = dy.String(primary_key=True, description="File name in study/definitions or study/differential, without .yaml.")
    title = dy.String(description="Its title.")
    syndrome = code(SYNDROME, "What it defines.")
    status = code(STATUS, "Where it was seen; empty for the verdicts of reviewers.", nullable=True)
    is_computed = dy.Bool(description="Whether this arm of the study has its verdicts.")
    why_not = dy.String(nullable=True, description="Why it is not computed.")


DEFINITIONS = Table("labels/definitions", "one definition of the study", _Definitions)


def scan_met(verdicts: Path, definitions: Collection[str]) -> pl.LazyFrame:
    """The cases: columns subject_id and definition of every verdict `met`.

    Parameters
    ----------
    verdicts
        Where rows of `labels/verdicts` lie: one part, or the folder of all.
    definitions
        Those that are asked for.

    """
    met = VERDICTS.scan(verdicts).filter(pl.col("verdict") == "met", pl.col("definition").is_in(list(definitions)))
    return met.select("subject_id", "definition")


def refuse_not_computed(labels: Path, names: Collection[str]) -> None:
    """Stop where numbers are asked for under definitions that have no verdicts.

    Raises
    ------
    ContractError
        Naming each, and why it is not computed.

    """
    known = DEFINITIONS.scan(labels / "definitions.parquet").collect()
    computed = known.filter("is_computed")["definition"].to_list()
    why = dict(known.select("definition", "why_not").iter_rows())
    missing = [f"{name!r} ({why.get(name, 'no such file in study/definitions')})" for name in names if name not in computed]
    if missing:
        raise ContractError(
            f"params.yaml, definitions: {'; '.join(missing)}. Computed here are {', '.join(computed)}; take the others out, or "
            "provide what they need"
        )


TRIGGER = {
    "antagonist_start": "a dopamine antagonist was started within its window before the event",
    "antagonist_dose_increase": "its dose was increased within the window; the drug had been started earlier",
    "long_acting_injection": "a long-acting antagonist acted at the event",
    "antagonist": "an antagonist was taken, but no start, increase or injection of it is known near the event",
    "depleter": "a drug that depletes dopamine (VMAT2 inhibitors, reserpine, ...) was taken",
    "withdrawal": "a dopaminergic drug was stopped before the event; never pooled with antagonists",
    "other_implicated": "another drug that is named as a trigger (lithium, ...) was taken, and none of the above",
    "ambiguous": "more than one kind fits, or a drug may be trigger or treatment and the dates do not tell",
    "none_documented": "no course fits",
}
KINDS = list(TRIGGER)[:7]
TRIGGER_CERTAINTY = {
    "dated": "exact dates put it within its window",
    "suspected_undated": "dates do not decide; the report suspects the drug, or for a withdrawal says that one happened",
    "undated": "dates do not decide, and the drug is not suspected: it is only known to have been given",
    "ambiguous": "the trigger is ambiguous",
    "none": "there is no trigger",
}
TRIGGER_REASON = {
    "one_kind_fits": "one kind of trigger fits; `certainty` says how well",
    "several_antagonist_kinds_fit": "more than one kind fits, each of them an antagonist's",
    "several_kinds_fit": "more than one kind fits, of different strata",
    "trigger_or_treatment": "a dopaminergic drug may have been withdrawn before the event or given to treat it",
    "no_stop_documented": "nothing but dopaminergic drugs without a sign that one was stopped",
    "dates_exclude_every_course": "every course ended too long before the event, started after it, or went on through it",
    "no_course_could_trigger": "no course of a drug that could trigger NMS",
}
ANTAGONISTS = {
    "antipsychotic": "antipsychotics only",
    "non_psychiatric": "antiemetics, prokinetics and other antagonists that are no antipsychotics",
    "both": "both",
    "none": "no antagonist among `ingredients`",
}


def _joined(what: str) -> dy.String:
    return dy.String(description=f"{what}, joined by `;`; empty if there is none.")


class _Triggers(dy.Schema):
    subject_id = dy.String(primary_key=True, description="Report or person-episode with at least one finding.")
    trigger = code(TRIGGER, "What can have triggered the event, by timing.")
    antagonists = code(ANTAGONISTS, "Which antagonists are among `ingredients`.")
    ingredients = _joined("Ingredients of the trigger, or of all that fit where it is ambiguous")
    course_nos = _joined("Their courses (evidence/exposures)")
    certainty = code(TRIGGER_CERTAINTY, "How well timing supports the trigger.")
    fitting = _joined("All kinds that fit equally well, also those that a stronger one stands for")
    undecided = _joined("Kinds that are neither shown nor excluded beside them")
    reason = code(TRIGGER_REASON, "Why this trigger.")


TRIGGERS = Table("labels/triggers", "one subject with at least one finding", _Triggers)

TREATMENT = {
    "dantrolene": "dantrolene",
    "bromocriptine": "bromocriptine",
    "amantadine": "amantadine",
    "other_dopaminergic": "another dopaminergic drug that is used as treatment (levodopa, apomorphine, ...)",
    "benzodiazepine": "a benzodiazepine that is used as treatment",
    "electroconvulsive_therapy": "electroconvulsive therapy",
    "antagonist_stopped": "a dopamine antagonist was stopped",
    "antagonist_restarted": "a dopamine antagonist was given again after the event",
}
GIVEN = {
    "given": "begun or done on the day of the event or later",
    "before_event": "begun, or for a stop done, before the event",
    "ambiguous": "documented, but the timing does not tell: it may be treatment, trigger or earlier therapy",
}
TREATMENT_BASIS = {
    "started_on_or_after_event": "a course started on the day of the event or later",
    "started_before_event": "a course started before the event, or went on from one that did",
    "timing_unknown": "no date tells",
    "recorded_after_event": "recorded on a later day than the event",
    "recorded_before_event": "recorded on an earlier day than the event",
    "dechallenge_documented": "the report says whether the event abated when the drug was stopped",
    "ended_at_event": "a course ended on the day of the event or soon after, and no other of the drug follows soon",
    "ended_before_event": "a course ended before the event, and no other of the drug follows soon",
    "rechallenge_documented": "the report says whether the event came back when the drug was given again",
    "started_again_after_event": "a course started after the event, and does not follow another of the drug closely",
}


class _Treatments(dy.Schema):
    subject_id = dy.String(primary_key=True, description="Report or person-episode with at least one finding.")
    treatment = code(TREATMENT, "What is documented. It describes care, and is never read as an effect.", primary_key=True)
    given = code(GIVEN, "When, against the event: the first of these that any course or finding supports is `given`.")
    basis = code(TREATMENT_BASIS, "What that rests on.")
    ingredients = _joined("Ingredients")
    course_nos = _joined("Courses (evidence/exposures)")
    finding_nos = _joined("Findings (evidence/findings)")


TREATMENTS = Table("labels/treatments", "one subject with at least one finding x treatment that is documented", _Treatments)

NARANJO_BAND = {
    "doubtful": "0 points or fewer",
    "possible": "1 to 4 points",
    "probable": "5 to 8 points",
    "definite": "9 points or more",
}
WHO_UMC = {
    "unassessable": "no timing is documented on which a judgement could rest",
    "unlikely": "the timing is improbable",
    "possible": "the timing is reasonable; other causes may explain the event, or are not documented as excluded",
    "probable": "reasonable timing, other causes excluded, and the event abated when the drug was stopped",
    "certain": "as probable, and the event came back when the drug was given again",
}
WHO_UMC_REASON = {
    "timing_not_documented": "no dates decide",
    "timing_improbable": "dates put the event outside the window of the drug",
    "withdrawal_has_no_dechallenge": "a withdrawn drug cannot be stopped again: the fields of the report do not fit",
    "other_cause_documented": "another candidate drug or an alternative cause is documented",
    "dechallenge_not_documented": "the source does not say that the event abated when the drug was stopped",
    "dechallenge_negative": "the event did not abate, or the question did not apply",
    "exclusion_not_documented": "probable needs the exclusion of other causes to be documented: silence excludes nothing",
    "rechallenge_not_documented": "the source does not say that the event came back",
    "source_cannot_support_more": "the source supports no higher category",
}


def _points(what: str) -> dy.Int32:
    return dy.Int32(min=-4, max=13, description=what, metadata={"unit": "points"})


class _Causality(dy.Schema):
    subject_id = dy.String(primary_key=True, description="Report or person-episode with at least one finding.")
    ingredient = dy.String(primary_key=True, description="Suspected antagonist, depleter or withdrawn drug, or one of a cohort.")
    relation = dy.String(description="Its relation to NMS (evidence/exposures).")
    course_nos = _joined("Its courses (evidence/exposures)")
    naranjo = _points("Naranjo score of what is documented: an unknown item adds nothing.")
    naranjo_low = _points("The lowest score that the unknown items could leave.")
    naranjo_high = _points("The highest score that they could reach.")
    naranjo_band_low = code(NARANJO_BAND, "Band of the lowest score.")
    naranjo_band_high = code(NARANJO_BAND, "Band of the highest score.")
    naranjo_answers = dy.String(description="Points of each item, `?` where it is unknown: `q1=+1;q2=+2;q3=?;...`.")
    naranjo_unknown = _joined("Unknown items")
    who_umc = code(WHO_UMC, "WHO-UMC category that what is documented supports.")
    who_umc_cap = code(WHO_UMC, "The highest category that the source can support here.")
    who_umc_reason = code(WHO_UMC_REASON, "Why not more than the cap.")


CAUSALITY = Table("labels/causality", "one subject with at least one finding x suspected ingredient", _Causality)

"""What must hold for triggers, treatments and causality of any courses: nothing is pooled silently, nothing is lost."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from nms_pv.labels.causality import causality
from nms_pv.labels.treatments import treatments
from nms_pv.labels.triggers import triggers
from nms_pv.tables.labels import CAUSALITY, KINDS, TREATMENTS, TRIGGERS
from tests.lib.course_tables import CONTEXT, Row, judged

ANTAGONISTS = {"antagonist_start", "antagonist_dose_increase", "long_acting_injection", "antagonist"}
WITHDRAWN: Row = {"drug": "levodopa", "role": "C", "start": "-900", "end": "-3"}
day = st.none() | st.integers(-120, 20)


def _row(drug: str, role: str, start: int | None, end: int | None, stopped: str, again: str, dose: str) -> Row:
    start, end = (end, start) if None not in (start, end) and start > end else (start, end)
    days = {"start": "" if start is None else str(start), "end": "" if end is None else str(end)}
    return {"drug": drug, "role": role, **days, "stopped": stopped, "again": again, "dose": dose}


def _course(*drugs: str) -> st.SearchStrategy[Row]:
    challenge = st.sampled_from(["x", "-", "n/a", ""])
    roles, doses = st.sampled_from(["PS", "SS", "C", "unknown"]), st.sampled_from(["", "5 mg", "10 mg"])
    return st.builds(_row, st.sampled_from(drugs), roles, day, day, challenge, challenge, doses)


antagonist = _course("haloperidol", "clozapine", "paliperidone depot 28", "metoclopramide")
anything = _course(
    "haloperidol",
    "paliperidone depot",
    "tetrabenazine",
    "levodopa",
    "bromocriptine",
    "pramipexole",
    "lithium",
    "dantrolene",
    "lorazepam",
)
many = st.lists(anything, max_size=5)


def _trigger(rows: list[Row]) -> dict[str, str]:
    found, courses = judged("faers:1", rows)
    return TRIGGERS.check(triggers(found, courses, CONTEXT.drugs)).row(0, named=True)


@settings(deadline=None, max_examples=30)
@given(rows=many.map(lambda rows: [WITHDRAWN, *rows]), more=antagonist)
def test_one_more_antagonist_never_turns_a_withdrawal_into_an_antagonist_silently(rows: list[Row], more: Row) -> None:
    before, after = _trigger(rows), _trigger([*rows, more])
    if before["trigger"] == "withdrawal":
        assert after["trigger"] in ("withdrawal", "ambiguous")
        assert "withdrawal" in after["fitting"].split(";")


@settings(deadline=None, max_examples=30)
@given(rows=many)
def test_a_trigger_fits_and_a_withdrawal_stands_alone(rows: list[Row]) -> None:
    row = _trigger(rows)
    fitting, undecided = ({kind for kind in row[c].split(";") if kind} for c in ("fitting", "undecided"))
    assert fitting.isdisjoint(undecided)
    assert fitting | undecided <= set(KINDS)
    assert (row["trigger"] == "none_documented") == (not fitting)
    assert bool(row["ingredients"]) == bool(row["course_nos"]) == bool(fitting)
    if row["trigger"] in KINDS:
        assert row["trigger"] in fitting
    if row["trigger"] == "withdrawal":
        assert fitting.isdisjoint(ANTAGONISTS | {"depleter"})
    if row["trigger"] in ANTAGONISTS:
        assert "withdrawal" not in fitting


@settings(deadline=None, max_examples=12)
@given(rows=many)
def test_no_dopaminergic_course_is_both_trigger_and_treatment(rows: list[Row]) -> None:
    """Of one drug that dates decide, the withdrawal and the treatment exclude each other; what they leave open is ambiguous."""
    for row in rows:
        trigger = _trigger([row])
        found, courses = judged("faers:1", [row])
        given_of = dict(treatments(found, courses, CONTEXT).select("treatment", "given").iter_rows())
        for treatment in given_of.keys() & {"bromocriptine", "other_dopaminergic"}:
            if given_of[treatment] == "given":
                assert trigger["trigger"] == "none_documented"
            if trigger["trigger"] == "withdrawal":
                assert given_of[treatment] == "before_event"
            if trigger["trigger"] == "ambiguous":
                assert given_of[treatment] == "ambiguous"


@settings(deadline=None, max_examples=12)
@given(rows=many)
def test_the_range_holds_the_score_and_the_cap_the_category(rows: list[Row]) -> None:
    found, courses = judged("faers:1", rows)
    caused = CAUSALITY.check(causality(found, courses, CONTEXT.causality))
    assert caused.filter(~pl.col("naranjo").is_between("naranjo_low", "naranjo_high")).is_empty()
    assert caused.filter(pl.col("who_umc") > pl.col("who_umc_cap")).is_empty()


@settings(deadline=None, max_examples=12)
@given(subjects=st.lists(many, min_size=2, max_size=4))
def test_a_subject_is_judged_alone(subjects: list[list[Row]]) -> None:
    apart = [judged(f"faers:{n}", rows) for n, rows in enumerate(subjects)]
    findings, courses = (pl.concat(frames) for frames in zip(*apart, strict=True))
    for table, judge in (
        (TRIGGERS, lambda found, given: triggers(found, given, CONTEXT.drugs)),
        (TREATMENTS, lambda found, given: treatments(found, given, CONTEXT)),
        (CAUSALITY, lambda found, given: causality(found, given, CONTEXT.causality)),
    ):
        alone = pl.concat([table.check(judge(*one)) for one in apart])
        assert table.check(judge(findings, courses)).equals(alone)

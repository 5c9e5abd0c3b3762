"""Naranjo: the points of what is documented, and the range that unknown items leave open. Unknown is `?`, and never zero."""

from itertools import product
from pathlib import Path

import polars as pl
import pytest
import yaml

from nms_pv.labels.causality import ANSWERS, NO, NOT_APPLICABLE, UNKNOWN, YES, causality, causality_attrition, naranjo
from nms_pv.spec.causality import load_causality
from nms_pv.spec.strict import StudyError
from nms_pv.tables.labels import CAUSALITY
from tests.lib.course_tables import CONTEXT, Row, answers, cases, evidence, finding, judged
from tests.lib.harness import STUDY

SCALE = CONTEXT.causality.naranjo
CK = "Blood creatine phosphokinase increased"

# Items q6 to q9 are unknown in every row: neither source can answer them. q1 is +1 in every row.
TABLE = """
case                          | drug        | role | start | end | stopped | again | found     | -> | q2 | q3 | q4 | q5 | q10
--------------------------------------------------------------------------------------------------------------------------
nothing but the suspicion     | haloperidol | PS   |       |     |         |       |           |    | ?  | ?  | ?  | ?  | ?
started before                | haloperidol | PS   | -3    |     |         |       |           |    | +2 | ?  | ?  | ?  | ?
started on the day            | haloperidol | PS   | 0     |     |         |       |           |    | +2 | ?  | ?  | ?  | ?
ended before, start not known | haloperidol | PS   |       | -3  |         |       |           |    | +2 | ?  | ?  | ?  | ?
started after                 | haloperidol | PS   | +3    |     |         |       |           |    | -1 | ?  | ?  | ?  | ?
abated when stopped           | haloperidol | PS   | -3    |     | x       |       |           |    | +2 | +1 | ?  | ?  | ?
did not abate                 | haloperidol | PS   | -3    |     | -       |       |           |    | +2 | 0  | ?  | ?  | ?
stopping does not apply       | haloperidol | PS   | -3    |     | n/a     |       |           |    | +2 | 0  | ?  | ?  | ?
came back                     | haloperidol | PS   | -3    |     | x       | x     |           |    | +2 | +1 | +2 | ?  | ?
did not come back             | haloperidol | PS   | -3    |     | x       | -     |           |    | +2 | +1 | -1 | ?  | ?
never given again             | haloperidol | PS   | -3    |     | x       | n/a   |           |    | +2 | +1 | 0  | ?  | ?
an infection as well          | haloperidol | PS   | -3    |     |         |       | Sepsis    |    | +2 | ?  | ?  | -1 | ?
infection excluded            | haloperidol | PS   | -3    |     |         |       | -Sepsis   |    | +2 | ?  | ?  | +2 | ?
raised CK                     | haloperidol | PS   | -3    |     |         |       | CK        |    | +2 | ?  | ?  | ?  | +1
CK denied                     | haloperidol | PS   | -3    |     |         |       | -CK       |    | +2 | ?  | ?  | ?  | ?
another suspected             | haloperidol | PS   | -3    |     |         |       |           |    | +2 | ?  | ?  | -1 | ?
                              | olanzapine  | SS   |       |     |         |       |           |    | | | | |
another one long stopped      | haloperidol | PS   | -3    |     |         |       |           |    | +2 | ?  | ?  | ?  | ?
                              | olanzapine  | SS   | -900  | -90 |         |       |           |    | | | | |
another one concomitant       | haloperidol | PS   | -3    |     |         |       |           |    | +2 | ?  | ?  | ?  | ?
                              | olanzapine  | C    | -3    |     |         |       |           |    | | | | |
two courses, one after        | haloperidol | PS   | -3    |     | -       |       |           |    | +2 | +1 | ?  | ?  | ?
                              | haloperidol | PS   | +9    |     | x       |       |           |    | | | | |
one course says no, one none  | haloperidol | PS   | -3    |     | -       |       |           |    | +2 | ?  | ?  | ?  | ?
                              | haloperidol | PS   | +9    |     |         |       |           |    | | | | |
levodopa withdrawn            | levodopa    | PS   | -900  | -2  | x       | x     |           |    | +2 | ?  | ?  | ?  | ?
levodopa goes on              | levodopa    | PS   | -900  | +2  |         |       |           |    | -1 | ?  | ?  | ?  | ?
levodopa, no dates            | levodopa    | PS   |       |     |         |       |           |    | ?  | ?  | ?  | ?  | ?
"""


def _causality(rows: list[Row]) -> list[dict[str, object]]:
    found, courses = judged("faers:1", [{**row, "found": row.get("found", "").replace("CK", CK)} for row in rows])
    return CAUSALITY.check(causality(found, courses, CONTEXT.causality)).to_dicts()


def test_every_item_that_evidence_can_answer() -> None:
    for name, rows in cases(TABLE).items():
        row = next(row for row in _causality(rows) if row["ingredient"] == rows[0]["drug"])
        said = dict(pair.split("=") for pair in str(row["naranjo_answers"]).split(";"))
        assert said == {"q1": "+1", **dict.fromkeys(("q6", "q7", "q8", "q9"), "?"), **answers(rows)}, name
        assert row["naranjo"] == sum(int(points) for points in said.values() if points != "?"), name
        assert row["naranjo_unknown"] == ";".join(item for item, points in said.items() if points == "?"), name


@pytest.mark.parametrize(
    ("case", "low", "documented", "high", "bands"),
    [
        ("nothing but the suspicion", -3, 1, 13, ("doubtful", "definite")),
        ("came back", 4, 6, 13, ("possible", "definite")),
        ("infection excluded", 3, 5, 13, ("possible", "definite")),
        ("started after", -3, 0, 10, ("doubtful", "definite")),
    ],
)
def test_the_range_and_its_bands(case: str, low: int, documented: int, high: int, bands: tuple[str, str]) -> None:
    row = _causality(cases(TABLE)[case])[0]
    assert (row["naranjo_low"], row["naranjo"], row["naranjo_high"]) == (low, documented, high)
    assert (row["naranjo_band_low"], row["naranjo_band_high"]) == bands


@pytest.mark.parametrize(
    ("score", "band"), [(-4, "doubtful"), (0, "doubtful"), (1, "possible"), (4, "possible"), (5, "probable"), (8, "probable"),
                        (9, "definite"), (13, "definite")]
)  # fmt: skip
def test_bands_of_the_scale(score: int, band: str) -> None:
    """Naranjo 1981: 9 or more definite, 5 to 8 probable, 1 to 4 possible, 0 or less doubtful."""
    by_score = {row["naranjo"]: row["naranjo_band_low"] for row in _all_completed().to_dicts()}
    assert by_score[score] == band


def test_the_scale_goes_from_minus_four_to_thirteen() -> None:
    scores = _all_completed()["naranjo"]
    assert (scores.min(), scores.max()) == (-4, 13)


def test_a_cohort_judges_every_course_because_it_knows_no_suspects() -> None:
    rows = [{"drug": "haloperidol", "role": role, "start": "-3"} for role in ("unknown", "C", "I")]
    assert [row["course_nos"] for row in _causality(rows)] == ["1"]
    assert _causality(rows[1:]) == []


def test_only_what_can_trigger_is_judged() -> None:
    drugs = ["tetrabenazine", "lithium", "dantrolene", "oxypertine", "bromocriptine"]
    judged_drugs = [(row["ingredient"], row["relation"]) for row in _causality([{"drug": drug} for drug in drugs])]
    assert judged_drugs == [("bromocriptine", "withdrawal"), ("oxypertine", "antagonist"), ("tetrabenazine", "depleter")]


def test_a_measured_value_above_its_limit_is_objective_evidence() -> None:
    found, courses = judged("omop:1#1", [{"drug": "haloperidol", "role": "unknown", "start": "-3"}])
    for value, points in ((1200.0, "+1"), (150.0, "?"), (None, "?")):
        ck = {
            **finding("omop:1#1", 9, CK),
            "element": "creatine_kinase",
            "state": "measured",
            "value": value,
            "upper_limit": 200.0,
        }
        together = pl.concat([found, pl.DataFrame([ck], schema=found.schema)])
        row = causality(together, courses, CONTEXT.causality).row(0, named=True)
        assert row["naranjo_answers"].endswith(f"q10={points}")


def test_attrition_names_why_exposures_are_not_judged() -> None:
    rows = [{"drug": "haloperidol"}, {"drug": "haloperidol"}, {"drug": "lithium"}, {"drug": "clozapine", "role": "C"}]
    (found, given), (_, courses) = evidence("faers:1", rows), judged("faers:1", rows)
    stranger = given.with_columns(subject_id=pl.lit("faers:2"))
    both, result = pl.concat([given, stranger]), causality(found, courses, CONTEXT.causality)
    assert causality_attrition("p", courses, both, result).select("reason", "n_left", "n_kept").rows() == [
        ("subject_without_finding", 5, 5),
        ("no_candidate_relation", 2, 3),
        ("drug_not_suspected", 1, 2),
        ("further_course_of_the_drug", 1, 1),
        ("kept", 0, 1),
    ]


def test_the_range_holds_the_score_and_shrinks_with_every_answer() -> None:
    """Over every pattern of answers: low <= documented <= high, and answering one unknown item stays within the old range."""
    ways = [name for name in ANSWERS if name != "nothing"]
    patterns = pl.DataFrame(list(product(range(4), repeat=len(ways))), schema=dict.fromkeys(ways, pl.Int8), orient="row")
    scored = patterns.with_columns(nothing=pl.lit(UNKNOWN, pl.Int8)).with_columns(naranjo(SCALE))
    assert scored.filter(~pl.col("naranjo").is_between("naranjo_low", "naranjo_high")).is_empty()
    for way in ways:
        others = [name for name in ways if name != way]
        before = scored.filter(pl.col(way) == UNKNOWN)
        after = scored.filter(pl.col(way) != UNKNOWN).join(before, on=others, suffix=" before")
        assert after.height == before.height * 3
        assert after.filter(pl.col("naranjo_low") < pl.col("naranjo_low before")).is_empty(), way
        assert after.filter(pl.col("naranjo_high") > pl.col("naranjo_high before")).is_empty(), way


def test_points_of_each_answer_are_those_of_the_scale() -> None:
    frame = pl.DataFrame({name: [YES, NO, NOT_APPLICABLE, UNKNOWN] for name in ANSWERS}, schema=dict.fromkeys(ANSWERS, pl.Int8))
    said = [dict(p.split("=") for p in text.split(";")) for text in frame.with_columns(naranjo(SCALE))["naranjo_answers"]]
    for item in SCALE.items:
        points = [said[row][item.item] for row in range(4)]
        assert points == [f"{item.if_yes:+}" if item.if_yes > 0 else str(item.if_yes), _signed(item.if_no), "0", "?"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda said: said["naranjo"]["items"].pop(), "items are q1 to q10"),
        (lambda said: said["naranjo"]["bands"].update(probable=9), "bands rise"),
        (lambda said: said.update(extra=1), "extra"),
    ],
)
def test_a_scale_that_is_not_one_is_refused(tmp_path: Path, change: object, message: str) -> None:
    said = yaml.safe_load((STUDY / "causality.yaml").read_text(encoding="utf-8"))
    change(said)
    (tmp_path / "causality.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
    with pytest.raises(StudyError, match=message):
        load_causality(tmp_path)


def _signed(points: int) -> str:
    return f"+{points}" if points > 0 else str(points)


def _all_completed() -> pl.DataFrame:
    """The scale with every item answered yes or no."""
    independent = SCALE.model_copy(update={"items": [item.model_copy(update={"answered_by": item.item}) for item in SCALE.items]})
    names = [item.item for item in SCALE.items]
    patterns = pl.DataFrame(list(product((NO, YES), repeat=10)), schema=dict.fromkeys(names, pl.Int8), orient="row")
    return patterns.with_columns(naranjo(independent))

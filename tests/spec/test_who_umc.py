"""WHO-UMC: what is documented, and the most that the source can support. Silence never excludes another cause."""

import polars as pl
import pytest

from nms_pv.labels.causality import NO, NOT_APPLICABLE, UNKNOWN, YES, causality, who_umc
from nms_pv.tables.labels import CAUSALITY, WHO_UMC
from tests.lib.course_tables import CONTEXT, answers, cases, judged

TABLE = """
case                       | drug        | start | end | stopped | again | found   | -> | category     | cap          | why
------------------------------------------------------------------------------------------------------------------------------
no dates                   | haloperidol |       |     | x       |       |         |    | unassessable | unassessable | timing
started after the event    | haloperidol | +1    |     | x       |       |         |    | unlikely     | unlikely     | improbable
stopped long before        | haloperidol | -90   | -40 | x       |       |         |    | unlikely     | unlikely     | improbable
started before             | haloperidol | -3    |     |         |       |         |    | possible     | possible     | not_said
did not abate              | haloperidol | -3    |     | -       |       |         |    | possible     | possible     | negative
stopping does not apply    | haloperidol | -3    |     | n/a     |       |         |    | possible     | possible     | negative
abated when stopped        | haloperidol | -3    |     | x       |       |         |    | possible     | probable     | silence
abated and came back       | haloperidol | -3    |     | x       | x     |         |    | possible     | probable     | silence
abated, but an infection   | haloperidol | -3    |     | x       | x     | Sepsis  |    | possible     | possible     | other
abated, infection excluded | haloperidol | -3    |     | x       |       | -Sepsis |    | probable     | probable     | not_again
the same, and came back    | haloperidol | -3    |     | x       | x     | -Sepsis |    | probable     | probable     | source
two suspected, one abated  | haloperidol | -3    |     | x       |       |         |    | possible     | possible     | other
                           | olanzapine  | -3    |     |         |       |         |    | | |
levodopa stopped before    | levodopa    | -900  | -2  | x       |       |         |    | possible     | possible     | withdrawal
levodopa goes on           | levodopa    | -900  | +9  |         |       |         |    | unlikely     | unlikely     | improbable
"""
WHY = {
    "timing": "timing_not_documented",
    "improbable": "timing_improbable",
    "not_said": "dechallenge_not_documented",
    "negative": "dechallenge_negative",
    "silence": "exclusion_not_documented",
    "other": "other_cause_documented",
    "not_again": "rechallenge_not_documented",
    "source": "source_cannot_support_more",
    "withdrawal": "withdrawal_has_no_dechallenge",
}
RANK = {category: rank for rank, category in enumerate(WHO_UMC)}


def test_every_case_of_the_table() -> None:
    for name, rows in cases(TABLE).items():
        found, courses = judged("faers:1", rows)
        row = CAUSALITY.check(causality(found, courses, CONTEXT.causality)).row(0, named=True)
        wanted = answers(rows)
        assert (row["who_umc"], row["who_umc_cap"]) == (wanted["category"], wanted["cap"]), name
        assert row["who_umc_reason"] == WHY[wanted["why"]], name


@pytest.mark.parametrize(("highest", "category"), [("possible", "possible"), ("probable", "probable"), ("certain", "certain")])
def test_no_category_is_above_what_the_study_lets_a_source_support(highest: str, category: str) -> None:
    best = {"time": ["plausible"], "relation": ["antagonist"], "dechallenge": [YES], "rechallenge": [YES], "other_causes": [NO]}
    row = pl.DataFrame(best).select(who_umc(highest)).row(0, named=True)
    assert (row["who_umc"], row["who_umc_cap"], row["who_umc_reason"]) == (category, category, "source_cannot_support_more")


def test_certain_and_probable_need_dechallenge_and_exclusion() -> None:
    """Over every pattern: the category is never above its cap, and never probable without both."""
    answer = {name: [NOT_APPLICABLE, NO, UNKNOWN, YES] for name in ("dechallenge", "rechallenge", "other_causes")}
    patterns = pl.DataFrame({"time": ["plausible", "improbable", "unknown"]}).join(
        pl.DataFrame({"relation": ["antagonist", "depleter", "withdrawal"]}), how="cross"
    )
    for name, values in answer.items():
        patterns = patterns.join(pl.DataFrame({name: values}), how="cross")
    for row in patterns.with_columns(who_umc("certain")).to_dicts():
        assert RANK[row["who_umc"]] <= RANK[row["who_umc_cap"]]
        if row["who_umc"] in ("probable", "certain"):
            assert (row["time"], row["dechallenge"], row["other_causes"]) == ("plausible", YES, NO)
        if row["who_umc"] == "certain":
            assert row["rechallenge"] == YES

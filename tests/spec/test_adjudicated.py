"""What reviewers say, as a definition of its own. A clinician can read and sign these tables."""

import polars as pl
import pytest

from nms_pv.labels.adjudicated import adjudicated_verdicts, judged_cases, reviewer_pairs
from nms_pv.measures.ranking.accuracy import accuracy
from nms_pv.tables.evidence import EXPOSURES, FINDINGS
from nms_pv.tables.labels import VERDICTS
from tests.lib.declared_rows import rows
from tests.lib.review_study import cases, course, finding, judged, verdict

# Reviewers AB, CD and EF, and what their verdicts make of the case. `earlier`: the case has changed since.
TABLE = [
    ("one says NMS", "faers:1 AB nms", "met", ""),
    ("one denies it", "faers:1 AB not_nms", "not_met", ""),
    ("all say NMS", "faers:1 AB nms\nfaers:1 CD nms\nfaers:1 EF nms", "met", ""),
    ("all deny it", "faers:1 AB not_nms\nfaers:1 CD not_nms", "not_met", ""),
    ("two against one", "faers:1 AB nms\nfaers:1 CD nms\nfaers:1 EF not_nms", "indeterminate", "reviewers_disagree"),
    ("one cannot tell", "faers:1 AB nms\nfaers:1 CD cannot_tell", "indeterminate", "reviewer_cannot_tell"),
    (
        "all three differ",
        "faers:1 AB nms\nfaers:1 CD not_nms\nfaers:1 EF cannot_tell",
        "indeterminate",
        "reviewers_disagree;reviewer_cannot_tell",
    ),
    ("judged before it changed", "faers:1 AB nms earlier", "indeterminate", "case_changed_since"),
    ("judged again after it changed", "faers:1 AB nms earlier\nfaers:1 AB not_nms", "not_met", ""),
    ("only one has judged it again", "faers:1 AB nms earlier\nfaers:1 CD not_nms", "not_met", ""),
]


@pytest.mark.parametrize(("said", "expected", "why"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_verdict_of_the_reviewers(said: str, expected: str, why: str) -> None:
    (row,) = adjudicated_verdicts(judged(said), cases("faers:1")).to_dicts()
    assert (row["definition"], row["verdict"], row["missing"]) == ("adjudicated", expected, why)


def test_a_case_that_nobody_judged_has_no_verdict() -> None:
    assert adjudicated_verdicts(judged("faers:1 AB nms"), cases("faers:1", "faers:2"))["subject_id"].to_list() == ["faers:1"]
    assert adjudicated_verdicts([], cases("faers:1")).is_empty()


def test_a_verdict_tells_what_was_said_for_and_against() -> None:
    (row,) = adjudicated_verdicts(judged("faers:1 AB nms\nfaers:1 CD not_nms"), cases("faers:1")).to_dicts()
    assert (row["met"], row["failed"], row["points_low"]) == ("nms", "nms", None)


def test_reviewers_are_compared_on_the_cases_both_judged() -> None:
    said = """
        faers:1 AB nms
        faers:1 CD nms
        faers:2 AB nms
        faers:2 CD cannot_tell
        faers:3 AB nms
        faers:3 EF nms earlier
    """
    pairs = reviewer_pairs(judged(said), cases("faers:1", "faers:2", "faers:3"))
    assert pairs.height == 9, "one pair of reviewers, three verdicts each"
    assert pairs.filter(pl.col("cases") > 0).rows() == [("AB", "CD", "nms", "nms", 1), ("AB", "CD", "nms", "cannot_tell", 1)]
    assert reviewer_pairs([], cases("faers:1")).is_empty()


def test_a_case_changes_with_what_is_shown_and_not_with_our_reading_of_it() -> None:
    def digest(term: str = "PYREXIA", element: str = "fever", number: int = 1, ingredient: str = "haloperidol") -> str:
        found = rows(FINDINGS, finding("faers:1", number, term, element=element), finding("faers:2", 1, "X"))
        exposed = rows(EXPOSURES, course("faers:1", 1, ingredient), course("faers:3", 1, "lithium"))
        shown = judged_cases(judged("faers:1 AB nms"), found, exposed)
        assert shown["subject_id"].to_list() == ["faers:1"]
        return shown["case_hash"].item()

    assert digest() == digest(element="hyperthermia") == digest(number=7)
    assert len({digest(), digest(term="HYPERTHERMIA"), digest(ingredient="risperidone")}) == 3


def test_definitions_against_reviewers() -> None:
    """Four judged cases, of which two are NMS; `strict` finds one of the two, and is indeterminate on the other."""
    said = {"faers:1": "met", "faers:2": "met", "faers:3": "not_met", "faers:4": "not_met", "faers:5": "indeterminate"}
    strict = {"faers:1": "met", "faers:2": "indeterminate", "faers:3": "not_met", "faers:4": "indeterminate", "faers:5": "met"}
    found = rows(
        VERDICTS,
        *(verdict(subject, "adjudicated", word) for subject, word in said.items()),
        *(verdict(subject, "strict", word) for subject, word in strict.items()),
        *(verdict(subject, "nobody", "not_met") for subject in said),
    )
    table = accuracy(found, 0.95)
    counts = {(d, m): (x, n, unsure) for d, m, x, n, unsure in table.select(table.columns[:5]).iter_rows()}
    assert counts == {
        ("strict", "sensitivity"): (1, 2, 1),
        ("strict", "specificity"): (2, 2, 1),
        ("strict", "positive_predictive_value"): (1, 1, 0),
        ("nobody", "sensitivity"): (0, 2, 0),
        ("nobody", "specificity"): (2, 2, 0),
        ("nobody", "positive_predictive_value"): (0, 0, 0),
    }
    undefined = table.filter(pl.col("estimate").is_null())
    assert undefined.select("definition", "undefined_reason").rows() == [("nobody", "nobody is in the denominator")]
    assert table["warning"].str.contains("no value of the population").all()

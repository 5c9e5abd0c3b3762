"""What always holds of flow diagrams, whatever the counts and the words."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from nms_pv.report.attrition.flows import flows
from nms_pv.report.figures.flow import text_width, wrapped
from nms_pv.report.svg import house_style
from nms_pv.report.words import visible
from nms_pv.tables.attrition import steps

REASONS = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.integers(-5, 50), max_size=4)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=60)


@given(st.lists(st.tuples(st.integers(200, 10_000), REASONS), min_size=1, max_size=5))
def test_parts_are_summed_and_everything_is_accounted_for(parts: list[tuple[int, dict[str, int]]]) -> None:
    tables = [steps("sources", f"20{10 + n}Q1:DEMO", "record", n_in, left) for n, (n_in, left) in enumerate(parts)]
    (flow,) = flows(pl.concat(tables))
    assert flow.what == "DEMO"
    assert flow.n_in == sum(n_in for n_in, _ in parts)
    assert flow.unaccounted == 0


@settings(max_examples=30, deadline=None)
@given(WORDS, st.floats(0.3, 3.0))
def test_lines_are_no_wider_than_asked_and_lose_nothing(text: str, width: float) -> None:
    with house_style("laws"):
        lines = wrapped(text, width, 9)
        assert "".join("".join(lines).split()) == "".join(visible(text).split())
        assert all(text_width(line, 9) <= width or len(line) == 1 for line in lines)

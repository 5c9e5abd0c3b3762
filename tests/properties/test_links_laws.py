"""Links of any page: what is dead is what no shown text stands under."""

from hypothesis import given
from hypothesis import strategies as st

from nms_pv.report.links import dead_links

IDS = [f"n{number}" for number in range(5)]
# A tree of elements: an id, whether it has a text of its own, and what it holds.
trees = st.recursive(
    st.tuples(st.sampled_from(IDS), st.booleans(), st.just([])),
    lambda inner: st.tuples(st.sampled_from(IDS), st.booleans(), st.lists(inner, max_size=3)),
    max_leaves=8,
)


def _html(tree: tuple) -> str:
    name, has_text, inner = tree
    return f'<div id="{name}">{"text" if has_text else " "}{"".join(_html(one) for one in inner)}</div>'


def _shown(tree: tuple) -> tuple[set[str], bool]:
    """The ids under which there is a text, and whether there is one at all."""
    name, has_text, inner = tree
    found = [_shown(one) for one in inner]
    any_text = has_text or any(text for _, text in found)
    return set().union(*(ids for ids, _ in found)) | ({name} if any_text else set()), any_text


@given(trees)
def test_dead_is_what_shows_nothing(tree: tuple) -> None:
    assert set(dead_links(_html(tree), IDS)) == set(IDS) - _shown(tree)[0]


@given(trees, st.permutations(IDS))
def test_the_order_of_the_question_is_that_of_the_answer(tree: tuple, asked: list[str]) -> None:
    answer = dead_links(_html(tree), asked)
    assert answer == [name for name in asked if name in answer]

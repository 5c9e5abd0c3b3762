"""What a flow diagram is made of: boxes of what stayed, each compared with the next (as in CONSORT and STROBE)."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from nms_pv.report.attrition.flows import Flow
from nms_pv.report.numbers import HIDDEN, Row, count
from nms_pv.report.words import readable

NOT_RECORDED = "not recorded"
NOT_PUBLISHED = "not shown: stays inside the study"


@dataclass(frozen=True)
class Box:
    """What stayed at one step, and what left before the next.

    `n` is empty where it was not recorded or may not leave the study, and `why_empty` says which. A number of the results has
    its `row`, and the `field` it stands in. With `starts_anew` another thing is counted than in the box before, so that nothing
    has to add up between the two.
    """

    title: str
    unit: str
    n: int | None
    left: list[tuple[str, int]]
    why_empty: str = ""
    row: Row | None = None
    field: str = ""
    starts_anew: bool = False

    @property
    def text(self) -> str:
        """The number as the reader sees it."""
        return self.why_empty if self.n is None else count(self.n)


@dataclass(frozen=True)
class Step:
    """One box with what is missing between it and the next: neither left with a reason nor arrived. Empty: cannot be told."""

    box: Box
    unaccounted: int | None

    @property
    def alarm(self) -> str:
        """What is wrong, in words; empty where nothing is."""
        if not self.unaccounted:
            return ""
        return f"{count(abs(self.unaccounted))} {'unaccounted for' if self.unaccounted > 0 else 'more than came'}"


class Boxes:
    """Boxes made of flows by their layer and what they count; those `withheld` were recorded but may not leave the study."""

    def __init__(self, found: list[Flow], withheld: Collection[Flow] = ()) -> None:
        self._found = {(flow.layer, flow.what): flow for flow in found}
        self._withheld = {(flow.layer, flow.what) for flow in withheld}

    def came(self, layer: str, what: str, title: str, unit: str, *, starts_anew: bool = False) -> Box:
        """What came to a flow, and what left in it."""
        flow = self._found.get((layer, what))
        if flow is None:
            return Box(title, unit, None, [], self._why_empty(layer, what), starts_anew=starts_anew)
        left = [(readable(reason), n) for reason, n in flow.left if n]
        return Box(title, unit, flow.n_in, left, starts_anew=starts_anew)

    def stayed(self, layer: str, what: str, title: str, unit: str, left: list[tuple[str, int]]) -> Box:
        """What a flow kept; `left` is what leaves after it."""
        flow = self._found.get((layer, what))
        if flow is None:
            return Box(title, unit, None, [], self._why_empty(layer, what))
        return Box(title, unit, flow.n_kept, left)

    def _why_empty(self, layer: str, what: str) -> str:
        return NOT_PUBLISHED if (layer, what) in self._withheld else NOT_RECORDED


def of_results(
    row: Row | None, field: str, title: str, unit: str, left: list[tuple[str, int]], *, starts_anew: bool = False
) -> Box:
    """A box whose number is one of the results, with its address."""
    if row is None or row["suppressed"]:
        return Box(title, unit, None, [], HIDDEN if row else NOT_RECORDED, starts_anew=starts_anew)
    return Box(title, unit, row[field], [(reason, n) for reason, n in left if n], row=row, field=field, starts_anew=starts_anew)


def steps(boxes: list[Box]) -> list[Step]:
    """The boxes, each compared with the next; the last is compared with nothing."""
    compared = [Step(box, _unaccounted(box, after)) for box, after in pairwise(boxes)]
    return [*compared, Step(boxes[-1], None)]


def _unaccounted(box: Box, after: Box) -> int | None:
    if after.starts_anew or box.n is None or after.n is None:
        return None
    return box.n - sum(n for _, n in box.left) - after.n

"""Published shares of the order of signs, from `study/literature.csv`."""

from pathlib import Path
from typing import NamedTuple

from nms_pv.spec.literature import printed_value, read_lines

# The words of column `measure`, and the measure of ours that is set beside it.
COMPARED = {
    "order MS->rigidity->fever->autonomic": "sign_order_proportion",
    "first sign mental status or rigidity": "first_sign_early_proportion",
}


class PublishedOrder(NamedTuple):
    """One published share; `compares_with` is the measure of ours."""

    study: str
    compares_with: str
    share: float
    status: str

    @property
    def name(self) -> str:
        """`Velamoor 1994 (found)`: never without how well it is known."""
        return f"{self.study} ({self.status})"


def load_published_order(study: Path) -> list[PublishedOrder]:
    """Read the rows on the order of signs.

    Raises
    ------
    StudyError
        When the value of such a row is no percentage.
    """
    lines = read_lines(study, lambda cells: cells["measure"] in COMPARED)
    return [
        PublishedOrder(
            line.cells["study"],
            COMPARED[line.cells["measure"]],
            printed_value(study, line, "%", 100) / 100,
            line.cells["status"],
        )
        for line in lines
    ]

"""`study/long_acting.csv`: the long-acting products, the names that tell them, and the longest days between their doses."""

import csv
from dataclasses import dataclass
from pathlib import Path

from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.strict import StudyError


@dataclass(frozen=True)
class LongActingProduct:
    """A long-acting product: the names (salt, brands; upper case) that tell it, and the longest interval between doses."""

    product: str
    ingredient: str
    names: tuple[str, ...]
    interval_days: int | None


def load_long_acting(study: Path, drugs: DrugTable) -> list[LongActingProduct]:
    """Read the long-acting products.

    Raises
    ------
    StudyError
        For a product with a name that the drug table does not list among the long-acting names of its ingredient.

    """
    path = study / "long_acting.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    products = []
    for number, row in enumerate(rows, start=2):
        names = tuple(name.strip().upper() for name in row["names"].split("|") if name.strip())
        drug = drugs.drugs.get(row["ingredient"])
        strangers = sorted(set(names) - set(drug.long_acting_names if drug else ()))
        if strangers:
            raise StudyError(
                f"{path}, line {number}: {strangers} are not among the long_acting_names of {row['ingredient']!r} in "
                f"{study / 'drugs.csv'}; add them there, or take them out here"
            )
        interval = int(row["interval_days_max"]) if row["interval_days_max"] else None
        products.append(LongActingProduct(row["product"], row["ingredient"], names, interval))
    return products


def longest_intervals(products: list[LongActingProduct]) -> dict[str, int]:
    """The longest interval, in days, between doses of any product of each ingredient; without those of unknown interval."""
    longest: dict[str, int] = {}
    for product in products:
        if product.interval_days is not None:
            longest[product.ingredient] = max(product.interval_days, longest.get(product.ingredient, 0))
    return longest

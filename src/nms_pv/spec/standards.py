"""`study/standards.csv`: standard populations by age, and how much of one lies in each age band of the study."""

import csv
from dataclasses import dataclass
from pathlib import Path

from nms_pv.spec.params import band_names
from nms_pv.spec.strict import StudyError


@dataclass(frozen=True)
class AgeGroup:
    """One age group of a standard population; `age_high` is its last year of age, None when it is open-ended."""

    age_low: int
    age_high: int | None
    weight: int

    @property
    def name(self) -> str:
        """`40-44` or `85+`."""
        return f"{self.age_low}+" if self.age_high is None else f"{self.age_low}-{self.age_high}"


Standards = dict[str, list[AgeGroup]]


def load_standards(study: Path) -> Standards:
    """Read the age groups of every standard population, by its name.

    Raises
    ------
    StudyError
        When a cell is not a whole number, or an age group ends before it starts, or does not follow the one before it.

    """
    path = study / "standards.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    standards: Standards = {}
    for number, row in enumerate(rows, start=2):
        groups = standards.setdefault(row["standard"], [])
        group = _age_group(row, f"{path}, line {number}")
        expected = groups[-1].age_high if groups else -1
        if expected is None or group.age_low != expected + 1:
            follows = "follows the open-ended group, which is the last" if expected is None else f"must start at {expected + 1}"
            raise StudyError(
                f"{path}, line {number}: age group {group.name} of {row['standard']!r} {follows}; sort and mend the rows"
            )
        groups.append(group)
    return standards


def band_weights(standards: Standards, standard: str, age_bands: list[int]) -> dict[str, int]:
    """The weight of the standard population in each age band, given the lower bounds of the bands.

    An open-ended last age group belongs to the band that contains its lower bound.

    Raises
    ------
    StudyError
        When there is no such standard, or when one of its age groups lies in two age bands.

    """
    if standard not in standards:
        raise StudyError(
            f"params.yaml: cohort.standard is {standard!r}; study/standards.csv has {sorted(standards)}. Choose one, or add it"
        )
    names = band_names(age_bands)
    weights = dict.fromkeys(names, 0)
    for group in standards[standard]:
        first, last = (
            names[sum(low <= age for low in age_bands) - 1]
            for age in (group.age_low, group.age_low if group.age_high is None else group.age_high)
        )
        if first != last:
            raise StudyError(
                f"params.yaml: cohort.age_bands splits age group {group.name} of {standard!r} (study/standards.csv) "
                f"into {first} and {last}; move the bound, or choose a standard with narrower groups"
            )
        weights[first] += group.weight
    return weights


def _age_group(row: dict[str, str], where: str) -> AgeGroup:
    numbers = {name: row[name] for name in ("age_low", "age_high", "weight")}
    wrong = {name: text for name, text in numbers.items() if not (text.isdecimal() or (name == "age_high" and not text))}
    if wrong:
        raise StudyError(f"{where}: {wrong} must be whole numbers from 0 up (age_high may be empty: open-ended)")
    high = int(row["age_high"]) if row["age_high"] else None
    group = AgeGroup(int(row["age_low"]), high, int(row["weight"]))
    if high is not None and high < group.age_low:
        raise StudyError(f"{where}: age group {group.name} of {row['standard']!r} ends before it starts")
    return group

"""What the page's script unpacks: every number that is shown, the cases behind it, and all that is known of each case."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import polars as pl

from nms_pv.report.cases.behind import Names, Sets
from nms_pv.report.cases.payload import columns, packed
from nms_pv.report.cases.read import SOURCE, SUBJECT, Subjects
from nms_pv.report.cases.trees import tree
from nms_pv.spec.definitions import Definition
from nms_pv.tables.measures import MEASURE

NUMBER = [
    "result_id", "arm", "measure", "definition", "analysis", "roles", "duplicates", "group_kind", "group", "reference", "stratum",
    "numerator", "denominator", "reference_numerator", "reference_denominator", "unit", "estimate", "low", "high", "level",
    "method", "undefined_reason", "data_version", "suppressed",
]  # fmt: skip
FINDING = [
    "element", "state", "grade", "term", "value", "unit", "upper_limit", "baseline", "day", "day_precision", *SOURCE,
]  # fmt: skip
COURSE = [
    "ingredient", "formulation", "relation", "role", "start_day", "end_day", "onset_minus_start", "onset_minus_end", "timing",
    *SOURCE,
]  # fmt: skip
VERDICT = ["definition", "verdict", "points_low", "points_high"]
TREATMENT = "treatment"
# So many cases are unpacked at once.
CHUNK = 500


@dataclass(frozen=True)
class CasesOfArm:
    """The cases of one arm, and the sets that its numbers are made of."""

    subjects: Subjects
    sets: Sets


def numbers(shown: pl.DataFrame, made_of: list[Names | None], names: dict[str, list[str]]) -> dict[str, Any]:
    """The numbers of a page in its order (rows of `measures/results`); behind each, its sets of cases by place in `names`."""
    places = {arm: {name: place for place, name in enumerate(found)} for arm, found in names.items()}
    arms = shown["arm"].cast(pl.String)
    return {
        "numbers": columns(shown.select(NUMBER)),
        "meaning": {measure: MEASURE[measure] for measure in sorted(set(shown["measure"]))},
        "behind": [made and [places[arm][name] for name in made] for arm, made in zip(arms, made_of, strict=True)],
    }


def sets_made_of(shown: pl.DataFrame, cases: dict[str, CasesOfArm]) -> list[Names | None]:
    """The names of the sets behind each number of a page; None where its arm has no cases, or it counts something else."""
    return [
        None if row["suppressed"] or row["arm"] not in cases else cases[row["arm"]].sets.behind(row)
        for row in shown.rows(named=True)
    ]


def names_by_arm(shown: pl.DataFrame, made_of: list[Names | None], arms: Iterable[str]) -> dict[str, list[str]]:
    """The sets that the numbers of each arm are made of, in order."""
    used = list(zip(shown["arm"].cast(pl.String), made_of, strict=True))
    return {arm: sorted({name for of, made in used if made and of == arm for name in made}) for arm in arms}


def steps(positions: Collection[int]) -> list[int]:
    """Positions as the steps between them: small numbers that repeat, and so pack small."""
    ordered = sorted(positions)
    return [to - start for start, to in pairwise([0, *ordered])]


def index(subjects: Subjects) -> dict[str, Any]:
    """What lists of cases say of each: everything about it, its drugs, and the definitions that it meets."""
    drugs = _listed(subjects.exposures.filter(pl.col("relation") != TREATMENT), "ingredient")
    met = _listed(subjects.verdicts.filter(pl.col("verdict") == "met"), "definition")
    listed = subjects.about.join(drugs, on=SUBJECT, how="left", maintain_order="left")
    return {**columns(listed.join(met, on=SUBJECT, how="left", maintain_order="left")), "chunk": CHUNK}


def chunk(subjects: Subjects, number: int) -> dict[str, Any]:
    """All else about so many cases; rows of a table say by `of` whose they are, by position among all."""
    places = subjects.about.select(SUBJECT).with_row_index("of").slice(number * CHUNK, CHUNK)
    tables = {
        "findings": subjects.findings.select(SUBJECT, *FINDING),
        "courses": subjects.exposures.select(SUBJECT, *COURSE),
        "verdicts": subjects.verdicts.select(SUBJECT, *VERDICT, pl.col("states").cast(pl.String)),
    }
    of_chunk = {name: places.join(table, on=SUBJECT, maintain_order="left").drop(SUBJECT) for name, table in tables.items()}
    cited = pl.concat(of_chunk[name].select(SOURCE) for name in ("findings", "courses")).unique()
    rows = subjects.rows.join(cited, on=SOURCE, how="semi", maintain_order="left")
    return {**{name: columns(table) for name, table in of_chunk.items()}, "rows": columns(rows)}


def _listed(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    return rows.group_by(SUBJECT).agg(pl.col(name).unique().sort().str.join(", "))


def blocks(shown: pl.DataFrame, cases: dict[str, CasesOfArm], definitions: list[Definition]) -> Iterator[tuple[str, str]]:
    """The name and the packed content of each block of data, those that every reader needs first."""
    made_of = sets_made_of(shown, cases)
    names = names_by_arm(shown, made_of, cases)
    yield "numbers", packed(numbers(shown, made_of, names))
    if cases:
        yield "definitions", packed([tree(definition) for definition in definitions])
    for arm, of_arm in cases.items():
        yield f"sets-{arm}", packed([steps(of_arm.sets.positions.get(name, ())) for name in names[arm]])
        yield f"cases-{arm}", packed(index(of_arm.subjects))
    for arm, of_arm in cases.items():
        for number in range(-(-of_arm.subjects.about.height // CHUNK)):
            yield f"cases-{arm}-{number}", packed(chunk(of_arm.subjects, number))

"""What the page's script unpacks: every number that is shown, the cases behind it, and all that is known of each case."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from nms_pv.report.cases.behind import Sets
from nms_pv.report.cases.payload import columns, packed
from nms_pv.report.cases.read import SOURCE, SUBJECT, Subjects
from nms_pv.report.cases.trees import tree
from nms_pv.report.numbers import Row
from nms_pv.spec.definitions import Definition
from nms_pv.tables.measures import MEASURE

NUMBER = [
    "result_id", "arm", "measure", "definition", "analysis", "roles", "duplicates", "group_kind", "group", "reference", "stratum",
    "numerator", "denominator", "reference_numerator", "reference_denominator", "unit", "estimate", "low", "high", "level",
    "method", "undefined_reason", "data_version", "suppressed",
]  # fmt: skip
FINDING = ["element", "state", "grade", "term", "value", "unit", "upper_limit", "baseline", "day", "day_precision", "source_id", "source_line"]  # fmt: skip
COURSE = ["ingredient", "formulation", "relation", "role", "start_day", "end_day", "onset_minus_start", "onset_minus_end", "timing", "source_id", "source_line"]  # fmt: skip
VERDICT = ["definition", "verdict", "points_low", "points_high"]
TREATMENT = "treatment"
# So many cases are unpacked at once.
CHUNK = 500


@dataclass(frozen=True)
class CasesOfArm:
    """The cases of one arm, and the sets that its numbers are made of."""

    subjects: Subjects
    sets: Sets


def numbers(shown: pl.DataFrame, cases: dict[str, CasesOfArm]) -> dict[str, Any]:
    """The numbers of a page in its order (rows of `measures/results`), with the sets of cases behind each that has them."""
    rows = shown.rows(named=True)
    behind = [_behind(row, cases) for row in rows]
    names = {
        arm: sorted({name for row, made in zip(rows, behind, strict=True) if made and row["arm"] == arm for name in made})
        for arm in cases
    }
    places = {arm: {name: place for place, name in enumerate(found)} for arm, found in names.items()}
    return {
        "numbers": columns(shown.select(NUMBER)),
        "meaning": {measure: MEASURE[measure] for measure in sorted(set(shown["measure"]))},
        "sets": {arm: [sorted(cases[arm].sets.positions.get(name, ())) for name in found] for arm, found in names.items()},
        "behind": [made and [places[row["arm"]][name] for name in made] for row, made in zip(rows, behind, strict=True)],
    }


def _behind(row: Row, cases: dict[str, CasesOfArm]) -> tuple[str, ...] | None:
    return cases[row["arm"]].sets.behind(row) if row["arm"] in cases and not row["suppressed"] else None


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
    yield "numbers", packed(numbers(shown, cases))
    if cases:
        yield "definitions", packed([tree(definition) for definition in definitions])
    for arm, of_arm in cases.items():
        yield f"cases-{arm}", packed(index(of_arm.subjects))
    for arm, of_arm in cases.items():
        for number in range(-(-of_arm.subjects.about.height // CHUNK)):
            yield f"cases-{arm}-{number}", packed(chunk(of_arm.subjects, number))

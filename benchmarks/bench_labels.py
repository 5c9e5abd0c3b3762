"""Time and peak memory of the stages that label reports and compare definitions, from files, on made-up evidence.

python benchmarks/bench_labels.py                     2 million reports in 20 parts
python benchmarks/bench_labels.py 200000 2            a smaller run

Every report has at least one finding, on average 3.5 of all listed terms alike, and every second one a drug course. Real reports
say far less, and more alike, so this is the harder case. It is a load, not a truth.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from bench_pipeline import PROJECT, run

from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.elements import load_elements
from nms_pv.spec.label_study import load_label_study
from nms_pv.tables.canonical import REPORTS
from nms_pv.tables.evidence import EXPOSURES, FINDINGS

SEED = 20260104
MORE_FINDINGS, COURSES_EACH = 2.5, 0.5
FIRST_DAY, LONGEST_DISTANCE, LONGEST_COURSE = 14_000, 120, 60
TIMED = ["4_labels", "6_definitions"]


def make_bench_evidence(reports: int, parts: int, data: Path) -> None:
    """Write made-up findings, courses and reports below `data`."""
    terms, drugs = load_elements(PROJECT / "study"), load_drugs(PROJECT / "study")
    relations = [(drug.ingredient, relation) for drug in drugs.drugs.values() for relation in drug.relations]
    for part, subjects in enumerate(np.array_split(np.arange(reports), parts)):
        rng, name = np.random.default_rng([SEED, part]), f"part-{part:03d}.parquet"
        ids = pl.select(subject_id=pl.format("faers:{}", pl.Series(subjects))).to_series()
        said = np.repeat(np.arange(subjects.size), 1 + rng.poisson(MORE_FINDINGS, subjects.size))
        term = rng.integers(0, len(terms), said.size)
        listed = {field: pl.Series([getattr(t, field) for t in terms]).gather(term) for field in ("element", "term", "grade")}
        _write(FINDINGS, {"subject_id": ids.gather(said), **listed}, "finding_no", data / "3_evidence/findings" / name)
        held = np.sort(rng.integers(0, subjects.size, int(COURSES_EACH * subjects.size)))
        _write(EXPOSURES, {"subject_id": ids.gather(held), **_courses(held.size, relations, rng)}, "course_no",
               data / "3_evidence/exposures" / name)  # fmt: skip
        _write(REPORTS, {"subject_id": ids}, None, data / "2_canonical/reports" / name)


def _courses(n: int, relations: list[tuple[str, str]], rng: np.random.Generator) -> dict[str, object]:
    chosen = rng.integers(0, len(relations), n)
    since_start = rng.integers(0, LONGEST_DISTANCE, n)
    since_end = since_start - rng.integers(0, LONGEST_COURSE, n)
    event = FIRST_DAY + rng.integers(0, 3650, n)
    return {
        "ingredient": pl.Series([ingredient for ingredient, _ in relations]).gather(chosen),
        "relation": pl.Series([relation for _, relation in relations]).gather(chosen),
        "role": pl.Series(["PS", "SS", "C"]).gather(rng.integers(0, 3, n)),
        "timing": pl.repeat("known", n, eager=True),
        "onset_minus_start": since_start,
        "onset_minus_end": since_end,
        "start_day": event - since_start,
        "end_day": event - since_end,
    }


def _write(table, columns: dict[str, object], number: str | None, path: Path) -> None:
    """Fill up what the load does not need: codes by their first word, texts and numbers by something plain."""
    frame = pl.DataFrame(columns)
    if number:
        frame = frame.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("subject_id").alias(number))
    for name, column in table.schema.columns().items():
        if name in frame.columns:
            continue
        if column.nullable:
            value = None
        elif isinstance(column.dtype, pl.Enum):
            value = column.dtype.categories[0]
        else:
            value = {pl.String: "made up", pl.Boolean: True}.get(column.dtype, 1)
        frame = frame.with_columns(pl.lit(value).alias(name))
    table.write(frame.select(list(table.types)).cast(table.types), path)


def main(reports: int, parts: int) -> None:
    """Make the evidence, run the stages, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(PROJECT / "study", folder / "study")
        shutil.copy2(PROJECT / "params.yaml", folder)
        make_bench_evidence(reports, parts, folder / "data")
        study = load_label_study(folder / "study", "reports")
        definitions = len(study.computed) + len(study.differential)
        print(f"{reports:,} reports, {definitions} definitions, {os.cpu_count()} cores", flush=True)
        os.chdir(folder)
        for script in TIMED:
            seconds, memory = run(script, folder)
            print(f"{script}: {seconds:.1f} s, {memory:,.0f} MB", flush=True)


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:3] or ("2000000", "20")))

"""Writes the ranking of one arm: reads evidence and labels one part after the other, and keeps only candidates."""

from pathlib import Path

import polars as pl

from nms_pv.measures.ranking.accuracy import accuracy
from nms_pv.measures.ranking.features import candidates, features
from nms_pv.measures.ranking.judged import calibration, quality
from nms_pv.measures.ranking.ranked import ranked
from nms_pv.measures.ranking.reference import choose_reference
from nms_pv.spec.measurements import Measurements
from nms_pv.tables.canonical import REPORTS
from nms_pv.tables.evidence import EXPOSURES, FINDINGS
from nms_pv.tables.labels import VERDICTS
from nms_pv.tables.parts import part_names
from nms_pv.tables.review import ADJUDICATED_ACCURACY, RANKING, RANKING_CALIBRATION, RANKING_QUALITY


def write_ranking(
    evidence: Path, labels: Path, out: Path, measurements: Measurements, level: float, canonical: Path | None = None
) -> None:
    """Write `ranking`, `calibration`, `quality` and `accuracy` (`.parquet`) below `out`.

    Parameters
    ----------
    evidence, labels
        Folders of layers 3 and 4 of one arm. Verdicts under the definition `adjudicated`, where there are any, are those of
        reviewers.
    out
        Folder of the ranking of this arm.
    measurements
        The study's own tests of measured values.
    level
        Nominal coverage of the intervals.
    canonical
        Folder of layer 2 of the reports arm, for its groups of probable duplicates. Without it subjects are episodes of persons.

    Raises
    ------
    ContractError
        When a part of the labels has no evidence.

    """
    found, recorded, judged = [], [], []
    for name in part_names(VERDICTS, labels / "verdicts"):
        verdicts = VERDICTS.scan(labels / "verdicts" / name)
        findings = FINDINGS.scan(evidence / "findings" / name)
        exposures = EXPOSURES.scan(evidence / "exposures" / name)
        here = candidates(verdicts, findings)
        found.append(_grouped(here, None if canonical is None else canonical / "reports" / name))
        recorded.append(features(findings, exposures, here, measurements))
        judged.append(_judged(verdicts, here))
    every, unit = pl.concat(found), "episode" if canonical is None else "report"
    reference = choose_reference(every)
    ranking = ranked(every, pl.concat(recorded), reference, unit)
    known = ranking.join(every.select("subject_id", is_nms=reference.column), on="subject_id", maintain_order="left")
    RANKING.write(ranking, out / "ranking.parquet")
    RANKING_CALIBRATION.write(calibration(known, level), out / "calibration.parquet")
    RANKING_QUALITY.write(quality(known, reference.name, unit, reference.undefined_reason, level), out / "quality.parquet")
    ADJUDICATED_ACCURACY.write(accuracy(pl.concat(judged), level), out / "accuracy.parquet")


def _grouped(subjects: pl.DataFrame, reports: Path | None) -> pl.DataFrame:
    """The candidates with the column `group`: smallest id of their probable duplicates, or person."""
    if reports is None:
        return subjects.with_columns(group=pl.col("subject_id").str.replace(r"#\d+$", ""))
    groups = REPORTS.scan(reports).select("subject_id", group="duplicate_group")
    joined = subjects.lazy().join(groups, on="subject_id", how="left", maintain_order="left").collect()
    return joined.with_columns(pl.coalesce("group", "subject_id"))


def _judged(verdicts: pl.LazyFrame, subjects: pl.DataFrame) -> pl.DataFrame:
    chosen = subjects.lazy().filter(pl.col("is_judged_nms").is_not_null()).select("subject_id")
    columns = verdicts.join(chosen, on="subject_id", how="semi").select("subject_id", "definition", "verdict")
    return columns.collect(engine="streaming")

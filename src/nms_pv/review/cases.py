"""The tables of both arms -> the candidates of a study, and the cases as a reviewer is shown them."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.review.words import drugs_in_words, findings_in_words
from nms_pv.tables.contract import Table
from nms_pv.tables.errors import UserError
from nms_pv.tables.evidence import EXPOSURES, FINDINGS
from nms_pv.tables.labels import VERDICT, VERDICTS
from nms_pv.tables.review import ADJUDICATED, RANKING, case_hashes


class NoCandidatesError(UserError):
    """The study has no ranking yet."""


@dataclass(frozen=True)
class Arm:
    """The folders of one arm."""

    evidence: Path
    labels: Path
    ranking: Path


def arms(data: Path) -> list[Arm]:
    """The arms of a data folder that have a ranking.

    Raises
    ------
    NoCandidatesError
        When none has.

    """
    found = [
        Arm(data / "3_evidence" / arm, data / "4_labels" / arm, data / "6_measures" / arm / "ranking" / "ranking.parquet")
        for arm in ("", "cohort")
    ]
    ranked = [arm for arm in found if arm.ranking.exists()]
    if not ranked:
        raise NoCandidatesError(f"{found[0].ranking}: there is no ranking of candidates yet. Run `dvc repro`")
    return ranked


def candidates(arms: list[Arm]) -> pl.DataFrame:
    """All candidates, the most informative first: those of `measures/ranking` of every arm.

    Where no probability is known, disagreement between definitions alone decides, after those where it is.
    """
    rows = pl.concat([RANKING.scan(arm.ranking).collect() for arm in arms])
    return rows.sort("information", "disagreement", "subject_id", descending=[True, True, False], nulls_last=True)


def shown_cases(arms: list[Arm], subjects: pl.Series) -> pl.DataFrame:
    """What a reviewer is shown of these subjects: `subject_id`, `findings`, `drugs`, `case_hash`; sorted."""
    findings, exposures = (
        _rows([arm.evidence / table.name.removeprefix("evidence/") for arm in arms], table, subjects)
        for table in (FINDINGS, EXPOSURES)
    )
    return (
        case_hashes(findings, exposures)
        .join(findings_in_words(findings), on="subject_id", how="left", maintain_order="left")
        .join(drugs_in_words(exposures), on="subject_id", how="left", maintain_order="left")
        .select("subject_id", "findings", pl.col("drugs").fill_null("none recorded"), "case_hash")
    )


def definitions_in_words(arms: list[Arm], subjects: pl.Series) -> pl.DataFrame:
    """What the definitions say of these subjects: `subject_id`, `definitions` as `met: a, b; not_met: c`; sorted."""
    rows = _rows([arm.labels / "verdicts" for arm in arms], VERDICTS, subjects).filter(pl.col("definition") != ADJUDICATED)
    by_verdict = rows.sort("definition").group_by("subject_id", "verdict", maintain_order=True).agg("definition")
    order = pl.col("verdict").cast(pl.Enum(list(VERDICT)))
    said = pl.format("{}: {}", "verdict", pl.col("definition").list.join(", "))
    told = by_verdict.sort("subject_id", order).group_by("subject_id", maintain_order=True)
    return told.agg(definitions=said.str.join("; "))


def _rows(folders: list[Path], table: Table, subjects: pl.Series) -> pl.DataFrame:
    chosen = pl.LazyFrame({"subject_id": subjects})
    parts = [table.scan(folder).join(chosen, on="subject_id", how="semi") for folder in folders]
    return pl.concat(parts).collect(engine="streaming").sort(table.key)

"""Candidates of whom it is known how likely they are NMS: signs, drugs, who is coded and who was judged."""

from pathlib import Path

import numpy as np

from nms_pv.tables.canonical import REPORTS
from nms_pv.tables.evidence import EXPOSURES, FINDINGS
from nms_pv.tables.labels import VERDICTS
from tests.lib.declared_rows import rows
from tests.lib.review_study import course, finding, verdict

SIGNS = ["fever", "rigidity", "ck_elevation", "tachycardia"]


def write_candidates(
    folder: Path, candidates: int, judged: int = 0, seed: int = 1, parts: tuple[str, ...] = ("a", "b"), prefix: str = "faers:"
) -> None:
    """Evidence and labels of so many candidates, the first `judged` of them adjudicated, each sign raising the odds fivefold."""
    random = np.random.default_rng(seed)
    signs = random.random((candidates, len(SIGNS))) < 0.5
    is_nms = random.random(candidates) < 1 / (1 + np.exp(-1.6 * (signs.sum(axis=1) - 2)))
    is_coded = random.random(candidates) < np.where(is_nms, 0.8, 0.2)
    for number, part in enumerate(parts):
        mine = [n for n in range(candidates) if n % len(parts) == number]
        ids = {n: f"{prefix}{n:05d}" + ("" if prefix == "faers:" else "#1") for n in mine}
        found = [
            *(finding(ids[n], 9, "OVERDOSE", element="dose_context", grade="context") for n in mine),
            *(finding(ids[n], 1 + s, name, element=name) for n in mine for s, name in enumerate(SIGNS) if signs[n, s]),
            *(finding(ids[n], 8, "NMS", element="nms_diagnosis") for n in mine if is_coded[n]),
        ]
        said = [
            *(verdict(ids[n], "pt_only", "met" if is_coded[n] else "not_met") for n in mine),
            *(verdict(ids[n], "other", "met") for n in mine),
            *(verdict(ids[n], "adjudicated", "met" if is_nms[n] else "not_met") for n in mine if n < judged),
        ]
        FINDINGS.write(rows(FINDINGS, *found), folder / "3_evidence" / "findings" / f"{part}.parquet")
        EXPOSURES.write(
            rows(EXPOSURES, *(course(ids[n], 1, "haloperidol") for n in mine)),
            folder / "3_evidence" / "exposures" / f"{part}.parquet",
        )
        VERDICTS.write(rows(VERDICTS, *said), folder / "4_labels" / "verdicts" / f"{part}.parquet")


def write_duplicates(folder: Path, groups: dict[str, str], parts: tuple[str, ...] = ("a", "b")) -> None:
    """Canonical reports that say which subject belongs to which group of probable duplicates."""
    plain = {"version_id": "v", "is_representative": True}
    written = [{"subject_id": subject, "duplicate_group": group, **plain} for subject, group in groups.items()]
    for number, part in enumerate(parts):
        REPORTS.write(rows(REPORTS, *(written if number == 0 else [])), folder / "2_canonical" / "reports" / f"{part}.parquet")

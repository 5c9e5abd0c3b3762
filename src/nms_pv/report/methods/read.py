"""What the methods are told from: settings, files of the study, what was read, and the methods of the results."""

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.report.declared import Study
from nms_pv.spec.own_control import OwnControl, load_own_control
from nms_pv.spec.time_at_risk import TimeAtRisk, load_time_at_risk
from nms_pv.tables.cdm import SNAPSHOT
from nms_pv.tables.sources import FILES


@dataclass(frozen=True)
class MethodsPart:
    """One report, as far as its methods are told.

    `analyses` holds the settings of time at risk that were run, the main one first. `files` and `snapshot` are empty where the
    arm has no input. `results` holds the rows of all arms.
    """

    study: Study
    analyses: list[TimeAtRisk]
    own_control: OwnControl
    files: pl.DataFrame
    snapshot: pl.DataFrame
    results: pl.DataFrame
    environment: dict[str, str]

    def data_version(self, arm: str) -> str:
        """The digest of the data that the numbers of an arm were computed from."""
        versions = self.results.filter(pl.col("arm") == arm)["data_version"]
        found = versions.str.split(":").list.last().unique().sort()
        return ", ".join(found) or "none"


def read_methods(data: Path, study: Path, declared: Study, results: pl.DataFrame) -> MethodsPart:
    """Read what is not in the results; layer 5 has seen to it that each analysis has its file."""
    snapshot = data / "1_sources" / "cohort" / "snapshot.parquet"
    settings = load_time_at_risk(study)
    return MethodsPart(
        study=declared,
        analyses=[settings[name] for name in declared.params.cohort.analyses],
        own_control=load_own_control(study),
        files=FILES.scan(data / "1_sources" / "files.parquet").collect(),
        snapshot=SNAPSHOT.scan(snapshot).collect() if "cohort" in declared.arms else pl.DataFrame(schema=SNAPSHOT.types),
        results=results,
        environment=json.loads((data / "environment.json").read_text(encoding="utf-8")),
    )

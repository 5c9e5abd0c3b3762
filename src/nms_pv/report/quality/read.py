"""`measures/quality` of one arm -> its exact rows."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.report.inputs import Digest, digest
from nms_pv.tables.quality import QUALITY

ARM_FOLDER = {"reports": "", "cohort": "cohort"}


@dataclass(frozen=True)
class Exact:
    """The rows of one arm with exact numbers, and what they were read from."""

    quality: pl.DataFrame
    digests: list[Digest]


def read_quality(data: Path, arm: str) -> Exact:
    """Read the checks of one arm.

    Raises
    ------
    ContractError
        When the table is missing, or its columns are not those declared.

    """
    path = data / "6_measures" / ARM_FOLDER[arm] / "quality" / "quality.parquet"
    return Exact(QUALITY.scan(path).collect(), [digest(path, path.relative_to(data).as_posix())])

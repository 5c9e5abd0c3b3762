"""On simulated reports it is known who has NMS: does the ranking, taught by reviewers who know, give right probabilities?"""

import sys
from pathlib import Path

import polars as pl
import pytest

from nms_pv.measures.ranking.write import write_ranking
from nms_pv.spec.measurements import load_measurements
from nms_pv.tables.labels import VERDICTS
from tests.lib.layers import STUDY, run_layers, table, truth

pytestmark = pytest.mark.proof
QUARTERS = ["2012Q4", "2018Q2", "2024Q1"]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted_ranking")
    run_layers(folder, 11, 24_000, QUARTERS)
    return folder


def planted(study: Path) -> pl.DataFrame:
    return truth(study, "cases").select(subject_id=pl.format("faers:{}", "caseid"), is_nms="is_nms").unique("subject_id")


def adjudicated(study: Path) -> Path:
    """Labels to which reviewers who know the truth have added their verdict on every second candidate."""
    labels = study / "adjudicated_labels"
    for path in (study / "4_labels" / "verdicts").glob("*.parquet"):
        verdicts = VERDICTS.scan(path).collect()
        met = verdicts.filter(pl.col("verdict") == "met").select("subject_id").unique().sort("subject_id").gather_every(2)
        known = met.join(planted(study), on="subject_id").with_columns(
            definition=pl.lit("adjudicated"), verdict=pl.when("is_nms").then(pl.lit("met")).otherwise(pl.lit("not_met"))
        )
        filled = known.with_columns(met=pl.lit(""), failed=pl.lit(""), missing=pl.lit(""), points_low=None, points_high=None)
        rest = [pl.lit(None, dtype).alias(n) for n, dtype in VERDICTS.types.items() if n not in filled.columns]
        added = filled.with_columns(rest).select(pl.col(n).cast(dtype) for n, dtype in VERDICTS.types.items())
        VERDICTS.write(pl.concat([verdicts, added]), labels / "verdicts" / path.name)
    return labels


@pytest.mark.parametrize("reference", ["pt_only", "adjudicated"])
def test_probabilities_against_the_planted_truth(study: Path, reference: str, capsys: pytest.CaptureFixture[str]) -> None:
    labels = adjudicated(study) if reference == "adjudicated" else study / "4_labels"
    write_ranking(study / "3_evidence", labels, study / reference, load_measurements(STUDY), 0.95, study / "2_canonical")
    quality, ranking = table(study, f"{reference}/quality.parquet"), table(study, f"{reference}/ranking.parquet")
    assert set(ranking["reference"]) == {reference}
    against = ranking.join(planted(study), on="subject_id")
    bands = against.group_by("band").agg(pl.len(), pl.col("probability").mean(), pl.col("is_nms").mean()).sort("band")
    bins = table(study, f"{reference}/calibration.parquet").select("predicted_mean", "estimate", "low", "high", "denominator")
    with capsys.disabled():
        numbers = quality.select("measure", "estimate", "low", "high")
        sys.stdout.write(f"\n{reference}: {ranking.height} candidates\n{bins}\n{numbers}\n{bands}\n")
    slope, intercept = (
        quality.row(by_predicate=pl.col("measure") == f"calibration_{x}", named=True) for x in ("slope", "intercept")
    )
    assert slope["low"] < 1 < slope["high"]
    assert intercept["low"] < 0 < intercept["high"]

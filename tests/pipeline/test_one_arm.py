"""A study may have one arm only: the stages of the other have nothing to count, and say so."""

from pathlib import Path

import polars as pl
import pytest
import yaml

from tests.lib.study import COHORT, LAYERS, copy_study, run_stages

KEPT = {"reports": ("0_simulate", "cohort"), "cohort": ("0_simulate_cohort", "reports")}


@pytest.mark.proof
@pytest.mark.parametrize("arm", KEPT)
def test_the_other_arm_is_empty_with_reasons(tmp_path: Path, arm: str) -> None:
    simulate, other = KEPT[arm]
    copy_study(tmp_path)
    path = tmp_path / "params.yaml"
    params = yaml.safe_load(path.read_text(encoding="utf-8"))
    params["inputs"] = params["inputs"] | {other: "none"}
    path.write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")
    stages = [stage for stage in (*LAYERS[:-1], *COHORT) if not stage.startswith("0_")]
    run_stages(tmp_path, ["0_environment", simulate, *stages, LAYERS[-1]])
    folder = tmp_path / "data" / "6_measures" / ("cohort" if other == "cohort" else ".")
    topics = [path for path in folder.glob("*/results.parquet") if path.parent.name not in ("cohort", "published")]
    found = pl.concat(pl.read_parquet(path) for path in topics)
    assert found.filter(pl.col("numerator") > 0).is_empty()
    assert found.filter(pl.col("estimate").is_null(), pl.col("undefined_reason").is_null()).is_empty()
    page = (tmp_path / "reports" / "index.html").read_text(encoding="utf-8")
    assert f'id="when-{arm}"' in page
    assert f'id="when-{other}"' not in page
    assert f'id="quality-{other}"' not in page

from pathlib import Path

import polars as pl
import pytest

from nms_pv.measures.published.write import write_published
from nms_pv.spec.literature import OUTCOMES, load_literature
from nms_pv.spec.params import load_params
from nms_pv.tables.measures import RESULTS
from tests.lib.small_study import VERSION


@pytest.fixture(scope="module")
def written(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    out = tmp_path_factory.mktemp("measures")
    write_published(load_literature(repository / "study"), out, load_params(repository / "params.yaml"), VERSION)
    return RESULTS.scan(out / "published" / "results.parquet").collect()


def test_every_row_has_a_number_or_a_reason(written: pl.DataFrame) -> None:
    assert written.filter(pl.col("estimate").is_null() == pl.col("undefined_reason").is_null()).is_empty()
    assert written["arm"].unique().to_list() == ["literature"]


def test_each_outcome_is_pooled_or_says_why_not(written: pl.DataFrame) -> None:
    whole = written.filter(
        pl.col("group") == "overall", pl.col("stratum").is_null(), pl.col("measure").cast(str).str.starts_with("pooled")
    )
    assert whole.height == len(OUTCOMES)
    reasons = dict(whole.select(pl.col("measure").cast(str), "undefined_reason").iter_rows())
    assert reasons == {
        "pooled_proportion": None,
        "pooled_fatal_proportion": None,
        "pooled_recurrent_proportion": "0 studies to pool; at least 3 are needed",
    }


def test_tests_have_no_interval_and_no_level(written: pl.DataFrame) -> None:
    tests = written.filter(pl.col("measure").cast(str).str.ends_with("_p"))
    assert tests["level"].null_count() == tests["low"].null_count() == tests.height > 0

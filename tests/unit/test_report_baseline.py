"""Who the cases are, read from the layers and written to the page."""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.report.baseline.read import BaselinePart, read_baseline
from nms_pv.report.baseline.section import render_baseline, share
from nms_pv.report.environment import environment, figure_numbers
from nms_pv.report.words import FORBIDDEN, clean, visible
from nms_pv.spec.params import Params
from tests.lib.baseline_fixture import write_baseline
from tests.lib.report_fixture import declared_study, write_data

HOSTILE = "<script>alert(1)</script>"


def params(build: str) -> Params:
    return declared_study(build=build).params


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("baseline") / "data"
    write_data(folder, declared_study().drugs)
    write_baseline(folder)
    return folder


def made(arm: str, build: str, rows: list[tuple[str, str, str, int | None, int]], **more: object) -> BaselinePart:
    schema = {"group": pl.String, "characteristic": pl.String, "value": pl.String, "n": pl.Int64, "of": pl.Int64}
    table = pl.DataFrame(rows, schema=schema, orient="row").with_columns(**{name: pl.lit(value) for name, value in more.items()})
    return BaselinePart(arm, params(build), table, [])


def rendered(part: BaselinePart) -> str:
    return str(render_baseline(part, environment(clean if part.arm == "reports" else visible, figure_numbers())))


@pytest.mark.parametrize("arm", ["reports", "cohort"])
def test_what_the_layers_hold_is_counted(data: Path, arm: str) -> None:
    part = read_baseline(data, arm, params("internal"))
    assert part.exact.filter((pl.col("n") < 0) | (pl.col("n") > pl.col("of"))).is_empty()
    assert part.digests
    assert rendered(part).count("<table") == {"reports": 1, "cohort": 2}[arm]


def test_every_report_has_one_value_of_each_characteristic_but_its_outcomes(data: Path) -> None:
    exact = read_baseline(data, "reports", params("internal")).exact
    of_each = exact.group_by("group", "characteristic").agg(pl.col("n").sum(), pl.col("of").first())
    one = of_each.filter(pl.col("characteristic") != "outcome of the report")
    assert one["n"].to_list() == one["of"].to_list()
    assert of_each["of"].sum() > 0


def test_a_shareable_build_hides_small_counts_and_takes_shares_from_rounded_ones() -> None:
    rows = [("cases", "sex", "female", 3, 43), ("cases", "sex", "male", 40, 43), ("others", "sex", "male", 7, 9)]
    part = made("reports", "shareable", rows)
    assert part.leaving.select("value", "n", "of", "share").rows() == [("female", None, 45, None), ("male", 40, 45, 40 / 45)]
    assert part.files["baseline"]["n"].to_list() == ["<5", "40"]
    assert "&lt;5" in rendered(part)
    assert ">3<" not in rendered(part)


def test_an_internal_build_shows_exact_numbers_and_no_note_about_hiding() -> None:
    part = made("reports", "internal", [("cases", "sex", "female", 3, 43)])
    assert ">3<" in rendered(part)
    assert "rounded to the nearest" not in rendered(part)


def test_strings_of_data_are_escaped_and_the_reports_never_speak_of_occurrence() -> None:
    page = rendered(made("reports", "internal", [("cases", "country of occurrence", HOSTILE, 3, 43)]))
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert not FORBIDDEN.search(page)


def test_episodes_carry_the_address_of_their_rate_and_what_is_hidden_is_a_dash() -> None:
    rows = [("FGA", "sex", "female", 20, 50), ("FGA", "sex", "male", 30, 50)]
    told = {"episodes": 7, "person_years": 90, "result_id": "incidence_rate/x"}
    page = rendered(made("cohort", "internal", rows, **told))
    assert page.count('data-result="incidence_rate/x" data-field="numerator">7<') == 2
    hidden = rendered(made("cohort", "internal", rows, episodes=None, person_years=None, result_id="incidence_rate/x"))
    assert "data-result" not in hidden
    assert "person-years</small>" not in hidden


def test_a_small_share_is_never_printed_as_none() -> None:
    assert [share({"share": value}) for value in (None, 0.0, 0.0001, 0.0005, 0.25)] == ["—", "0.0", "<0.1", "0.1", "25.0"]

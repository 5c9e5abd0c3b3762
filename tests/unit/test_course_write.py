"""The writers of questions 6 and 7 on a few reports and persons, counted by hand."""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.measures.after.write import write_after_of_cohort, write_after_of_reports
from nms_pv.measures.course.write import write_course_of_cohort, write_course_of_reports
from nms_pv.tables.labels import TREATMENT
from nms_pv.tables.measures import CURVES, RESULTS
from tests.lib.course_study import params, write_cohort, write_reports
from tests.lib.questions import QUESTIONS
from tests.lib.small_study import VERSION, drug_table

OUTCOMES = ["fatal", "serious", "death", "died", "recovered", "days_to_end"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> dict[str, pl.DataFrame]:
    """Results and curves by arm and topic."""
    folder, settings = tmp_path_factory.mktemp("course"), params(repository)
    found = {}
    for arm, write in (("reports", write_reports), ("cohort", write_cohort)):
        inputs, out = folder / arm, folder / f"{arm}_out"
        write(inputs)
        paths = (inputs / "evidence", inputs / "labels", inputs / "exposure", out, drug_table(), settings)
        if arm == "reports":
            write_course_of_reports(*paths, QUESTIONS.course, VERSION)
            write_after_of_reports(*paths, VERSION)
        else:
            write_course_of_cohort(*paths, QUESTIONS.course, VERSION)
            write_after_of_cohort(*paths, QUESTIONS.after, VERSION)
            for topic in ("course", "after"):
                found[f"{topic}_curves"] = CURVES.scan(out / topic / "curves.parquet").collect()
        for topic in ("course", "after"):
            found[f"{arm}_{topic}"] = RESULTS.scan(out / topic / "results.parquet").collect()
    return found


def counts(rows: pl.DataFrame, measure: str, group: str, stratum: str | None = None) -> tuple[int, int]:
    here = rows.filter(measure=measure, group=group).filter(pl.col("stratum").eq_missing(stratum))
    return here.select("numerator", "denominator").row(0)


def test_outcomes_of_reports_by_group_and_year(written: dict[str, pl.DataFrame]) -> None:
    rows = written["reports_course"]
    assert counts(rows, "fatal_proportion", "haloperidol") == (2, 4)
    assert counts(rows, "fatal_proportion", "long_acting") == (1, 1)
    assert counts(rows, "serious_proportion", "antagonist") == (4, 5)
    assert counts(rows, "fatal_proportion", "all", "year=2012") == (1, 3)
    assert counts(rows, "fatal_proportion", "all", "year_unknown") == (0, 0)


def test_outcomes_that_stand_elsewhere_are_not_repeated(written: dict[str, pl.DataFrame]) -> None:
    whole = written["reports_course"].filter(pl.col("measure") == "fatal_proportion", pl.col("stratum").is_null())
    assert not {"all", "generation"} & set(whole["group_kind"].cast(pl.String))


def test_reports_have_no_end_of_the_reaction(written: dict[str, pl.DataFrame]) -> None:
    rows = written["reports_course"].filter(pl.col("measure").is_in(["recovered_proportion", "days_to_end"]))
    assert rows["undefined_reason"].unique().to_list() == ["the source has no end of the reaction"]


def test_treatments_of_reports(written: dict[str, pl.DataFrame]) -> None:
    rows = written["reports_course"]
    assert counts(rows, "treatment_proportion", "all", "treatment=dantrolene;given=given") == (2, 6)
    assert counts(rows, "treatment_proportion", "FGA", "treatment=benzodiazepine;given=ambiguous") == (1, 4)
    assert counts(rows, "treatment_proportion", "TGA", "treatment=dantrolene;given=given") == (0, 0)
    assert counts(rows, "treatment_combination_proportion", "all", "given=bromocriptine+dantrolene") == (1, 6)
    assert counts(rows, "treatment_combination_proportion", "all", "given=none_documented") == (4, 6)


def test_days_to_treatment_need_dates_known_to_the_day(written: dict[str, pl.DataFrame]) -> None:
    rows = written["reports_course"].filter(measure="days_to_treatment", group="all").sort("stratum")
    told = dict(zip(rows["stratum"], rows["estimate"], strict=True))
    assert told == {"treatment=antagonist_stopped": 2, "treatment=bromocriptine": None, "treatment=dantrolene": 2}
    assert counts(rows, "days_to_treatment", "all", "treatment=bromocriptine") == (0, 1)


@pytest.mark.parametrize("arm", ["reports", "cohort"])
def test_no_number_crosses_a_treatment_with_an_outcome(arm: str, written: dict[str, pl.DataFrame]) -> None:
    rows = pl.concat([written[f"{arm}_course"], written[f"{arm}_after"]])
    names = [*TREATMENT, "treatment"]
    told = pl.concat_str([pl.col(name).cast(pl.String) for name in ("group", "reference", "stratum")], ignore_nulls=True)
    of_outcome = rows.filter(pl.any_horizontal(pl.col("measure").cast(pl.String).str.starts_with(name) for name in OUTCOMES))
    assert not of_outcome.is_empty()
    assert not of_outcome.select(pl.any_horizontal(told.str.contains(name) for name in names).any()).item()
    of_treatment = rows.filter(pl.col("measure").cast(pl.String).str.contains("treatment"))
    assert (
        not of_treatment.select(pl.any_horizontal(told.str.contains(name) for name in ("fatal", "died", "death")))
        .to_series()
        .any()
    )
    effect = of_treatment.filter(pl.col("measure") == "treatment_effect")
    assert effect["estimate"].null_count() == effect.height > 0
    assert "Immortal time" in effect["undefined_reason"][0]


def test_challenges_of_reports(written: dict[str, pl.DataFrame]) -> None:
    rows = written["reports_after"]
    # r2 states both, r6 names haloperidol as concomitant.
    assert counts(rows, "dechallenge_positive_proportion", "antagonist") == (1, 2)
    assert counts(rows, "dechallenge_proportion", "antagonist", "state=both") == (1, 3)
    assert counts(rows, "dechallenge_positive_proportion", "haloperidol") == (2, 2)
    assert counts(rows, "rechallenge_positive_proportion", "risperidone") == (0, 1)
    dose = rows.filter(measure="rechallenge_dose", group="haloperidol")
    assert dose["estimate"].to_list() == [10.0]
    assert rows.filter(measure="rechallenge_dose", group="risperidone")["undefined_reason"].item().startswith("no such report")


def test_deaths_of_a_cohort(written: dict[str, pl.DataFrame]) -> None:
    rows = written["cohort_course"]
    assert counts(rows, "death_proportion", "FGA") == (4, 12)
    assert counts(rows, "death_proportion", "antagonist", "year=2011") == (4, 12)
    nobody = rows.filter(measure="death_proportion", group="TGA").row(0, named=True)
    assert (nobody["estimate"], nobody["undefined_reason"]) == (None, "no episode counts in the group")


def test_who_left_is_a_number_that_can_be_hidden_and_no_text(written: dict[str, pl.DataFrame]) -> None:
    rows = written["cohort_course"].filter(pl.col("measure").cast(pl.String).str.starts_with("death_"))
    known, unknown = (
        rows.filter(measure=name).sort("group", "stratum") for name in ("death_proportion", "death_unknown_proportion")
    )
    assert (known["denominator"] + unknown["numerator"]).to_list() == unknown["denominator"].to_list()
    assert rows.group_by("measure").agg(pl.col("method").n_unique())["method"].to_list() == [1, 1]


def test_recovery_of_a_cohort(written: dict[str, pl.DataFrame]) -> None:
    rows = written["cohort_course"].filter(group="antipsychotic")
    told = rows.filter(measure="recovered_proportion").select("stratum", "estimate")
    assert dict(told.rows()) == {
        "day=2": 0,
        "day=7": pytest.approx(8 / 12),
        "day=14": pytest.approx(8 / 12),
        "day=30": pytest.approx(8 / 12),
    }
    assert rows.filter(measure="days_to_end", stratum="median")["estimate"].item() == 5
    curve = written["course_curves"].filter(curve="died", group="antipsychotic")
    assert curve.filter(x=3)["y"].item() == pytest.approx(4 / 12)
    assert curve.height == QUESTIONS.course.curve_days + 1


def test_odds_of_death_name_the_empty_side(written: dict[str, pl.DataFrame]) -> None:
    rows = written["cohort_course"].filter(measure="adjusted_death_odds_ratio")
    reasons = dict(rows.select("group", "undefined_reason").rows())
    assert reasons["SGA"] == "nobody of the group, or of its reference, is among those fitted"
    assert reasons["male"] is None


def test_recurrence_of_a_cohort(written: dict[str, pl.DataFrame]) -> None:
    rows = written["cohort_after"]
    assert counts(rows, "after_episode_proportion", "antagonist", "fate=restarted") == (8, 12)
    assert counts(rows, "recurrence_proportion", "any") == (2, 8)
    assert counts(rows, "recurrence_proportion", "14-41") == (2, 2)
    assert counts(rows, "recurrence_proportion", "42+") == (0, 6)
    odds = rows.filter(measure="recurrence_odds_ratio", group="0-13").row(0, named=True)
    assert odds["undefined_reason"] == "nobody in the group was observed so long"
    assert rows.filter(measure="days_to_restart")["estimate"].item() == 45
    assert rows.filter(measure="recurrence_cumulative_proportion", group="any", stratum="day=60")["estimate"].item() == 0.25
    assert written["after_curves"].filter(group="any", x=19)["y"].item() == 0
    assert written["after_curves"].filter(group="any", x=20)["y"].item() == 0.25


@pytest.mark.parametrize("measure", ["restart_effect", "restart_dose", "rechallenge_positive_proportion"])
def test_what_a_cohort_cannot_tell_has_a_reason(measure: str, written: dict[str, pl.DataFrame]) -> None:
    assert written["cohort_after"].filter(measure=measure)["undefined_reason"].null_count() == 0

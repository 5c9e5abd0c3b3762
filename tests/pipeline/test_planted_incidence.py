"""What the simulator planted into the cohort is what the pipeline finds."""

import sys
from pathlib import Path

import polars as pl
import pytest

from nms_pv.canonical.omop.study import load_cohort_study
from nms_pv.canonical.omop.write import write_cohort
from nms_pv.evidence.cohort.write import write_cohort_evidence
from nms_pv.exposure.cohort.write import write_cohort_exposure
from nms_pv.labels.write import write_labels
from nms_pv.measures.cohort.write import write_cohort_measures
from nms_pv.simulate.omop import courses, write
from nms_pv.simulate.omop.episodes import CODED_SHARE
from nms_pv.simulate.omop.eras import BANDS, eras, person_time, windows
from nms_pv.simulate.omop.products import BASE_RATES, PRODUCTS
from nms_pv.sources.omop.read import write_cohort_sources
from nms_pv.spec.label_study import load_label_study
from nms_pv.spec.measurements import load_measurements
from nms_pv.spec.params import Params, band_names, load_params
from nms_pv.spec.standards import load_standards
from nms_pv.spec.time_at_risk import load_time_at_risk
from tests.lib.planted import accuracy, told
from tests.lib.simulated_cdm import expected, simulate_cdm, truth_table
from tests.lib.small_study import VERSION

RUNS, PERSONS, TIMES_AS_FREQUENT = 60, 3000, 5
DEFINITION, SETTING = "pt_only", "exact"


def run_to_labels(folder: Path, study: Path, params: Params) -> None:
    """The layers up to the verdicts on the common data model in `folder/cdm`."""
    cohort = load_cohort_study(study)
    write_cohort_sources(folder / "cdm", folder / "1_sources")
    write_cohort(folder / "1_sources", folder / "2_canonical", cohort, params.cohort.exposure)
    write_cohort_evidence(
        folder / "2_canonical",
        folder / "3_evidence",
        cohort.concept_sets,
        load_measurements(study),
        cohort.drugs,
        params.cohort.episodes,
    )
    write_labels(folder / "3_evidence", folder / "4_labels", load_label_study(study, "cohort"))


def run_to_measures(folder: Path, study: Path, params: Params) -> None:
    """The layers from the verdicts to the numbers, under the one setting that the hazards were planted for."""
    drugs = load_cohort_study(study).drugs
    settings = {SETTING: load_time_at_risk(study)[SETTING]}
    canonical, evidence, labels, exposure = (folder / name for name in ("2_canonical", "3_evidence", "4_labels", "5_exposure"))
    write_cohort_exposure(canonical, evidence, labels, exposure, drugs, params.generations, params.cohort, settings, [DEFINITION])
    write_cohort_measures(exposure, folder / "6_measures", drugs, params, settings, load_standards(study), VERSION)


def part(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / name / "*.parquet")


@pytest.fixture(scope="module")
def params(repository: Path) -> Params:
    return load_params(repository / "params.yaml")


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory, repository: Path, params: Params) -> Path:
    folder = simulate_cdm(tmp_path_factory.mktemp("planted"), repository / "study", persons=20_000)
    run_to_labels(folder, repository / "study", params)
    return folder


def test_the_planted_days_at_risk_are_those_of_the_drugs_that_are_believed(labelled: Path) -> None:
    """Day for day, whatever ends, supplies and periods were spoiled."""
    number = {product.ingredient: n for n, product in reversed(list(enumerate(PRODUCTS)))}
    believed = part(labelled, "2_canonical/drug_exposures").filter(pl.col("ingredient").is_in(list(number)))
    supplies = believed.select(
        "person_id",
        pl.col("ingredient").replace_strict(number, return_dtype=pl.Int64).alias("product"),
        pl.col("start_day", "end_day").cast(pl.Int64),
    ).sort("person_id", "start_day")
    periods = part(labelled, "2_canonical/observation_periods").select("person_id", pl.col("start_day", "end_day").cast(pl.Int64))
    found = person_time(windows(eras(supplies), periods)).select("ingredient", "kind", "year", "since_start", "person_days")
    planted = truth_table(labelled, "person_time").select(found.columns)
    assert found.sort(pl.all()).rows() == planted.sort(pl.all()).rows()


def test_the_coded_episodes_are_found_from_their_first_day_and_no_others(labelled: Path) -> None:
    met = part(labelled, "4_labels/verdicts").filter(pl.col("definition") == DEFINITION, pl.col("verdict") == "met")
    found = part(labelled, "3_evidence/episodes").join(met, on="subject_id", how="semi").select("person_id", "start_day")
    planted = truth_table(labelled, "episodes").filter("is_coded").select("person_id", "day")
    assert len(planted) > 30
    assert set(found.iter_rows()) == set(planted.iter_rows())


def test_recall_and_precision_of_every_definition(labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A candidate episode is a planted one if it begins while that lasts."""
    planted = truth_table(labelled, "episodes").select("person_id", "day", "last_day")
    candidates = part(labelled, "3_evidence/episodes").join(planted, on="person_id")
    cases = set(candidates.filter(pl.col("start_day").is_between("day", "last_day"))["subject_id"])
    found = accuracy(part(labelled, "4_labels/verdicts"), cases)
    with capsys.disabled():
        sys.stdout.write(f"\n{told(found, len(cases))}\n")
    of = {row["definition"]: row for row in found.iter_rows(named=True)}
    assert of["pt_only"]["precision"] == 1.0
    assert of["dsm_5_tr"]["recall"] > 0.5
    assert of["dsm_5_tr"]["precision"] > 0.9
    assert of["caroff_mann_1993_signs"]["met"] > of["caroff_mann_1993"]["met"] == 0


def test_most_episodes_that_are_not_coded_are_candidates_by_their_signs(labelled: Path) -> None:
    planted = truth_table(labelled, "episodes").filter(~pl.col("is_coded"))
    candidates = part(labelled, "3_evidence/episodes").join(planted, on="person_id")
    found = candidates.filter(pl.col("start_day").is_between("day", "last_day"))
    assert found["person_id"].n_unique() >= 0.8 * planted["person_id"].n_unique() > 0


@pytest.fixture
def one_drug_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No companions, switches during treatment or other drugs, and more frequent episodes.

    So the rate of an ingredient in a band of days since start is its base rate times the multiplier of the band, and no other.
    """
    for ingredient, rate in BASE_RATES.items():
        monkeypatch.setitem(BASE_RATES, ingredient, TIMES_AS_FREQUENT * rate)
    monkeypatch.setattr(courses, "COMPANION_SHARE", 0.0)
    monkeypatch.setattr(courses, "SWITCH_SHARE", 0.0)
    draw = write.draw_other_courses
    monkeypatch.setattr(write, "draw_other_courses", lambda periods, rng: draw(periods, rng).clear())


def rates_by_band(folder: Path) -> pl.DataFrame:
    """Incidence rates by ingredient and days since start, each with what was planted."""
    found = pl.read_parquet(folder / "6_measures" / "results.parquet").filter(
        pl.col("measure") == "incidence_rate",
        pl.col("group_kind") == "ingredient",
        pl.col("stratum").str.starts_with("since_start="),
        pl.col("denominator") > 0,
    )
    named = found.select(
        pl.col("group").alias("ingredient"),
        pl.col("stratum").str.strip_prefix("since_start=").alias("since_start"),
        pl.col("denominator").alias("person_days"),
        pl.col("numerator").alias("episodes"),
        "low",
        "high",
    )
    coded = expected(named, truth_table(folder, "rates"))
    return coded.with_columns(pl.col("rate", "expected") * CODED_SHARE).drop_nulls("rate")


@pytest.mark.proof
@pytest.mark.usefixtures("one_drug_at_a_time")
def test_planted_rates_lie_in_their_intervals_as_often_as_the_intervals_say(
    tmp_path: Path, repository: Path, params: Params, capsys: pytest.CaptureFixture[str]
) -> None:
    study = repository / "study"
    quick = params.model_copy(update={"cohort": params.cohort.model_copy(update={"bootstraps": 100, "analyses": [SETTING]})})
    assert band_names(params.cohort.since_start_days) == BANDS
    runs = []
    for seed in range(RUNS):
        folder = simulate_cdm(tmp_path / str(seed), study, persons=PERSONS, seed=seed)
        run_to_labels(folder, study, quick)
        run_to_measures(folder, study, quick)
        runs.append(rates_by_band(folder))
    rates = pl.concat(runs)
    is_held = pl.col("rate").is_between("low", "high")
    covered, total = rates.filter(is_held).height, rates.height
    many = rates.filter(pl.col("expected") >= 3)
    found, planted = int(rates["episodes"].sum()), rates["expected"].sum()
    said = (
        f"\ncoverage of planted incidence rates: {covered} of {total} = {covered / total:.3f}; where at least 3 episodes are "
        f"expected {many.filter(is_held).height} of {many.height} = {many.filter(is_held).height / many.height:.3f} "
        f"(nominal 0.95); {found} episodes, {planted:.0f} expected, bias {found / planted - 1:+.3f}\n"
    )
    with capsys.disabled():
        sys.stdout.write(said)
    assert covered / total >= 0.94
    assert many.filter(is_held).height / many.height >= 0.94
    assert abs(found / planted - 1) < 3 / planted**0.5

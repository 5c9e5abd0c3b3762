"""The SIMULATED common data model has the shape of a real one, and what was planted is in it."""

import hashlib
import re
from pathlib import Path

import polars as pl
import pytest

from nms_pv.simulate.omop.products import ANTIPSYCHOTICS, BASE_RATES, PRODUCTS, check_listed
from nms_pv.simulate.omop.vocabulary import CONDITIONS, FIRST_LOCAL_ID, MEASUREMENTS, PROCEDURES, UNITS
from nms_pv.spec.concept_sets import load_concept_sets
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.measurements import load_measurements
from nms_pv.spec.units import load_units
from nms_pv.tables.cdm import CDM_TABLES
from nms_pv.tables.snapshot import read_snapshot_record
from tests.lib.simulated_cdm import cdm_table, simulate_cdm, truth_table
from tests.lib.small_study import drug_table

PERSONS = 15000
# Illnesses that look like an episode or are common, for which the study has no concept set.
NOT_ASKED_FOR = {"pneumonia", "schizophrenia", "bipolar_disorder", "depression", "hypertension"}
NMS_CODES = ("G21.0", "333.92")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    return simulate_cdm(tmp_path_factory.mktemp("simulated"), repository / "study", persons=PERSONS)


def hashes(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*.*"))}


def planted(folder: Path, defect: str) -> int:
    return int(truth_table(folder, "defects").filter(pl.col("defect") == defect)["rows"].item())


def starts_by_generation(folder: Path, repository: Path) -> pl.DataFrame:
    """Share of each generation among antipsychotic dispensings by year."""
    drugs = load_drugs(repository / "study").drugs
    names = {product.name: drugs[product.ingredient].generation for product in ANTIPSYCHOTICS}
    generation = pl.DataFrame({"concept_name": list(names), "generation": list(names.values())})
    of_concept = cdm_table(folder, "concept").join(generation, on="concept_name").select("concept_id", "generation")
    rows = cdm_table(folder, "drug_exposure").join(of_concept, left_on="drug_concept_id", right_on="concept_id")
    counted = rows.group_by(pl.col("drug_exposure_start_date").dt.year().alias("year"), "generation").len()
    return counted.with_columns(pl.col("len") / pl.col("len").sum().over("year")).pivot("generation", index="year", values="len")


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(tmp_path: Path, repository: Path) -> None:
    study = repository / "study"
    once, again, other = (
        hashes(simulate_cdm(tmp_path / name, study, persons=400, seed=seed)) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert once == again
    # The vocabulary, and what is drawn from, are the same for every seed.
    assert {name for name, found in other.items() if found == once[name]} == {
        "cdm/concept.parquet",
        "cdm/concept_ancestor.parquet",
        "cdm/concept_relationship.parquet",
        "cdm/drug_strength.parquet",
        "truth/planted_mix.csv",
        "truth/planted_rates.csv",
    }


@pytest.mark.parametrize("name", CDM_TABLES)
def test_every_table_has_the_columns_that_are_read(folder: Path, name: str) -> None:
    table, declared = cdm_table(folder, name), CDM_TABLES[name]
    assert set(table.columns) == set(declared.types) - {"source_line"}
    assert table.height > 0
    required = [c for c, column in declared.schema.columns().items() if not column.nullable and c != "source_line"]
    assert table.select(required).null_count().sum_horizontal().item() == 0
    key = [column for column in declared.key if column != "source_line"]
    assert not key or table.select(key).is_duplicated().sum() == 0


def test_the_snapshot_says_that_it_is_simulated(folder: Path) -> None:
    record = read_snapshot_record(folder / "cdm")
    assert set(record["table"]) == set(CDM_TABLES)
    assert record["format"].unique().to_list() == ["simulated"]
    assert record["retrieved"].null_count() == record.height


def test_invented_concepts_have_local_ids_and_codes_that_say_so(folder: Path) -> None:
    concept = cdm_table(folder, "concept")
    known = {0: "No matching concept", 8532: "FEMALE", 8507: "MALE"}
    assert dict(concept.filter(pl.col("concept_id") < FIRST_LOCAL_ID).select("concept_id", "concept_name").iter_rows()) == known
    drugs = concept.filter(pl.col("domain_id") == "Drug")
    assert all(re.fullmatch(r"SIM\d+", code) for code in drugs["concept_code"])
    used = cdm_table(folder, "drug_exposure")["drug_concept_id"].unique()
    assert set(used) <= {0, *drugs["concept_id"]}


def test_codes_are_those_that_the_study_asks_for(repository: Path) -> None:
    study = repository / "study"
    listed = {(code.vocabulary, code.code) for code in load_concept_sets(study)}
    for key, condition in CONDITIONS.items():
        codes = {("SNOMED", condition.snomed), ("ICD10CM", condition.icd10cm), ("ICD9CM", condition.icd9cm)}
        asked = {code for code in codes if code[1]} & listed
        assert asked == (set() if key in NOT_ASKED_FOR else {code for code in codes if code[1]})
    assert {("LOINC", code) for _, code in MEASUREMENTS.values()} <= listed
    assert {("SNOMED", code) for _, code in PROCEDURES.values()} <= listed
    assert set(UNITS) <= {unit.unit for unit in load_units(study, load_measurements(study).quantities)}


def test_people_are_as_varied_as_in_a_real_source(folder: Path) -> None:
    person, periods = cdm_table(folder, "person"), cdm_table(folder, "observation_period")
    assert person.height == PERSONS
    sexes = dict(person["gender_concept_id"].value_counts(normalize=True).iter_rows())
    assert sexes[8532] == pytest.approx(0.52, abs=0.03)
    assert 0 < sexes[0] < 0.01
    assert 0 < person["month_of_birth"].null_count() < person["day_of_birth"].null_count() < 0.06 * PERSONS
    leap_days = person.filter((pl.col("month_of_birth") == 2) & (pl.col("day_of_birth") == 29))
    assert leap_days.height > 0
    assert (leap_days["year_of_birth"] % 4).sum() == 0
    assert set(periods.group_by("person_id").len()["len"]) >= {1, 2}
    assert 0.03 * PERSONS < cdm_table(folder, "death").height < 0.08 * PERSONS
    years = periods["observation_period_start_date"].dt.year()
    assert (years.min(), periods["observation_period_end_date"].dt.year().max()) == (2005, 2020)


def test_the_mix_drifts_from_the_first_generation_to_the_others(folder: Path, repository: Path) -> None:
    mix = truth_table(folder, "mix").group_by("year", "generation").agg(pl.col("share_of_starts").sum())
    stated = dict(mix.filter(pl.col("generation") == "FGA").select("year", "share_of_starts").iter_rows())
    assert stated[2005] == pytest.approx(0.55)
    assert stated[2020] == pytest.approx(0.15)
    drawn = starts_by_generation(folder, repository).sort("year").filter(pl.col("year").is_between(2006, 2019))
    assert drawn["FGA"][0] > 0.4 > 0.25 > drawn["FGA"][-1]
    assert drawn["TGA"][0] < 0.1 < drawn["TGA"][-1]


def test_planted_defects_are_there_as_often_as_stated(folder: Path) -> None:
    person = cdm_table(folder, "person").select("person_id")
    period, drug = cdm_table(folder, "observation_period"), cdm_table(folder, "drug_exposure")
    first, last = "observation_period_start_date", "observation_period_end_date"
    orphans = period.join(person, on="person_id", how="anti").height
    assert orphans == planted(folder, "orphan_observation_period")
    reversed_ = period.filter(pl.col(last) < pl.col(first)).height
    assert reversed_ == planted(folder, "observation_period_end_before_start")
    whole = period.filter(pl.col(last) >= pl.col(first)).sort("person_id", first, last)
    overlaps = whole.filter(pl.col(first) <= pl.col(last).shift(1).over("person_id")).height
    assert overlaps == planted(folder, "overlapping_observation_period")
    assert drug.filter(pl.col("days_supply") == -1).height == planted(folder, "negative_days_supply")
    assert drug.filter(pl.col("days_supply") == 999).height == planted(folder, "days_supply_999")
    assert drug.filter(pl.col("drug_concept_id") == 0).height == planted(folder, "drug_without_concept")
    start, end = "drug_exposure_start_date", "drug_exposure_end_date"
    assert drug.filter(pl.col(end) < pl.col(start)).height == planted(folder, "exposure_end_before_start")
    dead = drug.join(cdm_table(folder, "death"), on="person_id").filter(pl.col(start) > pl.col("death_date"))
    assert dead.height == planted(folder, "exposure_after_death")
    entry = whole.group_by("person_id").agg(pl.col(first).min())
    early = drug.join(entry, on="person_id").filter(pl.col(start) < pl.col(first))
    assert early.height == planted(folder, "exposure_outside_observation")
    twice = drug.select(pl.struct(pl.exclude("drug_exposure_id")).is_duplicated()).to_series().sum()
    assert twice >= 2 * planted(folder, "duplicate_drug_row")


def test_planted_defects_of_records_are_there_as_often_as_stated(folder: Path) -> None:
    conditions, measurements = cdm_table(folder, "condition_occurrence"), cdm_table(folder, "measurement")
    codes = conditions.filter(pl.col("condition_source_value").is_in(NMS_CODES))
    assert codes.filter(pl.col("condition_concept_id") == 0).height == planted(folder, "nms_code_without_concept") > 0
    assert measurements.filter(pl.col("value_as_number") == 0).height == planted(folder, "temperature_0") > 0
    assert measurements.filter(pl.col("value_as_number") == 370).height == planted(folder, "temperature_370") > 0
    no_unit = measurements.filter(pl.col("unit_source_value").is_null())
    assert no_unit.height == planted(folder, "temperature_without_unit") > 0
    assert no_unit["unit_concept_id"].unique().to_list() == [0]


def test_episodes_are_coded_from_their_first_day_in_the_code_of_their_time(folder: Path) -> None:
    episodes = truth_table(folder, "episodes")
    assert 0.7 < episodes["is_coded"].mean() < 1
    rows = cdm_table(folder, "condition_occurrence").filter(pl.col("condition_source_value").is_in(NMS_CODES))
    codes = rows.with_columns(pl.col("condition_start_date").to_physical().alias("day"))
    coded = episodes.filter("is_coded").select("person_id", "day")
    assert coded.join(codes, on=["person_id", "day"], how="semi").height == coded.height
    of_episode = codes.join(episodes.rename({"day": "first"}), on="person_id").filter(
        pl.col("day").is_between("first", "last_day")
    )
    assert of_episode["condition_occurrence_id"].n_unique() == codes.height > coded.height
    is_icd10 = pl.col("condition_start_date") >= pl.date(2015, 10, 1)
    assert rows.filter(is_icd10)["condition_source_value"].unique().to_list() == ["G21.0"]
    assert rows.filter(~is_icd10)["condition_source_value"].unique().to_list() == ["333.92"]


def test_creatine_kinase_and_temperature_come_in_two_units_and_are_mostly_normal(folder: Path) -> None:
    rows = cdm_table(folder, "measurement").drop_nulls("unit_source_value")
    assert {"U/L", "ukat/L", "Cel", "[degF]"} <= set(rows["unit_source_value"])
    kinase = rows.filter(pl.col("unit_source_value") == "U/L")
    assert 0.5 < (kinase["value_as_number"] < 200).mean() < 0.99
    assert 0 < kinase["range_high"].null_count() < kinase.height
    heat = rows.filter(pl.col("unit_source_value") == "[degF]")["value_as_number"]
    assert heat.median() == pytest.approx(98.3, abs=0.3)


def test_the_truth_lists_every_planted_rate(folder: Path) -> None:
    rates = truth_table(folder, "rates")
    assert set(rates["ingredient"]) == {*BASE_RATES, "levodopa"}
    first_days = rates.filter((pl.col("ingredient") == "haloperidol") & (pl.col("since_start") == "0-7"))
    assert first_days["rate"].item() == BASE_RATES["haloperidol"] * 6
    time = truth_table(folder, "person_time").join(rates, on=["ingredient", "kind", "since_start"], how="anti")
    assert time.is_empty()


def test_a_drug_table_without_a_planted_ingredient_is_refused() -> None:
    with pytest.raises(ValueError, match="study/drugs.csv lacks .*'clozapine'"):
        check_listed(drug_table())


def test_years_in_the_wrong_order_are_refused(tmp_path: Path, repository: Path) -> None:
    with pytest.raises(ValueError, match="last_year 2004 is before first_year 2005"):
        simulate_cdm(tmp_path, repository / "study", first_year=2005, last_year=2004)


def test_a_product_has_the_rate_of_its_first_ingredient() -> None:
    combined = [product for product in PRODUCTS if len(product.ingredients) > 1]
    assert [product.ingredient for product in combined] == ["perphenazine"]


def test_one_year_is_enough(tmp_path: Path, repository: Path) -> None:
    folder = simulate_cdm(tmp_path, repository / "study", persons=100, first_year=2010, last_year=2010)
    assert truth_table(folder, "mix")["year"].unique().to_list() == [2010]
    assert cdm_table(folder, "drug_exposure").height > 0


def test_the_planted_rate_falls_because_of_the_mix_alone(folder: Path) -> None:
    """Expected rates of 2005-2009 and 2016-2020, and the part of their difference that lies within generations."""
    generations = truth_table(folder, "rates").select("ingredient", "generation").unique().drop_nulls()
    time = truth_table(folder, "person_time").join(generations, on="ingredient")
    early, late = (
        time.filter(pl.col("year").is_between(first, first + 4))
        .group_by("generation")
        .agg(pl.col("person_days", "expected_episodes").sum())
        .sort("generation")
        .with_columns(
            share=pl.col("person_days") / pl.col("person_days").sum(), rate=pl.col("expected_episodes") / pl.col("person_days")
        )
        for first in (2005, 2016)
    )
    whole = (late["share"] * late["rate"]).sum() - (early["share"] * early["rate"]).sum()
    within = ((late["share"] + early["share"]) / 2 * (late["rate"] - early["rate"])).sum()
    assert whole < 0
    assert abs(within / whole) < 0.1

"""Writes reporting rates: distinct reports over the use of a drug, where the user says how much was used."""

from pathlib import Path

import polars as pl

from nms_pv.measures.rates import garwood
from nms_pv.measures.reporting_rate.counting import rates_by_year, volume_table
from nms_pv.measures.rows import result_rows, with_interval, write_results
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.exposure_volumes import FILE, ExposureVolume
from nms_pv.spec.params import Main, Params
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import scan_met
from nms_pv.tables.measures import REPRESENTATIVE_COUNTED, RESULTS, ROLES_COUNTED

# For each unit of volumes: so many of them, and the words for it.
PER = {
    "patient_years": (1_000, "reports per 1,000 patient-years of use"),
    "dispensed_units": (1_000_000, "reports per million dispensed units"),
    "defined_daily_doses": (1_000_000, "reports per million defined daily doses"),
}
WORDING = "reporting rate: not how often it occurs"
INTERVAL = "distinct reports by year of receipt and country of occurrence / use; Garwood (exact Poisson) interval"


def write_reporting_rate(
    labels: Path, exposure: Path, out: Path, volumes: list[ExposureVolume], drugs: DrugTable, params: Params, version: str
) -> None:
    """Read `labels/verdicts` and `exposure`, write `reporting_rate/results.parquet` below `out`."""
    reports = counted_reports(labels, exposure, sorted({volume.drug for volume in volumes}), params.main)
    rows = reporting_rates(volume_table(volumes, drugs, params.generations), reports, params.main, params.level)
    write_results(rows, out / "reporting_rate" / "results.parquet", version)


def counted_reports(labels: Path, exposure: Path, ingredients: list[str], main: Main) -> pl.DataFrame:
    """Reports that meet the main definition and name an ingredient in a main role; one row for each of both."""
    named = (
        REPORT_INGREDIENTS.scan(exposure / "report_ingredients")
        .filter(pl.col("ingredient").is_in(ingredients), pl.col("role").is_in(ROLES_COUNTED[main.roles]))
        .select("subject_id", "ingredient")
        .unique()
    )
    return (
        UNIVERSE.scan(exposure / "universe")
        .filter(pl.col("is_representative").is_in(REPRESENTATIVE_COUNTED[main.duplicates]))
        .select("subject_id", "received_year", "occurrence_country")
        .join(scan_met(labels / "verdicts", [main.definition]), on="subject_id", how="semi")
        .join(named, on="subject_id")
        .collect()
    )


def reporting_rates(volumes: pl.DataFrame, reports: pl.DataFrame, main: Main, level: float) -> pl.DataFrame:
    """Rows of `measures/results`, but for the data version; one row with the reason when no volume is known."""
    setting = {"definition": main.definition, "roles": main.roles, "duplicates": main.duplicates}
    if volumes.is_empty():
        return _no_volume(setting)
    counts = rates_by_year(volumes, reports).with_columns(pl.lit(value).alias(name) for name, value in setting.items())
    rows = [RESULTS.empty()]
    for (unit,), of_unit in sorted(counts.partition_by("unit", as_dict=True).items()):
        per, words = PER[str(unit)]
        known = of_unit["years_differ"].is_null()
        exposure = of_unit.select(pl.when(known).then("denominator").otherwise(0)).to_series().cast(pl.Float64)
        found = garwood(of_unit["numerator"].cast(pl.Float64).to_numpy(), exposure.to_numpy(), per, level)
        frame = with_interval(of_unit, found).with_columns(
            _stratum(),
            undefined_reason=pl.format("years of use differ between the ingredients: {}", "years_differ").fill_null(
                "the quantity used is 0"
            ),
            method=_method(words),
        )
        unit_words = f"distinct reports; {words.rpartition(' per ')[2].removeprefix('1,000 ').removeprefix('million ')}"
        rows.append(result_rows(frame, "reporting_rate", arm="reports", unit=unit_words, method=pl.col("method"), level=level))
    return pl.concat(rows)


def _no_volume(setting: dict[str, str]) -> pl.DataFrame:
    nothing = {
        "group_kind": "all",
        "group": "all",
        "undefined_reason": f"study/{FILE} has no row: the use of drugs is not known",
    }
    frame = pl.DataFrame([setting | nothing]).with_columns(pl.lit(None, pl.Float64).alias(n) for n in ("estimate", "low", "high"))
    unit = "distinct reports; use of the drug"
    return result_rows(frame, "reporting_rate", arm="reports", unit=unit, method=f"{WORDING}; {INTERVAL}", level=None)


def _stratum() -> pl.Expr:
    first, last = pl.col("years").list.first(), pl.col("years").list.last()
    without_gap = last - first + 1 == pl.col("years").list.len()
    several = pl.when(without_gap).then(pl.format("{}-{}", first, last))
    listed = several.otherwise(pl.col("years").cast(pl.List(pl.String)).list.join(","))
    years = pl.when(first == last).then(pl.format("year={}", first)).otherwise(pl.format("years={}", listed))
    return pl.format("country={};{};per={}", "country", years, "unit").alias("stratum")


def _method(words: str) -> pl.Expr:
    members = "; of the group, the ingredients with known use: " + pl.col("ingredients").list.join(", ")
    unknown = pl.format("; {} reports without a country of occurrence are not counted", "without_country")
    return (
        pl.lit(f"{words} ({WORDING}); {INTERVAL}")
        + pl.when(pl.col("group_kind") != "ingredient").then(members).otherwise(pl.lit(""))
        + pl.when(pl.col("without_country") > 0).then(unknown).otherwise(pl.lit(""))
    )

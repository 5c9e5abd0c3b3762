"""Writes times to onset: reads evidence, labels and exposure, writes numbers and curves."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from nms_pv.measures.onset import clocks, equality, fit_quality, fitted, lynden_bell, numbers, weibull
from nms_pv.measures.onset.curves import curve_rows, empirical_curves, truncated_curves
from nms_pv.measures.onset.grouped import grouped_times, onset_groups, shown_groups
from nms_pv.measures.onset.published import PublishedOnset
from nms_pv.measures.rows import result_rows, write_results
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params
from nms_pv.spec.questions import OnsetSettings
from nms_pv.tables.evidence import EPISODES, EXPOSURES
from nms_pv.tables.exposure import UNIVERSE
from nms_pv.tables.labels import VERDICTS
from nms_pv.tables.measures import CURVES
from nms_pv.tables.person_time import CASE_OBSERVATION, ERAS

EXACT = "Clopper-Pearson interval"
ELAPSED = "days elapsed, the day that starts the clock is day 0 (tools that call it day 1 give one more)"
ORDER_STATISTICS = "order statistics, exact binomial interval"
OPEN = "an upper limit that the data leave open is empty"
FIXED = "the published number is taken as fixed, since its number of cases is not known"
MAIN_ONLY = "main definition only"
ROLES_COUNTED = {"ps": ["PS"], "ps+ss": ["PS", "SS"]}

Frames = dict[str, tuple[pl.DataFrame, str | pl.Expr]]


@dataclass(frozen=True)
class OnsetStudy:
    """What both arms need beside their tables: the study, and the version of its data."""

    drugs: DrugTable
    params: Params
    settings: OnsetSettings
    published: Sequence[PublishedOnset]
    version: str


@dataclass(frozen=True)
class _Arm:
    name: str
    unit: str
    limit: str
    setting: dict[str, str]


def write_onset(evidence: Path, labels: Path, exposure: Path, out: Path, study: OnsetStudy, gap_days: int) -> None:
    """Reports arm: write `onset/results.parquet` and `onset/curves.parquet` below `out`.

    Parameters
    ----------
    evidence, labels, exposure, out
        Folders of the layers of the reports arm.
    study
        The study.
    gap_days
        Most days between two courses of one therapy (study/triggers.yaml: windows.gap_days).

    """
    main = study.params.main
    universe = UNIVERSE.scan(exposure / "universe").select("subject_id", "is_representative", "quarter").collect()
    counted = universe if main.duplicates == "kept" else universe.filter("is_representative")
    cases = _cases(labels, study.params).join(counted, on="subject_id", how="semi")
    courses = _courses(evidence, cases)
    if main.roles in ROLES_COUNTED:
        courses = courses.filter(pl.col("role").is_in(ROLES_COUNTED[main.roles]))
    data_end = _last_day_of(str(universe["quarter"].max())) if universe.height else 0
    from_start = clocks.since_start(courses, gap_days, data_end)
    arm = _Arm(
        "reports",
        "distinct reports that meet the definition",
        "limit: end of the last quarter - start",
        {"roles": main.roles, "duplicates": main.duplicates},
    )
    _write(arm, cases, _all_times(from_start, courses), study, out / "onset")


def write_cohort_onset(evidence: Path, labels: Path, exposure: Path, out: Path, study: OnsetStudy) -> None:
    """Cohort arm: write `onset/results.parquet` and `onset/curves.parquet` below `out`; parameters as for `write_onset`."""
    cases = _cases(labels, study.params)
    courses = _courses(evidence, cases)
    episodes = EPISODES.scan(evidence / "episodes").join(cases.lazy(), on="subject_id", how="semi").collect()
    eras = ERAS.scan(exposure / "eras").join(episodes.lazy(), on="person_id", how="semi").collect()
    observed = CASE_OBSERVATION.scan(exposure / "case_observation.parquet").collect()
    gap_days, window = study.params.cohort.exposure.persistence_gap_days, study.settings.window_days
    from_start = clocks.since_era_start(courses, episodes, eras, observed, gap_days, window)
    arm = _Arm(
        "cohort",
        "episodes that meet the definition",
        f"limit: end of observation - start of the era, at most {window} days; later onset is not looked at",
        {},
    )
    _write(arm, cases, _all_times(from_start, courses), study, out / "onset")


def _cases(labels: Path, params: Params) -> pl.DataFrame:
    verdicts = VERDICTS.scan(labels / "verdicts").filter(pl.col("definition").is_in(params.definitions), verdict="met")
    return verdicts.select("definition", "subject_id").collect().sort("definition", "subject_id")


def _courses(evidence: Path, cases: pl.DataFrame) -> pl.DataFrame:
    return EXPOSURES.scan(evidence / "exposures").join(cases.lazy(), on="subject_id", how="semi").collect()


def _all_times(from_start: pl.DataFrame, courses: pl.DataFrame) -> pl.DataFrame:
    others = (clocks.since_dose_increase, clocks.since_stop, clocks.since_injection)
    return pl.concat([from_start, *(clock(courses) for clock in others)])


def _last_day_of(quarter: str) -> int:
    """The last day of `2024Q1`, in days since 1970-01-01."""
    year, number = (int(part) for part in quarter.split("Q"))
    next_quarter = pl.date(year + number // 4, 3 * (number % 4) + 1, 1)
    return int(pl.select(next_quarter.cast(pl.Int32)).item()) - 1


def _write(arm: _Arm, cases: pl.DataFrame, times: pl.DataFrame, study: OnsetStudy, folder: Path) -> None:
    level, main = study.params.level, pl.col("definition") == study.params.main.definition
    groups = onset_groups(study.drugs, study.params.generations)
    grouped = grouped_times(cases, times, groups)
    shown = shown_groups(cases, grouped, groups, study.params.definitions)
    shown_in_main, of_main = shown.filter(main), grouped.filter(main)
    from_start = fitted.cases_from_start(shown_in_main, of_main)
    frames = {
        **_counted(shown, grouped, study.published, level),
        **_fitted(from_start, study.settings, level, arm.limit),
        "onset_equality_p": _tested(shown_in_main, of_main, study.settings),
    }
    write_results(_rows(frames, arm, level), folder / "results.parquet", study.version)
    curves = [empirical_curves(of_main, level), truncated_curves(from_start, level, arm.limit)]
    CURVES.write(pl.concat([curve_rows(points, arm.name, level) for points in curves]), folder / "curves.parquet")


def _rows(frames: Frames, arm: _Arm, level: float) -> pl.DataFrame:
    settings = [pl.lit(value).alias(name) for name, value in arm.setting.items()]
    closed = pl.when(pl.col("high").is_finite()).then("high")
    return pl.concat(
        result_rows(
            frame.with_columns(*settings, high=closed),
            measure,
            arm=arm.name,
            unit=arm.unit,
            method=method,
            level=None if measure.endswith("_p") else level,
        )
        for measure, (frame, method) in frames.items()
    )


def _counted(shown: pl.DataFrame, grouped: pl.DataFrame, published: Sequence[PublishedOnset], level: float) -> Frames:
    """Frame and method of each measure that is computed under every definition."""
    within = numbers.within_proportions(shown, grouped, level)
    medians = numbers.quartiles(shown, grouped, level)
    shares_less, medians_less = numbers.against_published(within, medians, published)
    return {
        "onset_known_proportion": (numbers.known_proportions(shown, level), f"cases with a time / cases; {EXACT}"),
        "onset_unknown_proportion": (
            numbers.reason_proportions(shown, grouped, level),
            f"cases without a time for this reason / cases; {EXACT}",
        ),
        "onset_quantile": (medians, f"{ELAPSED}; {ORDER_STATISTICS}; {OPEN}"),
        "onset_within_proportion": (within, f"cases with onset within so many days / cases with a time; {ELAPSED}; {EXACT}"),
        "onset_in_interval_proportion": (
            numbers.in_interval_proportions(shown, grouped, level),
            f"cases with onset within the dosing interval of the last injection / cases whose interval is known; {EXACT}",
        ),
        "onset_within_difference": (
            shares_less,
            f"share - published share; limits of the Clopper-Pearson interval less the same: 0 outside is the exact binomial "
            f"test; {FIXED}; several definitions and marks, not corrected",
        ),
        "onset_median_difference": (
            medians_less,
            f"median - published median; {ORDER_STATISTICS} less the same: 0 outside is the sign test; {FIXED}; several "
            f"definitions, not corrected; {OPEN}",
        ),
    }


def _fitted(cases: list[fitted.Cases], settings: OnsetSettings, level: float, limit: str) -> Frames:
    """Frame and method of each measure that a distribution is fitted for."""
    shapes, scales, tests = fitted.weibull_frames(cases, level, settings.bootstraps, settings.seed)
    method = f"{weibull.METHOD}; {limit}; {OPEN}; {MAIN_ONLY}"
    return {
        "onset_weibull_shape": (shapes, method),
        "onset_weibull_scale": (scales, method),
        "onset_weibull_fit_p": (tests, f"{fit_quality.METHOD}, {settings.bootstraps} samples; {limit}; {MAIN_ONLY}"),
        "onset_within_truncated_proportion": (
            fitted.reverse_shares(cases, level),
            f"{lynden_bell.METHOD}; {limit}; {MAIN_ONLY}",
        ),
    }


def _tested(shown: pl.DataFrame, grouped: pl.DataFrame, settings: OnsetSettings) -> tuple[pl.DataFrame, pl.Expr]:
    tests = fitted.equality_rows(shown, grouped, settings.permutations, settings.seed)
    named = pl.when(pl.col("group") == fitted.ANY).then(pl.lit(equality.METHOD)).otherwise(pl.lit(equality.METHOD_OF_PAIRS))
    return tests, named + f"; {settings.permutations} permutations; {MAIN_ONLY}"

"""One number of the report, exact as the layers hold it and as the report shows it, with the cases that it counts."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
from rapidfuzz import fuzz, process

from nms_pv.audit.text import plain
from nms_pv.report.cases.behind import OF_EPISODES, OF_REPORTS, Sets
from nms_pv.report.cases.of_arm import cases_of_arm
from nms_pv.report.cases.read import SUBJECT
from nms_pv.report.numbers import Row
from nms_pv.report.questions.read import FOLDER, PUBLISHED, WITH_RESULTS
from nms_pv.spec.definitions import Definition
from nms_pv.spec.drugs import load_drugs
from nms_pv.spec.params import Params
from nms_pv.tables.errors import UserError
from nms_pv.tables.measures import RESULTS

FILE = "results.parquet"
SUGGESTED = 3
# The measure whose numerator is all cases of a group.
COUNTED_BY = {"reports": "reports", "cohort": "incidence_rate"}


class UnknownNumberError(UserError):
    """No number has this id."""


@dataclass(frozen=True)
class Number:
    """Rows of `measures/results`: `exact` from the data of the study, `in_report` from its report, None where that lacks it."""

    exact: Row
    in_report: Row | None


@dataclass(frozen=True)
class Behind:
    """The cases that a number counts, sorted, and how many people they are of.

    Where they are not known: why, and the id of the number of all cases of the group, if there is one.
    """

    subject_ids: list[str]
    people: int
    why_unknown: str | None = None
    all_of_group: str | None = None


def read_number(result_id: str, project: Path) -> Number:
    """Read one number.

    Raises
    ------
    UnknownNumberError
        Naming the files that were looked at, and the ids that are nearest.
    ContractError
        When the numbers have not been computed.
    """
    paths = _files(project / "data")
    numbers = pl.concat(RESULTS.scan(path) for path in paths)
    exact = _only(numbers, result_id=result_id)
    if exact is None:
        raise UnknownNumberError(_why_unknown(result_id, numbers.select("result_id").collect()["result_id"], len(paths)))
    report = project / "reports" / FILE
    return Number(exact, _only(RESULTS.scan(report), result_id=result_id) if report.exists() else None)


def cases_behind(row: Row, project: Path, params: Params, definitions: list[Definition]) -> Behind:
    """The cases that the numerator of a number counts."""
    if row["arm"] not in FOLDER:
        return Behind([], 0, "it comes from published studies, and counts no case of this study")
    cases = cases_of_arm(project / "data", row["arm"], params, load_drugs(project / "study"), definitions)
    names = cases.sets.behind(row)
    if names is None:
        return Behind([], 0, _why_no_set(row, cases.sets), _all_of_group(row, project / "data"))
    common = sorted(frozenset.intersection(*(cases.sets.positions.get(name, frozenset()) for name in names)))
    people = len({cases.sets.people[position] for position in common})
    return Behind(cases.subjects.about[SUBJECT].gather(common).to_list(), people)


def _files(data: Path) -> list[Path]:
    folders = [data / folder for folder in FOLDER.values()]
    topics = [data / FOLDER[arm] / topic for arm, names in WITH_RESULTS.items() for topic in names]
    return [*(folder / FILE for folder in (*folders, *topics)), data / PUBLISHED]


def _only(numbers: pl.LazyFrame, **has: object) -> Row | None:
    wanted = [pl.col(name).cast(pl.String).eq_missing(pl.lit(value, pl.String)) for name, value in has.items()]
    return next(numbers.filter(wanted).collect().iter_rows(named=True), None)


def _all_of_group(row: Row, data: Path) -> str | None:
    same = {name: row[name] for name in ("definition", "analysis", "roles", "duplicates", "group_kind", "group")}
    rates = RESULTS.scan(data / FOLDER[row["arm"]] / FILE)
    found = _only(rates, measure=COUNTED_BY[row["arm"]], stratum=None, reference=None, **same)
    return None if found is None else str(found["result_id"])


def _why_unknown(result_id: str, ids: pl.Series, files: int) -> str:
    nearest = [found for found, _, _ in process.extract(result_id, ids.to_list(), scorer=fuzz.ratio, limit=SUGGESTED)]
    return (
        f"no number has the id '{plain(result_id)}'. Looked at: the {len(ids):,} numbers in {files} files {FILE} under "
        f"data/6_measures. Nearest: {', '.join(plain(found) for found in nearest) or 'none'}."
    )


def _why_no_set(row: Row, sets: Sets) -> str:
    if row["numerator"] is None and row["undefined_reason"]:
        return f"it is undefined, and counts none: {plain(row['undefined_reason'])}"
    if row["numerator"] is None:
        return "it has no numerator: a model, a curve or other numbers gave it, and no set of cases adds up to it"
    if row["measure"] not in OF_REPORTS | OF_EPISODES:
        return f"no sets of cases are kept for {row['measure']}"
    if sets.made_of(row) is None:
        return f"the cases of stratum {plain(row['stratum'])} are not kept apart"
    return "the sets of cases that are kept do not add up to its numerator"

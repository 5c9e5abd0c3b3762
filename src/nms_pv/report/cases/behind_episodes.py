"""Sets of episodes, and which of them a number of the cohort arm is made of."""

from collections.abc import Collection

import polars as pl

from nms_pv.report.cases.behind import OF_EPISODES, Names, Sets, antagonists, named, positions
from nms_pv.report.cases.documented import OF_ELEMENTS, OF_TREATMENTS, element_sets, strata_of, treatment_sets
from nms_pv.report.cases.read import SUBJECT, Subjects
from nms_pv.report.numbers import Row
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Params, band_names

COUNTED = "counted"
ANTAGONIST, ANTIPSYCHOTIC = "antagonist", "antipsychotic"
DAYS_PER_YEAR = 365.25
# What strata split the rates of a group by.
SPLITS_OF_RATES = ("age", "sex", "year", "since_start", "years")
# What they split persons by, at their first episode.
SPLITS_OF_PERSONS = ("age", "sex", "year", "element", "treatment", "given")
FATE_OF = {"death_proportion": "died", "death_unknown_proportion": "left alive"}
OF_PERSONS = frozenset([*OF_ELEMENTS, *OF_TREATMENTS, *FATE_OF])
# Its groups have the persons whose first episode on any antipsychotic is the first in the state, so that none is in two.
APART = "element_difference"


def sets_of_episodes(
    subjects: Subjects,
    observed: pl.DataFrame,
    treatments: pl.DataFrame,
    drugs: DrugTable,
    params: Params,
    elements: Collection[str],
) -> Sets:
    """Sets of episodes: what counts in each group under a definition and analysis, and the first of each person there.

    Parameters
    ----------
    subjects
        Of `read_episodes`.
    observed
        Of `observed_until`.
    treatments
        Rows of `labels/treatments` of these.
    drugs
        The drug table.
    params
        Settings.
    elements
        Items and elements, as in `elements_of`.
    """
    counted = subjects.members.filter(pl.col("fate") == COUNTED).with_columns(pl.col("group_kind").cast(pl.String))
    seen = subjects.about.join(observed, on=SUBJECT)
    members = [
        *_rates(counted, params),
        _first(counted, seen, drugs, params.cohort.main_analysis),
        *_described(seen, params),
        *element_sets(subjects, elements),
        *treatment_sets(subjects, treatments),
    ]
    return Sets(_made_of, positions(subjects.about, members), subjects.about["person_id"].to_list())


def _rates(counted: pl.DataFrame, params: Params) -> list[pl.DataFrame]:
    """What counts in each group, as a whole and in every stratum."""
    cell = pl.concat_str("analysis", "definition", "group_kind", "group", separator="/")
    year = pl.col("year").cast(pl.Int32, strict=False)
    periods = (params.cohort.periods.early, params.cohort.periods.late)
    strata = {
        "age": pl.col("age_band"),
        "sex": pl.col("sex"),
        "year": pl.col("year"),
        "since_start": _banded(pl.col("days_since_start"), params.cohort.since_start_days),
    }
    return [
        named(counted, cell),
        *(named(counted, pl.format(f"{{}}/{split}={{}}", cell, value)) for split, value in strata.items()),
        *(named(counted.filter(year.is_between(low, high)), cell + f"/years={low}-{high}") for low, high in periods),
    ]


def _first(counted: pl.DataFrame, seen: pl.DataFrame, drugs: DrugTable, analysis: str) -> pl.DataFrame:
    """The first episode of each person that counts in a group and begins under observation; any antagonist is a group, too."""
    of_main = counted.filter(pl.col("analysis") == analysis).select("analysis", "definition", "group_kind", "group", SUBJECT)
    is_antagonist = pl.col("ingredient").is_in(antagonists(drugs))
    of_any = of_main.filter(pl.col("group_kind") == "ingredient").rename({"group": "ingredient"}).filter(is_antagonist)
    joined = of_any.select("analysis", "definition", SUBJECT, group_kind=pl.lit(ANTAGONIST), group=pl.lit(ANTAGONIST)).unique()
    cell = ["analysis", "definition", "group_kind", "group"]
    first = (
        pl.concat([of_main, joined.select(of_main.columns)])
        .join(seen.select(SUBJECT, "person_id", "start_day"), on=SUBJECT)
        .sort(*cell, "person_id", "start_day", SUBJECT)
        .unique([*cell, "person_id"], keep="first", maintain_order=True)
    )
    return named(first, "first/" + pl.concat_str(cell, separator="/"))


def _described(seen: pl.DataFrame, params: Params) -> list[pl.DataFrame]:
    """Persons as they are at the first day of the episode, and whether they died soon after it or left before one could know."""
    age = (pl.col("start_day") - pl.col("birth_day")) / DAYS_PER_YEAR
    days = params.questions.course.death_days
    is_seen = pl.col("death_day") <= pl.col("seen_until")
    died = is_seen & (pl.col("death_day") - pl.col("start_day") <= days)
    stayed = pl.col("seen_until") - pl.col("start_day") >= days
    is_dead = died.fill_null(False)
    return [
        named(seen, "age=" + _banded(age, params.cohort.age_bands).fill_null("unknown")),
        named(seen, "sex=" + pl.col("sex").cast(pl.String)),
        named(seen, "year=" + pl.col("start_day").cast(pl.Date).dt.year().cast(pl.String)),
        named(seen.filter(is_dead), pl.lit(FATE_OF["death_proportion"])),
        named(seen.filter(~is_dead & ~stayed), pl.lit(FATE_OF["death_unknown_proportion"])),
    ]


def _banded(value: pl.Expr, bounds: list[int]) -> pl.Expr:
    """The name of the band that a value lies in."""
    reached = pl.sum_horizontal(value >= low for low in bounds)
    names = dict(enumerate(band_names(bounds), start=1))
    return pl.when(value.is_not_null()).then(reached.replace_strict(names, default=None, return_dtype=pl.String))


def _made_of(row: Row) -> Names | None:
    splits = SPLITS_OF_PERSONS if row["measure"] in OF_PERSONS else SPLITS_OF_RATES
    strata = strata_of(row)
    if row["measure"] not in OF_EPISODES or any(part.split("=")[0] not in splits for part in strata):
        return None
    cell = "/".join((row["analysis"], row["definition"], row["group_kind"], row["group"]))
    if row["measure"] not in OF_PERSONS:
        return ("/".join([cell, *strata]),)
    names = [f"first/{cell}", *strata]
    names += [FATE_OF[row["measure"]]] if row["measure"] in FATE_OF else []
    anybody = "/".join(("first", row["analysis"], row["definition"], ANTIPSYCHOTIC, ANTIPSYCHOTIC))
    names += [anybody] if row["measure"] == APART else []
    return tuple(names)

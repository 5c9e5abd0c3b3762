"""Which cases a number counts: an intersection of sets of cases, never more than what it counts."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import polars as pl

from nms_pv.report.cases.read import SUBJECT, Subjects
from nms_pv.report.numbers import Row
from nms_pv.spec.definitions import Definition
from nms_pv.spec.drug_groups import ALL, Groups
from nms_pv.tables.measures import ROLES_COUNTED

# The numerator of these is the reports of a group that meet a definition.
OF_REPORTS = frozenset(
    [
        "reports",
        "reporting_proportion",
        "ror",
        "prr",
        "chi2_yates",
        "ic",
        "ror_stratified",
        "ic_stratified",
        "ror_conditional",
        "p_value",
        "q_value",
        "ebgm",
        "ebgm_stratified",
        "expected_reports",
        "expected_reports_stratified",
        "adjusted_ror",
        "adjusted_ror_firth",
        "calibrated_ror",
        "calibrated_p",
        "masking_ratio",
        "pooled_ratio",
        "element_documented_proportion",
        "fatal_proportion",
        "serious_proportion",
        "ror_by_year",
    ]
)
FLAG_OF = {"fatal_proportion": "fatal", "serious_proportion": "serious"}
# That of these is the episodes, or the people with one, that count in a group.
OF_EPISODES = frozenset({"incidence_rate", "incidence_proportion"})
OF_PEOPLE = "incidence_proportion"
ANTIPSYCHOTICS = ("generation", ["FGA", "SGA", "TGA"])
AMONG_ANTIPSYCHOTICS = "other antipsychotics"
SPLITS = ("year", "age", "sex", "element")
COUNTED, PRESENT = "counted", 1

Names = tuple[str, ...]


@dataclass(frozen=True)
class Sets:
    """Sets of subjects by name, each as sorted positions in `Subjects.about`; `made_of` names those that a number is made of."""

    made_of: Callable[[Row], Names | None]
    positions: dict[str, frozenset[int]]
    people: list[int]

    def behind(self, row: Row) -> Names | None:
        """The sets whose common subjects are what the numerator counts; None where that is not so."""
        names = None if row["numerator"] is None else self.made_of(row)
        if names is None:
            return None
        common = frozenset.intersection(*(self.positions.get(name, frozenset()) for name in names))
        counted = len({self.people[position] for position in common}) if row["measure"] == OF_PEOPLE else len(common)
        return names if counted == row["numerator"] else None


def sets_of_reports(subjects: Subjects, groups: Groups, definitions: Collection[Definition]) -> Sets:
    """Sets of reports: by definition, duplicates, year, age band, sex, outcome, element, and group of drugs under each roles."""
    about = subjects.about
    named = [
        _named(about.filter("is_representative"), pl.lit("collapsed")),
        _named(about.filter("is_fatal"), pl.lit("fatal")),
        _named(about.filter("is_serious"), pl.lit("serious")),
        *(
            _named(about, pl.format(f"{split}={{}}", pl.col(column).cast(pl.String).fill_null("unknown")))
            for split, column in (("year", "received_year"), ("age", "age_band"), ("sex", "sex"))
        ),
        _met(subjects),
        *(_elements(subjects, definition) for definition in definitions),
        *_grouped(subjects, groups),
    ]
    return Sets(_made_of_reports, _positions(about, named), list(range(about.height)))


def sets_of_episodes(subjects: Subjects) -> Sets:
    """Sets of episodes: those that count in one group under one definition and analysis, as a whole and by age, sex and year."""
    counted = subjects.members.filter(pl.col("fate") == COUNTED)
    cell = pl.concat_str("analysis", "definition", pl.col("group_kind").cast(pl.String), "group", separator="/")
    splits = [
        pl.format(f"{{}}/{split}={{}}", cell, column) for split, column in (("age", "age_band"), ("sex", "sex"), ("year", "year"))
    ]
    named = [_named(counted, name) for name in (cell, *splits)]
    return Sets(_made_of_episodes, _positions(subjects.about, named), subjects.about["person_id"].to_list())


def _named(rows: pl.DataFrame, name: pl.Expr) -> pl.DataFrame:
    return rows.select(SUBJECT, name=name)


def _met(subjects: Subjects) -> pl.DataFrame:
    return _named(subjects.verdicts.filter(pl.col("verdict") == "met"), pl.format("met={}", "definition"))


def _elements(subjects: Subjects, definition: Definition) -> pl.DataFrame:
    """Where each drug course or finding that a definition reads is present, from the digits of its states."""
    verdicts = subjects.verdicts.filter(pl.col("definition") == definition.name)
    present = [
        verdicts.filter(pl.col("states") // pl.lit(3**place, pl.UInt64) % 3 == PRESENT).select(
            SUBJECT, name=pl.lit(f"element={definition.name}:{leaf}")
        )
        for place, leaf in enumerate(definition.leaves)
    ]
    return pl.concat(present)


def _grouped(subjects: Subjects, groups: Groups) -> Iterable[pl.DataFrame]:
    members = subjects.members.join(groups.members, on=["ingredient", "formulation"]).join(groups.names, on="group_no")
    for roles, counted in ROLES_COUNTED.items():
        exposed = members.filter(pl.col("role").cast(pl.String).is_in(counted))
        yield _named(exposed, pl.format(f"{{}}={{}}/{roles}", "group_kind", "group"))
        kind, names = ANTIPSYCHOTICS
        yield _named(exposed.filter(pl.col("group_kind") == kind, pl.col("group").is_in(names)), pl.lit(f"antipsychotic/{roles}"))


def _positions(about: pl.DataFrame, named: list[pl.DataFrame]) -> dict[str, frozenset[int]]:
    places = about.select(SUBJECT).with_row_index("place")
    found = pl.concat(named).join(places, on=SUBJECT).group_by("name").agg("place")
    return {name: frozenset(members) for name, members in found.iter_rows()}


def _made_of_reports(row: Row) -> Names | None:
    strata = [part for part in (row["stratum"] or "").split(";") if part]
    if row["measure"] not in OF_REPORTS or any(part.split("=")[0] not in SPLITS for part in strata):
        return None
    names = [f"met={row['definition']}", *strata]
    names += ["collapsed"] if row["duplicates"] == "collapsed" else []
    names += [FLAG_OF[row["measure"]]] if row["measure"] in FLAG_OF else []
    names += (
        [f"antipsychotic/{row['roles']}"]
        if row["reference"] == AMONG_ANTIPSYCHOTICS or row["group_kind"] == "antipsychotic"
        else []
    )
    if (row["group_kind"], row["group"]) != ALL and row["group_kind"] != "antipsychotic":
        names.append(f"{row['group_kind']}={row['group']}/{row['roles']}")
    return tuple(names)


def _made_of_episodes(row: Row) -> Names | None:
    if row["measure"] not in OF_EPISODES:
        return None
    cell = "/".join((row["analysis"], row["definition"], row["group_kind"], row["group"]))
    return (f"{cell}/{row['stratum']}" if row["stratum"] else cell,)

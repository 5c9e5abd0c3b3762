"""Sets of reports, and which of them a number of the reports arm is made of."""

from collections.abc import Collection, Iterable

import polars as pl

from nms_pv.report.cases.behind import OF_REPORTS, Names, Sets, antagonists, named, positions
from nms_pv.report.cases.documented import element_sets, strata_of, treatment_sets
from nms_pv.report.cases.read import Subjects
from nms_pv.report.numbers import Row
from nms_pv.spec.drug_groups import ALL, drug_groups
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Generations
from nms_pv.tables.measures import ROLES_COUNTED

FLAG_OF = {"fatal_proportion": "fatal", "serious_proportion": "serious"}
ANTIPSYCHOTICS = ("generation", ["FGA", "SGA", "TGA"])
ANTIPSYCHOTIC, ANTAGONIST = "antipsychotic", "antagonist"
AMONG_ANTIPSYCHOTICS = "other antipsychotics"
# Its groups have the reports that name one generation only, so that none is in two.
APART = "element_difference"
# What strata split reports by, and the column that says it.
COLUMN_OF = {
    "year": "received_year",
    "age": "age_band",
    "sex": "sex",
    "reporter_type": "reporter_type",
    "report_type": "report_type",
}
DOCUMENTED = ("element", "treatment", "given")
YEAR_UNKNOWN = {"year_unknown": "year=unknown"}


def sets_of_reports(
    subjects: Subjects, treatments: pl.DataFrame, drugs: DrugTable, generations: Generations, elements: Collection[str]
) -> Sets:
    """Sets of reports: by definition, duplicates, outcome, what strata split by, what is documented, and group of drugs by roles.

    Parameters
    ----------
    subjects
        Of `read_reports`.
    treatments
        Rows of `labels/treatments` of these.
    drugs, generations
        The drug table, and how it settles disputed generations.
    elements
        Items and elements, as in `elements_of`.
    """
    about = subjects.about
    members = [
        named(about.filter("is_representative"), pl.lit("collapsed")),
        named(about.filter("is_fatal"), pl.lit("fatal")),
        named(about.filter("is_serious"), pl.lit("serious")),
        *(
            named(about, pl.format(f"{split}={{}}", pl.col(column).cast(pl.String).fill_null("unknown")))
            for split, column in COLUMN_OF.items()
        ),
        named(subjects.verdicts.filter(pl.col("verdict") == "met"), pl.format("met={}", "definition")),
        *element_sets(subjects, elements),
        *treatment_sets(subjects, treatments),
        *_grouped(subjects, drugs, generations),
    ]
    return Sets(_made_of, positions(about, members), list(range(about.height)))


def _grouped(subjects: Subjects, drugs: DrugTable, generations: Generations) -> Iterable[pl.DataFrame]:
    groups = drug_groups(drugs, generations)
    members = subjects.members.join(groups.members, on=["ingredient", "formulation"]).join(groups.names, on="group_no")
    for roles, counted in ROLES_COUNTED.items():
        exposed = members.filter(pl.col("role").cast(pl.String).is_in(counted))
        kind, names = ANTIPSYCHOTICS
        generation = exposed.filter(pl.col("group_kind") == kind)
        is_alone = pl.col("group").n_unique().over("subject_id") == 1
        yield named(exposed, pl.format(f"{{}}={{}}/{roles}", "group_kind", "group"))
        yield named(exposed.filter(pl.col("ingredient").is_in(antagonists(drugs))), pl.lit(f"{ANTAGONIST}={ANTAGONIST}/{roles}"))
        yield named(generation.filter(pl.col("group").is_in(names)), pl.lit(f"{ANTIPSYCHOTIC}/{roles}"))
        yield named(generation.filter(is_alone), pl.format(f"{kind}={{}} alone/{roles}", "group"))


def _made_of(row: Row) -> Names | None:
    strata = [YEAR_UNKNOWN.get(part, part) for part in strata_of(row)]
    if row["measure"] not in OF_REPORTS or any(part.split("=")[0] not in (*COLUMN_OF, *DOCUMENTED) for part in strata):
        return None
    names = [f"met={row['definition']}", *strata, *_drugs(row)]
    names += ["collapsed"] if row["duplicates"] == "collapsed" else []
    names += [FLAG_OF[row["measure"]]] if row["measure"] in FLAG_OF else []
    return tuple(names)


def _drugs(row: Row) -> list[str]:
    """The sets of the group of drugs, all of which a report must be in."""
    kind, group, roles = row["group_kind"], row["group"], row["roles"]
    antipsychotic = [f"{ANTIPSYCHOTIC}/{roles}"]
    among = antipsychotic if row["reference"] == AMONG_ANTIPSYCHOTICS else []
    if (kind, group) == ALL:
        return among
    if kind == ANTIPSYCHOTIC:
        return antipsychotic
    return [f"{kind}={group}{' alone' if row['measure'] == APART else ''}/{roles}", *among]

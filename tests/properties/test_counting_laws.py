"""Counting tallies gives what counting sets of reports gives, for any reports."""

from itertools import product

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from nms_pv.measures.reports.counting import count_grid
from nms_pv.measures.reports.tally import add_up, tally_part
from nms_pv.spec.drug_groups import Groups
from nms_pv.tables.exposure import REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import VERDICTS
from nms_pv.tables.measures import REPRESENTATIVE_COUNTED, ROLES_COUNTED

KINDS = {"x": "FGA", "y": "FGA", "z": "SGA"}
NAMES = pl.DataFrame(
    {"group_kind": ["all", "generation", "generation"], "group": ["all", "FGA", "SGA"]},
).with_row_index("group_no")
MEMBERS = pl.DataFrame(
    [(ingredient, form, group) for ingredient, group in KINDS.items() for form in ("long_acting", "other")],
    schema={"ingredient": pl.String, "formulation": REPORT_INGREDIENTS.types["formulation"], "group": pl.String},
    orient="row",
).join(NAMES, on="group")
GROUPS = Groups(NAMES, MEMBERS.select("ingredient", "formulation", "group_no"))

drug = st.tuples(st.sampled_from(list(KINDS)), st.sampled_from(["long_acting", "other"]))
report = st.fixed_dictionaries(
    {
        "drugs": st.dictionaries(drug, st.sampled_from(["PS", "SS", "other"]), max_size=4),
        "verdict": st.sampled_from(["met", "not_met", "indeterminate"]),
        "is_representative": st.booleans(),
        "part": st.integers(0, 2),
    }
)
Report = dict[str, object]


def tables_of(reports: dict[int, Report]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    described = (True, False, "2020Q1", None, "unknown", "unknown", "unknown", "unknown", None, None, None)
    universe = [(str(n), 2020, r["is_representative"], *described) for n, r in reports.items()]
    ingredients = [(str(n), *key, role) for n, r in reports.items() for key, role in r["drugs"].items()]
    verdicts = [(str(n), "pt_only", r["verdict"], None, None, "", "", "", 0) for n, r in reports.items()]
    return tuple(
        pl.DataFrame(rows, schema=table.types, orient="row")
        for rows, table in [(universe, UNIVERSE), (ingredients, REPORT_INGREDIENTS), (verdicts, VERDICTS)]
    )


@settings(deadline=None)
@given(st.lists(report, min_size=1, max_size=12))
def test_counts_are_those_of_sets_of_reports(drawn: list[Report]) -> None:
    reports = dict(enumerate(drawn))
    parts = [{n: r for n, r in reports.items() if r["part"] == part} for part in range(3)]
    grid = count_grid(add_up([tally_part(*tables_of(part), GROUPS) for part in parts]), GROUPS)
    counted = {
        tuple(row[:4]): tuple(row[4:])
        for row in grid.select("roles", "duplicates", "group_kind", "group", "a", "group_reports", "cases", "reports").rows()
    }

    expected = {}
    for roles, duplicates, (kind, group) in product(
        ROLES_COUNTED, REPRESENTATIVE_COUNTED, [("all", "all"), ("generation", "FGA"), ("generation", "SGA")]
    ):
        universe = {n for n, r in reports.items() if r["is_representative"] in REPRESENTATIVE_COUNTED[duplicates]}
        cases = {n for n in universe if reports[n]["verdict"] == "met"}
        named = {
            n
            for n in universe
            for (ingredient, _), role in reports[n]["drugs"].items()
            if KINDS[ingredient] == group and role in ROLES_COUNTED[roles]
        }
        members = universe if kind == "all" else named
        expected[(roles, duplicates, kind, group)] = (len(members & cases), len(members), len(cases), len(universe))
    assert counted == expected

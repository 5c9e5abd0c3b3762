"""What must hold for the grid and for the reasons of zeros, whatever the reports."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nms_pv.measures.grid.groups import antipsychotic_groups, with_antipsychotic
from nms_pv.measures.grid.reports import CELLS, GridTally, add_up, specifications, tally_part
from nms_pv.measures.grid.summary import variance_shares
from nms_pv.measures.why_zero import reports as why_zero
from nms_pv.spec.drug_groups import drug_groups
from tests.lib.grid_study import VERDICT_OF, Study
from tests.lib.small_study import DRUGS, TABLE_GENERATIONS, drug_table

few = settings(max_examples=20, deadline=None)
GROUPS = antipsychotic_groups(drug_table(), TABLE_GENERATIONS)
EVERY = drug_groups(drug_table(), TABLE_GENERATIONS)
drug = st.tuples(st.sampled_from([name for name, *_ in DRUGS]), st.sampled_from(["PS", "SS", "other"]))
report = st.fixed_dictionaries(
    {
        "drugs": st.lists(drug, max_size=3, unique_by=lambda pair: pair[0]).map(lambda pairs: ",".join(map(" ".join, pairs))),
        "pt_only": st.sampled_from(["met", "not_met"]),
        "strict": st.sampled_from(["met", "not_met", "indeterminate"]),
        "representative": st.booleans(),
        "quarter": st.sampled_from(["2012Q3", "2012Q4"]),
        "in_universe": st.booleans(),
    }
)
studies = st.lists(report, min_size=1, max_size=12).map(lambda reports: Study(*reports))
CHOICES = ["definition", "roles", "duplicates", "comparator", "era", "group_kind", "group"]


def tally(study: Study) -> GridTally:
    return tally_part(study.universe, study.ingredients, study.met, GROUPS)


def cells(study: Study) -> pl.DataFrame:
    return specifications(add_up([tally(study)]), GROUPS, VERDICT_OF)


def wide(found: pl.DataFrame, choice: str) -> pl.DataFrame:
    """One column for each level of the choice and cell, `a:legacy`."""
    others = [name for name in CHOICES if name != choice]
    long = found.unpivot(["a", "group_size"], index=CHOICES).with_columns(
        cell=pl.concat_str("variable", pl.col(choice).cast(pl.String), separator=":")
    )
    return long.pivot(on="cell", index=others, values="value")


@given(studies)
@few
def test_eras_add_up_and_wider_choices_hold_narrower_ones(study: Study) -> None:
    found = cells(study)
    assert found.filter(pl.any_horizontal(pl.col(CELLS) < 0) | (pl.col("a") > pl.col("group_size"))).is_empty()
    assert found.filter(pl.col("reference_a") > pl.col("reference_size")).is_empty()
    eras = (
        found.filter(comparator="all_other_reports")
        .group_by([name for name in CHOICES if name != "era"])
        .agg((2 * pl.col(cell).filter(era="all").sum() == pl.col(cell).sum()).alias(cell) for cell in CELLS)
    )
    assert eras.select(pl.all_horizontal(pl.col(CELLS).all())).item()
    for cell in ("a", "group_size"):
        roles = wide(found, "roles")
        assert (roles[f"{cell}:ps"] <= roles[f"{cell}:ps+ss"]).all()
        assert (roles[f"{cell}:ps+ss"] <= roles[f"{cell}:any"]).all()
        copies = wide(found, "duplicates")
        assert (copies[f"{cell}:collapsed"] <= copies[f"{cell}:kept"]).all()
        compared = wide(found, "comparator")
        assert (compared[f"{cell}:all_other_reports"] == compared[f"{cell}:other_antipsychotics"]).all()


@given(studies)
@few
def test_a_group_and_its_reference_are_always_the_same_whole(study: Study) -> None:
    setting = ["definition", "roles", "duplicates", "comparator", "era"]
    whole = (
        cells(study)
        .group_by(setting)
        .agg(
            cases=(pl.col("a") + pl.col("reference_a")).n_unique(),
            size=(pl.col("group_size") + pl.col("reference_size")).n_unique(),
        )
    )
    assert whole["cases"].to_list() == whole["size"].to_list() == [1] * whole.height


@given(studies, studies)
@few
def test_tallies_of_parts_add_up(one: Study, other: Study) -> None:
    renamed = [report | {"subject_id": f"faers:9{number}"} for number, report in enumerate(other.reports)]
    both = Study(*one.reports, *renamed)
    parts = specifications(add_up([tally(one), tally(other)]), GROUPS, VERDICT_OF)
    assert parts.sort(CHOICES).equals(cells(both).sort(CHOICES))


@given(studies)
@few
def test_every_zero_of_the_grid_has_one_reason_and_nothing_else_has(study: Study) -> None:
    groups = with_antipsychotic(EVERY, drug_table())
    part = why_zero.tally_part(study.universe, study.ingredients, study.verdicts, study.courses, groups)
    reasons = why_zero.zeros(why_zero.add_up([part]), groups, VERDICT_OF)
    address = ["definition", "roles", "duplicates", "group_kind", "group"]
    whole = (
        cells(study)
        .filter(comparator="all_other_reports", era="all")
        .select("definition", pl.col("roles", "duplicates", "group_kind", "group").cast(pl.String), "a")
    )
    ours = reasons.select("definition", pl.col("roles", "duplicates", "group_kind", "group").cast(pl.String), "reason")
    assert ours.select(address).is_duplicated().sum() == 0
    joined = whole.join(ours, on=address, how="left")
    assert (joined["a"] == 0).equals(joined["reason"].is_not_null())


values = st.lists(st.floats(-3, 3), min_size=12, max_size=12)


@given(values, st.permutations(range(12)), st.floats(0.5, 4))
@few
def test_variance_shares_know_neither_order_nor_scale_and_add_up(numbers: list[float], order: list[int], times: float) -> None:
    here = np.round(np.array(numbers), 3)
    levels = {"definition": [str(i % 3) for i in range(12)], "roles": [str(i // 6) for i in range(12)]}
    found = variance_shares(here, levels)
    moved = variance_shares(times * here[order] + 1, {name: [level[place] for place in order] for name, level in levels.items()})
    if np.ptp(here) == 0:
        assert np.isnan(found.rest)
        return
    assert moved.factors == pytest.approx(found.factors, abs=1e-6)
    assert sum(found.factors.values()) + found.rest == pytest.approx(1, abs=1e-7)
    # Every definition meets every role equally often, so no share can hide in another.
    assert all(-1e-9 <= share <= 1 for share in [*found.factors.values(), found.rest])

from pathlib import Path

import polars as pl
import pytest

from nms_pv.measures.interaction.pairs import PARTNERS, Together, add_up, ingredient_pairs, kind_pairs, pair_cells, tally_part
from nms_pv.measures.interaction.write import interaction_numbers, write_interaction
from nms_pv.spec.params import Params, load_params
from nms_pv.tables.measures import RESULTS
from tests.lib.drug_reports import write_layers
from tests.lib.small_study import MAIN, TABLE_GENERATIONS, VERSION, drug_table


def together(*reports: tuple[bool, str]) -> Together:
    """The tally of reports, each a case or not, with the ingredients it names."""
    frame = pl.DataFrame({"subject_id": [str(n) for n in range(len(reports))], "is_case": [case for case, _ in reports]})
    named = [(str(n), name) for n, (_, names) in enumerate(reports) for name in names.split()]
    ingredients = pl.DataFrame(named, schema={"subject_id": pl.String, "ingredient": pl.String}, orient="row")
    return add_up([tally_part(frame, ingredients, drug_table(), TABLE_GENERATIONS)])


def test_cells_of_a_pair_by_hand() -> None:
    tally = together(
        *[(True, "metoclopramide haloperidol")] * 2,
        (False, "metoclopramide haloperidol"),
        *[(True, "haloperidol")] * 3,
        *[(False, "haloperidol")] * 4,
        *[(False, "metoclopramide biperiden")] * 5,
        *[(True, "")] * 6,
        *[(False, "")] * 7,
    )
    row = pair_cells(tally).filter(group="metoclopramide + haloperidol")
    assert row.drop("group").row(0) == (2, 3, 0, 5, 3, 7, 6, 13)
    assert pair_cells(tally).filter(group="metoclopramide + FGA").drop("group").row(0) == (2, 3, 0, 5, 3, 7, 6, 13)


def test_kinds_are_always_shown_and_ingredients_from_three_reports_on() -> None:
    groups = pair_cells(together(*[(False, "biperiden haloperidol")] * 2, *[(True, "biperiden risperidone")] * 3))[
        "group"
    ].to_list()
    assert "biperiden + risperidone" in groups
    assert "biperiden + haloperidol" not in groups
    assert len(groups) == len(PARTNERS) * 4 + 3 + 1


def test_two_antipsychotics_are_one_pair() -> None:
    pairs = ingredient_pairs(drug_table()).rows()
    assert ("haloperidol", "risperidone") in pairs
    assert ("risperidone", "haloperidol") not in pairs
    assert not [pair for pair in pairs if pair[0] == pair[1]]
    assert ("FGA", "SGA") in kind_pairs().rows()


def numbers(tally: Together, measure: str, group: str) -> dict[str, object]:
    return interaction_numbers(tally, MAIN, 0.95)[measure].filter(group=group).row(0, named=True)


def test_a_pair_that_nobody_names_has_a_reason_and_no_number() -> None:
    row = numbers(together((True, "haloperidol"), (False, "biperiden"), (False, "")), "omega", "anticholinergic + FGA")
    assert (row["numerator"], row["denominator"]) == (0, 0)
    assert (row["estimate"], row["undefined_reason"]) == (None, "no report names both drugs")


@pytest.mark.parametrize(
    ("reports", "reason"),
    [
        ([(True, "haloperidol")], "no report names two or more antipsychotics"),
        ([(True, "haloperidol risperidone")], "no report names one antipsychotic alone"),
        (
            [(False, "haloperidol risperidone"), (True, "haloperidol")],
            "no report that names two or more antipsychotics meets the definition",
        ),
        (
            [(True, "haloperidol risperidone"), (False, "haloperidol")],
            "no report that names one antipsychotic alone meets the definition",
        ),
        (
            [(True, "haloperidol risperidone"), (True, "haloperidol")],
            "every report that names two or more antipsychotics meets the definition",
        ),
    ],
)
def test_polypharmacy_that_cannot_be_compared_has_a_reason(reports: list[tuple[bool, str]], reason: str) -> None:
    row = numbers(together(*reports), "ror", "two or more antipsychotics")
    assert (row["estimate"], row["undefined_reason"]) == (None, reason)


def test_polypharmacy_against_one_antipsychotic() -> None:
    both, one = (True, "haloperidol risperidone"), (False, "haloperidol risperidone")
    tally = together(both, *[one] * 3, *[(True, "haloperidol")] * 2, *[(False, "haloperidol")] * 18, *[(True, "biperiden")] * 9)
    assert numbers(tally, "ror", "two or more antipsychotics")["estimate"] == pytest.approx(1 * 18 / (3 * 2))
    assert numbers(tally, "proportion_difference", "two or more antipsychotics")["estimate"] == pytest.approx(1 / 4 - 2 / 20)


@pytest.fixture
def params(repository: Path) -> Params:
    return load_params(repository / "params.yaml").model_copy(update={"definitions": ["pt_only"]})


def test_results_are_written_alike_every_time(tmp_path: Path, params: Params) -> None:
    write_layers(tmp_path)
    for out in ("one", "two"):
        write_interaction(tmp_path / "labels", tmp_path / "exposure", tmp_path / out, drug_table(), params, VERSION)
    one, two = (tmp_path / out / "interaction" / "results.parquet" for out in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    written = RESULTS.scan(one).collect()
    pair = written.filter(pl.col("result_id") == "omega/pt_only/any/collapsed/pair/metoclopramide + haloperidol")
    assert pair["estimate"].is_not_null().all()
    assert pair["screen_met"].is_not_null().all()

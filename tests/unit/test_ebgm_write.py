"""EBGM of groups: what is counted, expected and written, and why a number is empty."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.ebgm.write import write_ebgm
from nms_pv.measures.gamma_mixture.prior import DUMOUCHEL_1999
from nms_pv.measures.gamma_mixture.score import ebgm
from nms_pv.spec.params import Params, load_params
from nms_pv.tables.contract import ContractError
from nms_pv.tables.ebgm import EBGM_FITS, EBGM_PRIORS
from nms_pv.tables.exposure import PAIR_DRUGS, PAIR_STRATA, PAIR_TERMS, PAIRS, REPORT_INGREDIENTS, UNIVERSE
from nms_pv.tables.labels import DEFINITIONS, VERDICTS
from nms_pv.tables.measures import RESULTS
from tests.lib.declared_rows import rows
from tests.lib.pair_tables import drawn, names, pairs_of
from tests.lib.small_study import VERSION, drug_table

FIXED = "dumouchel_1999"
# subject, part, ingredient, role, representative, age band, sex, year, meets the definition
REPORTS = [
    ("faers:1", "a", "haloperidol", "PS", True, "0-39", "female", 2020, True),
    ("faers:2", "a", "haloperidol", "SS", True, "40+", "female", 2020, True),
    ("faers:3", "a", "haloperidol", "other", True, "40+", "female", 2020, True),
    ("faers:4", "a", "haloperidol", "PS", False, "0-39", "female", 2020, True),
    ("faers:5", "b", "risperidone", "PS", True, "40+", "female", 2020, False),
    ("faers:6", "b", "risperidone", "PS", True, "unknown", "male", None, True),
    ("faers:7", "b", "aripiprazole", "PS", True, "unknown", "male", 2020, False),
    ("faers:8", "b", "haloperidol", "PS", True, "unknown", "male", None, False),
]


@pytest.fixture
def params(repository: Path) -> Params:
    return load_params(repository / "params.yaml").model_copy(update={"definitions": ["=pt", "=none"]})


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    for part in ("a", "b"):
        here = [row for row in REPORTS if row[1] == part]
        universe = [
            {"subject_id": row[0], "is_representative": row[4], "age_band": row[5], "sex": row[6], "received_year": row[7]}
            | {"quarter": "2020Q1"}
            for row in here
        ]
        exposed = [{"subject_id": row[0], "ingredient": row[2], "role": row[3], "formulation": "other"} for row in here]
        met = [{"subject_id": row[0], "definition": "=pt", "verdict": "met" if row[8] else "not_met"} for row in here]
        nothing = [{"subject_id": row[0], "definition": "=none", "verdict": "not_met"} for row in here]
        file = f"{part}.parquet"
        UNIVERSE.write(rows(UNIVERSE, *universe), tmp_path / "exposure" / "universe" / file)
        REPORT_INGREDIENTS.write(rows(REPORT_INGREDIENTS, *exposed), tmp_path / "exposure" / "report_ingredients" / file)
        VERDICTS.write(rows(VERDICTS, *met, *nothing), tmp_path / "labels" / "verdicts" / file)
    known = [{"definition": name, "is_computed": True} for name in ("=pt", "=none")]
    DEFINITIONS.write(rows(DEFINITIONS, *known), tmp_path / "labels" / "definitions.parquet")
    write_table(tmp_path / "exposure", np.array([[3, 0], [1, 2]]))
    return tmp_path


def write_table(exposure: Path, counts: np.ndarray) -> None:
    """Pairs of a table in which every report has one drug and one term, in one stratum."""
    margins = [(PAIR_DRUGS, "drug", names("D", len(counts)), 1), (PAIR_TERMS, "term", names("T", len(counts.T)), 0)]
    for table, name, named, axis in margins:
        frame = pl.DataFrame({name: named, "stratum_no": 0, "reports": counts.sum(axis=axis)}).filter(pl.col("reports") > 0)
        table.write(frame, exposure / f"{table.name.removeprefix('exposure/')}.parquet")
    of_drug, of_term = (counts.sum(axis=axis, keepdims=True) + 0 * counts for axis in (1, 0))
    seen = counts > 0
    pairs = pairs_of(counts).with_columns(drug_reports=pl.Series(of_drug[seen]), term_reports=pl.Series(of_term[seen]))
    PAIRS.write(pairs, exposure / "pairs.parquet")
    one = {"stratum_no": 0, "age_band": "unknown", "sex": "unknown", "received_year": None, "reports": int(counts.sum())}
    PAIR_STRATA.write(pl.DataFrame([one], schema=PAIR_STRATA.types), exposure / "pair_strata.parquet")


def results(layers: Path, params: Params, prior: str = FIXED) -> dict[str, dict[str, object]]:
    asked = params.model_copy(update={"reports": params.reports.model_copy(update={"ebgm_prior": prior})})
    write_ebgm(layers / "labels", layers / "exposure", layers / "out", drug_table(), asked, VERSION)
    written = RESULTS.scan(layers / "out" / "ebgm" / "results.parquet").collect()
    return {str(row["result_id"]): row for row in written.to_dicts()}


def test_expected_reports_are_products_of_margins_in_all_or_within_strata(layers: Path, params: Params) -> None:
    found = results(layers, params)
    halo = found["expected_reports/=pt/ps+ss/collapsed/ingredient/haloperidol"]
    # 7 reports count; haloperidol is a suspect in 1, 2 and 8; 1, 2, 3 and 6 meet the definition; 1 and 2 do both.
    assert [halo[name] for name in ("numerator", "denominator")] == [2, 3]
    assert [halo[name] for name in ("reference_numerator", "reference_denominator")] == [2, 4]
    assert halo["estimate"] == pytest.approx(3 * 4 / 7)
    # 0-39 female 2020: 1 x 1 / 1; 40+ female 2020: 1 x 2 / 3; unknown male, year unknown: 1 x 1 / 2.
    stratified = found["expected_reports_stratified/=pt/ps+ss/collapsed/ingredient/haloperidol"]
    assert stratified["estimate"] == pytest.approx(1 + 2 / 3 + 1 / 2)
    assert stratified["level"] is None


def test_ebgm_is_that_of_the_printed_prior_at_a_level_of_90_percent(layers: Path, params: Params) -> None:
    row = results(layers, params)["ebgm/=pt/ps+ss/collapsed/ingredient/haloperidol"]
    assert (row["estimate"], row["low"], row["high"]) == tuple(map(float, ebgm(2, 3 * 4 / 7, DUMOUCHEL_1999)))
    assert row["level"] == 0.9
    assert row["screen_met"] is False
    assert "prior alpha1 0.2041, beta1 0.05816" in str(row["method"])
    assert row["data_version"] == VERSION


def test_the_fixed_prior_is_written_without_starts(layers: Path, params: Params) -> None:
    results(layers, params)
    priors = EBGM_PRIORS.scan(layers / "out" / "ebgm" / "prior.parquet").collect()
    assert priors.select("expected", "prior", "alpha_1", "cells", "pairs").rows() == [
        ("unstratified", "dumouchel_1999", 0.2041, 4, 3),
        ("stratified", "dumouchel_1999", 0.2041, 4, 3),
    ]
    assert EBGM_FITS.scan(layers / "out" / "ebgm" / "fits.parquet").collect().is_empty()


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ("ebgm/=none/ps+ss/collapsed/ingredient/haloperidol", "no report meets the definition"),
        ("ebgm/=pt/ps+ss/collapsed/formulation/long_acting", "the group has no reports"),
        (
            "ebgm_stratified/=pt/ps+ss/collapsed/ingredient/aripiprazole",
            "no stratum has both reports of the group and reports that meet the definition",
        ),
    ],
)
def test_where_nothing_is_expected_ebgm_is_empty_with_the_reason(layers: Path, params: Params, result: str, reason: str) -> None:
    row = results(layers, params)[result]
    assert (row["estimate"], row["screen_met"], row["undefined_reason"]) == (None, None, reason)


def test_without_a_prior_every_ebgm_is_empty_with_the_reason_and_the_starts_are_written(layers: Path, params: Params) -> None:
    found = results(layers, params, "fit")
    row = found["ebgm/=pt/ps+ss/collapsed/ingredient/haloperidol"]
    assert row["estimate"] is None
    assert str(row["undefined_reason"]).startswith("no prior: ")
    assert found["expected_reports/=pt/ps+ss/collapsed/ingredient/haloperidol"]["estimate"] is not None
    assert EBGM_FITS.scan(layers / "out" / "ebgm" / "fits.parquet").collect().height == 8
    priors = EBGM_PRIORS.scan(layers / "out" / "ebgm" / "prior.parquet").collect()
    assert priors["alpha_1"].is_null().all()
    assert priors["undefined_reason"].is_not_null().all()


def test_a_table_that_determines_its_prior_gives_ebgm_and_the_prior_it_rests_on(
    layers: Path, params: Params, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(3)
    prior = DUMOUCHEL_1999._replace(alpha_1=2, beta_1=0.5, alpha_2=6, beta_2=6.6)
    margin = np.exp(random.normal(0, 1.2, 100))
    counts = drawn(prior, np.outer(margin, margin), random)[1]
    write_table(layers / "exposure", counts)
    found = results(layers, params, "fit")
    priors = EBGM_PRIORS.scan(layers / "out" / "ebgm" / "prior.parquet").collect()
    used = type(prior)(*priors.select(prior._fields).row(0))
    row = found["ebgm/=pt/ps+ss/collapsed/ingredient/haloperidol"]
    assert row["estimate"] == float(ebgm(2, 3 * 4 / 7, used).estimate)
    assert f"prior {used}; its likelihood: maximum likelihood of the negative binomial mixture" in str(row["method"])
    assert priors["undefined_reason"].is_null().all()


def test_without_any_pair_there_is_no_prior_and_the_reason_says_so(layers: Path, params: Params) -> None:
    for table in (PAIRS, PAIR_DRUGS, PAIR_TERMS, PAIR_STRATA):
        table.write(table.empty(), layers / "exposure" / f"{table.name.removeprefix('exposure/')}.parquet")
    row = results(layers, params, "fit")["ebgm/=pt/ps+ss/collapsed/ingredient/haloperidol"]
    assert row["undefined_reason"] == "no prior: no drug and event have a report in common"


def test_the_same_input_gives_the_same_bytes(layers: Path, params: Params) -> None:
    for prior in (FIXED, "fit"):
        written = []
        for _ in range(2):
            results(layers, params, prior)
            written.append([(layers / "out" / "ebgm" / name).read_bytes() for name in ("results.parquet", "fits.parquet")])
        assert written[0] == written[1]


def test_a_definition_that_was_not_computed_is_an_error(layers: Path, params: Params) -> None:
    asked = params.model_copy(update={"definitions": ["=other"]})
    with pytest.raises(ContractError, match="=other"):
        results(layers, asked)

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nms_pv.measures.ranking.features import candidates, features
from nms_pv.measures.ranking.judged import MEASURES
from nms_pv.measures.ranking.model import FOLDS, cross_fitted
from nms_pv.measures.ranking.reference import choose_reference
from nms_pv.measures.ranking.write import write_ranking
from nms_pv.spec.measurements import load_measurements
from nms_pv.tables.evidence import EXPOSURES, FINDINGS
from nms_pv.tables.labels import VERDICTS
from tests.lib.declared_rows import rows
from tests.lib.ranking_study import write_candidates, write_duplicates
from tests.lib.review_study import course, finding, verdict

MEASUREMENTS = load_measurements(Path(__file__).parents[2] / "study")


def rank(folder: Path, canonical: bool = False) -> dict[str, pl.DataFrame]:
    places = (folder / "3_evidence", folder / "4_labels", folder / "out")
    write_ranking(*places, MEASUREMENTS, 0.95, folder / "2_canonical" if canonical else None)
    return {
        name: pl.read_parquet(folder / "out" / f"{name}.parquet") for name in ("ranking", "calibration", "quality", "accuracy")
    }


def test_who_is_a_candidate_and_what_is_known_of_them() -> None:
    verdicts = rows(
        VERDICTS,
        verdict("faers:1", "iec_2011", "met"),
        verdict("faers:1", "pt_only", "not_met"),
        verdict("faers:1", "adjudicated", "not_met"),
        verdict("faers:2", "iec_2011", "indeterminate"),
        verdict("faers:2", "adjudicated", "met"),
        verdict("faers:3", "iec_2011", "not_met"),
        verdict("faers:3", "adjudicated", "indeterminate"),
        verdict("faers:4", "pt_only", "met"),
    )
    found = rows(
        FINDINGS,
        finding("faers:2", 1, "NMS", element="nms_diagnosis", state="absent"),
        finding("faers:3", 1, "NMS", element="nms_diagnosis"),
    )
    known = candidates(verdicts.lazy(), found.lazy())
    assert known.columns == ["subject_id", "definitions", "definitions_met", "is_coded", "is_judged_nms"]
    assert known.rows() == [("faers:1", 2, 1, False, False), ("faers:3", 1, 0, None, None), ("faers:4", 1, 1, True, None)]


def test_what_is_a_feature_and_what_is_never_one() -> None:
    found = rows(
        FINDINGS,
        finding("faers:1", 1, "PYREXIA", element="fever"),
        finding("faers:1", 2, "FEELING HOT", element="fever", grade="weak"),
        finding("faers:1", 3, "TREMOR", element="tremor", state="absent"),
        finding("faers:1", 4, "OVERDOSE", element="dose_context", grade="context"),
        finding("faers:1", 5, "NMS", element="nms_diagnosis"),
        finding("faers:1", 6, "HYPERTHERMIA SYNDROME", element="related_diagnosis"),
        finding("faers:1", 7, "CK", element="creatine_kinase", state="measured", value=900.0, upper_limit=200.0),
        finding("faers:1", 8, "heart rate", element="heart_rate", state="measured", value=90.0),
        finding("faers:2", 1, "PYREXIA", element="fever"),
    )
    exposed = rows(
        EXPOSURES,
        course("faers:1", 1, "haloperidol", timing="known", onset_minus_end=0),
        course("faers:1", 2, "dantrolene", relation="treatment", timing="event_before_start", onset_minus_end=3),
        course("faers:1", 3, "levodopa", relation="withdrawal", onset_minus_end=-1),
        course("faers:2", 1, "haloperidol"),
    )
    recorded = features(found.lazy(), exposed.lazy(), pl.DataFrame({"subject_id": ["faers:1"]}), MEASUREMENTS)
    assert recorded["feature"].to_list() == [
        "antagonist_stopped", "antagonist_taken", "antagonist_timed", "ck_elevation_measured", "fever", "fever_weak",
        "treatment_after_event", "withdrawal_taken",
    ]  # fmt: skip


def known(judged: list[bool | None], coded: list[bool | None], group: list[int] | None = None) -> pl.DataFrame:
    n = max(len(judged), len(coded))
    return pl.DataFrame(
        {
            "group": group or list(range(n)),
            "is_judged_nms": judged + [None] * (n - len(judged)),
            "is_coded": coded + [None] * (n - len(coded)),
        },
        schema={"group": pl.Int64, "is_judged_nms": pl.Boolean, "is_coded": pl.Boolean},
    )


@pytest.mark.parametrize(
    ("judged", "coded", "chosen"),
    [
        ([True] * 40 + [False] * 10, [True] * 400, "adjudicated"),
        ([True] * 41 + [False] * 9, [True] * 40 + [False] * 10, "pt_only"),
        ([True] * 39 + [False] * 10, [True] * 40 + [False] * 10, "pt_only"),
        ([True] * 39 + [False] * 10, [True] * 41 + [False] * 9, "none"),
        ([], [], "none"),
    ],
)
def test_reviewers_are_learned_from_once_there_are_enough(
    judged: list[bool | None], coded: list[bool | None], chosen: str
) -> None:
    reference = choose_reference(known(judged, coded))
    assert reference.name == chosen
    assert (reference.undefined_reason is None) == (chosen != "none")


@pytest.mark.parametrize(("groups_of_class_0", "chosen"), [(10, "pt_only"), (9, "none")])
def test_duplicates_count_once_towards_enough(groups_of_class_0: int, chosen: str) -> None:
    group = [*range(41), *(41 + n % groups_of_class_0 for n in range(20))]
    assert choose_reference(known([], [True] * 41 + [False] * 20, group)).name == chosen


@pytest.mark.parametrize("groups", [45, 200])
def test_no_model_sees_a_subject_or_its_duplicate(groups: int) -> None:
    """Each group has an indicator of its own: only a model that saw the group can give it weight."""
    random = np.random.default_rng(groups)
    group = np.concatenate([np.arange(groups), random.integers(0, groups, 100)])
    reference = random.integers(-1, 2, len(group))
    result = cross_fitted((group[:, None] == np.arange(groups)).astype(np.int8), reference, group)
    fold = np.empty(groups, dtype=int)
    fold[group] = result.fold
    assert (fold[group] == result.fold).all(), "a group lies in one fold"
    assert (result.weights[fold, np.arange(groups)] == 0).all()
    labelled = np.unique(group[reference >= 0])
    assert (result.weights[(fold[labelled] + 1) % FOLDS, labelled] != 0).all(), "the other models saw it"
    assert ((result.probability > 0) & (result.probability < 1)).all()


def test_a_ranking_by_the_code_says_what_it_is(tmp_path: Path) -> None:
    write_candidates(tmp_path, 120)
    write_duplicates(tmp_path, {"faers:00000": "faers:00000", "faers:00002": "faers:00000"})
    tables = rank(tmp_path, canonical=True)
    ranking = tables["ranking"].sort("rank")
    assert ranking["rank"].to_list() == list(range(1, 121))
    assert ranking["probability"].is_sorted(descending=True)
    assert set(ranking["reference"]) == {"pt_only"} and set(ranking["unit"]) == {"report"}
    assert ranking["is_calibrated"].all()
    p, m = ranking["probability"], ranking["definitions_met"] / ranking["definitions"]
    assert set(ranking["definitions_met"]) == {1, 2}
    assert np.allclose(ranking["information"], (4 * p * (1 - p) + 4 * m * (1 - m)) / 2)
    twins = ranking.filter(pl.col("subject_id").is_in(["faers:00000", "faers:00002"]))
    assert twins["fold"].n_unique() == 1
    assert ranking["features"].str.contains("nms").sum() == 0
    assert ranking["features"].str.split(";").list.len().max() <= 5
    assert tables["calibration"]["denominator"].sum() == 120
    assert tables["accuracy"].is_empty()


def test_a_ranking_by_reviewers_covers_those_nobody_judged(tmp_path: Path) -> None:
    write_candidates(tmp_path, 200, judged=90, prefix="omop:")
    tables = rank(tmp_path)
    ranking, quality = tables["ranking"], tables["quality"]
    assert set(ranking["reference"]) == {"adjudicated"} and set(ranking["unit"]) == {"episode"}
    assert ranking["probability"].is_not_null().all()
    assert set(quality["candidates"]) == {200} and set(quality["denominator"]) == {90}
    assert tables["calibration"]["denominator"].sum() == 90
    # Planted: each sign raises the odds fivefold, so they order the candidates.
    assert quality.filter(pl.col("measure") == "auc")["low"].item() > 0.6
    assert set(tables["accuracy"]["definition"]) == {"pt_only", "other"}
    bands = ranking.group_by("band").agg(pl.col("probability").min().alias("low"), pl.col("probability").max().alias("high"))
    assert all({"low": high < 0.2, "middle": low >= 0.2 and high < 0.8, "high": low >= 0.8}[b] for b, low, high in bands.rows())


def test_too_few_of_a_class_give_no_number_and_a_reason(tmp_path: Path) -> None:
    write_candidates(tmp_path, 30)
    tables = rank(tmp_path)
    ranking = tables["ranking"]
    assert ranking.height == 30
    assert ranking.select("probability", "rank", "band", "fold", "information").null_count().row(0) == (30,) * 5
    assert ranking["undefined_reason"].str.contains("needed are 50, with 10 of each kind").all()
    assert ranking["disagreement"].is_between(0, 1).all()
    assert tables["calibration"].is_empty()
    assert tables["quality"]["estimate"].null_count() == len(MEASURES)
    assert tables["quality"]["undefined_reason"].n_unique() == 1


def test_no_candidate_at_all(tmp_path: Path) -> None:
    write_candidates(tmp_path, 0)
    assert all(table.is_empty() for name, table in rank(tmp_path).items() if name != "quality")


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    write_candidates(tmp_path, 120, judged=60)
    rank(tmp_path)
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    rank(tmp_path)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == first


def test_separated_classes_have_no_slope_and_no_interval_of_the_area() -> None:
    p, is_case = np.array([0.9, 0.8, 0.2, 0.1]), np.array([True, True, False, False])
    for upside in (is_case, ~is_case):
        assert np.isnan(MEASURES["calibration_slope"][0](p, upside, 0.95).estimate)
        area = MEASURES["auc"][0](p, upside, 0.95)
        assert area.estimate in (0, 1) and np.isnan(area.low)
        assert np.isfinite(MEASURES["calibration_intercept"][0](p, upside, 0.95).high)

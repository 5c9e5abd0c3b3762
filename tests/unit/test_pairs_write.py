"""What counts as a drug, an event and a report when all pairs are counted."""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.exposure.engine import EngineName, open_engine
from nms_pv.exposure.reports.pairs_write import write_pairs
from nms_pv.spec.params import Main
from nms_pv.tables.canonical import REPORT_DRUGS, REPORT_EVENTS
from nms_pv.tables.exposure import PAIR_DRUGS, PAIR_STRATA, PAIR_TERMS, PAIRS, UNIVERSE
from tests.lib.declared_rows import rows

MAIN = Main(definition="pt_only", roles="ps+ss", duplicates="collapsed")
PLAIN = {"quarter": "2025Q3", "sex": "female", "received_year": 2025, "is_representative": True}


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    """Two parts. Report 1: haloperidol twice and an unlisted drug; 2: a duplicate; 3: concomitant and not administered."""
    drug = {"start_day_precision": "none", "end_day_precision": "none", "source_id": "s", "source_line": 1}
    halo = drug | {"ingredient": "haloperidol", "ingredient_reported": "HALDOL"}
    reports = {
        "2025Q3.parquet": [
            {"subject_id": "faers:1", "age_band": "0-19"},
            {"subject_id": "faers:2", "age_band": "20-39", "is_representative": False},
        ],
        "2025Q4.parquet": [{"subject_id": "faers:3", "age_band": "unknown", "received_year": None, "quarter": "2025Q4"}],
    }
    drugs = {
        "2025Q3.parquet": [
            halo | {"subject_id": "faers:1", "drug_no": 1, "role": "PS"},
            halo | {"subject_id": "faers:1", "drug_no": 2, "role": "SS"},
            drug | {"subject_id": "faers:1", "drug_no": 3, "ingredient_reported": "ZZZ", "role": "SS"},
            halo | {"subject_id": "faers:2", "drug_no": 1, "role": "PS"},
            halo | {"subject_id": "faers:9", "drug_no": 1, "role": "PS"},
        ],
        "2025Q4.parquet": [
            halo | {"subject_id": "faers:3", "drug_no": 1, "role": "PS"},
            drug | {"subject_id": "faers:3", "drug_no": 2, "ingredient_reported": "ASPIRIN", "role": "C"},
            drug | {"subject_id": "faers:3", "drug_no": 3, "ingredient_reported": "NEVER", "role": "DN"},
        ],
    }
    terms = {
        "2025Q3.parquet": [("faers:1", 1, "NMS"), ("faers:1", 2, "NMS"), ("faers:1", 3, "RASH"), ("faers:2", 1, "NMS")],
        "2025Q4.parquet": [("faers:3", 1, "NMS")],
    }
    for part in reports:
        UNIVERSE.write(rows(UNIVERSE, *(PLAIN | row for row in reports[part])), tmp_path / "out" / "universe" / part)
        REPORT_DRUGS.write(rows(REPORT_DRUGS, *drugs[part]), tmp_path / "canonical" / "report_drugs" / part)
        events = [{"subject_id": subject, "event_no": number, "term_key": term} for subject, number, term in terms[part]]
        said = {"start_day_precision": "none", "end_day_precision": "none"}
        REPORT_EVENTS.write(rows(REPORT_EVENTS, *(said | row for row in events)), tmp_path / "canonical" / "report_events" / part)
    return tmp_path


def written(layers: Path, engine: EngineName = "polars", **changed: str) -> dict[str, list[tuple[object, ...]]]:
    with open_engine(engine) as opened:
        write_pairs(layers / "canonical", layers / "out", MAIN.model_copy(update=changed), opened)
    tables = {"pairs": PAIRS, "pair_drugs": PAIR_DRUGS, "pair_terms": PAIR_TERMS, "pair_strata": PAIR_STRATA}
    return {name: table.scan(layers / "out" / f"{name}.parquet").collect().rows() for name, table in tables.items()}


def test_a_drug_named_twice_is_one_report_and_an_unlisted_one_has_its_reported_name(layers: Path) -> None:
    found = written(layers)
    assert found["pairs"] == [
        ("ZZZ", "NMS", 1, 1, 2),
        ("ZZZ", "RASH", 1, 1, 1),
        ("haloperidol", "NMS", 2, 2, 2),
        ("haloperidol", "RASH", 1, 2, 1),
    ]


def test_margins_by_stratum_with_unknown_age_and_year_on_their_own(layers: Path) -> None:
    found = written(layers)
    assert found["pair_strata"] == [(0, "0-19", "female", 2025, 1), (1, "unknown", "female", None, 1)]
    assert found["pair_drugs"] == [("ZZZ", 0, 1), ("haloperidol", 0, 1), ("haloperidol", 1, 1)]
    assert found["pair_terms"] == [("NMS", 0, 1), ("NMS", 1, 1), ("RASH", 0, 1)]


def test_the_main_roles_and_duplicates_say_what_counts(layers: Path) -> None:
    kept = written(layers, duplicates="kept")
    assert ("haloperidol", "NMS", 3, 3, 3) in kept["pairs"]
    assert (1, "20-39", "female", 2025, 1) in kept["pair_strata"]
    assert {row[0] for row in written(layers, roles="ps")["pairs"]} == {"haloperidol"}
    assert {row[0] for row in written(layers, roles="any")["pairs"]} == {"haloperidol", "ZZZ", "ASPIRIN"}


def test_duckdb_writes_the_same_and_leaves_nothing_else_behind(layers: Path) -> None:
    assert written(layers) == written(layers, "duckdb")
    names = {path.name for path in (layers / "out").iterdir()}
    assert names == {"universe", "pairs.parquet", "pair_drugs.parquet", "pair_terms.parquet", "pair_strata.parquet"}


def test_without_counted_reports_every_table_is_empty(layers: Path) -> None:
    for part in ("2025Q3.parquet", "2025Q4.parquet"):
        UNIVERSE.write(UNIVERSE.empty(), layers / "out" / "universe" / part)
    assert written(layers) == {"pairs": [], "pair_drugs": [], "pair_terms": [], "pair_strata": []}


def test_each_report_counts_in_one_stratum(layers: Path) -> None:
    strata = pl.DataFrame(written(layers, duplicates="kept")["pair_strata"], orient="row")
    assert strata.to_series(4).sum() == 3

"""The tables of agreement are written from labels and evidence of several parts."""

from pathlib import Path

import polars as pl
import pytest

from nms_pv.measures.definitions.indicators import evidence_of
from nms_pv.measures.definitions.patterns import MOST_NAMES, tally
from nms_pv.measures.definitions.write import write_agreement
from nms_pv.spec.definition_files import load_definitions, load_differential
from nms_pv.spec.params import Agreement
from nms_pv.spec.strict import StudyError
from nms_pv.tables import agreement
from nms_pv.tables.contract import ContractError, Table
from nms_pv.tables.evidence import FINDINGS
from nms_pv.tables.labels import DEFINITIONS as KNOWN
from nms_pv.tables.labels import VERDICTS
from tests.lib.declared_rows import rows

STUDY = Path(__file__).parents[2] / "study"
DEFINITIONS = [*load_definitions(STUDY), *load_differential(STUDY)]
ELEMENTS = ["fever", "rigidity", "clonus"]
CHOICES = Agreement(
    models={"signs": ["pt_only", "fever", "iec_2011:rigidity"], "two": ["pt_only", "iec_2011"]},
    nms_definition="pt_only",
    serotonin_definition="hunter_2003",
    features=["clonus", "iec_2011:fever"],
    resamples=100,
    seed=1,
)


def subject(number: int, term: str, iec: str, hunter: str, signs: str) -> tuple[list[dict], list[dict], list[dict]]:
    """One subject: three verdicts, and the signs that are present."""
    who = {"subject_id": f"faers:{number}"}
    met = {"met": ";".join(sign for sign in signs.split() if sign != "clonus"), "failed": ""}
    found = [
        {**who, "finding_no": n, "element": sign, "grade": "context" if sign == "clonus" else "core", "state": "present"}
        for n, sign in enumerate(signs.split() or ["tremor"], start=1)
    ]
    cases = [
        {**who, "definition": "pt_only", "verdict": term, "met": "", "failed": ""},
        {**who, "definition": "iec_2011", "verdict": iec, "points_low": 18 * len(signs.split()), "points_high": 100, **met},
    ]
    return cases, [{**who, "definition": "hunter_2003", "verdict": hunter}], found


PARTS = {
    "2025Q3.parquet": [
        subject(1, "met", "indeterminate", "not_met", "fever rigidity"),
        subject(2, "met", "indeterminate", "not_met", "fever"),
        subject(3, "not_met", "indeterminate", "met", "clonus"),
    ],
    "2025Q4.parquet": [
        subject(4, "not_met", "indeterminate", "indeterminate", ""),
        subject(5, "met", "met", "not_met", "fever rigidity"),
        subject(6, "not_met", "indeterminate", "not_met", "rigidity"),
    ],
}


@pytest.fixture
def arm(tmp_path: Path) -> Path:
    for part, subjects in PARTS.items():
        cases, differential, found = ([row for one in column for row in one] for column in zip(*subjects, strict=True))
        VERDICTS.write(rows(VERDICTS, *cases), tmp_path / "labels" / "verdicts" / part)
        VERDICTS.write(rows(VERDICTS, *differential), tmp_path / "labels" / "differential" / part)
        FINDINGS.write(rows(FINDINGS, *found), tmp_path / "evidence" / "findings" / part)
    syndromes = {"pt_only": "nms", "iec_2011": "nms", "hunter_2003": "serotonin_toxicity", "adjudicated": "nms"}
    known = [{"definition": name, "syndrome": syndrome, "is_computed": True} for name, syndrome in syndromes.items()]
    KNOWN.write(rows(KNOWN, *known), tmp_path / "labels" / "definitions.parquet")
    return tmp_path


def written(arm: Path, choices: Agreement = CHOICES, out: str = "out") -> Path:
    write_agreement(arm / "labels", arm / "evidence", arm / out, "reports", DEFINITIONS, ELEMENTS, choices, 0.95)
    return arm / out


def read(out: Path, table: Table) -> pl.DataFrame:
    return table.scan(out / f"{table.name.split('/')[1]}.parquet").collect()


def test_every_table_is_written(arm: Path) -> None:
    out = written(arm)
    tables = [table for table in vars(agreement).values() if isinstance(table, Table)]
    assert len(tables) == 13
    for table in tables:
        assert table.check(read(out, table)).equals(read(out, table))
    counts = read(out, agreement.DEFINITION_COUNTS)
    assert counts.rows() == [
        ("hunter_2003", 1, 4, 1, "distinct reports with at least one finding"),
        ("iec_2011", 1, 0, 5, "distinct reports with at least one finding"),
        ("pt_only", 3, 3, 0, "distinct reports with at least one finding"),
    ]


def test_differential_definitions_are_paired_but_are_no_cases(arm: Path) -> None:
    out = written(arm)
    pairs = read(out, agreement.VERDICT_PAIRS).select("definition_a", "definition_b").unique().sort(pl.all()).rows()
    assert pairs == [("iec_2011", "hunter_2003"), ("iec_2011", "pt_only"), ("pt_only", "hunter_2003")]
    assert read(out, agreement.AGREEMENT_OF_ALL)["definitions"].to_list() == ["iec_2011;pt_only"]
    assert read(out, agreement.DEFINITION_SETS).select("met", "n").rows() == [("", 3), ("iec_2011;pt_only", 1), ("pt_only", 2)]


def test_cuts_come_from_the_points(arm: Path) -> None:
    cuts = read(written(arm), agreement.CUTS)
    assert cuts["definition"].unique().to_list() == ["iec_2011"]
    assert cuts.filter(cut=18).select("met", "indeterminate", "not_met").row(0) == (5, 1, 0)
    assert cuts.filter(cut=19).select("met", "indeterminate", "not_met").row(0) == (2, 4, 0)


def test_models_look_at_definitions_items_and_elements(arm: Path) -> None:
    out = written(arm)
    models = read(out, agreement.LATENT_CLASS_MODELS)
    assert models.filter(model="signs")["indicators"].unique().to_list() == ["pt_only;fever;iec_2011:rigidity"]
    assert models["n"].unique().to_list() == [6]
    reasons = dict(models.filter(reading="met_or_not").select("model", "undefined_reason").iter_rows())
    assert reasons["signs"] == "not identified: pt_only and fever never differ, so they are one indicator"
    assert reasons["two"] == "not identified: 2 indicators; at least 3 are needed"


def test_features_of_items_and_elements(arm: Path) -> None:
    features = read(written(arm), agreement.FEATURES).filter(reading="met_or_not")
    shown = {
        (group, feature): (present, absent, silent)
        for group, feature, present, absent, silent in features.select(
            "group", "feature", "present", "absent", "not_documented"
        ).iter_rows()
    }
    assert shown["nms_only", "iec_2011:fever"] == (3, 0, 0)
    assert shown["nms_only", "clonus"] == (0, 0, 3)
    assert shown["serotonin_only", "clonus"] == (1, 0, 0)
    assert shown["undecidable", "clonus"] == (0, 0, 1)
    assert shown["both", "clonus"] == (0, 0, 0)
    assert len(shown) == 10


def test_the_same_input_gives_the_same_bytes(arm: Path) -> None:
    one, two = written(arm, out="one"), written(arm, out="two")
    assert {path.name: path.read_bytes() for path in one.iterdir()} == {path.name: path.read_bytes() for path in two.iterdir()}


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("nms_definition", "hunter_2003", r"nms_definition holds \['hunter_2003'\]; allowed are \['iec_2011', 'pt_only'\]"),
        ("serotonin_definition", "pt_only", r"serotonin_definition holds \['pt_only'\]; allowed are \['hunter_2003'\]"),
        ("models", {"m": ["pt_only", "fevre"]}, r"models holds \['fevre'\]; allowed are"),
        ("models", {"m": ["dsm_5_tr"]}, r"models holds \['dsm_5_tr'\]"),
        ("features", ["iec_2011:fevre"], r"features holds \['iec_2011:fevre'\]; allowed are"),
    ],
)
def test_unknown_names_are_refused(arm: Path, setting: str, value: object, said: str) -> None:
    with pytest.raises(StudyError, match=said):
        written(arm, CHOICES.model_copy(update={setting: value}))


def test_the_verdicts_of_reviewers_are_left_out(arm: Path) -> None:
    path = arm / "labels" / "verdicts" / "2025Q4.parquet"
    one = VERDICTS.scan(path).collect()[:1].with_columns(definition=pl.lit("adjudicated"))
    before = {file.name: file.read_bytes() for file in written(arm, out="before").iterdir()}
    VERDICTS.write(pl.concat([VERDICTS.scan(path).collect(), one]), path)
    assert {file.name: file.read_bytes() for file in written(arm, out="after").iterdir()} == before


def test_different_parts_are_refused(arm: Path) -> None:
    (arm / "evidence" / "findings" / "2025Q4.parquet").unlink()
    with pytest.raises(ContractError, match=r"must have the same parts; only one of them has \['2025Q4.parquet'\]"):
        written(arm)


def test_a_subject_without_a_verdict_is_refused(arm: Path) -> None:
    path = arm / "labels" / "verdicts" / "2025Q4.parquet"
    VERDICTS.write(VERDICTS.scan(path).collect()[1:], path)
    with pytest.raises(ContractError, match=r"must have one verdict on every subject; a part has 8 verdicts .* on 3 subjects"):
        written(arm)


def test_too_many_names_for_one_pattern_are_refused() -> None:
    states = pl.DataFrame({"subject_id": ["a"], "name": ["n0"], "state": [1]})
    names = [f"n{n}" for n in range(MOST_NAMES + 1)]
    with pytest.raises(ContractError, match="40 definitions or indicators are compared at once, at most 39 can be"):
        tally(states, names)
    assert tally(states, names[:-1]).row(0) == (2, 1)


def test_what_definitions_rest_on() -> None:
    rests_on = evidence_of(DEFINITIONS)
    assert rests_on["pt_only"] == {"nms_diagnosis"}
    assert rests_on["iec_2011:fever"] == {"fever"}
    assert {"diaphoresis", "bp_elevation"} <= rests_on["iec_2011:sympathetic_lability"] <= rests_on["iec_2011"]
    assert "exposure" in rests_on["iec_2011"]

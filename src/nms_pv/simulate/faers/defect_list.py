"""The defects that are planted: which cells, in which quarters, and what should become of them.

Each is a defect of real files, in the eras where it was seen there. A defect that breaks a row sits where it counts for
nothing: on a plain case (no later version, duplicate, deletion, listed suspect or event), or on a row of its own.
"""

from dataclasses import dataclass
from typing import Literal

from nms_pv.simulate.faers.layout import BYTE, CUT, GLUE

Cells = dict[str, str | None]
Where = Literal["plain", "dated", "started", "background", "background_pair", "last_drug", "last_row"]
Identity = Literal["same", "decoy", "stranger"]


@dataclass(frozen=True)
class Defect:
    """One kind of defect of one table.

    `cells` are set on `rows` rows; `{}` in a value stands for what was there. `on`: any plain row; one with an event date or
    a start; a concomitant drug outside the drug table, or two in a row; the last drug of a report; the last row of the file.
    `copied`: the row is repeated below itself, and the repeat carries the cells, under the `identity` of its row, of a
    `decoy` (a report without drugs and reactions), or of a `stranger` (a record number that DEMO lacks).
    """

    name: str
    table: str
    cells: Cells
    expected: str
    first: str = "2004Q1"
    last: str = "2099Q4"
    rows: int = 1
    on: Where = "plain"
    copied: bool = False
    identity: Identity = "same"
    only_in_last_quarter: bool = False


_EMPTIED = "the value is emptied and counted; the report stays"
_LEGACY_END, _CURRENT_START = "2012Q3", "2012Q4"
_NO_AGE_GROUP: Cells = {"age_grp": None}

DEFECTS = (
    Defect(
        "embedded_delimiter",
        "DEMO",
        {"mfr_num": "JP-HOLLIS-$E2B0000000182"},
        "the line is rejected: one field too many",
        last=_LEGACY_END,
        copied=True,
        identity="decoy",
    ),
    Defect(
        "blank_case_number",
        "DEMO",
        {"caseid": None},
        "kept: the report stands alone under its record number",
        last=_LEGACY_END,
        rows=2,
        copied=True,
        identity="decoy",
    ),
    Defect(
        "same_record_twice",
        "DEMO",
        {"rept_dt": "20121231"},
        "the later line stands for the record, the earlier is superseded",
        first="2012Q4",
        last="2012Q4",
        rows=3,
        copied=True,
    ),
    Defect(
        "truncated_last_row",
        "DEMO",
        {"lit_ref": f"Simul{CUT}"},
        "the line is rejected: fields are missing",
        first="2020Q1",
        on="last_row",
        copied=True,
        identity="decoy",
        only_in_last_quarter=True,
    ),
    Defect("impossible_event_date", "DEMO", {"event_dt": "19000101"}, _EMPTIED),
    Defect(
        "date_as_float",
        "DEMO",
        {"event_dt": "{}.0"},
        "read as the date before the point",
        first=_CURRENT_START,
        rows=10,
        on="dated",
        only_in_last_quarter=True,
    ),
    Defect("age_in_days", "DEMO", {"age": "31028", "age_cod": "DY", **_NO_AGE_GROUP}, "read as 84.9 years"),
    Defect("age_in_decades", "DEMO", {"age": "5", "age_cod": "DEC", **_NO_AGE_GROUP}, "read as 50 years", rows=5),
    Defect("age_of_550_years", "DEMO", {"age": "55", "age_cod": "DEC", **_NO_AGE_GROUP}, _EMPTIED),
    Defect("age_is_text", "DEMO", {"age": "163/6", "age_cod": "YR", **_NO_AGE_GROUP}, _EMPTIED, last="2013Q4"),
    Defect("weight_in_pounds", "DEMO", {"wt": "154", "wt_cod": "LBS"}, "read as 69.9 kg", rows=3),
    Defect("weight_zero", "DEMO", {"wt": "0.0", "wt_cod": "KG"}, _EMPTIED),
    Defect("sex_code_unk", "DEMO", {"sex": "UNK"}, "read as unknown", last="2014Q2", rows=2),
    Defect("null_as_text", "DEMO", {"wt": "NULL", "wt_cod": "NULL"}, "read as empty", first=_CURRENT_START, rows=2),
    Defect(
        "glued_records",
        "DRUG",
        {"trailing": GLUE},
        "two records in one line: both are read, or the line is rejected",
        first="2010Q2",
        last="2011Q4",
        on="background_pair",
    ),
    Defect(
        "quote_in_name",
        "DRUG",
        {"drugname": '"VITAMINS" (NOS)', "prod_ai": None},
        "kept: a quote is text",
        first=_CURRENT_START,
        last="2014Q2",
        on="background",
    ),
    Defect(
        "control_character_in_name",
        "DRUG",
        {"drugname": "GLUCOREL\x08L"},
        "kept: the row is one record",
        last=_LEGACY_END,
        on="background",
    ),
    Defect(
        "byte_not_utf8",
        "DRUG",
        {"drugname": f"PR{BYTE}PARATION X", "prod_ai": None},
        "kept: the file is read as cp1252",
        first="2018Q1",
        last="2019Q4",
        on="background",
    ),
    Defect(
        "script_in_name",
        "DRUG",
        {"drugname": "<script>alert(1)</script>", "prod_ai": None},
        "kept as text, escaped where shown",
        first=_CURRENT_START,
        on="background",
    ),
    Defect(
        "formula_in_name",
        "DRUG",
        {"drugname": '=HYPERLINK("http://example.invalid","x")', "prod_ai": None},
        "kept as text, no formula in an export",
        first=_CURRENT_START,
        on="background",
    ),
    Defect(
        "drug_not_administered",
        "DRUG",
        {"drug_seq": "99", "role_cod": "DN", "drugname": "HALOPERIDOL", "prod_ai": "HALOPERIDOL"},
        "kept, exposes nobody",
        first="2024Q4",
        rows=3,
        on="last_drug",
        copied=True,
    ),
    Defect("exact_duplicate_row", "DRUG", {}, "the drug counts once", rows=2, on="background", copied=True),
    Defect("drug_without_report", "DRUG", {}, "left out: no report", rows=2, on="background", copied=True, identity="stranger"),
    Defect("exact_duplicate_row", "REAC", {}, "the reaction counts once", rows=3, copied=True),
    *(
        Defect("impossible_start_date", "THER", {"start_dt": day}, _EMPTIED, on="started")
        for day in ("10190525", "30190930", "19000101")
    ),
)

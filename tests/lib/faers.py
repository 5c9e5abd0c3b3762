"""Quarters of FAERS files as small as a test needs, headers taken from the column map."""

from pathlib import Path

from nms_pv.spec.source import FaersSpec, load_faers

REPOSITORY = Path(__file__).parents[2]
FAERS = load_faers(REPOSITORY / "study")
DEFAULTS = {
    "i_f_code": "I",
    "fda_dt": "20240110",
    "drugname": "ASPIRIN",
    "prod_ai": "ASPIRIN",
    "role_cod": "PS",
    "drug_seq": "1",
    "pt": "Nausea",
    "outc_cod": "OT",
    "indi_pt": "Pain",
    "rpsr_cod": "HP",
    "caseversion": "1",
}
CORE = ("DEMO", "DRUG", "REAC")


def header(quarter: str, table: str, faers: FaersSpec = FAERS) -> list[str]:
    """The raw column names FDA publishes in that quarter."""
    era = faers.rules.era(quarter)
    return [c.raw_column for c in faers.columns_of(era, table) if c.expected_in(quarter)]


def row(quarter: str, table: str, **values: str) -> str:
    """One raw row: given values by our column names, plausible ones for what must not be empty."""
    era = FAERS.rules.era(quarter)
    ours = {c.raw_column: c.column for c in FAERS.columns_of(era, table)}
    usual = {**DEFAULTS, "caseversion": "" if era == "legacy" else "1"}
    cells = [values.get(ours[name], usual.get(ours[name], "")) for name in header(quarter, table)]
    return "$".join(cells) + ("$" if era == "legacy" else "")


def text(quarter: str, table: str, rows: list[str], end: str = "\r\n") -> bytes:
    """A whole file."""
    return (end.join(["$".join(header(quarter, table)), *rows]) + end).encode()


def write_quarter(root: Path, quarter: str, tables: dict[str, list[str] | bytes], deleted: bytes | None = None) -> Path:
    """A quarter's folder `root/<quarter>` with its tables; core tables that are not given hold one plain row."""
    folder = root / quarter
    (folder / "ascii").mkdir(parents=True)
    for table in {*tables, *CORE}:
        content = tables.get(table, [row(quarter, table, primaryid="11", caseid="1")])
        body = content if isinstance(content, bytes) else text(quarter, table, content)
        (folder / "ascii" / f"{table}{quarter[2:]}.txt").write_bytes(body)
    if deleted is not None:
        (folder / "deleted").mkdir()
        (folder / "deleted" / f"DELETE{quarter[2:]}.txt").write_bytes(deleted)
    return folder

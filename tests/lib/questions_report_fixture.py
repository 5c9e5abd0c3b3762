"""Topics of both arms with made-up numbers for every panel of the page, hostile names among them."""

import random
from itertools import product
from pathlib import Path

import polars as pl

from nms_pv.report.questions.panels import PANELS, Column, Listed, Matrix
from nms_pv.report.questions.read import FOLDER, PUBLISHED, WITH_CURVES, WITH_RESULTS
from nms_pv.tables.contract import Table
from nms_pv.tables.grid import GRID, GRID_SUMMARY
from nms_pv.tables.measures import CURVES, QUESTION_OF, RESULTS
from nms_pv.tables.why_zero import WHY_ZERO
from tests.lib.declared_rows import rows
from tests.lib.small_study import VERSION

GROUPS = {"generation": ["FGA", "SGA", "TGA"], "generation_state": ["FGA", "SGA", "TGA", "mixed", "switch"]}
HOSTILE = "<script>alert(1)</script> + =cmd"
SETTING: dict[str, dict[str, object]] = {
    "reports": {"roles": "ps+ss", "duplicates": "collapsed"},
    "cohort": {"analysis": "exact"},
}
UNIT = {"reports": "distinct reports", "cohort": "persons with an episode"}
# Counted already by the rates and ratios of the page.
OF_ONE_TABLE = {"ror", "fatal_proportion", "serious_proportion"}


def write_topics(data: Path) -> None:
    """Write everything that the chapters of the questions read, below the folders of layer 6."""
    for arm in PANELS:
        folder = data / FOLDER[arm]
        first, *others = WITH_RESULTS[arm]
        _put(RESULTS, numbers(arm).rows(named=True), folder / first / "results.parquet")
        for topic in others:
            _put(RESULTS, [], folder / topic / "results.parquet")
        first, *others = WITH_CURVES[arm]
        _put(CURVES, curves(arm), folder / first / "curves.parquet")
        for topic in others:
            _put(CURVES, [], folder / topic / "curves.parquet")
        if arm == "cohort":
            _put(RESULTS, [], data / PUBLISHED)
        _put(GRID, grid(arm), folder / "grid" / "grid.parquet")
        _put(GRID_SUMMARY, summary(arm), folder / "grid" / "grid_summary.parquet")
        _put(WHY_ZERO, zeros(arm), folder / "why_zero" / "why_zero.parquet")


def numbers(arm: str) -> pl.DataFrame:
    """A number for every cell of every panel; some are undefined, and in a cohort some are small."""
    draw = random.Random(5)
    found = [
        _row(arm, column, kind, group, draw)
        for panels in PANELS[arm].values()
        for panel in panels
        for column, kind in product(_columns(panel), panel.kinds)
        if column.measure not in OF_ONE_TABLE or column.reference or column.stratum
        for group in GROUPS.get(kind, [HOSTILE if kind == "pair" else kind])
    ]
    return pl.DataFrame(found, schema=RESULTS.types).unique("result_id", keep="first", maintain_order=True)


def _columns(panel: Matrix | Listed) -> list[Column]:
    if isinstance(panel, Matrix):
        return list(panel.columns)
    return [Column(measure, measure, stratum="listed=1") for measure in panel.measures]


def _row(arm: str, column: Column, kind: str, group: str, draw: random.Random) -> dict[str, object]:
    setting = SETTING[arm] | ({"analysis": column.analysis} if column.analysis else {})
    n = draw.randint(40, 900)
    x = draw.randint(1, 3) if arm == "cohort" and draw.random() < 0.2 else draw.randint(10, n - 10)
    is_undefined = draw.random() < 0.1
    against = f"vs {column.reference}" if column.reference else None
    address = [column.measure, "pt_only", *setting.values(), kind, group, against, column.stratum]
    return {
        **dict.fromkeys(RESULTS.types),
        **setting,
        "result_id": "/".join(str(part) for part in address if part),
        "arm": kind if kind == "literature" else arm,
        "question": QUESTION_OF[column.measure],
        "measure": column.measure,
        "definition": "pt_only",
        "group_kind": kind,
        "group": group,
        "reference": column.reference,
        "stratum": column.stratum,
        "numerator": x,
        "denominator": n,
        "unit": UNIT[arm],
        "estimate": None if is_undefined else x / n,
        "low": None if is_undefined else 0.8 * x / n,
        "high": None if is_undefined else 1.1 * x / n,
        "level": 0.95,
        "method": "made up",
        "undefined_reason": "made up too" if is_undefined else None,
        "data_version": VERSION,
        "suppressed": False,
    }


def curves(arm: str) -> list[dict[str, object]]:
    """Shares with onset of each generation; of a cohort also recovery and death, with few left at the end."""
    wanted = [("onset_share", "generation", group, "when") for group in GROUPS["generation"]]
    if arm == "cohort":
        wanted += [(curve, "antagonist", "antagonist", "course") for curve in ("recovered", "died")]
    return [
        {
            "curve_id": f"{curve}/pt_only/{kind}/{group}",
            "x": float(x),
            "arm": arm,
            "question": question,
            "curve": curve,
            "definition": "pt_only",
            "group_kind": kind,
            "group": group,
            "x_unit": "days",
            "y": x / 40,
            "low": x / 50,
            "high": min(1.0, x / 30),
            "at_risk": 41 - x,
            "level": 0.95,
            "method": "made up",
        }
        for curve, kind, group, question in wanted
        for x in (1, 5, 12, 40)
    ]


def grid(arm: str) -> list[dict[str, object]]:
    """Two specifications of each group."""
    kind = "generation" if arm == "reports" else "generation_state"
    measure, comparator = ("ror", "all_other_reports") if arm == "reports" else ("rate_ratio", "first_generation")
    return [
        {
            "specification_id": f"{measure}/pt_only/{arm}/{era}/{kind}/{group}",
            **SETTING[arm],
            "arm": arm,
            "measure": measure,
            "group_kind": kind,
            "group": group,
            "definition": "pt_only",
            "comparator": comparator,
            "era": era,
            "a": 20,
            "group_size": 500,
            "reference_a": 30,
            "reference_size": 2000,
            "unit": UNIT[arm],
            "estimate": 2.5,
            "low": 1.4,
            "high": 4.5,
            "level": 0.95,
            "method": "made up",
            "is_main": era == "all",
            "data_version": VERSION,
        }
        for group in GROUPS["generation"]
        for era in ("all", "legacy" if arm == "reports" else "early")
    ]


def summary(arm: str) -> list[dict[str, object]]:
    """What the grid comes to; one group has no choice that moves it."""
    kind, measure = ("generation", "ror") if arm == "reports" else ("generation_state", "rate_ratio")
    common = {"arm": arm, "group_kind": kind, "measure": measure, "specifications": 2, "undefined": 0, "above": 2}
    told = {"main": 2.5, "median": 2.5, "lowest": 2.5, "highest": 2.5, "moves_most": "era", "undefined_reason": None}
    nothing = dict.fromkeys(told) | {"undefined_reason": "no estimate"}
    return [common | {"group": group} | (nothing if group == "TGA" else told) for group in GROUPS["generation"]]


def zeros(arm: str) -> list[dict[str, object]]:
    """One zero of each arm."""
    reason = "no_case" if arm == "reports" else "no_candidate"
    row = {"zero_id": f"{arm}/pt_only/zero", "arm": arm, "definition": "pt_only", "group_kind": "ingredient", "group": HOSTILE}
    return [row | SETTING[arm] | {"reason": reason, "size": 12, "unit": UNIT[arm]}]


def _put(table: Table, stated: list[dict[str, object]], path: Path) -> None:
    table.write(rows(table, *stated), path)

"""A small data folder for the report, written through the declared tables, with numbers that are plausible and made up."""

import json
import math
import random
from dataclasses import replace
from itertools import product
from pathlib import Path

import polars as pl

from nms_pv.report.declared import Study
from nms_pv.spec.definition_files import load_definitions, load_differential
from nms_pv.spec.definitions import Definition
from nms_pv.spec.drugs import Drug, DrugTable, load_drugs
from nms_pv.spec.params import Inputs, Params, load_params
from nms_pv.spec.source import load_faers
from nms_pv.tables.attrition import steps, write_attrition
from nms_pv.tables.canonical import CODING_COVERAGE, REPORTS, UNCODED_NAMES, VALUE_ISSUES
from nms_pv.tables.measures import DUPLICATES, QUESTION_OF, RESULTS, ROLES
from nms_pv.tables.sources import FILES, QUARANTINE
from tests.lib.baseline_fixture import write_baseline
from tests.lib.cohort_cases_fixture import write_cohort_cases
from tests.lib.cohort_report_fixture import write_cohort
from tests.lib.definitions_report_fixture import write_definitions
from tests.lib.quality_report_fixture import write_quality
from tests.lib.questions_report_fixture import write_topics
from tests.lib.report_cases_fixture import QUARTERS, SIZE, YEARS, CountedReports, write_report_cases
from tests.lib.small_study import VERSION

ROOT = Path(__file__).parents[2]
STUDY = ROOT / "study"
# Real definitions under hostile titles, with the status that each is given here and a factor of its made-up counts.
DEFINITIONS = {"pt_only": 1.0, "iec_2011": 0.35, "levenson_1985": 0.5, "smq_narrow": 4.0}
STATUS = {"pt_only": "found", "smq_narrow": "conflict"}
HOSTILE_INGREDIENT = "<script>alert(1)</script> $x_1$\u202e"
HOSTILE_NAMES = [
    "<script>alert(2)</script>",
    '=HYPERLINK("http://evil.example")',
    "abc\u202edef",
    "$\\frac{1}{2}$",
    "high risk pill",
]
# Ratios are those of a large made-up database, so that they are plausible; counts of all reports are those of the rows here.
UNIVERSE, CASES = 240_000, 2_400
# Lines of DEMO in a quarter: 7 leave in the sources, 6 among the versions, 47 because they are not counted.
LINES = SIZE // len(QUARTERS) + 60


def declared_study(input_kind: str = "simulated", build: str = "auto") -> Study:
    """The study of this repository, with one ingredient of a hostile name and definitions with hostile titles."""
    inputs = Inputs(reports=input_kind, cohort="simulated_cdm" if input_kind == "simulated" else "omop")
    params: Params = load_params(ROOT / "params.yaml")
    leaving = params.leaving.model_copy(update={"build": build})
    params = params.model_copy(update={"inputs": inputs, "leaving": leaving})
    drugs: DrugTable = load_drugs(STUDY)
    hostile: Drug = replace(drugs.drugs["haloperidol"], ingredient=HOSTILE_INGREDIENT, names=(HOSTILE_INGREDIENT,))
    with_hostile = replace(drugs, drugs={**drugs.drugs, HOSTILE_INGREDIENT: hostile})
    definitions = [_hostile(d) for d in load_definitions(STUDY) if d.name in DEFINITIONS]
    return Study(params, with_hostile, load_faers(STUDY), definitions, load_differential(STUDY))


def _hostile(definition: Definition) -> Definition:
    """The definition with words around it that no page may take for anything but words."""
    changed = {
        "title": f"Title of {definition.name} <b>",
        "status": STATUS.get(definition.name, "memory"),
        "status_note": "Seen in a table of a later paper <i>.",
        "notes": ["A note with the word risk in it.", "<script>alert(3)</script>"],
    }
    return definition.model_copy(update=changed)


def write_data(data: Path, drugs: DrugTable) -> None:
    """Write every table that the report reads."""
    data.mkdir(parents=True, exist_ok=True)
    _write_sources(data)
    _write_canonical(data)
    for layer, name, unit, n, left in (
        ("3_evidence", "findings", "term", 400, {"no_element_lists_the_term": 150}),
        ("4_labels", "pt_only", "subject", 20, {"not_met": 2, "indeterminate": 0}),
        ("5_exposure", "reports", "report", LINES - 13, {"no_reaction": 40, "no_suspect_drug": 7}),
    ):
        parts = [steps(layer[2:], f"{quarter}:{name}", unit, n, left) for quarter in QUARTERS]
        write_attrition(parts, data / layer / "attrition.csv")
    write_report_cases(data, HOSTILE_INGREDIENT)
    RESULTS.write(results(drugs), data / "6_measures" / "results.parquet")
    write_cohort(data)
    write_cohort_cases(data)
    write_quality(data)
    write_baseline(data)
    for arm in ("reports", "cohort"):
        write_definitions(data, arm)
    write_topics(data)
    (data / "environment.json").write_text(json.dumps({"nms-pv": "0.1.0", "numpy": "2.4.6", "polars": "2.1.0", "python": "3.11"}))


def _write_sources(data: Path) -> None:
    files = [
        {
            "source_id": f"faers:{quarter}:{table}",
            "quarter": quarter,
            "table": table,
            "era": "legacy" if quarter < "2012Q4" else "current",
            "member": f"ascii/{table}{quarter[2:]}.TXT",
            "bytes": 1_000_003 * (number + 1),
            "sha256": f"{number:064x}",
            "encoding": "utf-8",
            "line_count": 40_000,
            "origin": "simulator",
            "licence": "US Government work, public domain",
            "retrieved": None,
        }
        for number, (quarter, table) in enumerate(
            (q, t) for q in QUARTERS for t in ("DEMO", "DRUG", "REAC", "OUTC", "INDI", "THER", "RPSR")
        )
    ]
    FILES.write(pl.DataFrame(files, schema=FILES.types), data / "1_sources" / "files.parquet")
    lines = [
        (f"faers:{QUARTERS[0]}:DRUG", 7, "<script>", "too_few_fields"),
        (f"faers:{QUARTERS[0]}:DRUG", 9, "x$y", "too_many_fields;bad_number"),
        (f"faers:{QUARTERS[3]}:REAC", 11, "x", "too_few_fields"),
    ]
    QUARANTINE.write(pl.DataFrame(lines, schema=QUARANTINE.types, orient="row"), data / "1_sources" / "quarantine.parquet")
    parts = [
        steps(
            "sources",
            f"{quarter}:{table}",
            "record",
            LINES,
            {"glued_records_split": -1, "quarantined": 3, "exact_copy_of_a_row": 5},
        )
        for quarter in QUARTERS
        for table in ("DEMO", "DRUG", "REAC")
    ]
    write_attrition(parts, data / "1_sources" / "attrition.csv")


def _write_canonical(data: Path) -> None:
    folder = data / "2_canonical"
    issues = [(f"faers:{q}:DEMO", "age_years", "beyond_limits", 12, "=1+1") for q in QUARTERS]
    issues += [(f"faers:{q}:THER", "start_day", "after_quarter", 3, "29991231") for q in QUARTERS]
    VALUE_ISSUES.write(pl.DataFrame(issues, schema=VALUE_ISSUES.types, orient="row"), folder / "value_issues.parquet")
    coding = [
        (f"faers:{q}:DRUG", method, rows)
        for q in QUARTERS
        for method, rows in (("active_ingredient", 51_000), ("drug_name", 20_111), ("uncoded", 9_402))
    ]
    CODING_COVERAGE.write(pl.DataFrame(coding, schema=CODING_COVERAGE.types, orient="row"), folder / "coding_coverage.parquet")
    names = [(name, 5_000 - 7 * n, None, None) for n, name in enumerate(HOSTILE_NAMES + [f"PRODUCT {n}" for n in range(40)])]
    names += [("RISPERIDAL", 31, "RISPERIDONE", 0.93), ("ARIPIPRAZOL SANDOZ", 12, "ARIPIPRAZOLE", 0.91)]
    UNCODED_NAMES.write(pl.DataFrame(names, schema=UNCODED_NAMES.types, orient="row"), folder / "uncoded_names.parquet")
    versions = [steps("canonical", f"{quarter}:DEMO", "version", LINES - 7, {"later_version": 6}) for quarter in QUARTERS]
    write_attrition(versions, folder / "attrition.csv")
    for quarter in QUARTERS[:2]:
        REPORTS.write(_reports(quarter), folder / "reports" / f"{quarter}.parquet")


def _reports(quarter: str) -> pl.DataFrame:
    rules = [None] * 93 + ["same_content"] * 4 + ["both"] * 3
    return pl.DataFrame(
        [
            {
                **dict.fromkeys(REPORTS.types),
                "subject_id": f"faers:{quarter[:4]}{n:04d}",
                "version_id": f"faers:{quarter}:{n}",
                "first_received_day_precision": "day",
                "received_day_precision": "day",
                "event_day_precision": "none",
                "sex": "unknown",
                "reporter_type": "unknown",
                "report_type": "unknown",
                "duplicate_group": None if rule is None else "faers:20110001",
                "duplicate_rule": rule,
                "is_representative": rule is None or n % 2 == 0,
                "source_id": f"faers:{quarter}:DEMO",
                "source_line": n + 2,
            }
            for n, rule in enumerate(rules)
        ],
        schema=REPORTS.types,
    )


def results(drugs: DrugTable) -> pl.DataFrame:
    """Rows of the kinds, units and methods that the measures write; every number from a fixed seed."""
    draw, counted = random.Random(7), CountedReports(HOSTILE_INGREDIENT)
    groups = [("generation", code, base, size) for code, base, size in (("FGA", 40, 900), ("SGA", 28, 5_000), ("TGA", 22, 1_500))]
    blockers = [d for d in drugs.drugs.values() if d.blocks_or_depletes_dopamine][:: 3 if len(drugs.drugs) > 50 else 1]
    for drug in blockers:
        groups.append(("ingredient", drug.ingredient, draw.choice([0, 3, 8, 20, 35, 60]), draw.choice([4, 60, 200, 700, 2_500])))
    named = ("haloperidol", "risperidone", "aripiprazole", "olanzapine", "quetiapine", "clozapine", "lithium", HOSTILE_INGREDIENT)
    groups += [("ingredient", name, draw.choice([20, 35, 60]), draw.choice([200, 700, 2_500])) for name in named]
    unique = {(kind, group): (ratio, size) for kind, group, ratio, size in groups}
    rows = []
    for (kind, group), (ratio, size) in unique.items():
        for definition, factor in DEFINITIONS.items():
            for roles, share in zip(ROLES, (0.6, 0.8, 1.0), strict=True):
                for duplicates, kept in zip(DUPLICATES, (0.93, 1.0), strict=True):
                    n = max(1, round(size * share * kept))
                    a = min(n, round(n * ratio * factor / 100 / (1 + factor)))
                    if (kind, group) in counted.groups:
                        a = min(n, counted.cases((definition, roles, duplicates), kind, group))
                    rows.append(_ror(definition, roles, duplicates, kind, group, a, n, round(CASES * factor)))
    for setting in product(DEFINITIONS, ROLES, DUPLICATES):
        x, n = counted.cases(setting, "all", "all"), counted.size(setting, "all", "all")
        rows.append(_proportion("reporting_proportion", setting, "all", "all", x, n))
        rows.append(_row("reports", setting, "all", "all", None, x, n))
    main = ("pt_only", "ps+ss", "collapsed")
    for kind, group in (("all", "all"), ("generation", "FGA"), ("generation", "SGA"), ("generation", "TGA")):
        n = counted.cases(main, kind, group)
        rows += [
            _proportion(f"{flag}_proportion", main, kind, group, counted.cases(main, kind, group, pl.col(f"is_{flag}")), n)
            for flag in ("fatal", "serious")
        ]
        for year in [*YEARS, None]:
            received = pl.col("received_year").eq_missing(year)
            x, n = (count(main, kind, group, received) for count in (counted.cases, counted.size))
            rows.append(_row("reports", main, kind, group, f"year={year or 'unknown'}", x, n))
    return pl.DataFrame(rows, schema=RESULTS.types)


def _row(
    measure: str, setting: tuple[str, str, str], kind: str, group: str, stratum: str | None, numerator: int, denominator: int
) -> dict[str, object]:
    definition, roles, duplicates = setting
    address = [measure, definition, roles, duplicates, kind, group, *([stratum] if stratum else [])]
    return {
        **dict.fromkeys(RESULTS.types),
        "result_id": "/".join(address),
        "arm": "reports",
        "question": QUESTION_OF[measure],
        "measure": measure,
        "definition": definition,
        "roles": roles,
        "duplicates": duplicates,
        "group_kind": kind,
        "group": group,
        "stratum": stratum,
        "numerator": numerator,
        "denominator": denominator,
        "unit": "distinct reports",
        "estimate": float(numerator),
        "method": "count",
        "data_version": VERSION,
        "suppressed": False,
    }


def _proportion(measure: str, setting: tuple[str, str, str], kind: str, group: str, x: int, n: int) -> dict[str, object]:
    p, half = (x / n, 1.96 * math.sqrt(x / n * (1 - x / n) / n)) if n else (None, 0.0)
    return _row(measure, setting, kind, group, None, x, n) | {
        "estimate": p,
        "low": None if p is None else max(0.0, p - half),
        "high": None if p is None else min(1.0, p + half),
        "level": 0.95,
        "method": "Clopper-Pearson interval",
        "undefined_reason": "no report of the group meets the definition" if p is None else None,
    }


def _ror(definition: str, roles: str, duplicates: str, kind: str, group: str, a: int, n: int, cases: int) -> dict[str, object]:
    b, c = n - a, cases - a
    d = UNIVERSE - n - c
    defined = min(a, b, c, d) > 0
    estimate = a * d / (b * c) if defined else None
    spread = 1.96 * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d) if defined else 0.0
    return _row("ror", (definition, roles, duplicates), kind, group, None, a, n) | {
        "reference_numerator": c,
        "reference_denominator": c + d,
        "estimate": estimate,
        "low": estimate and estimate * math.exp(-spread),
        "high": estimate and estimate * math.exp(spread),
        "level": 0.95,
        "method": "a d / (b c); log-normal (Wald) interval; screen: lower 95 % limit > 1 and a >= 3",
        "screen_met": None if estimate is None else a >= 3 and estimate * math.exp(-spread) > 1,
        "undefined_reason": None if defined else "no report of the group meets the definition",
    }

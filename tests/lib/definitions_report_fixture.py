"""Small tables about definitions for the report, the same for both arms, with hand-made numbers; some are below 5."""

from pathlib import Path

import polars as pl

from nms_pv.tables import agreement as measured
from nms_pv.tables.contract import Table
from nms_pv.tables.evidence import TERM_COVERAGE
from nms_pv.tables.labels import CAUSALITY, DEFINITIONS, TREATMENTS, TRIGGERS
from nms_pv.tables.review import ADJUDICATED_ACCURACY, RANKING, RANKING_CALIBRATION, RANKING_QUALITY, REVIEWER_PAIRS
from tests.lib.case_evidence import subject_ids, write_verdicts

UNIT = {"reports": "distinct reports with at least one finding", "cohort": "person-episodes with at least one finding"}
CASES = ["adityanjee_1999", "iec_2011", "levenson_1985", "pt_only"]
WHY_NOT = "needs your own licensed MedDRA files <b> in `study/meddra`"
HOSTILE_TERM = "<script>alert(5)</script>"
MET = {"adityanjee_1999": 0, "iec_2011": 43, "levenson_1985": 93, "pt_only": 234, "hunter_2003": 3, "serotonin_term": 55}
TOTAL = 1_000
INTERVAL = ("estimate", "low", "high")


def write_definitions(data: Path, arm: str, *, judged: bool = True) -> None:
    """Write every table of one arm that the chapter reads; `judged`: whether reviewers have given verdicts."""
    folder = "cohort" if arm == "cohort" else ""
    labels, measures = data / "4_labels" / folder, data / "6_measures" / folder
    _write(DEFINITIONS, _known(judged), labels / "definitions.parquet")
    _write(REVIEWER_PAIRS, [("AB", "CD", "nms", "not_nms", 3)] if judged else [], labels / "reviewer_pairs.parquet")
    write_verdicts(labels, arm)
    _write_labels(labels, subject_ids(arm))
    compared = {**_verdicts(UNIT[arm]), **_models(UNIT[arm]), **_features(UNIT[arm])}
    for table, rows in compared.items():
        _write(table, rows, measures / "definitions" / f"{table.name.split('/')[1]}.parquet")
    _write_ranking(measures / "ranking", "episode" if arm == "cohort" else "report", judged)
    if arm == "reports":
        terms = [("fever", "Pyrexia", "core", 700), ("fever", HOSTILE_TERM, "core", 0), ("rigidity", "Muscle risk", "weak", 0)]
        _write(TERM_COVERAGE, terms, data / "3_evidence" / "term_coverage.parquet")


def _write(table: Table, rows: list[tuple[object, ...]], path: Path) -> None:
    table.write(pl.DataFrame(rows, schema=table.types, orient="row"), path)


def _known(judged: bool) -> list[tuple[object, ...]]:
    rows = [(name, f"Title of {name} <b>", "nms", "found", True, None) for name in CASES]
    rows += [(name, f"Title of {name}", "serotonin_toxicity", "memory", True, None) for name in ("hunter_2003", "serotonin_term")]
    rows.append(("smq_narrow", "Query", "nms", "conflict", False, WHY_NOT))
    rows.append(
        ("adjudicated", "Reviewers' verdicts", "nms", "found", judged, None if judged else "no reviewer has judged a case")
    )
    return rows


def _write_labels(labels: Path, subjects: list[str]) -> None:
    triggers = ["antagonist_start"] * 20 + ["withdrawal"] * 11 + ["ambiguous"] * 3 + ["none_documented"] * 6
    certainty = ["dated"] * 17 + ["undated"] * 3 + ["suspected_undated"] * 11 + ["ambiguous"] * 3 + ["none"] * 6
    joined = ("none", "", "")
    rows = [
        (s, t, *joined, c, "", "", "one_kind_fits" if t != "ambiguous" else "several_kinds_fit")
        for s, t, c in zip(subjects, triggers, certainty, strict=True)
    ]
    _write(TRIGGERS, rows, labels / "triggers" / "a.parquet")
    given = ["given"] * 12 + ["ambiguous"] * 2 + ["before_event"] * 11
    rows = [(s, "dantrolene", g, "timing_unknown", "", "", "") for s, g in zip(subjects, given, strict=False)]
    _write(TREATMENTS, rows, labels / "treatments" / "a.parquet")
    relations = ["antagonist"] * 20 + ["withdrawal"] * 11 + ["depleter"] * 3
    band = (-1, -4, 11, "doubtful", "definite", "q1=?", "q1")
    rows = [
        (s, "haloperidol", r, "", *band, "possible" if n % 10 else "unlikely", "possible", "dechallenge_not_documented")
        for n, (s, r) in enumerate(zip(subjects, relations, strict=False))
    ]
    _write(CAUSALITY, rows, labels / "causality" / "a.parquet")


def _verdicts(unit: str) -> dict[Table, list[tuple[object, ...]]]:
    counts = [(name, met, 500 if name != "pt_only" else TOTAL - met, 500 - met, unit) for name, met in MET.items()]
    counts = [(n, m, no, 0 if n == "pt_only" else i, u) for n, m, no, i, u in counts]
    pairs = [
        ("pt_only", other, here, there, n, unit)
        for other, small in (("hunter_2003", 2), ("serotonin_term", 55))
        for (here, there), n in {
            ("met", "met"): 0,
            ("met", "not_met"): 234,
            ("not_met", "met"): small,
            ("not_met", "not_met"): 600,
            ("not_met", "indeterminate"): 166 - small,
        }.items()
    ]
    kappas = []
    for position, first in enumerate(CASES):
        for second in CASES[position + 1 :]:
            cells = (min(MET[first], MET[second]), 3, MET[second], 700, 0)
            for reading in measured.READING:
                for number, measure in enumerate(measured.AGREEMENT_MEASURE):
                    undefined = MET[first] == 0
                    value = (None,) * 3 if undefined else (0.123456 * number - 0.05, 0.01, 0.98765)
                    reason = "no subject meets either definition" if undefined else None
                    kappas.append((first, second, reading, measure, *cells, unit, *value, 0.95, "made up", reason))
    sets = [("", 0, 700, 690, unit), ("pt_only", 1, 150, 150, unit), ("iec_2011;pt_only", 2, 40, 0, unit)]
    sets += [(f"iec_2011;levenson_1985{';pt_only' * n}", 2 + n, 3, 3, unit) for n in range(2)]
    sets += [(f"levenson_1985;made_up_{n:02d}", 2, 7, 0, unit) for n in range(14)]
    cuts = [
        (name, cut, max(0, 300 - 4 * cut), 500, 200 + min(300, 4 * cut), unit)
        for name in ("iec_2011", "iec_2011_interval")
        for cut in (*range(1, 73), 74, 75, 76)
    ]
    everything = (";".join(CASES), 700, 300, unit, 0.88123, 0.85, 0.91, 0.95, "bootstrap", None)
    return {
        measured.DEFINITION_COUNTS: counts,
        measured.VERDICT_PAIRS: pairs,
        measured.AGREEMENT: kappas,
        measured.AGREEMENT_OF_ALL: [everything],
        measured.DEFINITION_SETS: sets,
        measured.CUTS: cuts,
    }


def _models(unit: str) -> dict[Table, list[tuple[object, ...]]]:
    models, accuracy, pairs, corrected = [], [], [], []
    signs = ["pt_only", "iec_2011:ck", "fever"]
    for name, independence in (("signs", "shared_evidence"), ("fair", "not_refuted"), ("open", "not_identified")):
        open_model = independence == "not_identified"
        reason = "not identified: iec_2011:ck is always met where it is decided" if open_model else None
        value = (None, None, None) if open_model else (0.234567, 0.2, 0.27)
        models.append(
            (name, "met_or_not", ";".join(signs), "pt_only", TOTAL, unit, 7, 0, 20, 0 if open_model else 18)
            + (None if open_model else -123.456, *value, 0.95, "made up", reason, independence, 1, 1)
        )
        for sign in signs:
            for quantity in measured.ACCURACY:
                accuracy.append((name, "met_or_not", sign, quantity, *value, 0.95, "made up", reason))
        if not open_model:
            shared = "ck_elevation;fever" if independence == "shared_evidence" else ""
            pairs.append((name, "met_or_not", "iec_2011:ck", "fever", TOTAL, 77, 75.43, 3.21987, False, shared))
        counts = (None, None, None) if open_model else (368.687, 324.1, 413.2)
        corrected.append((name, "met_or_not", "pt_only", TOTAL, 234, unit, *counts, independence))
        corrected[-1] += (None if open_model else True, 0.95, "made up", reason)
    return {
        measured.LATENT_CLASS_MODELS: models,
        measured.LATENT_CLASS: accuracy,
        measured.LATENT_CLASS_PAIRS: pairs,
        measured.CORRECTED_COUNTS: corrected,
    }


def _features(unit: str) -> dict[Table, list[tuple[object, ...]]]:
    sizes = {"nms_only": 234, "serotonin_only": 55, "both": 3, "neither": 600, "undecidable": 108}
    present = {"nms_only": {"iec_2011:ck": 142, "clonus": 3}, "serotonin_only": {"iec_2011:ck": 6, "clonus": 25}}
    features, differences = [], []
    for reading in measured.READING:
        for feature in ("iec_2011:ck", "clonus"):
            found = {group: present.get(group, {}).get(feature, 0) for group in sizes}
            for group, n in sizes.items():
                whole = n if reading == "met_or_not" else found[group]
                value = (found[group] / whole, 0.4, 0.6) if whole else (None, None, None)
                reason = None if whole else "nobody is counted"
                features.append(
                    (group, feature, reading, "pt_only", "serotonin_term", found[group], 0, n - found[group], unit)
                    + (*value, 0.95, "made up", reason)
                )
            sides = [(found[g], sizes[g] if reading == "met_or_not" else found[g]) for g in ("nms_only", "serotonin_only")]
            difference = 0.4977 if feature == "iec_2011:ck" else -0.44
            differences.append((feature, reading, *sides[0], *sides[1], unit, difference, -0.6, 0.6, 0.95, "made up", None))
    return {measured.FEATURES: features, measured.FEATURE_DIFFERENCES: differences}


def _write_ranking(folder: Path, unit: str, judged: bool) -> None:
    model = (True, "pt_only", 1, "+fever", 4, 2, 1.0, 0.5, None)
    bands = ["high"] * 30 + ["middle"] * 12 + ["low"] * 3
    rows = [(f"case:{n:02d}", unit, n + 1, 0.5, band, *model) for n, band in enumerate(bands)]
    rows.append(("case:99", unit, None, None, None, False, "pt_only", None, "", 4, 1, 0.75, None, "no evidence"))
    _write(RANKING, rows, folder / "ranking.parquet")
    bins = [(1, 0, 2), (5, 3, 20), (10, 27, 35)]
    rows = [(b, "pt_only", b / 10 - 0.05, x, n, x / n, x / n / 2, 1 - (1 - x / n) / 2, 0.95, "exact") for b, x, n in bins]
    _write(RANKING_CALIBRATION, rows, folder / "calibration.parquet")
    quality = [
        ("brier", "pt_only", unit, 46, 45, 30, 0.14290, None, None, None, "mean of squares", None),
        ("auc", "pt_only", unit, 46, 45, 30, 0.78142, 0.72394, 0.83889, 0.95, "DeLong", None),
        ("calibration_slope", "pt_only", unit, 46, 45, 30, None, None, None, None, "Wald", "of 45 candidates 44 are separated"),
    ]
    _write(RANKING_QUALITY, quality, folder / "quality.parquet")
    accuracy = [
        ("pt_only", "sensitivity", 18, 31, 0, 18 / 31, 0.39, 0.75, 0.95, "exact", None, "chosen cases"),
        ("pt_only", "specificity", 2, 4, 1, 0.5, 0.07, 0.93, 0.95, "exact", None, "chosen cases"),
        ("iec_2011", "sensitivity", 0, 0, 0, None, None, None, 0.95, "exact", "nobody is in the denominator", "chosen cases"),
    ]
    _write(ADJUDICATED_ACCURACY, accuracy if judged else [], folder / "accuracy.parquet")

"""What the table of characteristics reads besides the other fixtures: outcomes of reports, and persons at risk."""

from pathlib import Path

from nms_pv.tables.canonical import REPORT_OUTCOMES
from nms_pv.tables.exposure import UNIVERSE
from nms_pv.tables.person_time import ALL, PERSON_TIME
from tests.lib.declared_rows import rows

STRATA = [(ALL, ALL, ALL, 60), ("20-39", ALL, ALL, 40), ("40-64", ALL, ALL, 25), (ALL, "female", ALL, 60), (ALL, ALL, "2010", 60)]
GROUPS = [("antipsychotic", "antipsychotic"), ("generation_state", "FGA")]


def write_baseline(data: Path) -> None:
    """Write `canonical/report_outcomes` of the reports of the universe, and `exposure/person_time`; the universe is there."""
    reports = UNIVERSE.scan(data / "5_exposure" / "universe").sort("subject_id").collect()["subject_id"].head(3).to_list()
    outcomes = [{"subject_id": reports[0], "outcome": name} for name in ("death", "hospitalisation")]
    outcomes += [{"subject_id": report, "outcome": "other_serious"} for report in reports[1:]]
    REPORT_OUTCOMES.write(rows(REPORT_OUTCOMES, *outcomes), data / "2_canonical" / "report_outcomes" / "a.parquet")
    strata = [
        {
            "analysis": "exact",
            "definition": "pt_only",
            "group_kind": kind,
            "group": group,
            **dict(zip(("age_band", "sex", "year"), stratum, strict=True)),
            "since_start": ALL,
            "persons": persons,
            "person_days": 100 * persons,
        }
        for kind, group in GROUPS
        for *stratum, persons in STRATA
    ]
    PERSON_TIME.write(rows(PERSON_TIME, *strata), data / "5_exposure" / "cohort" / "person_time.parquet")

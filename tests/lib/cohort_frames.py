"""People of the slow reference as frames of an engine, and the counts of the fast path as it gives them."""

import polars as pl

from nms_pv.exposure.cohort.counting import CohortFrames, CohortGroups, count_cohort
from nms_pv.exposure.cohort.strata import Strata
from nms_pv.exposure.engine import Engine
from tests.lib.day_by_day import Counts, Person, Study

DAYS = {"start_day": pl.Int32, "end_day": pl.Int32}
PERSON = {"person_id": pl.Int64}
BIRTH = {"birth_year": pl.Int32, "birth_month": pl.Int32, "birth_day_of_month": pl.Int32}


def frames_of(people: list[Person], engine: Engine) -> CohortFrames:
    eras = [(p.person_id, number, *days) for p in people for number, eras in p.eras.items() for days in eras]
    outcomes = [(o.definition, o.subject_id, p.person_id, o.start, o.end) for p in people for o in p.outcomes]
    births = [(p.birth.year, p.birth.month, p.birth.day) if p.birth else (None, None, None) for p in people]
    persons = [(p.person_id, p.sex, *birth) for p, birth in zip(people, births, strict=True)]
    periods = [(p.person_id, *days) for p in people for days in p.periods]
    return CohortFrames(
        *(
            engine.frame(pl.DataFrame(rows, schema=schema, orient="row"))
            for rows, schema in [
                (eras, PERSON | {"group_no": pl.Int32} | DAYS),
                (outcomes, {"definition": pl.String, "subject_id": pl.String} | PERSON | DAYS),
                (persons, PERSON | {"sex": pl.String} | BIRTH),
                (periods, PERSON | DAYS),
            ]
        )
    )


def count_fast(
    people: list[Person], study: Study, engine: Engine, gap_days: int = 0
) -> tuple[Counts, dict[tuple[str, ...], str]]:
    """What `count_by_day` counts, counted by the fast path."""
    names = pl.DataFrame(
        [(number, *group) for number, group in study.groups.items()],
        schema={"group_no": pl.Int32, "group_kind": pl.String, "group": pl.String},
        orient="row",
    )
    time, cases = count_cohort(
        frames_of(people, engine),
        CohortGroups(names, study.switch_days, gap_days),
        study.definitions,
        Strata(study.age_bands, study.since_start_days, study.setting),
        engine,
    )
    key = ["definition", "group_kind", "group"]
    counts = time.select(*key, "age_band", "sex", "year", "since_start", "persons", "person_days", "events", "cases")
    return (
        {tuple(row[:7]): tuple(row[7:]) for row in counts.rows()},
        {tuple(row[:4]): row[4] for row in cases.select(*key, "subject_id", "fate").rows()},
    )

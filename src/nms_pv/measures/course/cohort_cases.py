"""Episodes of the cohort arm: from when to when they are documented and observed, and which groups they count in."""

import polars as pl

from nms_pv.spec.drugs import DrugTable

ANTAGONIST = ("antagonist", "antagonist")
GROUP = ["group_kind", "group"]
CASE = ["definition", *GROUP]


def antagonists(table: DrugTable) -> list[str]:
    """Ingredients that block dopamine receptors, antipsychotics or not."""
    return sorted(drug.ingredient for drug in table.drugs.values() if "antagonist" in drug.relations)


def observed_episodes(episodes: pl.DataFrame, findings: pl.DataFrame, observation: pl.DataFrame) -> pl.DataFrame:
    """Candidate episodes that begin under observation, one row each.

    Parameters
    ----------
    episodes, findings
        `evidence/episodes` and `evidence/findings` of the cohort arm.
    observation
        `exposure/case_observation`.

    Returns
    -------
    Columns subject_id, person_id, episode_no, start_day, end_day (last candidate record), last_sign_day, seen_until (last day of
    that stretch of observation), death_day (empty unless death lies in it), sex, birth_day. Days since 1970-01-01.

    Notes
    -----
    The last documented sign is the last candidate record, or finding that is present and no mere background, up to
    `seen_until`. Signs go on unrecorded, so that it is a lower bound of how long they lasted; a code that is repeated at a later
    visit makes it too late.
    """
    signs = (
        findings.filter(pl.col("state") == "present", pl.col("grade") != "context")
        .group_by("subject_id")
        .agg(sign_day=pl.col("day").max())
    )
    stretch = observation.rename({"start_day": "seen_from", "end_day": "seen_until"})
    is_seen = pl.col("death_day") <= pl.col("seen_until")
    return (
        episodes.join(stretch, on="person_id")
        .filter(pl.col("start_day").is_between("seen_from", "seen_until"))
        .join(signs, on="subject_id", how="left")
        .with_columns(
            last_sign_day=pl.min_horizontal(pl.max_horizontal("end_day", "sign_day"), "seen_until"),
            death_day=pl.when(is_seen).then("death_day"),
        )
        .select(
            "subject_id",
            "person_id",
            "episode_no",
            "start_day",
            "end_day",
            "last_sign_day",
            "seen_until",
            "death_day",
            "sex",
            "birth_day",
        )
        .sort("subject_id")
    )


def counted_cases(cases: pl.DataFrame, analysis: str, definitions: list[str], table: DrugTable) -> pl.DataFrame:
    """Episodes that count in each group at their start: definition, group_kind, group, subject_id.

    Groups are those of `exposure/cases`, and all dopamine antagonists together: an episode counts there when it counts for one of
    the ingredients.
    """
    found = cases.filter(
        pl.col("analysis") == analysis, pl.col("fate") == "counted", pl.col("definition").is_in(definitions)
    ).select("definition", pl.col("group_kind").cast(pl.String), "group", "subject_id")
    of_one = found.filter(pl.col("group_kind") == "ingredient", pl.col("group").is_in(antagonists(table)))
    of_any = of_one.with_columns(group_kind=pl.lit(ANTAGONIST[0]), group=pl.lit(ANTAGONIST[1]))
    return pl.concat([found, of_any]).unique().sort(*CASE, "subject_id")


def first_of_person(counted: pl.DataFrame, observed: pl.DataFrame) -> pl.DataFrame:
    """`counted` with the columns of `observed`, only the first episode of each person in a group: persons are independent."""
    return (
        counted.join(observed, on="subject_id")
        .sort(*CASE, "person_id", "start_day")
        .unique([*CASE, "person_id"], keep="first", maintain_order=True)
    )


def shown_groups(cases: pl.DataFrame, counted: pl.DataFrame, definitions: list[str]) -> pl.DataFrame:
    """Every definition with every group whose exposure somebody with an episode ever had, also those where no episode counts."""
    had = cases.select(pl.col("group_kind").cast(pl.String), "group")
    groups = pl.concat([had, counted.select(GROUP), pl.DataFrame([ANTAGONIST], schema=GROUP, orient="row")]).unique().sort(GROUP)
    return pl.DataFrame({"definition": sorted(definitions)}).join(groups, how="cross")

"""What was taken after an episode, and whether it came back: one row for each episode."""

import polars as pl

from nms_pv.measures.course.cohort_cases import ANTAGONIST, antagonists
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Generations
from nms_pv.spec.questions import AfterSettings

EPISODE = ["definition", "subject_id"]
FATE = {
    "went_on": "an antagonist went on after the episode, so that a later start is no restart",
    "recurred_before_restart": "a new episode came first",
    "restarted": "a dopamine antagonist was begun again after the last documented sign",
    "died": "died before a restart",
    "never_restarted": "stopped, and observed to the end without a restart",
}
POTENCY = ["high", "mid", "low"]


def index_episodes(counted: pl.DataFrame, observed: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """The first episode of each person that counts for a dopamine antagonist, and the next one.

    Parameters
    ----------
    counted
        `counted_cases`: definition, group_kind, group, subject_id.
    observed
        `observed_episodes`.
    met
        definition and subject_id of every episode that meets a definition, counted or not.

    Returns
    -------
    The columns of `observed` with definition, next_day (first day of the person's next episode that meets the same definition;
    empty if there is none) and triggers (ingredients for which it counts).
    """
    of_any = counted.filter(pl.col("group_kind") == ANTAGONIST[0]).select(EPISODE).join(observed, on="subject_id")
    first = of_any.sort("definition", "person_id", "start_day").unique(
        ["definition", "person_id"], keep="first", maintain_order=True
    )
    triggers = (
        counted.filter(pl.col("group_kind") == "ingredient").group_by(EPISODE).agg(triggers=pl.col("group").unique().sort())
    )
    starts = met.join(observed.select("subject_id", "person_id", next_day="start_day"), on="subject_id")
    later = (
        first.select(*EPISODE, "person_id", "last_sign_day")
        .join(starts.drop("subject_id"), on=["definition", "person_id"])
        .filter(pl.col("next_day") > pl.col("last_sign_day"))
        .group_by(EPISODE)
        .agg(pl.col("next_day").min())
    )
    return first.join(later, on=EPISODE, how="left").join(triggers, on=EPISODE, how="left").sort(EPISODE)


def with_restart(
    episodes: pl.DataFrame,
    courses: pl.DataFrame,
    table: DrugTable,
    generations: Generations,
    settings: AfterSettings,
    chained_days: int,
) -> pl.DataFrame:
    """`episodes` (of `index_episodes`) with what was begun again, how, and what followed.

    Parameters
    ----------
    episodes
        As `index_episodes` gives.
    courses
        `exposure/case_courses` of these persons.
    table, generations, settings
        The drug table, how disputed generations are settled, and the settings.
    chained_days
        Candidate records at most so many days apart are one episode, so that none can begin sooner after the last record.

    Returns
    -------
    pl.DataFrame
        Columns besides: fate (`FATE`); of those that restarted restart_day, gap_days (from the last documented sign), gap
        (`0-13`, `14-41`, `42+`), drug (`same` or `other` than the triggers), potency (highest of that day), generation (`mixed`
        where several began that day, `none` for no antipsychotic), form, was_covered (an antagonist begun before was still
        supplied on that day), stop_day (last day covered by what was restarted), follow-up from the restart: recurrence_days,
        death_days, seen_days, and enters_days: a recurrence can only be told from later than that.

    Notes
    -----
    A restart is the first day of a course of any dopamine antagonist after the last documented sign and before a new episode,
    under observation, unless one begun earlier had gone on for more than `leftover_days` by then. Courses join exposures with at
    most params.yaml: cohort.exposure.course_gap_days uncovered days between them; within that gap the same form of the same drug
    counts as going on. Records say what was supplied, not what was taken.
    """
    blocking = courses.filter(pl.col("ingredient").is_in(antagonists(table)))
    taken = episodes.select(*EPISODE, "person_id", "last_sign_day", "seen_until", "next_day", "triggers").join(
        blocking.rename({"start_day": "course_start", "end_day": "course_end"}), on="person_id"
    )
    before_next = pl.col("next_day").is_null() | (pl.col("course_start") < pl.col("next_day"))
    begun = taken.filter(
        pl.col("course_start") > pl.col("last_sign_day"), pl.col("course_start") <= pl.col("seen_until"), before_next
    )
    on_first_day = begun.filter(pl.col("course_start") == pl.col("course_start").min().over(EPISODE))
    restarted = (
        on_first_day.join(_described(table, generations), on="ingredient")
        .with_columns(is_same=pl.col("ingredient").is_in(pl.col("triggers")))
        .group_by(EPISODE)
        .agg(
            restart_day=pl.col("course_start").first(),
            drug=pl.when(pl.col("is_same").any()).then(pl.lit("same")).otherwise(pl.lit("other")),
            potency=pl.col("potency").min().cast(pl.String),
            generation=pl.when(pl.col("generation").n_unique() == 1)
            .then(pl.col("generation").first())
            .otherwise(pl.lit("mixed")),
            form=pl.col("formulation").cast(pl.String).min(),
            stop_day=pl.col("course_end").max(),
        )
    )
    before = (
        taken.filter(pl.col("course_start") <= pl.col("last_sign_day")).group_by(EPISODE).agg(old_end=pl.col("course_end").max())
    )
    found = episodes.join(restarted, on=EPISODE, how="left").join(before, on=EPISODE, how="left")
    return _followed(found, settings, chained_days).sort(EPISODE)


def _described(table: DrugTable, generations: Generations) -> pl.DataFrame:
    rows = [(drug.ingredient, drug.potency, drug.generation_under(generations) or "none") for drug in table.drugs.values()]
    columns = ["ingredient", "potency", "generation"]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row").cast({"potency": pl.Enum(POTENCY)})


def _followed(found: pl.DataFrame, settings: AfterSettings, chained_days: int) -> pl.DataFrame:
    restart, gap = pl.col("restart_day"), pl.col("restart_day") - pl.col("last_sign_day")
    early, long = settings.early_days, settings.long_gap_days
    has_restarted = restart.is_not_null()
    # Known on the day on which that much supply has been used, and never from what came later.
    landmark = pl.col("last_sign_day") + settings.leftover_days
    first = pl.min_horizontal("restart_day", "next_day", "death_day", "seen_until")
    went_on = ((pl.col("old_end") > landmark) & (first > landmark)).fill_null(False)
    fate = (
        pl.when(went_on)
        .then(pl.lit("went_on"))
        .when(has_restarted)
        .then(pl.lit("restarted"))
        .when(pl.col("next_day").is_not_null())
        .then(pl.lit("recurred_before_restart"))
        .when(pl.col("death_day").is_not_null())
        .then(pl.lit("died"))
        .otherwise(pl.lit("never_restarted"))
    )
    return found.with_columns(
        fate=fate,
        gap_days=gap,
        gap=pl.when(gap < early)
        .then(pl.lit(f"0-{early - 1}"))
        .when(gap < long)
        .then(pl.lit(f"{early}-{long - 1}"))
        .when(has_restarted)
        .then(pl.lit(f"{long}+")),
        was_covered=pl.when(has_restarted).then((pl.col("old_end") >= restart).fill_null(False)),
        recurrence_days=pl.col("next_day") - restart,
        death_days=pl.col("death_day") - restart,
        seen_days=pl.col("seen_until") - restart,
        stop_days=pl.col("stop_day") - restart,
        enters_days=pl.col("end_day") + chained_days - restart,
    )

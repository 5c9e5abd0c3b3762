"""The settings of what comes after."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AfterSettings:
    """When a restart is early, and how long a recurrence is looked for.

    `early_days`: a gap from the last documented sign to the restart below this is early. `long_gap_days`: bound of the last class
    of gaps. `recurrence_days`: a new episode at most so many days after the restart is a recurrence. `chained_days`: candidate
    records at most so many days apart are one episode (set from params.yaml: cohort.episodes.gap_days); none can begin sooner
    after the last record. `leftover_days`: supply that outlasts the last documented sign by more is a drug that went on; less may
    be what was left of one that was stopped. `after_stop_days`: who stops the restarted drug is followed so many days longer on
    the curve. `curve_days`: how far curves are drawn. Unit: days.

    A recurrence is looked for twice as long as the 30 days within which nearly all episodes follow a start, because no new
    episode can be told from the last for 30 days: the 30 days that follow an early restart are then seen in part at least.
    """

    early_days: int = 14
    long_gap_days: int = 42
    recurrence_days: int = 60
    chained_days: int = 30
    leftover_days: int = 30
    after_stop_days: int = 7
    curve_days: int = 180

"""The settings of how it goes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CourseSettings:
    """Which days are told, and when an episode counts as over.

    `death_days`: deaths so many days from the first day of an episode count. `sign_free_days`: an episode has ended when so many
    days under observation follow its last documented sign without another. `recovery_days`: days at which the shares that
    recovered and died are told. `curve_days`: how far curves are drawn. Unit: days.
    """

    death_days: int = 30
    sign_free_days: int = 7
    recovery_days: tuple[int, ...] = (2, 7, 14, 30)
    curve_days: int = 60

"""Year, month, day <-> days since 1970-01-01, by integer arithmetic, so that every engine gives the same numbers."""

import narwhals as nw

# Years are counted from 1 March, so that 29 February is the last day of one. From 1901 to 2099 every fourth is a leap year.
FIRST_MARCH_1900 = -25508
FIRST_YEAR, LAST_YEAR = 1901, 2099


def day_number(year: nw.Expr, month: nw.Expr | int, day: nw.Expr | int) -> nw.Expr:
    """Days since 1970-01-01 of a date in the years 1901 to 2099.

    29 February of a year without it is 1 March. For other years of our era the number is off by at most a few days, so that it
    still lies before, or after, every day of these years.

    References
    ----------
    The count from 1 March, in which 153 days are five months: `days_from_civil` of Howard Hinnant's "chrono-Compatible
    Low-Level Date Algorithms" (memory: to be verified), without its centuries.

    """
    march_month = (month + 9) % 12
    march_year = year - march_month // 10
    return _days_of_years(march_year - 1900) + (153 * march_month + 2) // 5 + (day - 1 + FIRST_MARCH_1900)


def year_of(day: nw.Expr) -> nw.Expr:
    """Calendar year of days since 1970-01-01 in the years 1901 to 2099."""
    since = day - FIRST_MARCH_1900
    march_year = (4 * since + 3) // 1461
    is_after_december = (since - _days_of_years(march_year)) // 306
    return march_year + 1900 + is_after_december


def _days_of_years(years: nw.Expr) -> nw.Expr:
    return years * 365 + years // 4

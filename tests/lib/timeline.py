"""Time at risk drawn as one letter a day, on the slow reference and on the fast path.

observed  oooooooooo     `o` a day under observation
era       ..EEE.....     `E` a day of exposure
outcome   ...Xxx....     `X` the day an outcome starts, `x` its other days; several lines, one for each outcome that overlaps
study     ...sssssss     `s` a day of the study window; without the line there is none
at risk   ..#!......     `#` a day at risk, `!` one on which an outcome counts
"""

from datetime import date, timedelta
from itertools import count, groupby
from pathlib import Path

from nms_pv.exposure.engine import open_engine
from nms_pv.spec.time_at_risk import TimeAtRisk, load_time_at_risk
from tests.lib.cohort_frames import count_fast
from tests.lib.day_by_day import EPOCH, Days, Outcome, Person, Study, follow, windows_of

DAY_0 = (date(2001, 1, 1) - EPOCH).days
PRESETS = load_time_at_risk(Path(__file__).parents[2] / "study")
PLAIN = TimeAtRisk.model_validate(
    {
        "name": "plain",
        "title": "The days of the era",
        "notes": [],
        "start": {"anchor": "era_start", "offset_days": 0},
        "end": {"anchor": "era_end", "offset_days": 0},
        "cap_at_era_end": False,
        "windows_that_overlap": "merge",
        "observation": "any",
        "study_window": {"first": None, "last": None},
        "windows_that_start_early": "clip",
        "prior_observation_days": 0,
        "new_user_washout_days": 0,
        "clean_window_days": 0,
        "outcomes_that_overlap": "union",
        "repeated_events": True,
        "unknown_sex_or_birth": "keep",
        "age": "birthday",
        "calendar": "split",
        "rounding": "none",
    }
)
GROUPS = {0: ("ingredient", "haloperidol")}
Numbers = tuple[int, ...]
OVERALL = ("nms", "ingredient", "haloperidol", "all", "all", "all", "all")


def changed(setting: TimeAtRisk, **changes: object) -> TimeAtRisk:
    """The setting with some keys changed, checked like a file."""
    return TimeAtRisk.model_validate(setting.model_dump() | changes)


def spec_timeline(drawing: str, setting: TimeAtRisk = PLAIN, **changes: object) -> None:
    """The days at risk and the events that count are those drawn."""
    lines = [(text[:10].strip(), text[10:].strip()) for text in map(str.strip, drawing.strip().splitlines())]
    drawn = dict(lines)
    setting = changed(setting, **changes)
    if "study" in drawn:
        [(first, last)] = runs(drawn["study"], "s")
        setting = changed(setting, study_window={"first": day(first), "last": day(last)})
    numbers = count()
    outcomes = [
        Outcome("nms", f"omop:1#{next(numbers)}", start, end)
        for name, text in lines
        if name == "outcome"
        for start, end in outcome_runs(text)
    ]
    person = Person(1, "female", date(1960, 5, 5), runs(drawn["observed"], "o"), {0: runs(drawn["era"], "E")}, outcomes)
    study = Study(setting, [0], [0], 0, GROUPS, ["nms"])

    expected = {DAY_0 + place for place, letter in enumerate(drawn["at risk"]) if letter in "#!"}
    expected_events = {DAY_0 + place for place, letter in enumerate(drawn["at risk"]) if letter == "!"}
    at_risk, counted, _ = follow(windows_of(person, study)[0], outcomes, setting)
    assert (
        picture({on for _, on in at_risk}, {outcome.start for _, outcome in counted}, len(drawn["at risk"])) == drawn["at risk"]
    )
    with open_engine("polars") as engine:
        persons, days, events, _ = count_fast([person], study, engine)[0][OVERALL]
    assert (persons, days, events) == (int(bool(expected)), len(expected), len(expected_events))


def picture(days: set[int], events: set[int], length: int) -> str:
    """The line `at risk`; days outside the drawing stand before and after it."""
    outside = [str(on - DAY_0) for on in sorted(days) if not 0 <= on - DAY_0 < length]
    letters = ["!" if on in events else "#" if on in days else "." for on in range(DAY_0, DAY_0 + length)]
    return "".join(letters) + " ".join(outside)


def day(number: int) -> date:
    """A day number as a date."""
    return EPOCH + timedelta(days=number)


def runs(line: str, letter: str) -> list[Days]:
    """First and last day of each run of a letter."""
    found, place = [], DAY_0
    for here, run in groupby(line):
        length = len(list(run))
        if here == letter:
            found.append((place, place + length - 1))
        place += length
    return found


def outcome_runs(line: str) -> list[Days]:
    """First and last day of each outcome: `X`, and the `x` that follow it."""
    starts = [place for place, letter in enumerate(line) if letter == "X"]
    rest = [len(line[start + 1 :]) - len(line[start + 1 :].lstrip("x")) for start in starts]
    return [(DAY_0 + start, DAY_0 + start + more) for start, more in zip(starts, rest, strict=True)]


def counts(people: list[Person], setting: TimeAtRisk, age_bands: tuple[int, ...] = (0, 40)) -> dict[tuple[str, ...], Numbers]:
    """(persons, person-days, events) by (age band, sex, year, days since start)."""
    study = Study(setting, list(age_bands), [0, 3], 0, GROUPS, ["nms"])
    with open_engine("polars") as engine:
        found, _ = count_fast(people, study, engine)
    return {key[3:]: values[:3] for key, values in found.items()}

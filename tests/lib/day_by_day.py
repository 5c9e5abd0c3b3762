"""Time at risk counted one day at a time, in plain Python: slow, and meant to be seen to be right.

No day number arithmetic, no intervals: sets of days, and dates from the standard library.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from nms_pv.spec.time_at_risk import Anchor, TimeAtRisk

EPOCH = date(1970, 1, 1)
HORIZON = 200_000
Days = tuple[int, int]


@dataclass(frozen=True)
class Outcome:
    definition: str
    subject_id: str
    start: int
    end: int


@dataclass(frozen=True)
class Person:
    person_id: int
    sex: str
    birth: date | None
    periods: list[Days]
    eras: dict[int, list[Days]]
    outcomes: list[Outcome] = field(default_factory=list)


@dataclass(frozen=True)
class Window:
    days: frozenset[int]
    era_start: int

    @property
    def first(self) -> int:
        return min(self.days)


@dataclass(frozen=True)
class Study:
    setting: TimeAtRisk
    age_bands: list[int]
    since_start_days: list[int]
    switch_days: int
    groups: dict[int, tuple[str, str]]
    definitions: list[str]


Counts = dict[tuple[str, ...], tuple[int, int, int, int]]


def count_by_day(people: list[Person], study: Study) -> tuple[Counts, dict[tuple[str, ...], str]]:
    """Counts (persons, days, events, cases) by definition, group and stratum; the fate of each outcome."""
    days: dict[tuple[str, ...], int] = defaultdict(int)
    persons = defaultdict(set)
    events: dict[tuple[str, ...], int] = defaultdict(int)
    cases = defaultdict(set)
    fates = {}
    for person in people:
        for number, windows in windows_of(person, study).items():
            for definition in study.definitions:
                group = (definition, *study.groups[number])
                outcomes = [outcome for outcome in person.outcomes if outcome.definition == definition]
                at_risk, counted, fate = follow(windows, outcomes, study.setting)
                for window, day in at_risk:
                    for stratum in strata_of(person, window, day, study):
                        days[group + stratum] += 1
                        persons[group + stratum].add(person.person_id)
                for window, outcome in counted:
                    for stratum in strata_of(person, window, outcome.start, study):
                        events[group + stratum] += 1
                        cases[group + stratum].add(person.person_id)
                if windows or person.eras.get(number):
                    fates |= {(*group, name): what for name, what in fate.items()}
    overall = [
        (definition, *group, "all", "all", "all", "all") for definition in study.definitions for group in study.groups.values()
    ]
    counts = {key: (len(persons[key]), days[key], events[key], len(cases[key])) for key in {*overall, *days}}
    return counts, fates


def windows_of(person: Person, study: Study) -> dict[int, list[Window]]:
    """The windows of each group, with states of generations."""
    setting = study.setting
    is_left_out = setting.unknown_sex_or_birth == "drop" and (person.sex == "unknown" or person.birth is None)
    found = {}
    for number, (kind, _) in study.groups.items():
        eras = [] if is_left_out else sorted(person.eras.get(number, []))
        found[number] = [] if kind == "generation_state" else group_windows(eras, person.periods, setting, kind == "withdrawal")
    states = {group: number for number, (kind, group) in study.groups.items() if kind == "generation_state"}
    generations = {group: found[number] for number, (kind, group) in study.groups.items() if kind == "generation"}
    for state, first, last in state_runs(generations, study.switch_days) if states else []:
        found[states[state]].append(Window(frozenset(range(first, last + 1)), first))
    return found


def group_windows(eras: list[Days], periods: list[Days], setting: TimeAtRisk, is_withdrawal: bool) -> list[Window]:
    windows = []
    for place, (start, end) in enumerate(eras):
        new = is_withdrawal or not setting.new_user_washout_days or is_new_user(eras[:place], start, periods, setting)
        first, last = (start, end) if is_withdrawal else (anchored(setting.start, start, end), anchored(setting.end, start, end))
        if setting.cap_at_era_end:
            last = min(last, end)
        days = set(range(first, last + 1))
        for period_start, period_end in periods:
            if setting.observation == "of_era_start" and not (
                period_start <= start <= period_end and period_start <= first <= period_end
            ):
                continue
            observed = {day for day in days if period_start + setting.prior_observation_days <= day <= period_end}
            if new and observed:
                windows.append(Window(frozenset(observed), start))
    return in_study(apart(windows, setting), setting)


def is_new_user(earlier: list[Days], start: int, periods: list[Days], setting: TimeAtRisk) -> bool:
    washout = set(range(start - setting.new_user_washout_days, start))
    was_exposed = any(end in washout or end >= start for _, end in earlier)
    return not was_exposed and any(washout | {start} <= set(range(first, last + 1)) for first, last in periods)


def anchored(anchor: Anchor, start: int, end: int) -> int:
    return (start if anchor.anchor == "era_start" else end) + anchor.offset_days


def apart(windows: list[Window], setting: TimeAtRisk) -> list[Window]:
    result: list[Window] = []
    for window in sorted(windows, key=lambda w: (w.first, max(w.days), w.era_start)):
        touched = [other for other in result if other.days & window.days]
        if setting.windows_that_overlap == "merge" and touched:
            result = [other for other in result if other not in touched]
            days = window.days.union(*(other.days for other in touched))
            result.append(Window(days, min(touched, key=lambda w: w.first).era_start))
        else:
            taken = set().union(*(other.days for other in result))
            if window.days - taken:
                result.append(Window(frozenset(window.days - taken), window.era_start))
    return result


def in_study(windows: list[Window], setting: TimeAtRisk) -> list[Window]:
    first, last = setting.study_window.first_day, setting.study_window.last_day
    is_inside = {
        day for window in windows for day in window.days if (first is None or day >= first) and (last is None or day <= last)
    }
    if setting.windows_that_start_early == "drop":
        windows = [window for window in windows if window.first in is_inside]
    return [Window(window.days & is_inside, window.era_start) for window in windows if window.days & is_inside]


def state_runs(generations: dict[str, list[Window]], switch_days: int) -> list[tuple[str, int, int]]:
    on = defaultdict(set)
    for generation, windows in generations.items():
        for window in windows:
            for day in window.days:
                on[day].add(generation)
    state = {day: "mixed" if len(names) > 1 else next(iter(names)) for day, names in on.items()}
    result = []
    for day in sorted(state):
        start_of_stretch = max(d for d in state if d <= day and (d - 1 not in state or state[d - 1] != state[d]))
        others = [d for d in state if d < start_of_stretch and state[d] != state[day]]
        is_switch = (
            state[day] != "mixed"
            and bool(others)
            and start_of_stretch - max(others) <= switch_days
            and day - start_of_stretch < switch_days
        )
        name = "switch" if is_switch else state[day]
        is_same_run = day != start_of_stretch and result and result[-1][0] == name
        if is_same_run:
            result[-1] = (name, result[-1][1], day)
        else:
            result.append((name, day, day))
    return result


def follow(
    windows: list[Window], outcomes: list[Outcome], setting: TimeAtRisk
) -> tuple[list[tuple[Window, int]], list[tuple[Window, Outcome]], dict[str, str]]:
    """Days at risk and counted outcomes of one person, group and definition, and the fate of every outcome."""
    excluded = excluded_days(outcomes, setting, {day for window in windows for day in window.days})
    records = [record for window in windows for record in records_of(window, excluded, outcomes)]
    free = [(window, outcome) for window, _, ended_by in records for outcome in ended_by]
    if not setting.repeated_events:
        records = first_records(records, outcomes)
    at_risk = [(window, day) for window, days, _ in records for day in days]
    counted = [(window, outcome) for window, _, ended_by in records for outcome in ended_by]
    fates = {}
    for outcome in outcomes:
        is_inside = any(outcome.start in window.days for window in windows)
        fates[outcome.subject_id] = "in_clean_window" if is_inside else "outside_time_at_risk"
    fates |= {outcome.subject_id: "later_event" for _, outcome in free}
    fates |= {outcome.subject_id: "counted" for _, outcome in counted}
    return at_risk, counted, fates


def excluded_days(outcomes: list[Outcome], setting: TimeAtRisk, days: set[int]) -> set[int]:
    excluded = set()
    for outcome in outcomes:
        until = HORIZON if setting.clean_window_days == "all_history" else outcome.end + setting.clean_window_days
        later = [other.start for other in outcomes if other.start > outcome.start]
        if setting.outcomes_that_overlap == "latest" and later:
            until = min(until, min(later))
        excluded |= {day for day in days if outcome.start < day <= until}
    return excluded


Record = tuple[Window, list[int], list[Outcome]]


def records_of(window: Window, excluded: set[int], outcomes: list[Outcome]) -> Iterator[Record]:
    """Free days of a window in runs, each run cut after a day on which outcomes start."""
    run: list[int] = []
    for day in sorted(window.days - excluded):
        if run and day != run[-1] + 1:
            yield window, run, []
            run = []
        run.append(day)
        starting = [outcome for outcome in outcomes if outcome.start == day]
        if starting:
            yield window, run, starting
            run = []
    if run:
        yield window, run, []


def first_records(records: list[Record], outcomes: list[Outcome]) -> list[Record]:
    """What IncidencePrevalence keeps where only one event of a subject may count."""
    touched = [record for record in records if any(outcome.start <= max(record[0].days) for outcome in outcomes)]
    if not any(ended_by for _, _, ended_by in touched):
        return records
    window, days, ended_by = min(touched, key=lambda record: record[1][0])
    first = [(window, days, sorted(ended_by, key=lambda outcome: outcome.subject_id)[:1])]
    return [record for record in records if record not in touched] + first


def strata_of(person: Person, window: Window, day: int, study: Study) -> list[tuple[str, ...]]:
    """The strata (age band, sex, year, days since start) that a day counts in."""
    setting = study.setting
    day_of_year = day if setting.calendar == "split" else window.first
    year = str((EPOCH + timedelta(days=day_of_year)).year)
    age = band(age_on(person.birth, day if setting.age == "birthday" else window.first, setting), study.age_bands)
    since = band(day - window.era_start, study.since_start_days)
    return [
        ("all", "all", "all", "all"),
        (age, "all", "all", "all"),
        ("all", person.sex, "all", "all"),
        ("all", "all", year, "all"),
        ("all", "all", "all", since),
        (age, person.sex, year, "all"),
    ]


def age_on(birth: date | None, day: int, setting: TimeAtRisk) -> int | None:
    if birth is None:
        return None
    on = EPOCH + timedelta(days=day)
    if setting.age == "calendar_year":
        return on.year - birth.year
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def band(value: int | None, bounds: list[int]) -> str:
    if value is None:
        return "unknown"
    place = max((n for n, low in enumerate(bounds) if value >= low), default=0)
    return f"{bounds[place]}+" if place == len(bounds) - 1 else f"{bounds[place]}-{bounds[place + 1] - 1}"

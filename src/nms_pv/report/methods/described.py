"""Settings in words, as a methods section tells them; used by both arms and by the tables of the protocol."""

from collections.abc import Sequence
from dataclasses import dataclass

from nms_pv.spec.definitions import Definition
from nms_pv.spec.params import Generations, band_names
from nms_pv.spec.time_at_risk import Anchor, TimeAtRisk

WORDING = {
    "found": "its wording was seen in a public source",
    "memory": "its wording was recalled and is to be verified",
    "conflict": "sources of its wording disagree",
}
ENDS = {"era_start": "the first day of an era", "era_end": "the last covered day of an era"}
OBSERVED = {
    "of_era_start": "cut to the observation period in which the era started",
    "any": "cut to days under observation",
}
REPEATED = {
    True: "every episode that started on a day of this time counted",
    False: "at most one episode of a person counted",
}
AGE = {"birthday": "age changed at birthdays", "calendar_year": "age was the calendar year less the year of birth"}
ROUNDING = {"none": "", "person_years_3_decimals": "; person-years were rounded to three decimals"}


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the methods: what it is about, and its text."""

    title: str
    text: str


def listed(words: Sequence[object]) -> str:
    """`a, b and c`; `none` when there is nothing."""
    texts = [str(word) for word in words]
    if len(texts) < 2:
        return texts[0] if texts else "none"
    return f"{', '.join(texts[:-1])} and {texts[-1]}"


def days(count: int) -> str:
    """`1 day`, `7 days`."""
    return f"{count} day" if count == 1 else f"{count} days"


def cited(definition: Definition) -> str:
    """A definition with its source and how far its wording was verified."""
    doi = f" doi {definition.doi}." if definition.doi else ""
    source = f"{definition.citation.rstrip('. ')}.{doi}"
    return f"{definition.title} (`{definition.name}`). Source: {source} Status: {WORDING[definition.status]}."


def software(versions: dict[str, str]) -> str:
    """The program and the libraries that the numbers were computed with."""
    others = [f"{name} {version}" for name, version in sorted(versions.items()) if name != "nms-pv"]
    return f"nms-pv {versions.get('nms-pv', 'of unknown version')}, with {listed(others)}"


def bands(bounds: list[int], unit: str) -> str:
    """`0-19, 20-39 and 40+ years`."""
    return f"{listed(band_names(bounds))} {unit}"


def grouping(generations: Generations) -> str:
    """How antipsychotics were grouped by generation."""
    disputed = {"table": "by the drug table's first choice", "alternative": "by the drug table's alternative"}
    third = {"own": "were a group of their own", "second": "counted as second generation"}
    return (
        "Antipsychotics were grouped into generations by a table of drugs with its sources, not by their ATC codes; those of "
        f"disputed generation {disputed[generations.disputed]}. D2 partial agonists (third generation) "
        f"{third[generations.third]}."
    )


def anchor(end: Anchor) -> str:
    """One end of the time at risk."""
    if end.offset_days == 0:
        return ENDS[end.anchor]
    side = "after" if end.offset_days > 0 else "before"
    return f"{days(abs(end.offset_days))} {side} {ENDS[end.anchor]}"


def study_window(setting: TimeAtRisk) -> str:
    """First and last day of the study."""
    window = setting.study_window
    if window.first is None and window.last is None:
        return "all observed time"
    return f"{window.first or 'the first observed day'} to {window.last or 'the last observed day'}"


def new_users(setting: TimeAtRisk) -> str:
    """Which eras count."""
    if setting.new_user_washout_days == 0:
        return "every era counted, of new and of earlier users"
    return (
        f"only eras counted before which the person was observed for {days(setting.new_user_washout_days)} without the exposure"
    )


def clean_window(setting: TimeAtRisk) -> str:
    """What an episode does to the time after it."""
    if setting.clean_window_days == "all_history":
        return "after an episode the person was not at risk again"
    if setting.clean_window_days == 0:
        return "the days of an episode after its first were not at risk"
    return (
        f"an episode took the person out of risk from the day after its first to {days(setting.clean_window_days)} after its last"
    )


def unknown_people(setting: TimeAtRisk) -> str:
    """What was done with persons of unknown sex or year of birth."""
    kept = {"keep": "were kept, in a stratum of their own", "drop": "were left out"}
    return f"persons of unknown sex or year of birth {kept[setting.unknown_sex_or_birth]}"


def time_at_risk(setting: TimeAtRisk) -> str:
    """Which days of a person counted, and which episodes, in one sentence."""
    capped = ", never beyond the era" if setting.cap_at_era_end else ""
    prior = f", after {days(setting.prior_observation_days)} of observation" if setting.prior_observation_days else ""
    return (
        f"{setting.title} (`{setting.name}`): a person was at risk from {anchor(setting.start)} to "
        f"{anchor(setting.end)}{capped}, {OBSERVED[setting.observation]}{prior}, within {study_window(setting)}; "
        f"{new_users(setting)}; {clean_window(setting)}; {REPEATED[setting.repeated_events]}; {unknown_people(setting)}; "
        f"{AGE[setting.age]}{ROUNDING[setting.rounding]}"
    )

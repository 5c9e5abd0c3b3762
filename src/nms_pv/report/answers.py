"""The eight questions on one screen: a sentence with a number and its interval for each arm, chosen from the results."""

from dataclasses import dataclass

from nms_pv.report.numbers import Row
from nms_pv.report.questions.panels import ANTIPSYCHOTICS, START, Column
from nms_pv.report.questions.section import QuestionsPart
from nms_pv.tables.measures import QUESTION


@dataclass(frozen=True)
class Asked:
    """The number that answers a question in one arm, and the words before and after it; settings stand in braces."""

    before: str
    column: Column
    kind: str
    group: str
    after: str


@dataclass(frozen=True)
class Answer:
    """A sentence around a number; `row` is None where it was not computed."""

    arm: str
    before: str
    row: Row | None
    after: str


_ANY = ("antipsychotic", "antipsychotic")
_ANTAGONIST = ("antagonist", "antagonist")
_MEDIAN = Column("", "onset_quantile", stratum=f"{START};quantile=0.5")
ASKED: dict[str, dict[str, Asked]] = {
    "how_often": {
        "cohort": Asked(
            "While an antipsychotic is taken there are", Column("", "incidence_rate"), *_ANY, "episodes per 100,000 person-years"
        ),
        "reports": Asked("Of all reports,", Column("", "reporting_proportion"), "all", "all", "% meet the definition"),
    },
    "falling": {
        "cohort": Asked(
            "From one calendar year to the next the rate changes by a factor of",
            Column("", "annual_rate_ratio"),
            *_ANY,
            "(age and sex held)",
        ),
        "reports": Asked(
            "From one year to the next the share among reports of antipsychotics changes by a factor of",
            Column("", "annual_prr_ratio"),
            *_ANY,
            "which is no trend of how often it occurs",
        ),
    },
    "which_drugs": {
        "cohort": Asked(
            "With second-generation antipsychotics alone the rate is",
            Column("", "adjusted_rate_ratio", "FGA"),
            "generation_state",
            "SGA",
            "times that with first-generation ones (age, sex and year held)",
        ),
        "reports": Asked(
            "Among reports that name an antipsychotic, the odds of reporting it with a second-generation one are",
            Column("", "ror", ANTIPSYCHOTICS),
            "generation",
            "SGA",
            "times those with the others",
        ),
    },
    "which_signs": {
        "cohort": Asked(
            "Of episodes with at least two dated core signs,",
            Column("", "first_sign_early_proportion", stratum="ties=allowed;dated=2"),
            *_ANY,
            "% begin with altered mental state or rigidity",
        ),
        "reports": Asked(
            "Rigidity is documented in",
            Column("", "element_documented_proportion", stratum="element=iec_2011:rigidity"),
            "all",
            "all",
            "% of the cases, which is a lower bound",
        ),
    },
    "when": {
        "cohort": Asked("Half of the episodes begin within", _MEDIAN, "antagonist", "all", "days of the start of the drug"),
        "reports": Asked(
            "Where the report gives both dates, half of the events begin within",
            _MEDIAN,
            "antagonist",
            "all",
            "days of the start of the drug",
        ),
    },
    "course": {
        "cohort": Asked(
            "Within {death_days} days",
            Column("", "death_proportion"),
            *_ANTAGONIST,
            "% of the people with an episode die, of whatever cause",
        ),
        "reports": Asked(
            "Outcome death stands in", Column("", "fatal_proportion"), "all", "all", "% of the cases of known outcome"
        ),
    },
    "after": {
        "cohort": Asked(
            "After a dopamine antagonist is started again it recurs in",
            Column("", "recurrence_proportion"),
            "restart",
            "any",
            "% of the people",
        ),
        "reports": Asked(
            "Where a report says what happened when the drug was given again, the reaction came back in",
            Column("", "rechallenge_positive_proportion"),
            *_ANTAGONIST,
            "%",
        ),
    },
    "own_control": {
        "cohort": Asked(
            "In the first week of an era the rate in the same person is",
            Column("", "irr", "91+", "window=0-7", "first_episode"),
            *_ANY,
            "times that after day 90",
        ),
    },
}


def answers(parts: dict[str, QuestionsPart]) -> list[tuple[str, str, list[Answer]]]:
    """For each question its name, its title, and the answer of each arm that is asked."""
    return [
        (name, title, [_answer(ASKED[name][arm], part) for arm, part in parts.items() if arm in ASKED[name]])
        for name, title in QUESTION.items()
    ]


def _answer(asked: Asked, part: QuestionsPart) -> Answer:
    before = asked.before.format(death_days=part.params.questions.course.death_days)
    return Answer(part.arm, before, part.numbers.one(asked.column, asked.kind, asked.group), asked.after)

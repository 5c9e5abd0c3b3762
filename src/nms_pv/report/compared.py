"""Which results stand in which figure and table, and in which order."""

from dataclasses import dataclass
from string import ascii_uppercase

import polars as pl

from nms_pv.report.inputs import Published
from nms_pv.report.numbers import Row, is_drawable, reason_undefined
from nms_pv.report.results import Results, Setting
from nms_pv.report.style import ALL, GENERATIONS, LOOKS, Look, look_of
from nms_pv.spec.drugs import DrugTable
from nms_pv.spec.params import Generations
from nms_pv.tables.measures import DUPLICATES, ROLES

TOP_INGREDIENTS = 9
OUTCOMES = (("fatal_proportion", "Outcome death"), ("serious_proportion", "At least one seriousness code"))


@dataclass(frozen=True)
class Ingredients:
    """The ingredients that block or deplete dopamine, by generation, and those without an estimate."""

    drawn: list[tuple[Look, list[Row]]]
    undefined: list[tuple[Look, str, list[Row]]]

    @property
    def rows(self) -> list[tuple[Look, Row]]:
        """All of them, with their look."""
        return [(look, row) for look, rows in self.drawn for row in rows] + [
            (look, row) for look, _, rows in self.undefined for row in rows
        ]


@dataclass(frozen=True)
class Facet:
    """One group under all definitions, in the order of the definitions."""

    group: str
    look: Look
    rows: list[Row | None]


@dataclass(frozen=True)
class GridLine:
    """One setting, and its reporting odds ratio for each generation."""

    setting: Setting
    rows: list[Row | None]


@dataclass(frozen=True)
class PublishedRor:
    """A published number that can be drawn, with the letter of its study."""

    letter: str
    source: Published
    estimate: float
    low: float | None
    high: float | None

    @property
    def printed(self) -> str:
        """As printed in its source."""
        return f"{self.source.value} ({self.source.low}–{self.source.high})"


@dataclass(frozen=True)
class Comparison:
    """Our number for an ingredient and the published ones."""

    drug: str
    look: Look
    ours: Row
    published: list[PublishedRor]


def look_of_ingredient(name: str, drugs: DrugTable, generations: Generations) -> Look:
    """The look of the generation of an ingredient."""
    return look_of(drugs.drugs[name].generation_under(generations)) if name in drugs.drugs else look_of(None)


def ingredients(results: Results, main: Setting, drugs: DrugTable, generations: Generations) -> Ingredients:
    """Sorted by generation, then by estimate; the undefined by generation, reason and name."""
    rows = [
        row
        for row in results.groups("ror", main, "ingredient")
        if row["group"] in drugs.drugs and drugs.drugs[row["group"]].blocks_or_depletes_dopamine
    ]
    looks = {row["group"]: look_of_ingredient(row["group"], drugs, generations) for row in rows}
    order = list(LOOKS.values())
    by_size = sorted((row for row in rows if is_drawable(row)), key=lambda r: (-r["estimate"], r["group"]))
    drawn = [(look, [row for row in by_size if looks[row["group"]] == look]) for look in order]
    by_reason: dict[tuple[int, str], list[Row]] = {}
    for row in sorted((row for row in rows if not is_drawable(row)), key=lambda r: r["group"]):
        by_reason.setdefault((order.index(looks[row["group"]]), reason_undefined(row)), []).append(row)
    return Ingredients(
        drawn=[(look, found) for look, found in drawn if found],
        undefined=[
            (order[number], reason, found) for (number, reason), found in sorted(by_reason.items(), key=lambda item: item[0])
        ],
    )


def year_lines(years: dict[tuple[str, int | None], Row]) -> list[tuple[str, list[Row | None]]]:
    """Each year with its generations and all reports; the cases of unknown year come last."""
    labels = sorted({year for _, year in years}, key=lambda year: (year is None, year or 0))
    groups = [*(look.code for look in GENERATIONS), "all"]
    return [("unknown" if year is None else str(year), [years.get((group, year)) for group in groups]) for year in labels]


def definition_order(results: Results, main: Setting, declared: list[str]) -> list[str]:
    """The main definition, then the others as declared, then any that only the results know."""
    computed = {setting.definition for setting in results.settings()}
    rest = [*declared, *sorted(computed)]
    return [name for name in dict.fromkeys([main.definition, *rest]) if name in computed]


def facets(results: Results, main: Setting, definitions: list[str], drugs: DrugTable, generations: Generations) -> list[Facet]:
    """Each generation, then the ingredients with most reports that meet the main definition."""
    rows = ingredients(results, main, drugs, generations).rows
    most = sorted(rows, key=lambda pair: (-pair[1]["numerator"], pair[1]["group"]))[:TOP_INGREDIENTS]
    groups = [("generation", look.code, look.label, look) for look in GENERATIONS]
    groups += [("ingredient", row["group"], row["group"], look) for look, row in most if not row["suppressed"]]
    settings = [Setting(name, main.roles, main.duplicates) for name in definitions]
    all_facets = [
        Facet(label, look, [results.one("ror", setting, kind, group) for setting in settings])
        for kind, group, label, look in groups
    ]
    return [facet for facet in all_facets if any(facet.rows)]


def grid(results: Results, definitions: list[str]) -> list[GridLine]:
    """Every definition x roles x duplicates that was computed, for each generation."""
    computed = set(results.settings())
    settings = [Setting(d, r, k) for d in definitions for r in ROLES for k in DUPLICATES]
    return [
        GridLine(setting, [results.one("ror", setting, "generation", look.code) for look in GENERATIONS])
        for setting in settings
        if setting in computed
    ]


def outcome_panels(results: Results, main: Setting) -> list[tuple[str, list[tuple[Look, Row | None]]]]:
    """For each outcome the generations and all reports."""
    groups = [*(("generation", look.code, look) for look in GENERATIONS), ("all", "all", ALL)]
    return [
        (title, [(look, results.one(measure, main, kind, group)) for kind, group, look in groups]) for measure, title in OUTCOMES
    ]


def comparisons(
    results: Results, main: Setting, drugs: DrugTable, generations: Generations, published: list[Published]
) -> list[Comparison]:
    """The ingredients that have both our number and a published one, by generation and name."""
    letters = dict(zip(dict.fromkeys(p.study for p in published), ascii_uppercase, strict=False))
    by_drug: dict[str, list[PublishedRor]] = {}
    for p in published:
        drawable = PublishedRor(letters[p.study], p, float(p.value), _number(p.low), _number(p.high))
        by_drug.setdefault(p.drug.lower(), []).append(drawable)
    found = [
        Comparison(row["group"], look_of_ingredient(row["group"], drugs, generations), row, by_drug[row["group"].lower()])
        for row in results.groups("ror", main, "ingredient")
        if row["group"].lower() in by_drug
    ]
    order = list(LOOKS.values())
    return sorted(found, key=lambda c: (order.index(c.look), c.drug))


def studies(found: list[Comparison]) -> list[tuple[str, str, str]]:
    """Letter, name and population of each study that is drawn."""
    return sorted({(p.letter, p.source.study, p.source.population) for c in found for p in c.published})


def published_beside_ours(found: list[Comparison]) -> pl.DataFrame:
    """The published numbers, one row each, with the address of ours."""
    columns = ("drug", "our_result_id", "study", "population", "value", "low", "high", "doi", "status", "note")
    rows = [
        (c.drug, c.ours["result_id"], s.study, s.population, s.value, s.low, s.high, s.doi, s.status, s.note)
        for c in found
        for s in (p.source for p in c.published)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _number(text: str) -> float | None:
    return float(text) if text else None

"""The methods of the reports arm, after READUS-PV: in the past tense, and every value from a setting or a result."""

import polars as pl

from nms_pv.report.methods.described import Paragraph, bands, cited, grouping, listed, software
from nms_pv.report.methods.formulas import clauses, formulas
from nms_pv.report.methods.read import MethodsPart
from nms_pv.report.numbers import count
from nms_pv.tables.canonical import CODING_METHOD, DUPLICATE_RULE
from nms_pv.tables.measures import DUPLICATES, MEASURE, ROLES

ARM = "reports"
RULES = {
    "content_or_number": ["same_content", "same_sender_number"],
    "content": ["same_content"],
    "number": ["same_sender_number"],
    "none": [],
}
SCREENED = ("ror", "prr", "ic", "ebgm", "omega")
MOST_QUARTERS = 12


def paragraphs(part: MethodsPart) -> list[Paragraph]:
    """The paragraphs of a paper's methods section, for reports."""
    smallest = part.study.params.smallest_cell(ARM)
    return [
        Paragraph("Study design", _design(part)),
        Paragraph("Data source", _source(part)),
        Paragraph("Versions and duplicates", _duplicates(part)),
        Paragraph("Reports that count", _universe(part)),
        Paragraph("Case definition", _definition(part)),
        Paragraph("Drugs", _drugs(part)),
        Paragraph("Comparators", _comparators(part)),
        Paragraph("Measures and thresholds", _measures(part)),
        Paragraph("Adjustment and sensitivity", _adjustment(part)),
        Paragraph("Single cases", _cases(part)),
        Paragraph("Other sources", _others(part)),
        *([Paragraph("Small cells", _small_cells(smallest))] if smallest else []),
        Paragraph("Software", f"{software(part.environment)}."),
    ]


def _design(part: MethodsPart) -> str:
    source = part.study.faers.rules
    return (
        f"This is a disproportionality analysis of individual case safety reports in {source.title}. Such an analysis generates "
        "hypotheses. It shows neither that a drug causes an event nor how often the event occurs, because nobody knows how many "
        "people took a drug, and how many events went unreported. Every number is a measure of reporting."
    )


def _source(part: MethodsPart) -> str:
    source, files = part.study.faers.rules, part.files
    quarters = files["quarter"].unique().sort().to_list()
    named = listed(quarters) if len(quarters) <= MOST_QUARTERS else f"{quarters[0]} to {quarters[-1]}, not all between"
    retrieved = files["retrieved"].drop_nulls().unique().sort().to_list()
    taken = f", retrieved {retrieved[0]} to {retrieved[-1]}" if retrieved else ""
    made = (
        " The files were simulated in the shape of real ones; no number says anything about any drug."
        if part.study.simulated
        else ""
    )
    return (
        f"The database is published by the {source.publisher} ({source.licence}). {count(files.height)} files of {len(quarters)} "
        f"quarters were read ({named}{taken}), {count(int(files['line_count'].sum()))} lines in all; data version "
        f"{part.data_version(ARM)}.{made} Reactions and indications were taken as the source codes them, in preferred terms of "
        f"MedDRA. Dates before {source.earliest_date.isoformat()} or after the quarter, ages outside "
        f"{source.age_years.minimum:g} to {source.age_years.maximum:g} years and weights outside {source.weight_kg.minimum:g} to "
        f"{source.weight_kg.maximum:g} kg were not believed, and count as not stated. Lines that could not be read were set "
        "aside with a reason and counted."
    )


def _duplicates(part: MethodsPart) -> str:
    settings, main = part.study.params.duplicates, part.study.main
    shown = "Of each case the latest version was used; cases that the publisher deleted were left out."
    if not RULES[settings.rule]:
        return f"{shown} Probable duplicates were not looked for (rule `{settings.rule}`)."
    rules = "; or when ".join(DUPLICATE_RULE[rule] for rule in RULES[settings.rule])
    return (
        f"{shown} Two reports were flagged as probable duplicates when {rules} (rule `{settings.rule}`). A group of "
        f"{settings.largest_padded_group} or more from one sender, on a date that may have been filled in, was not believed; "
        f"ages could differ by at most {settings.largest_age_gap_years} years. Duplicates were flagged and never deleted. Shown "
        f"first: {DUPLICATES[main.duplicates]} (`{main.duplicates}`)."
    )


def _universe(part: MethodsPart) -> str:
    return (
        "Distinct reports with at least one suspect drug and at least one reaction were counted. The counting unit is the "
        "report: one with two drugs of a group counts once for the group. Each report that left, and why, is in the chapter on "
        "attrition."
    )


def _definition(part: MethodsPart) -> str:
    main = part.study.definitions_main_first[0]
    others = [name for name in part.study.params.definitions if name != main.name]
    also = f" All measures were computed under {listed(others)} too." if others else ""
    return (
        f"A report was a case when it met the main definition: {cited(main)} A definition was met or not met only where what is "
        "not documented could not change the answer; otherwise it was indeterminate, and did not count as a case. Silence was "
        f"never taken for absence, unless the definition says so.{also} All {len(part.study.definitions)} definitions were "
        "applied to every report and compared with each other."
    )


def _drugs(part: MethodsPart) -> str:
    main = part.study.main
    return (
        f"A reported drug was coded to an ingredient when {CODING_METHOD['active_ingredient']}, or when "
        f"{CODING_METHOD['drug_name']}: cleaning strips salts, strengths and dosage forms. Nothing was matched by likeness; "
        "names that were not matched were counted and listed. A drug counted in the role of "
        f"{ROLES[main.roles].replace('`', '')} (`{main.roles}`). {grouping(part.study.params.generations)} A report that names "
        "drugs of two generations counted in both."
    )


def _comparators(part: MethodsPart) -> str:
    named = part.study.params.reports.comparators
    by_name = f", and with {listed(named)} by name" if named else ""
    return (
        "The reference group of the first table is all other reports, whatever their drugs. Because the reference changes the "
        f"answer more than anything else, each group was also compared with reports of all other antipsychotics{by_name}."
    )


def _measures(part: MethodsPart) -> str:
    ours = [formula.measure for formula in formulas(part.results, ARM) if formula.measure in SCREENED]
    means = "; ".join(f"{name.upper()}, {MEASURE[name]}" for name in ours)
    told = [f"{name.upper()}, {rule.lstrip(': ')}" for name in ours for rule in clauses(part.results, name, "screen")]
    rules = f" A group was marked for a closer look by the published rules: {'; '.join(told)}." if told else ""
    return (
        f"Measures of disproportionality: {means or 'none'}. In each table a is the reports of the group that meet the "
        "definition, b those of the group that do not, c and d the same outside the group, N all reports, and E the number "
        f"expected. Nothing was added to a cell to make a ratio possible: what is undefined is empty, with its reason.{rules} "
        f"Intervals have a nominal coverage of {100 * part.study.params.level:g} %, and their method stands with each measure. "
        f"{_multiplicity(part)}The full list is the table of formulas."
    )


def _multiplicity(part: MethodsPart) -> str:
    has_family = any(formula.measure == "q_value" for formula in formulas(part.results, ARM))
    return f"For many comparisons at once: {MEASURE['q_value']}. " if has_family else ""


def _adjustment(part: MethodsPart) -> str:
    reports = part.study.params.reports
    strata = listed(clauses(part.results, "ror_stratified", "strata of"))
    covariates = listed(clauses(part.results, "adjusted_ror", "adjusted for"))
    return (
        f"Ratios were stratified ({strata}) and adjusted by logistic regression (covariates: {covariates}). Age bands: "
        f"{bands(reports.age_bands, 'years')}. Systematic error was estimated from negative control drugs, and taken out. "
        "Masking by the strongest group was measured. Every combination of definition, role, rule of duplicates, comparator and "
        "restriction was computed, and is shown in the chapter on sensitivity."
    )


def _cases(part: MethodsPart) -> str:
    return (
        "Of each case the findings, the verdict of each definition and the raw lines behind them are kept. Causality of each "
        "drug was judged by rule, by Naranjo's scale and the WHO-UMC categories, as far as a report holds what they ask: an "
        "item that nothing can answer stays unknown, and the score is an interval. These judgements were made by a program, "
        "from coded fields; narratives were not read. Cases were ranked for review by people, whose verdicts, where there are "
        "any, stand beside those of the definitions."
    )


def _others(part: MethodsPart) -> str:
    by_use = part.results.filter(pl.col("measure") == "reporting_rate")["estimate"]
    told = "Published numbers were taken from the study's table of literature, with their status, and are shown beside ours."
    told += (
        " Use of the drugs was taken from the study's table of volumes; reports by use remain a measure of reporting."
        if by_use.count()
        else ""
    )
    if "cohort" in part.study.arms:
        told += " A cohort with a denominator of people was analysed beside the reports; the two were never pooled."
    return told


def _small_cells(smallest: int) -> str:
    return (
        f"In what leaves the study, counts of reports from 1 to {smallest - 1} are hidden, with what is computed from them. "
        f"Other counts are rounded to multiples of {smallest}, and estimates to two digits, so that none can be solved."
    )

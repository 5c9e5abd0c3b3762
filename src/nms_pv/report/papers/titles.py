"""What tables and columns of the report are called in a paper."""

from nms_pv.report.words import readable

COHORT = "cohort_"
TITLES = {
    "agreement_of_all": "Agreement of all case definitions together",
    "attrition": "Attrition, every step",
    "cases_by_year": "Cases by year and generation",
    "coding_coverage": "How drug names were coded",
    "concepts": "Concept sets as resolved",
    "corrected_counts": "Counts of cases corrected for the accuracy of the definition",
    "curves": "Points of curves",
    "definition_agreement": "Agreement of pairs of case definitions",
    "definition_counts": "Cases by definition",
    "definition_cuts": "Cases by the cut-off of a score",
    "definition_sets": "Sets of definitions that are met together",
    "definitions": "Case definitions and their sources",
    "definitions_not_counted": "Case definitions that were not counted, and why",
    "differential_overlap": "Overlap with serotonin syndrome",
    "duplicates": "Probable duplicates by rule",
    "feature_differences": "Features that tell neuroleptic malignant syndrome from serotonin syndrome: differences",
    "features": "Features that tell neuroleptic malignant syndrome from serotonin syndrome",
    "files": "Files as they were read",
    "baseline": "Who the cases are",
    "flow": "Flow of reports",
    "generations": "Rates by generation",
    "grid": "Estimates under every combination of choices",
    "grid_summary": "Estimates under every combination of choices, summary",
    "ingredients": "Rates by ingredient",
    "latent_class_accuracy": "Sensitivity and specificity from latent class models",
    "latent_class_models": "Latent class models",
    "latent_class_pairs": "Latent class models: residual dependence",
    "naranjo": "Naranjo bands of suspected drugs",
    "outcomes": "Outcomes of cases",
    "pooled": "Rates by ingredient, pulled towards the chemical class",
    "published": "Published numbers",
    "published_ror": "Published reporting odds ratios beside ours",
    "quarantine_reasons": "Quarantined lines by reason",
    "ranking_bands": "Bands of the ranking of candidates for review",
    "ranking_calibration": "Calibration of the ranking of candidates",
    "ranking_quality": "Quality of the ranking of candidates",
    "ror_by_definition": "Reporting odds ratios by case definition",
    "ror_by_ingredient": "Reporting odds ratios by ingredient",
    "ror_by_setting": "Reporting odds ratios by definition, roles and duplicates",
    "settings": "Rates by definition and time at risk",
    "since_start": "Rates by time since the start of exposure",
    "snapshot": "Tables of the common data model",
    "term_coverage": "Listed terms and how often they occur",
    "treatments": "Documented treatments of cases",
    "trend": "Trend and decomposition of its change",
    "triggers": "Documented triggers of cases",
    "uncoded_names": "Commonest drug names that were not coded",
    "value_issues": "Values that were not believed",
    "who_umc": "WHO-UMC categories of suspected drugs",
    "why_zero": "Why a count is zero",
    "years": "Rates by calendar year",
}
HEADINGS = {
    "group_kind": "kind of group",
    "roles": "role of the drug",
    "analysis": "time at risk",
    "doi": "DOI",
    "sha256": "SHA-256",
    "content_sha256": "content SHA-256",
    "ror": "ROR",
    "prr": "PRR",
    "ic": "IC",
    "ebgm": "EBGM",
    "irr": "IRR",
    "n_in": "in",
    "n_left": "left",
    "n_kept": "kept",
    "who_umc": "WHO-UMC category",
}


def is_of_cohort(name: str) -> bool:
    """Whether a table tells of people under observation; only such a table may speak of how often something occurs."""
    return name.startswith(COHORT)


def title(name: str) -> str:
    """The title of a table by its file name; that of the cohort says so."""
    arm = name.split("_", 1)[0]
    short = name.removeprefix(f"{arm}_") if arm in {"cohort", "reports"} else name
    called = TITLES.get(short, readable(short).capitalize())
    return f"{called}, cohort" if is_of_cohort(name) else called


def heading(code: str) -> str:
    """What a column, a measure or another code is called."""
    return HEADINGS.get(code, readable(code))

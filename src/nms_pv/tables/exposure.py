"""Layer 5, reports arm: which reports count, and which ingredients they expose."""

import dataframely as dy

from nms_pv.tables.canonical import FORMULATION, REPORT_TYPE, REPORTER, SEX
from nms_pv.tables.contract import Table, code

STRONGEST_ROLE = {
    "PS": "primary suspect at least once",
    "SS": "secondary suspect at least once, never primary",
    "other": "only concomitant, interacting or not stated",
}


class _Universe(dy.Schema):
    subject_id = dy.String(primary_key=True, description="A report with at least one suspect drug and one reaction.")
    received_year = dy.Int32(nullable=True, description="Year in which the case was first received.", metadata={"unit": "year"})
    is_representative = dy.Bool(description="Counted when duplicates are collapsed.")
    is_serious = dy.Bool(nullable=True, description="At least one seriousness code; empty where the source has no outcome table.")
    is_fatal = dy.Bool(nullable=True, description="Outcome death; empty where the source has no outcome table.")
    quarter = dy.String(description="Quarter whose files hold the version shown.")
    age_years = dy.Float64(nullable=True, min=0, description="Age at the event.", metadata={"unit": "years"})
    age_band = dy.String(description="Age band of params.yaml, reports.age_bands: `20-39`, `85+`, or `unknown`.")
    sex = code(SEX, "Sex.")
    reporter_type = code(REPORTER, "Who reported.")
    report_type = code(REPORT_TYPE, "How it was reported.")
    reporter_country = dy.String(nullable=True, description="ISO 3166-1 alpha-2, or EU where the source masks it.")
    occurrence_country = dy.String(nullable=True, description="ISO 3166-1 alpha-2, or EU where the source masks it.")
    sender = dy.String(nullable=True, description="Sender as stated.")


UNIVERSE = Table("exposure/universe", "one report with at least one suspect drug (PS or SS) and at least one reaction", _Universe)


class _ReportIngredients(dy.Schema):
    subject_id = dy.String(primary_key=True, description="A report of the universe.")
    ingredient = dy.String(primary_key=True, description="Ingredient in study/drugs.csv.")
    formulation = code(FORMULATION, "Long-acting or not.", primary_key=True)
    role = code(STRONGEST_ROLE, "The strongest role of the ingredient in this form in the report.")


REPORT_INGREDIENTS = Table(
    "exposure/report_ingredients", "one report of the universe x ingredient x formulation", _ReportIngredients
)


class _ReportIndicationGroups(dy.Schema):
    subject_id = dy.String(primary_key=True, description="A report of the universe.")
    indication = dy.String(primary_key=True, description="Group of indications, from study/indications.csv.")


REPORT_INDICATION_GROUPS = Table(
    "exposure/report_indications", "one report of the universe x group of indications it states", _ReportIndicationGroups
)


class _ReportControls(dy.Schema):
    subject_id = dy.String(primary_key=True, description="A report of the universe.")
    name = dy.String(primary_key=True, description="Control drug of study/controls.csv that study/drugs.csv does not list.")
    role = code(STRONGEST_ROLE, "The strongest role of the drug in the report.")


REPORT_CONTROLS = Table("exposure/report_controls", "one report of the universe x unlisted control drug", _ReportControls)


class _PairStrata(dy.Schema):
    stratum_no = dy.Int32(primary_key=True, min=0, description="Number of the stratum.")
    age_band = dy.String(description="Age in years, `20-39` or `85+`; `unknown`.")
    sex = code(SEX, "Sex.")
    received_year = dy.Int32(nullable=True, description="Year in which the case was first received.", metadata={"unit": "year"})
    reports = dy.Int64(min=1, description="Distinct counted reports.")


class _PairDrugs(dy.Schema):
    drug = dy.String(
        primary_key=True, description="Ingredient in study/drugs.csv; the cleaned name as reported where it is not listed."
    )
    stratum_no = dy.Int32(primary_key=True, min=0, description="Stratum of `exposure/pair_strata`.")
    reports = dy.Int64(min=1, description="Distinct counted reports that name the drug in a role that counts.")


class _PairTerms(dy.Schema):
    term = dy.String(primary_key=True, description="Reaction term in capitals.")
    stratum_no = dy.Int32(primary_key=True, min=0, description="Stratum of `exposure/pair_strata`.")
    reports = dy.Int64(min=1, description="Distinct counted reports of the term.")


class _Pairs(dy.Schema):
    drug = dy.String(primary_key=True, description="Drug of `exposure/pair_drugs`.")
    term = dy.String(primary_key=True, description="Term of `exposure/pair_terms`.")
    reports = dy.Int64(min=1, description="Distinct counted reports with both: cell a of the 2x2 table.")
    drug_reports = dy.Int64(min=1, description="Distinct counted reports that name the drug: a + b.")
    term_reports = dy.Int64(min=1, description="Distinct counted reports of the term: a + c.")


# The columns of the universe whose values make a stratum.
PAIR_STRATUM = ["age_band", "sex", "received_year"]

PAIR_STRATA = Table("exposure/pair_strata", "one age band x sex x year of receipt with a counted report", _PairStrata)
PAIR_DRUGS = Table("exposure/pair_drugs", "one drug x stratum with a counted report", _PairDrugs)
PAIR_TERMS = Table("exposure/pair_terms", "one reaction term x stratum with a counted report", _PairTerms)
PAIRS = Table("exposure/pairs", "one drug x reaction term with a counted report in common", _Pairs)

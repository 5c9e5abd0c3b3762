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

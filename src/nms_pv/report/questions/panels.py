"""What each question's chapter shows, as data: tables of groups against measures, and lists of numbers."""

from dataclasses import dataclass

ANTIPSYCHOTICS = "other antipsychotics"
GENERATIONS = ("antagonist", "antipsychotic", "all", "generation", "generation_state")
START = "clock=start"


@dataclass(frozen=True)
class Column:
    """One column of a matrix: its heading, and which number of each group stands there."""

    heading: str
    measure: str
    reference: str | None = None
    stratum: str | None = None
    analysis: str | None = None


@dataclass(frozen=True)
class Matrix:
    """Groups of some kinds in rows, numbers in columns; a long one is folded."""

    title: str
    columns: tuple[Column, ...]
    kinds: tuple[str, ...] = GENERATIONS
    note: str = ""
    is_long: bool = False


@dataclass(frozen=True)
class Listed:
    """Numbers one below the other; those beyond the first so many are only in the file."""

    title: str
    measures: tuple[str, ...]
    kinds: tuple[str, ...] = GENERATIONS
    note: str = ""
    most: int = 40
    is_long: bool = False


Panel = Matrix | Listed

_COMPARED = (
    Column("ROR, all other reports", "ror"),
    Column("EBGM (90 %)", "ebgm"),
    Column("ROR, stratified", "ror_stratified"),
    Column("ROR, adjusted", "adjusted_ror"),
    Column("ROR, Firth", "adjusted_ror_firth"),
    Column("ROR, calibrated", "calibrated_ror"),
    Column("ROR, among antipsychotics", "ror", ANTIPSYCHOTICS),
    Column("adjusted, among antipsychotics", "adjusted_ror", ANTIPSYCHOTICS),
)
_ONSET = (
    Column("time known", "onset_known_proportion", stratum=START),
    Column("median days", "onset_quantile", stratum=f"{START};quantile=0.5"),
    Column("within 1 day", "onset_within_proportion", stratum=f"{START};days=1"),
    Column("within 7 days", "onset_within_proportion", stratum=f"{START};days=7"),
    Column("within 30 days", "onset_within_proportion", stratum=f"{START};days=30"),
    Column("within 30 days, truncation", "onset_within_truncated_proportion", stratum=f"{START};days=30;limits=taken"),
    Column("Weibull shape", "onset_weibull_shape", stratum=f"{START};limits=taken"),
)
_ONSET_NOTE = (
    "Days elapsed from the start of the current therapy; the day itself is day 0. Long-acting forms stand apart. A report, or an "
    "episode, is only there if onset came before the data end: the column `truncation` takes that into account. A shape below 1 "
    "with its whole interval means that most onsets are early."
)
_ONSET_REASONS = Listed(
    "Cases without a time, by reason", ("onset_unknown_proportion",), ("antagonist", "generation"), is_long=True
)
_ONSET_PUBLISHED = Listed(
    "Beside published marks",
    ("onset_within_difference", "onset_median_difference", "onset_equality_p", "onset_weibull_fit_p"),
    ("antagonist", "generation"),
    "Ours minus the published number, which is taken as fixed.",
)
_TREATMENTS = Listed(
    "Treatment, described",
    ("treatment_proportion", "days_to_treatment", "treatment_effect"),
    ("antagonist", "all"),
    is_long=True,
)
_INGREDIENTS = ("chemical_class", "formulation", "ingredient")
# After the start of an era, and around it.
WINDOWS = ("0-7", "8-30", "31-90")
_AROUND = ("before start", *WINDOWS, "91+", "after end")

_SIGNS = (
    Listed(
        "Elements that are documented",
        ("element_documented_proportion", "element_difference"),
        ("all", "antipsychotic"),
        "A lower bound: what is not documented may have been there. Differences between generations are in the file.",
        is_long=True,
    ),
    Listed(
        "Typical and atypical presentations, and how stable they are",
        (
            "cluster_proportion",
            "cluster_core_signs",
            "cluster_documented_elements",
            "cluster_stability",
            "cluster_stability_p",
            "cluster_silhouette_p",
        ),
        ("all", "antipsychotic"),
        "An atypical case may only be a poorly documented one. A stable division is no finding where noise divides as stably.",
        is_long=True,
    ),
)
_E_VALUES = Listed("How strong a confounder would have to be", ("e_value",), ("generation", "generation_state"), is_long=True)

PANELS: dict[str, dict[str, tuple[Panel, ...]]] = {
    "reports": {
        "how_often": (
            Listed("Reports by use of the drug", ("reporting_rate",), ("generation", "ingredient", "all")),
            Listed("If only some of the reports are true cases", ("ppv_corrected_reports",), ("all", "generation")),
        ),
        "falling": (
            Listed("Trend of reporting", ("annual_prr_ratio", "average_annual_percent_change", "joinpoints")),
            Matrix(
                "What may have changed reporting, among all cases",
                (
                    Column("Herfindahl index of senders", "sender_concentration"),
                    Column("from lawyers", "case_share", stratum="reporter_type=lawyer"),
                    Column("from consumers", "case_share", stratum="reporter_type=consumer"),
                    Column("sent directly", "case_share", stratum="report_type=direct"),
                ),
                note="A trend of reporting is no trend of how often it occurs: media, lawsuits and new drugs change who reports.",
            ),
        ),
        "which_drugs": (
            Matrix(
                "Generations: one question, eight ways to compare",
                _COMPARED,
                ("generation",),
                "The reference changes the answer more than anything else. Calibrated: the systematic error of negative controls "
                "taken out, which against all reports also takes out competition by antipsychotics in the reference.",
            ),
            Matrix("Classes, forms and ingredients", _COMPARED, _INGREDIENTS, is_long=True),
            Listed(
                "Controls and their systematic error",
                ("null_mean", "null_sd", "control_ror"),
                ("negative_control", "positive_control"),
                is_long=True,
            ),
            Listed(
                "Two drugs together",
                ("omega", "additive_contrast", "proportion_difference"),
                ("pair", "polypharmacy"),
                "Omega above 0 with its whole interval: named together in more such reports than either drug explains.",
                is_long=True,
            ),
            Listed("Masking by the strongest group", ("masking_ratio",), ("generation",)),
            _E_VALUES,
        ),
        "which_signs": _SIGNS,
        "when": (Matrix("Time to onset", _ONSET, ("antagonist", "generation"), _ONSET_NOTE), _ONSET_PUBLISHED, _ONSET_REASONS),
        "course": (
            Matrix(
                "Death and seriousness among cases",
                (Column("outcome death", "fatal_proportion"), Column("serious", "serious_proportion")),
                (*GENERATIONS, *_INGREDIENTS),
                is_long=True,
            ),
            Listed("Outcome death, adjusted", ("adjusted_death_odds_ratio",), ("generation", "formulation", "covariate")),
            _TREATMENTS,
            Listed("Duration", ("days_to_end", "recovered_proportion")),
        ),
        "after": (
            Listed(
                "Dechallenge and rechallenge",
                ("dechallenge_positive_proportion", "rechallenge_positive_proportion", "rechallenge_dose"),
                ("antagonist", "generation"),
                "Positive among those for which the report says whether the reaction abated, or came back.",
            ),
        ),
    },
    "cohort": {
        "how_often": (
            Listed(
                "Published proportions together",
                (
                    "pooled_proportion",
                    "predicted_proportion",
                    "heterogeneity_tau2",
                    "heterogeneity_i2",
                    "size_slope",
                    "small_study_slope",
                    "year_slope",
                ),
                ("literature",),
                "A new study is expected within the limits of the predicted proportion. Rows from memory are marked in the file "
                "of the literature; the stratum `status=found` leaves them out.",
                is_long=True,
            ),
            Listed(
                "If the definition errs",
                ("bias_adjusted_rate", "bias_adjusted_proportion", "impossible_draws"),
                ("antipsychotic", "generation_state"),
                "Scenarios of params.yaml, made up as illustrations: no validation study of the codes of NMS is known to us.",
                is_long=True,
            ),
        ),
        "which_drugs": (
            _E_VALUES,
            Listed("If the definition errs", ("bias_adjusted_rate_ratio",), ("generation_state",), is_long=True),
        ),
        "which_signs": (
            Listed(
                "Which sign comes first",
                (
                    "first_sign_proportion",
                    "first_sign_early_proportion",
                    "sign_order_proportion",
                    "sign_order_by_chance",
                    "sign_order_minus_published",
                    "first_sign_to_code_days",
                ),
                ("antipsychotic",),
                "Among cases with at least two dated core signs. The order by chance is what the same dates give at random.",
            ),
            *_SIGNS,
        ),
        "falling": (
            Listed("Joinpoints", ("average_annual_percent_change", "annual_percent_change", "joinpoints", "joinpoint_p")),
        ),
        "when": (Matrix("Time to onset", _ONSET, ("antagonist", "generation"), _ONSET_NOTE), _ONSET_PUBLISHED, _ONSET_REASONS),
        "course": (
            Matrix(
                "Death and recovery",
                (
                    Column("dead within 30 days", "death_proportion"),
                    Column("left observation before that", "death_unknown_proportion"),
                    Column("recovered by day 2", "recovered_proportion", stratum="day=2"),
                    Column("by day 7", "recovered_proportion", stratum="day=7"),
                    Column("by day 14", "recovered_proportion", stratum="day=14"),
                    Column("by day 30", "recovered_proportion", stratum="day=30"),
                    Column("median days to end", "days_to_end", stratum="median"),
                ),
                note="Recovery: the last documented sign, after which none is documented for some days.",
            ),
            Listed("Death, adjusted", ("adjusted_death_odds_ratio",), ("generation_state", "formulation", "covariate")),
            _TREATMENTS,
        ),
        "after": (
            Listed(
                "What became of the drugs", ("after_episode_proportion", "days_to_restart", "restart_effect"), ("antagonist",)
            ),
            Listed(
                "Recurrence after a restart",
                ("recurrence_proportion", "recurrence_rate_ratio", "recurrence_odds_ratio", "restart_dose"),
                (
                    "restart",
                    "restart_gap",
                    "restart_potency",
                    "restart_ingredient",
                    "restart_generation",
                    "restart_formulation",
                    "antagonist",
                ),
                "Published: about one third recur (Pearlman 1986); 13 of 15 tolerated a drug in the end (Rosebush 1989).",
            ),
        ),
        "own_control": (
            Matrix(
                "Self-controlled case series: rate ratio against the rest of the era",
                tuple(Column(window, "irr", "91+", f"window={window}", "first_episode") for window in WINDOWS),
                ("antipsychotic", "generation", "formulation"),
            ),
            Matrix(
                "The same against days without any exposure",
                tuple(Column(window, "irr", "unexposed", f"window={window}", "first_episode") for window in _AROUND),
                ("antipsychotic", "generation", "formulation"),
            ),
            Listed("Case-crossover", ("crossover_or",), ("antipsychotic", "generation", "formulation", "withdrawal")),
            Listed("Can it be believed?", ("own_control_check",), ("antipsychotic",)),
        ),
    },
}

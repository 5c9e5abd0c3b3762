"""What the number columns of each table of the chapter are, and so what is done to them before they leave a cohort."""

from nms_pv.report.rounding import Numbers

INTERVAL = ("estimate", "low", "high")

LEAVING = {
    "definition_counts": Numbers(counts=("met", "not_met", "indeterminate")),
    "definitions_not_counted": Numbers(),
    "definition_sets": Numbers(counts=("n", "indeterminate"), harmless=("definitions",)),
    "other_sets": Numbers(counts=("n",), harmless=("sets",)),
    "definition_agreement": Numbers(
        counts=("both", "only_a", "only_b", "neither", "left_out"), derived=INTERVAL, harmless=("level",)
    ),
    "agreement_of_all": Numbers(counts=("n", "left_out"), derived=INTERVAL, harmless=("level",)),
    "definition_cuts": Numbers(counts=("met", "indeterminate", "possible", "not_met"), harmless=("cut",)),
    "latent_class_models": Numbers(
        counts=("n",),
        derived=INTERVAL,
        harmless=(
            "parameters",
            "degrees_of_freedom",
            "starts",
            "starts_at_best",
            "level",
            "dependent_pairs",
            "sharing_pairs",
        ),
        withheld=("log_likelihood",),
    ),
    "latent_class_accuracy": Numbers(derived=INTERVAL, harmless=("level",)),
    "latent_class_pairs": Numbers(counts=("n", "observed"), estimated=("expected",), derived=("residual",)),
    "corrected_counts": Numbers(counts=("n", "apparent"), estimated=INTERVAL, harmless=("level",)),
    "differential_overlap": Numbers(counts=("nms_only", "other_only", "both", "neither", "undecidable")),
    "features": Numbers(
        counts=("present", "absent", "not_documented", "counted"),
        derived=INTERVAL,
        harmless=("level",),
        shares=(("present", "counted"),),
    ),
    "feature_differences": Numbers(
        counts=("nms_present", "nms_n", "serotonin_present", "serotonin_n"),
        derived=INTERVAL,
        harmless=("level",),
        shares=(("nms_present", "nms_n"), ("serotonin_present", "serotonin_n")),
    ),
    "triggers": Numbers(counts=("n", "dated", "suspected_undated", "undated", "of"), shares=(("n", "of"),)),
    "treatments": Numbers(counts=("n", "given", "before_event", "ambiguous", "of"), shares=(("n", "of"),)),
    "who_umc": Numbers(counts=("n", "of"), shares=(("n", "of"),)),
    "naranjo": Numbers(counts=("n", "of"), shares=(("n", "of"),)),
    "ranking_bands": Numbers(counts=("candidates",)),
    "ranking_calibration": Numbers(
        counts=("numerator", "denominator"),
        derived=("predicted_mean", *INTERVAL),
        harmless=("bin", "level"),
        shares=(("numerator", "denominator"),),
    ),
    # Its reason says how many candidates were judged.
    "ranking_quality": Numbers(
        counts=("candidates", "denominator", "numerator"), derived=INTERVAL, harmless=("level",), withheld=("undefined_reason",)
    ),
    "adjudicated_accuracy": Numbers(
        counts=("numerator", "denominator", "indeterminate"),
        derived=INTERVAL,
        harmless=("level",),
        shares=(("numerator", "denominator"),),
    ),
    "reviewer_pairs": Numbers(counts=("cases",)),
    "term_coverage": Numbers(counts=("rows",)),
}

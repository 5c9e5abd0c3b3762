"""Layer 6: one row for each number."""

import dataframely as dy

from nms_pv.tables.contract import Table, code
from nms_pv.tables.person_time import COHORT_GROUP

ARM = {
    "reports": "spontaneous reports: reporting measures, never incidence",
    "cohort": "OMOP cohorts: measures with a denominator of people",
    "literature": "published studies, and what they come to together",
}
QUESTION = {
    "how_often": "How often?",
    "falling": "Is it falling, and do newer drugs explain it?",
    "which_drugs": "Which drugs?",
    "which_signs": "Which sign first, which symptoms?",
    "when": "When?",
    "course": "How does it go?",
    "after": "What after?",
    "own_control": "Who, by their own control?",
}
MEASURES_OF = {
    "how_often": {
        "reports": "count of distinct reports",
        "reporting_proportion": "reports of the group that meet the definition / all reports of the group",
        "incidence_rate": "episodes per 100,000 person-years at risk",
        "incidence_proportion": "persons with an episode / persons at risk",
        "standardised_rate": "incidence rate per 100,000 person-years, directly standardised by age",
        "published_proportion": "published people with the outcome / people",
        "pooled_proportion": "proportion of a typical study, from a random-effects model",
        "predicted_proportion": "the same, with limits between which a new study is expected",
        "heterogeneity_tau2": "variance of the log odds between studies",
        "heterogeneity_i2": "share of the variance that lies between studies",
        "heterogeneity_lrt_p": "p-value of one proportion for all studies, likelihood ratio test",
        "heterogeneity_wald_p": "p-value of one proportion for all studies, Cochran's Q",
        "size_slope": "ratio of odds per tenfold people of a study",
        "small_study_slope": "ratio of odds of a study of 1,000 people to one without end",
        "reporting_rate": "reports per 1,000 patient-years of use, or per million dispensed units",
        "bias_adjusted_rate": "rate x positive predictive value / sensitivity",
        "bias_adjusted_proportion": "proportion corrected for sensitivity and specificity (Rogan-Gladen)",
        "impossible_draws": "draws of the accuracy that the counts contradict / draws",
        "ppv_corrected_reports": "reports x positive predictive value",
    },
    "falling": {
        "annual_rate_ratio": "rate ratio of one calendar year to the year before, from a regression with age and sex",
        "annual_rate_ratio_given_mix": "the same, with the generation state in the regression too",
        "rate_change": "incidence rate of the late period - that of the early period, per 100,000 person-years",
        "rate_change_by_mix": "the part of it that the mix of generation states explains",
        "rate_change_within": "the part of it that changed rates within generation states explain",
        "year_slope": "ratio of odds of published studies per 10 years of publication",
        "annual_percent_change": "100 (exp(slope) - 1) of one segment of a trend with joinpoints",
        "average_annual_percent_change": "the same of the mean slope from the first year to the last",
        "joinpoints": "number of joinpoints that the permutation tests leave",
        "joinpoint_p": "p-value of one permutation test of the number of joinpoints",
        "ror_by_year": "reporting odds ratio among the reports of one year",
        "annual_prr_ratio": "proportional reporting ratio of one year to that of the year before",
        "case_share": "share of cases with a property, beside that of other reports of the group",
        "largest_sender_share": "cases of the sender with most cases / cases whose sender is stated",
        "sender_concentration": "Herfindahl index of the senders of cases",
        "first_reported_year": "year in which a report of the ingredient was first received",
    },
    "which_drugs": {
        "ror": "reporting odds ratio, a d / (b c)",
        "prr": "proportional reporting ratio, (a / (a + b)) / (c / (c + d))",
        "chi2_yates": "chi-squared of the 2x2 table with Yates' correction",
        "ic": "information component, log2((a + 0.5) / (E + 0.5))",
        "rate_ratio": "incidence rate of the group / that of the reference group",
        "rate_difference": "incidence rate of the group - that of the reference group, per 100,000 person-years",
        "adjusted_rate_ratio": "rate ratio from a regression with age, sex and year",
        "pooled_rate": "incidence rate of the ingredient, pulled towards that of its chemical class",
        "ror_stratified": "Mantel-Haenszel reporting odds ratio over strata of age band x sex x year",
        "ic_stratified": "information component with expected reports summed over those strata",
        "informative_strata": "strata in which group and reference can be compared, of those with reports",
        "homogeneity_chi2": "Breslow-Day-Tarone statistic that one odds ratio does for all strata of one column",
        "homogeneity_p": "its p-value",
        "ror_conditional": "conditional maximum-likelihood reporting odds ratio with exact interval, of sparse tables",
        "p_value": "two-sided mid-p value of Fisher's exact test that the reporting odds ratio is 1",
        "q_value": "its Benjamini-Hochberg q-value among all ingredients of one definition, setting and reference",
        "ebgm": "empirical Bayes geometric mean of reports / expected reports, E = (a + b)(a + c) / N",
        "ebgm_stratified": "the same, with expected reports added up over age band x sex x year",
        "expected_reports": "reports expected if group and definition were independent, (a + b)(a + c) / N",
        "expected_reports_stratified": "the same, added up over age band x sex x year",
        "e_value": "how strong a confounder would have to be to explain the ratio; low: its limit nearer to 1",
        "bias_adjusted_rate_ratio": "ratio x (PPV / sensitivity of the group) / (PPV / sensitivity of the reference)",
        "adjusted_ror": "reporting odds ratio adjusted by logistic regression with a ridge on the covariates",
        "adjusted_ror_firth": "the same by Firth's regression",
        "omega": "binary logarithm of observed to expected reports of two drugs together, shrunk towards 0",
        "additive_contrast": "reporting proportions: both drugs - one - the other + neither",
        "proportion_difference": "difference of two reporting proportions",
        "control_ror": "reporting odds ratio of a control drug",
        "null_mean": "mean of the systematic error of the log ROR, from negative controls",
        "null_sd": "its standard deviation",
        "calibrated_p": "two-sided p-value against the empirical null",
        "calibrated_ror": "reporting odds ratio with the systematic error taken out",
        "masking_ratio": "factor by which the PRR grows without the reports of the strongest masking group in the reference",
        "pooled_ratio": "observed / expected reports of the ingredient, pulled towards its chemical class",
    },
    "which_signs": {
        "element_documented_proportion": "cases with the element documented as present / all cases: a lower bound",
        "element_present_proportion": "cases with the element present / cases in which it is present or absent",
        "element_not_documented_proportion": "cases in which the element is not documented / all cases",
        "element_difference": "documented share of a generation - that of the first",
        "first_sign_proportion": "cases in which the sign comes first / cases with two dated core signs",
        "sign_order_proportion": "cases in the order mental status, rigidity, fever, autonomic / cases with enough dated signs",
        "sign_order_by_chance": "the same share if days were given to the signs at random",
        "first_sign_early_proportion": "cases whose first sign is mental status or rigidity / cases with two dated core signs",
        "first_sign_to_code_days": "quantile of the days from the first sign to the code",
        "sign_order_minus_published": "our share - the published one",
        "cluster_proportion": "cases of the cluster / cases",
        "cluster_difference": "share of a cluster in a generation - that in the first",
        "cluster_core_signs": "mean number of core signs in a case of the cluster",
        "cluster_documented_elements": "mean number of documented elements in a case of the cluster",
        "cluster_silhouette": "mean silhouette: how far apart the clusters are",
        "cluster_silhouette_p": "share of permuted data sets whose clusters are as far apart",
        "cluster_stability": "mean Jaccard similarity of the cluster over bootstrap resamples",
        "cluster_stability_in_noise": "the same in permuted data",
        "cluster_stability_p": "share of permuted data sets whose clusters are as stable",
    },
    "when": {
        "onset_known_proportion": "cases whose time on the clock is known / cases of the group",
        "onset_unknown_proportion": "cases without a time, for one reason / cases of the group",
        "onset_quantile": "quantile of the days from the clock to the event",
        "onset_within_proportion": "cases with onset within so many days / cases with a time",
        "onset_in_interval_proportion": "cases within the dosing interval of the last injection / cases whose interval is known",
        "onset_within_difference": "share with onset within so many days - the published share",
        "onset_median_difference": "median of the days - the published median",
        "onset_within_truncated_proportion": "share with onset within so many days, right truncation taken into account",
        "onset_weibull_shape": "shape of a Weibull distribution of the days from the start",
        "onset_weibull_scale": "its scale, in days",
        "onset_weibull_fit_p": "p-value of its fit",
        "onset_equality_p": "p-value that generations have one distribution of the days from the start",
    },
    "course": {
        "fatal_proportion": "reports with outcome death / reports that meet the definition and whose outcome is known",
        "serious_proportion": "reports with a seriousness code / reports that meet the definition and whose outcome is known",
        "published_fatal_proportion": "published deaths / cases",
        "pooled_fatal_proportion": "share of deaths in a typical study, from a random-effects model",
        "predicted_fatal_proportion": "the same, with limits between which a new study is expected",
        "death_proportion": "persons who died within so many days of the first day of the episode / those known by then",
        "death_unknown_proportion": "persons who left observation alive before that / persons with an episode",
        "adjusted_death_odds_ratio": "odds ratio of death of each characteristic given the others, by Firth's regression",
        "recovered_proportion": "cumulative share recovered by a day",
        "died_proportion": "cumulative share dead before recovery by a day",
        "days_to_end": "quartiles of the days to recovery or death",
        "treatment_proportion": "cases with a documented treatment / cases, by how it lies to the event",
        "treatment_combination_proportion": "cases given exactly these treatments / cases",
        "days_to_treatment": "median days from the event to the treatment",
        "treatment_effect": "always empty, with the reason why no effect of treatment is told",
    },
    "after": {
        "published_recurrent_proportion": "published recurrences / cases given a drug again",
        "pooled_recurrent_proportion": "share of recurrences in a typical study, from a random-effects model",
        "predicted_recurrent_proportion": "the same, with limits between which a new study is expected",
        "dechallenge_proportion": "cases by what is stated of stopping the drug / cases",
        "rechallenge_proportion": "cases by what is stated of giving the drug again / cases",
        "dechallenge_positive_proportion": "positive dechallenges / positive and negative ones",
        "rechallenge_positive_proportion": "positive rechallenges / positive and negative ones",
        "rechallenge_dose": "median milligrams a day of the course whose rechallenge is stated",
        "after_episode_proportion": "cases by what became of the drugs after the episode / cases",
        "days_to_restart": "median days from the last documented sign to the restart",
        "recurrence_proportion": "recurred within so many days of the restart / those known by then",
        "recurrence_odds_ratio": "conditional odds ratio of recurrence between groups of restarts",
        "recurrence_rate_ratio": "ratio of recurrences for each day on which one could be told, between groups of restarts",
        "recurrence_cumulative_proportion": "cumulative share that recurred on treatment by a day after the restart",
        "restart_effect": "always empty, with the reason why restarting is not compared with not restarting",
        "restart_dose": "always empty where the source has no dose, with that reason",
    },
    "own_control": {
        "irr": "rate of a window around exposure / rate of other observed days of the same persons (self-controlled case series)",
        "crossover_or": "odds of exposure shortly before the episode / odds earlier, in the same persons (case-crossover)",
        "own_control_check": "share of persons that tells whether a comparison within persons can be believed",
    },
}
MEASURE = {name: meaning for measures in MEASURES_OF.values() for name, meaning in measures.items()}
QUESTION_OF = {name: question for question, measures in MEASURES_OF.items() for name in measures}
ROLES = {
    "ps": "primary suspect",
    "ps+ss": "primary or secondary suspect",
    "any": "any role but `drug not administered`",
}
DUPLICATES = {
    "collapsed": "one report for each group of probable duplicates",
    "kept": "every case",
}
# The strongest roles (tables/exposure.py) that count, and whether a report that stands for no group of duplicates does.
ROLES_COUNTED = {"ps": ["PS"], "ps+ss": ["PS", "SS"], "any": ["PS", "SS", "other"]}
REPRESENTATIVE_COUNTED = {"collapsed": [True], "kept": [True, False]}
GROUP_KIND = {
    "all": "all reports of the universe",
    "ingredient": "ingredient of study/drugs.csv",
    "chemical_class": "chemical class of an ingredient that blocks or depletes dopamine",
    "generation": "generation of an antipsychotic",
    "formulation": "form of an antipsychotic",
    "antipsychotic": COHORT_GROUP["antipsychotic"],
    "generation_state": COHORT_GROUP["generation_state"],
    "withdrawal": COHORT_GROUP["withdrawal"],
    "antagonist": "any dopamine antagonist; in times to onset, long-acting forms apart",
    "covariate": "age, sex or year in a regression",
    "literature": "a published study, or a group of them",
    "pair": "two drugs, or kinds of drugs, named together",
    "polypharmacy": "how many antipsychotics are named",
    "positive_control": "drug of study/controls.csv that is known to cause NMS",
    "negative_control": "drug of study/controls.csv that does not",
    "restart": "any restart of a dopamine antagonist after an episode",
    "restart_gap": "days from the last documented sign to the restart",
    "restart_potency": "potency of the restarted drug",
    "restart_ingredient": "the same ingredient as before, or another",
    "restart_generation": "generation of the restarted drug",
    "restart_formulation": "form of the restarted drug",
}


class _Results(dy.Schema):
    result_id = dy.String(
        primary_key=True,
        description=(
            "Readable, stable: `<measure>/<definition>/<roles>/<duplicates>/<group kind>/<group>[/vs <reference>][/<stratum>]`; "
            "cohort arm: `<analysis>` in place of roles and duplicates. What does not apply is left out."
        ),
    )
    arm = code(ARM, "Which arm.")
    question = code(QUESTION, "The question that it answers.")
    measure = code(MEASURE, "Which measure.")
    definition = dy.String(description="Case definition.")
    analysis = dy.String(
        nullable=True,
        description="Cohort arm: time-at-risk setting (study/time_at_risk), or the variant of a comparison within persons.",
    )
    roles = code(ROLES, "Reports arm: which roles expose.", nullable=True)
    duplicates = code(DUPLICATES, "Reports arm: what is done with probable duplicates.", nullable=True)
    group_kind = code(GROUP_KIND, "What the groups are.")
    group = dy.String(description="The group.")
    reference = dy.String(
        nullable=True, description="The group, or period, it is compared with; empty in the reports arm: all other reports."
    )
    stratum = dy.String(nullable=True, description="`year=2024`, `year_unknown`, `age=20-39`, ..., joined by `;`; empty for all.")
    numerator = dy.Int64(
        nullable=True,
        min=0,
        description=(
            "Reports: group and definition (cell a); of these, for a proportion of an outcome, those with it. "
            "Cohort: episodes that count, or persons with one for a proportion."
        ),
    )
    denominator = dy.Int64(
        nullable=True,
        min=0,
        description=(
            "Reports: group (a + b); for a proportion of an outcome, cases whose outcome is known. "
            "Cohort: person-days at risk, or persons at risk for a proportion."
        ),
    )
    reference_numerator = dy.Int64(
        nullable=True, min=0, description="Reports: definition outside the group (cell c). Cohort: episodes of the reference."
    )
    reference_denominator = dy.Int64(
        nullable=True, min=0, description="Reports: outside the group (c + d). Cohort: person-days of the reference."
    )
    unit = dy.String(description="What was counted.")
    estimate = dy.Float64(nullable=True, description="The number; empty when undefined.")
    low = dy.Float64(nullable=True, description="Lower limit of the interval.")
    high = dy.Float64(nullable=True, description="Upper limit of the interval.")
    level = dy.Float64(nullable=True, min=0, max=1, description="Nominal coverage of the interval.")
    method = dy.String(description="Method of the estimate and of the interval.")
    screen_met = dy.Bool(nullable=True, description="Does it meet the published screening rule of its measure?")
    undefined_reason = dy.String(nullable=True, description="Why the estimate is empty.")
    data_version = dy.String(
        regex=r"^[a-z]+:[0-9a-f]{12}$",
        description="What it was computed from: SHA-256 of the digests of all raw files of the arm.",
    )
    suppressed = dy.Bool(description="Hidden in what leaves the study: its count is small, or gives a small one away.")


RESULTS = Table("measures/results", "one number", _Results)


class _Curves(dy.Schema):
    curve_id = dy.String(primary_key=True, description="`<curve>/<definition>/<group kind>/<group>[/<stratum>]`.")
    x = dy.Float64(primary_key=True, description="Place on the horizontal axis, in `x_unit`.")
    arm = code(ARM, "Which arm.")
    question = code(QUESTION, "The question that it belongs to.")
    curve = dy.String(description="What is drawn.")
    definition = dy.String(description="Case definition.")
    group_kind = code(GROUP_KIND, "What the groups are.")
    group = dy.String(description="The group.")
    stratum = dy.String(nullable=True, description="As in `measures/results`.")
    x_unit = dy.String(description="Unit of `x`.")
    y = dy.Float64(description="The value from this `x` on.")
    low = dy.Float64(nullable=True, description="Lower limit.")
    high = dy.Float64(nullable=True, description="Upper limit.")
    at_risk = dy.Int64(nullable=True, min=0, description="Subjects that are left just before `x`.")
    level = dy.Float64(nullable=True, min=0, max=1, description="Nominal coverage of the limits.")
    method = dy.String(description="Method of the curve and of its limits.")


CURVES = Table("measures/curves", "one point of one curve", _Curves)

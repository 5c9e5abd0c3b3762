"""Layer 6: how the case definitions agree, and how accurate they are without a gold standard. Both arms write these tables."""

import dataframely as dy

from nms_pv.tables.contract import Table, code
from nms_pv.tables.labels import VERDICT

READING = {
    "met_or_not": "a documented case or not: indeterminate counts as not met, not documented as absent",
    "decided": "only what is decided: indeterminate and not documented are left out",
}
AGREEMENT_MEASURE = {
    "observed_agreement": "share of subjects on which both definitions say the same",
    "kappa": "Cohen's kappa: agreement beyond that of independent definitions which are met as often",
    "pabak": "prevalence- and bias-adjusted kappa: 2 x observed agreement - 1",
    "positive_agreement": "2 x both / (met by the one + met by the other)",
    "prevalence_index": "(both - neither) / n: far from 0, kappa is small whatever the agreement",
    "bias_index": "(only the first - only the second) / n: how much more often the first is met",
}
ACCURACY = {
    "sensitivity": "share met in class 1, the class in which the anchor of the model is commoner",
    "specificity": "share not met in the other class",
}
INDEPENDENCE = {
    "refuted": "within the classes, a pair of indicators is met together more or less often than the model allows",
    "shared_evidence": "a pair rests on common evidence and cannot be independent, though the class hides it: read as refuted",
    "not_refuted": "no pair of indicators contradicts the model or rests on common evidence; that does not prove it",
    "not_checkable": "three indicators fit nearly any data: dependence cannot be seen",
    "not_identified": "the model has no numbers",
}
GROUP = {
    "nms_only": "the NMS definition met, the serotonin toxicity definition not met",
    "serotonin_only": "the serotonin toxicity definition met, the NMS definition not met",
    "both": "both met",
    "neither": "neither met",
    "undecidable": "either is indeterminate, so the group stays open",
}


def _definition(which: str) -> dy.String:
    return dy.String(primary_key=True, description=which)


def _n(what: str) -> dy.Int64:
    return dy.Int64(min=0, description=what)


def _unit() -> dy.String:
    return dy.String(description="What was counted.")


def _value(what: str) -> dy.Float64:
    return dy.Float64(nullable=True, description=what)


def _level() -> dy.Float64:
    return dy.Float64(min=0, max=1, description="Nominal coverage of the interval.")


def _method() -> dy.String:
    return dy.String(description="Method of the estimate and of the interval.")


def _reason() -> dy.String:
    return dy.String(nullable=True, description="Why the estimate is empty.")


def _reading() -> dy.Enum:
    return code(READING, "How what is not documented is read.", primary_key=True)


def _model() -> dy.String:
    return dy.String(primary_key=True, description="Name of the latent class model, from the settings.")


class _DefinitionCounts(dy.Schema):
    definition = _definition("Case definition or differential definition.")
    met = _n("Subjects that meet it.")
    not_met = _n("Subjects that documented evidence rules out.")
    indeterminate = _n("Subjects that what is not documented leaves open.")
    unit = _unit()


DEFINITION_COUNTS = Table("measures/definition_counts", "one definition", _DefinitionCounts)


class _VerdictPairs(dy.Schema):
    definition_a = _definition("The first definition.")
    definition_b = _definition("The second, later in the alphabet, or a differential definition.")
    verdict_a = code(VERDICT, "What the first says.", primary_key=True)
    verdict_b = code(VERDICT, "What the second says.", primary_key=True)
    n = _n("Subjects with these two verdicts.")
    unit = _unit()


VERDICT_PAIRS = Table("measures/verdict_pairs", "one cell of the 3 x 3 table of two definitions", _VerdictPairs)


class _Agreement(dy.Schema):
    definition_a = _definition("The first case definition.")
    definition_b = _definition("The second, later in the alphabet.")
    reading = _reading()
    measure = code(AGREEMENT_MEASURE, "Which measure.", primary_key=True)
    both = _n("Subjects that meet both.")
    only_a = _n("Subjects that meet only the first.")
    only_b = _n("Subjects that meet only the second.")
    neither = _n("Subjects that meet neither.")
    left_out = _n("Subjects that the reading leaves out.")
    unit = _unit()
    estimate = _value("The number; empty when undefined.")
    low = _value("Lower limit; empty for a measure without interval.")
    high = _value("Upper limit; empty for a measure without interval.")
    level = _level()
    method = _method()
    undefined_reason = _reason()


AGREEMENT = Table("measures/agreement", "one measure of agreement of two case definitions under one reading", _Agreement)


class _AgreementOfAll(dy.Schema):
    definitions = dy.String(primary_key=True, description="The case definitions, joined by `;`.")
    n = _n("Subjects with at least two decided verdicts.")
    left_out = _n("Subjects with fewer.")
    unit = _unit()
    estimate = _value("Krippendorff's alpha for nominal data; empty when undefined.")
    low = _value("Lower limit.")
    high = _value("Upper limit.")
    level = _level()
    method = _method()
    undefined_reason = _reason()


AGREEMENT_OF_ALL = Table("measures/agreement_of_all", "one set of case definitions", _AgreementOfAll)


class _DefinitionSets(dy.Schema):
    met = dy.String(primary_key=True, description="The case definitions that are met, joined by `;`; empty for none.")
    definitions = _n("How many these are.")
    n = _n("Subjects that meet these and no other.")
    indeterminate = _n("Of these, subjects for whom at least one other is indeterminate.")
    unit = _unit()


DEFINITION_SETS = Table("measures/definition_sets", "one set of case definitions met together", _DefinitionSets)


class _Cuts(dy.Schema):
    definition = _definition("Definition with points.")
    cut = dy.Int32(primary_key=True, min=1, description="Points needed.", metadata={"unit": "points"})
    met = _n("Subjects whose documented points reach the cut.")
    indeterminate = _n("Subjects whose points reach it only with what is not documented.")
    not_met = _n("Subjects whose points cannot reach it.")
    unit = _unit()


CUTS = Table("measures/cuts", "one definition with points at one cut", _Cuts)


class _LatentClassModels(dy.Schema):
    model = _model()
    reading = _reading()
    indicators = dy.String(description="Definitions, their items and elements in the model, joined by `;`.")
    anchor = dy.String(description="The indicator that is commoner in class 1.")
    n = _n("Subjects.")
    unit = _unit()
    parameters = _n("Parameters of the model.")
    degrees_of_freedom = dy.Int64(description="2^indicators - 1 - parameters.")
    starts = _n("Starts of the EM algorithm.")
    starts_at_best = _n("Of these, starts that reached the best log-likelihood.")
    log_likelihood = _value("The best log-likelihood.")
    estimate = _value("Share of subjects in class 1: what the indicators have in common, be it NMS or not. Or empty.")
    low = _value("Lower limit.")
    high = _value("Upper limit.")
    level = _level()
    method = _method()
    undefined_reason = _reason()
    independence = code(INDEPENDENCE, "Are the indicators independent within the classes, as the model takes for granted?")
    dependent_pairs = _n("Pairs of indicators whose residual is beyond the critical value.")
    sharing_pairs = _n("Pairs of indicators that rest on common evidence, and so cannot be independent.")


LATENT_CLASS_MODELS = Table("measures/latent_class_models", "one latent class model under one reading", _LatentClassModels)


class _LatentClass(dy.Schema):
    model = _model()
    reading = _reading()
    indicator = dy.String(primary_key=True, description="Definition, `<definition>:<item>`, or element.")
    quantity = code(ACCURACY, "Which accuracy.", primary_key=True)
    estimate = _value("The number; empty when not identified.")
    low = _value("Lower limit.")
    high = _value("Upper limit.")
    level = _level()
    method = _method()
    undefined_reason = _reason()


LATENT_CLASS = Table("measures/latent_class", "sensitivity or specificity of one indicator of a latent class model", _LatentClass)


class _LatentClassPairs(dy.Schema):
    model = _model()
    reading = _reading()
    indicator_a = dy.String(primary_key=True, description="The first indicator.")
    indicator_b = dy.String(primary_key=True, description="The second.")
    n = _n("Subjects in whom both are decided.")
    observed = _n("Of these, subjects with both met.")
    expected = dy.Float64(min=0, description="Subjects with both met by the model.")
    residual = dy.Float64(min=0, description="Bivariate residual: chi-squared of the 2 x 2 table of the pair against the model.")
    is_dependent = dy.Bool(description="Is the residual beyond the critical value of chi-squared, 1 degree?")
    shared = dy.String(description="Evidence that both rest on, joined by `;`.")


LATENT_CLASS_PAIRS = Table("measures/latent_class_pairs", "two indicators of a latent class model", _LatentClassPairs)


class _ClassProbabilities(dy.Schema):
    model = _model()
    reading = _reading()
    pattern = dy.String(primary_key=True, description="Indicators with their states, `pt_only=met;fever=undecided`.")
    n = _n("Subjects with this pattern.")
    unit = _unit()
    probability = dy.Float64(min=0, max=1, description="Probability of class 1, given the pattern and the model.")


CLASS_PROBABILITIES = Table("measures/class_probabilities", "one pattern of the indicators of a model", _ClassProbabilities)


class _CorrectedCounts(dy.Schema):
    model = _model()
    reading = _reading()
    definition = _definition("Case definition.")
    n = _n("Subjects that the reading counts.")
    apparent = _n("Of these, subjects that meet the definition.")
    unit = _unit()
    estimate = _value("The count corrected for misclassification; empty when undefined.")
    low = _value("Lower limit.")
    high = _value("Upper limit.")
    independence = code(INDEPENDENCE, "Are the indicators of the model independent within the classes?")
    is_truncated = dy.Bool(nullable=True, description="Was a limit cut off at 0 or n?")
    level = _level()
    method = _method()
    undefined_reason = _reason()


CORRECTED_COUNTS = Table("measures/corrected_counts", "one case definition corrected by one latent class model", _CorrectedCounts)


class _Features(dy.Schema):
    group = code(GROUP, "By the verdicts of the two definitions.", primary_key=True)
    feature = dy.String(primary_key=True, description="Element of study/elements.csv, or `<definition>:<item>` as it judges it.")
    reading = _reading()
    nms_definition = dy.String(description="The NMS definition.")
    serotonin_definition = dy.String(description="The serotonin toxicity definition.")
    present = _n("Subjects in whom it is documented as present.")
    absent = _n("Subjects in whom it is documented as absent, and never as present.")
    not_documented = _n("Subjects in whom nothing is said of it.")
    unit = _unit()
    estimate = _value("Share in whom it is present, of all, or of those with present or absent; empty when undefined.")
    low = _value("Lower limit.")
    high = _value("Upper limit.")
    level = _level()
    method = _method()
    undefined_reason = _reason()


FEATURES = Table("measures/features", "one clinical feature in one group of the differential under one reading", _Features)


class _FeatureDifferences(dy.Schema):
    feature = dy.String(primary_key=True, description="Element of study/elements.csv, or `<definition>:<item>` as it judges it.")
    reading = _reading()
    nms_present = _n("Group nms_only: subjects in whom it is present.")
    nms_n = _n("Group nms_only: subjects that the reading counts.")
    serotonin_present = _n("Group serotonin_only: subjects in whom it is present.")
    serotonin_n = _n("Group serotonin_only: subjects that the reading counts.")
    unit = _unit()
    estimate = _value("Share in nms_only - share in serotonin_only; empty when undefined.")
    low = _value("Lower limit.")
    high = _value("Upper limit.")
    level = _level()
    method = _method()
    undefined_reason = _reason()


FEATURE_DIFFERENCES = Table("measures/feature_differences", "one clinical feature under one reading", _FeatureDifferences)

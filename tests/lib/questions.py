"""The settings of the questions, as a fresh clone has them."""

from pathlib import Path

from nms_pv.spec.params import load_params

PARAMS = load_params(Path(__file__).parents[2] / "params.yaml")
QUESTIONS = PARAMS.questions
CHAINED_DAYS = PARAMS.cohort.episodes.gap_days

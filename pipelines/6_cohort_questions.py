"""Verdicts, evidence and exposure of a cohort -> the numbers that answer each question beyond rates of person-time."""

from pathlib import Path

from nms_pv.measures.questions.cohort import answer_cohort_questions
from nms_pv.measures.questions.study import load_question_study
from nms_pv.measures.rows import data_version
from nms_pv.tables.cdm import SNAPSHOT
from nms_pv.tables.errors import run


def main() -> None:
    data = Path("data")
    version = data_version("cohort", SNAPSHOT, data / "1_sources" / "cohort" / "snapshot.parquet")

    answer_cohort_questions(data, data / "6_measures" / "cohort", load_question_study(Path()), version)


if __name__ == "__main__":
    run(main)

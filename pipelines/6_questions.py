"""Verdicts, evidence and exposure of reports -> the numbers that answer each question beyond those of one 2x2 table."""

from pathlib import Path

from nms_pv.measures.questions.reports import answer_questions
from nms_pv.measures.questions.study import load_question_study
from nms_pv.measures.rows import data_version
from nms_pv.tables.errors import run
from nms_pv.tables.sources import FILES


def main() -> None:
    data = Path("data")
    version = data_version("reports", FILES, data / "1_sources" / "files.parquet")

    answer_questions(data, data / "6_measures", load_question_study(Path()), version)


if __name__ == "__main__":
    run(main)

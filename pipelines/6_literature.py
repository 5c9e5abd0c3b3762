"""The published numbers of the study -> what they come to together."""

from pathlib import Path

from nms_pv.measures.published.write import write_published
from nms_pv.measures.rows import literature_version
from nms_pv.spec.literature import load_literature
from nms_pv.spec.params import load_params
from nms_pv.tables.errors import run


def main() -> None:
    study = Path("study")

    write_published(load_literature(study), Path("data/6_measures"), load_params(Path("params.yaml")), literature_version(study))


if __name__ == "__main__":
    run(main)

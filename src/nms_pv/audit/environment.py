"""Which Python and which numeric libraries produce the numbers: a changed version makes every stage run again."""

import json
import platform
from importlib.metadata import version
from pathlib import Path

from nms_pv.tables.contract import replacing

NUMERIC = [
    "dataframely",
    "matplotlib",
    "numpy",
    "pandas",
    "polars",
    "pycountry",
    "rapidfuzz",
    "scikit-learn",
    "scipy",
    "statsmodels",
]


def write_environment(path: Path) -> None:
    """Write the versions as JSON, sorted by name; Python as major.minor."""
    versions = {"python": ".".join(platform.python_version_tuple()[:2]), **{name: version(name) for name in NUMERIC}}
    with replacing(path) as partial:
        partial.write_text(json.dumps(versions, indent=2, sort_keys=True) + "\n", encoding="utf-8")

"""Which version of this package, of Python and of the libraries produces the numbers: a changed one reruns every stage."""

import json
import platform
from importlib.metadata import version
from pathlib import Path

from nms_pv.tables.contract import replacing

PACKAGES = [
    "dataframely",
    "jinja2",
    "matplotlib",
    "nms-pv",
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
    versions = {"python": ".".join(platform.python_version_tuple()[:2]), **{name: version(name) for name in PACKAGES}}
    with replacing(path) as partial:
        partial.write_text(json.dumps(versions, indent=2, sort_keys=True) + "\n", encoding="utf-8")

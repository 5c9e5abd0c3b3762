"""How a paper cites this software and the data it was run on: CITATION.cff and BibTeX."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nms_pv.tables.errors import UserError

BIBTEX_SPECIAL = re.compile(r"([&%$#_{}])")


@dataclass(frozen=True)
class Run:
    """What was run: the version of the software, and by arm the version and the holder of the data."""

    version: str
    data: dict[str, tuple[str, str]]
    simulated: bool


def read_citation(path: Path) -> dict[str, Any]:
    """The citation file of the project.

    Raises
    ------
    UserError
        When it is missing or has no title or authors.

    """
    found = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
    if not isinstance(found, dict) or not found.get("title") or not found.get("authors"):
        raise UserError(f"{path}: needs a title and authors, as the Citation File Format 1.2.0 asks for. Write them there.")
    return found


def as_cff(citation: dict[str, Any], run: Run) -> str:
    """The project's citation with the version that ran, and the data as references."""
    references = [
        {
            "type": "data",
            "title": f"{'SIMULATED ' if run.simulated else ''}{arm} data of nms-pv",
            "authors": [{"name": holder}],
            "version": version,
        }
        for arm, (version, holder) in sorted(run.data.items())
    ]
    return yaml.safe_dump({**citation, "version": run.version, "references": references}, sort_keys=False, allow_unicode=True)


def as_bibtex(citation: dict[str, Any], run: Run) -> str:
    """The same as one entry of BibTeX."""
    authors = " and ".join(_author(author) for author in citation["authors"])
    versions = ", ".join(version for _, (version, _) in sorted(run.data.items()))
    note = f"{'SIMULATED DATA. ' if run.simulated else ''}Data versions: {versions}"
    fields = {"title": f"{{{_escaped(str(citation['title']))}}}", "author": authors}
    fields |= {"version": _escaped(run.version), "note": _escaped(note)}
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@software{{nms_pv,\n{lines}}}\n"


def _author(author: dict[str, str]) -> str:
    """A person as `Family, Given`; an institution in braces of its own, so that it is not taken apart."""
    if "family-names" in author:
        return _escaped(f"{author['family-names']}, {author.get('given-names', '')}".removesuffix(", "))
    return f"{{{_escaped(author['name'])}}}"


def _escaped(text: str) -> str:
    return BIBTEX_SPECIAL.sub(r"\\\1", text.replace("\\", ""))

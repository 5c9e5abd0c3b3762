"""Country names and codes -> ISO 3166-1 alpha-2, or EU where the source masks the country."""

from collections.abc import Mapping
from functools import cache

import polars as pl


def country_code(names: pl.Series, spellings: Mapping[str, str | None]) -> pl.DataFrame:
    """Code each distinct country: columns name, code (null when not recognised or not stated), is_stated.

    `spellings` are the source's own names in capitals; one without a code says that no country is stated.
    """
    known = {**_iso(), **spellings}
    distinct = names.drop_nulls().unique().sort()
    rows = [(name, known.get(name.upper()), known.get(name.upper(), "") is not None) for name in distinct]
    return pl.DataFrame(rows, schema={"name": pl.String, "code": pl.String, "is_stated": pl.Boolean}, orient="row")


@cache
def _iso() -> dict[str, str]:
    import pycountry

    found: dict[str, str] = {}
    for country in pycountry.countries:
        for label in ("name", "common_name", "official_name", "alpha_2"):
            if hasattr(country, label):
                found[getattr(country, label).upper()] = country.alpha_2
    return found

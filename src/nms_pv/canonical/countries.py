"""Country names and codes -> ISO 3166-1 alpha-2, or EU where the source masks the country."""

from functools import cache

import polars as pl

# Spellings of the legacy files that are no ISO name. Source: FAERS public files; EU = a masked country since 2025.
FAERS_NAMES = {
    "EU": "EU",
    "UNITED KINGDOM": "GB",
    "UK": "GB",
    "KOREA, REPUBLIC OF": "KR",
    "KOREA, SOUTH": "KR",
    "TAIWAN": "TW",
    "TAIWAN, PROVINCE OF CHINA": "TW",
    "RUSSIA": "RU",
    "IRAN": "IR",
    "VIETNAM": "VN",
    "VENEZUELA": "VE",
    "BOLIVIA": "BO",
    "CZECH REPUBLIC": "CZ",
    "SERBIA AND MONTENEGRO": "RS",
    "YUGOSLAVIA": "RS",
    "MACEDONIA": "MK",
    "TURKEY": "TR",
    "SYRIA": "SY",
    "MOLDOVA": "MD",
    "TANZANIA": "TZ",
    "PALESTINIAN TERRITORY, OCCUPIED": "PS",
    "LIBYAN ARAB JAMAHIRIYA": "LY",
}
NOT_STATED = ("COUNTRY NOT SPECIFIED", "UNKNOWN", "UNK")


def country_code(names: pl.Series) -> pl.DataFrame:
    """Code each distinct country: columns name, code (null when not recognised or not stated), is_stated."""
    distinct = names.drop_nulls().unique().sort()
    rows = [(name, _code(name.upper()), name.upper() not in NOT_STATED) for name in distinct]
    return pl.DataFrame(rows, schema={"name": pl.String, "code": pl.String, "is_stated": pl.Boolean}, orient="row")


@cache
def _code(name: str) -> str | None:
    if name in FAERS_NAMES:
        return FAERS_NAMES[name]
    return _iso().get(name)


@cache
def _iso() -> dict[str, str]:
    import pycountry

    found: dict[str, str] = {}
    for country in pycountry.countries:
        for label in ("name", "common_name", "official_name", "alpha_2"):
            if hasattr(country, label):
                found[getattr(country, label).upper()] = country.alpha_2
    return found

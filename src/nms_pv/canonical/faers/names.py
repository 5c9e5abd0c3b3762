"""A drug name as reported -> the listed names it may equal, from the least to the most cleaned. Nothing is guessed."""

import re

import polars as pl

from nms_pv.spec.drugs import NameRules

STRENGTH = r"\b\d+([.,]\d+)?\s*(MG/ML|MG|MCG|UG|ML|GM|G|IU|UNITS?|%)(\s*/\s*\d*\s*(ML|H|HR|DAY|MG))?\b\.?"
OUTER = " .,;'\""
WHO_DRUG_CODE = r"/\d{6,}/"
STEPS = ("as_reported", "without_parentheses", "without_strength", "without_last_form", "without_form", "without_salt")


def clean(name: pl.Expr) -> pl.Expr:
    """Capitals, single blanks, no control characters, no WHO-Drug code, no outer quotation marks, periods or commas.

    FAERS writes `^` for every apostrophe and quotation mark.
    """
    tidy = name.str.to_uppercase().str.replace_all("^", "'", literal=True).str.replace_all(r"[\x00-\x1f\x7f]", " ")
    return tidy.str.replace_all(WHO_DRUG_CODE, " ").str.replace_all(r"\s+", " ").str.strip_chars(OUTER)


def with_candidates(names: pl.DataFrame, rules: NameRules) -> pl.DataFrame:
    """Add to column `name` (already clean) one column for each step of cleaning, and whether a word says long-acting."""
    anywhere = _words(rules.long_acting_words)
    salts = _words([*rules.salts, *rules.long_acting_salts])
    forms = _words(rules.forms)
    long_acting = _words([*rules.long_acting_words, *rules.long_acting_salts])
    steps = {
        "as_reported": pl.col("name"),
        "without_parentheses": pl.col("name").str.replace_all(r"\([^()]*\)", " "),
        "without_strength": pl.col("without_parentheses").str.replace_all(STRENGTH, " "),
        "without_last_form": pl.col("without_strength").str.replace(rf"[\s,]+{forms}$", ""),
        "without_form": pl.col("without_strength").str.replace_all(anywhere, " ").str.replace(rf"([\s,]*{forms})+\s*$", ""),
        "without_salt": pl.col("without_form").str.replace(rf"([\s,]*({salts}|{forms}))+$", ""),
    }
    names = names.with_columns(pl.col("name").str.contains(long_acting).alias("says_long_acting"))
    for step in STEPS:
        names = names.with_columns(_tidy(steps[step]).alias(step))
    return names


def _tidy(name: pl.Expr) -> pl.Expr:
    return name.str.replace_all(r"\s+", " ").str.strip_chars(OUTER)


def _words(words: list[str]) -> str:
    """Any of the words, whole: the longest first, so that FILM-COATED is not cut to COATED."""
    return r"\b(?:" + "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w))) + r")\b"

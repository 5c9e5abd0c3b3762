"""A drug name as reported -> the listed names it may equal, from the least to the most cleaned. Nothing is guessed."""

import re

import polars as pl

from nms_pv.spec.drugs import NameRules

STRENGTH = r"\b\d+([.,]\d+)?\s*(MG/ML|MG|MCG|UG|ML|GM|G|IU|UNITS?|%)(\s*/\s*\d*\s*(ML|H|HR|DAY|MG))?\b\.?"
WHO_DRUG_CODE = r"/\d{6,}/"
STEPS = ("as_reported", "without_parentheses", "without_strength", "without_form", "without_salt")


def clean(name: pl.Expr) -> pl.Expr:
    """Capitals, single blanks, no control characters, no WHO-Drug code, no trailing periods or commas."""
    tidy = name.str.to_uppercase().str.replace_all(r"[\x00-\x1f\x7f]", " ").str.replace_all(WHO_DRUG_CODE, " ")
    return tidy.str.replace_all(r"\s+", " ").str.strip_chars(" .,;")


def with_candidates(names: pl.LazyFrame, rules: NameRules) -> pl.LazyFrame:
    """Add to column `name` (already clean) one column for each step of cleaning, and whether a word says long-acting."""
    anywhere = _words(rules.long_acting_words)
    salts = _words([*rules.salts, *rules.long_acting_salts])
    forms = _words(rules.forms)
    long_acting = _words([*rules.long_acting_words, *rules.long_acting_salts])
    return (
        names.with_columns(
            pl.col("name").alias(STEPS[0]),
            _tidy(pl.col("name").str.replace_all(r"\([^()]*\)", " ")).alias(STEPS[1]),
            pl.col("name").str.contains(long_acting).alias("says_long_acting"),
        )
        .with_columns(_tidy(pl.col(STEPS[1]).str.replace_all(STRENGTH, " ")).alias(STEPS[2]))
        .with_columns(
            _tidy(pl.col(STEPS[2]).str.replace_all(anywhere, " ").str.replace_all(rf"([\s,]*{forms})+$", "")).alias(STEPS[3])
        )
        .with_columns(_tidy(pl.col(STEPS[3]).str.replace_all(rf"([\s,]*({salts}|{forms}))+$", "")).alias(STEPS[4]))
    )


def _tidy(name: pl.Expr) -> pl.Expr:
    return name.str.replace_all(r"\s+", " ").str.strip_chars(" .,;")


def _words(words: list[str]) -> str:
    """Any of the words, whole: the longest first, so that FILM-COATED is not cut to COATED."""
    return r"\b(?:" + "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w))) + r")\b"

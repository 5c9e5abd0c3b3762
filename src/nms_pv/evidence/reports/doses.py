"""canonical -> evidence: a dose as reported -> amount and unit, where it is one plain amount."""

import polars as pl

# The words of reports for the units and frequencies that are plain; anything else leaves the dose empty.
MILLIGRAMS = {
    "MG": 1.0, "MILLIGRAM": 1.0, "MILLIGRAMS": 1.0, "MILLIGRAM(S)": 1.0,
    "G": 1000.0, "GM": 1000.0, "GRAM": 1000.0, "GRAMS": 1000.0,
    "UG": 0.001, "MCG": 0.001, "MICROGRAM": 0.001, "MICROGRAMS": 0.001,
}  # fmt: skip
TIMES_A_DAY = {
    "/D": 1, "/DAY": 1, "PER DAY": 1, "QD": 1, "OD": 1, "DAILY": 1, "ONCE DAILY": 1, "ONCE A DAY": 1, "1X/DAY": 1,
    "BID": 2, "TWICE DAILY": 2, "TWICE A DAY": 2, "2X/DAY": 2, "TID": 3, "3X/DAY": 3, "QID": 4, "4X/DAY": 4,
}  # fmt: skip
NOT_STATED = ["", "UNK", "UNKNOWN", "UNKNOWN FREQUENCY"]
# Arithmetic leaves an error in the last digits, and equal doses must compare as equal.
DECIMALS = 6


def with_doses(drugs: pl.LazyFrame) -> pl.LazyFrame:
    """The rows with `dose_amount` and `dose_unit`, from the words in `dose`.

    `25 MG` is 25 mg, `25 MG, BID` is 50 mg/day. Both are empty unless the whole text is one number, one unit and at most one
    frequency: no range, no dose by weight, no interval of weeks, no text beside.
    """
    words = pl.col("dose").str.to_uppercase().str.strip_chars().str.extract_groups(r"^(\d*\.?\d+)\s*([A-Z()]+)[\s,]*(.*)$")
    amount, unit, often = words.struct[0].cast(pl.Float64, strict=False), words.struct[1], words.struct[2].str.strip_chars()
    milligrams = amount * unit.replace_strict(MILLIGRAMS, default=None, return_dtype=pl.Float64)
    times = often.replace_strict(TIMES_A_DAY, default=None, return_dtype=pl.Int32)
    given = pl.when(often.is_in(NOT_STATED)).then(milligrams).otherwise(milligrams * times)
    dose_unit = pl.when(often.is_in(NOT_STATED)).then(pl.lit("mg")).otherwise(pl.lit("mg/day"))
    return drugs.with_columns(dose_amount=given.round(DECIMALS), dose_unit=pl.when(given.is_not_null()).then(dose_unit))

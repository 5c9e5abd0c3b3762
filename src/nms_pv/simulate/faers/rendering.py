"""From drawn cases to the seven tables of one quarter, cell by cell as text, under our column names."""

import numpy as np
import polars as pl

from nms_pv.simulate.faers.chance import count_within
from nms_pv.simulate.faers.content import Content
from nms_pv.simulate.faers.drugs import TRAILING_PERIOD
from nms_pv.simulate.faers.population import NO_DATE, SENDERS, TO_THE_DAY, TO_THE_MONTH
from nms_pv.simulate.faers.quarters import Span
from nms_pv.simulate.faers.terms import OUTCOMES
from nms_pv.simulate.faers.versions import NUMBER_COPY
from nms_pv.spec.source import FaersSpec

COUNTRY_NAMES = {
    "US": "UNITED STATES",
    "JP": "JAPAN",
    "GB": "UNITED KINGDOM",
    "DE": "GERMANY",
    "FR": "FRANCE",
    "CA": "CANADA",
    "IT": "ITALY",
    "ES": "SPAIN",
    "BR": "BRAZIL",
    "AU": "AUSTRALIA",
    "CN": "CHINA",
    "IN": "INDIA",
    "NL": "NETHERLANDS",
    "CH": "SWITZERLAND",
}
NO_COUNTRY = "COUNTRY NOT SPECIFIED"
MASKED_COUNTRIES, MASKED_SINCE = ("DE", "FR", "IT", "ES", "NL"), "2025Q3"
ROWS_BY_DOSAGE_SINCE, ROWS_BY_DOSAGE_SHARE = "2025Q1", 0.10
LITERATURE = "Simulated A, Simulated B. A fictional case of an adverse reaction. Journal of Planted Cases. 2000; 1(1):1-2"
OF_THE_REPORT = ("version", "received_day", "init_day", "sender")  # a later version or a copy has its own
DRUG_NUMBERS_FROM = 1_000_000_000  # legacy drug numbers are unique over all reports


def render(
    content: Content, reports: pl.DataFrame, span: Span, faers: FaersSpec, rng: np.random.Generator
) -> dict[str, pl.DataFrame]:
    """The tables of one quarter.

    Parameters
    ----------
    content
        Content of all cases that are received in the quarter.
    reports
        Reports of the quarter (`versions.Schedule`).
    span
        The quarter.
    faers
        The rules that say whether event dates are padded.
    rng
        Random numbers for what belongs to the file and not to the case.

    Returns
    -------
    Tables by name, all cells text. Beside the columns of FAERS, DEMO and DRUG and REAC say in `is_plain` whether the case
    plays no part in versions, duplicates, deletions, exposure or event, so that a defect can be planted there.
    """
    numbered = _numbered(reports, span)
    demo = numbered.join(content.people.drop(OF_THE_REPORT), on="key", how="left", maintain_order="left")
    plain_key = pl.col("is_plain") & pl.col("is_ordinary")
    head = demo.select("row", "key", "primaryid", "caseid", "is_reduced", plain_key.alias("is_plain"), "received_day")
    drugs = _rows(head, content.drugs, "drug_seq")
    if span.label >= ROWS_BY_DOSAGE_SINCE:
        drugs = _by_dosage(drugs, rng)
    drugs = _number_drugs(drugs, span)
    reactions = _rows(head, content.reactions, "place").filter(~(pl.col("is_optional") & pl.col("is_reduced")))
    return {
        "DEMO": _demo(demo.with_columns(plain_key.alias("is_plain")), span, faers),
        "DRUG": _drug(drugs, span),
        "REAC": _reac(reactions, span),
        "OUTC": _outc(demo),
        "INDI": _indi(drugs, span),
        "THER": _ther(drugs),
        "RPSR": _rpsr(demo),
    }


def _numbered(reports: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Reports in file order with their record number: caseid and version as one text, or a running ISR."""
    ordered = reports.sort("caseid", "version").drop("position").rename({"version": "caseversion"}).with_row_index("row")
    if span.is_current:
        return ordered.with_columns(pl.format("{}{}", "caseid", "caseversion").alias("primaryid"))
    return ordered.with_columns((pl.col("row").cast(pl.Int64) + span.first_record).cast(pl.String).alias("primaryid"))


def _rows(head: pl.DataFrame, rows: pl.DataFrame, place: str) -> pl.DataFrame:
    return head.join(rows, on="key", how="inner").sort("row", place)


def _date(day: str, precision: str, is_padded: bool) -> pl.Expr:
    """A date as known: YYYYMMDD, YYYYMM, YYYY, or padded with 01."""
    text = pl.col(day).cast(pl.Int32).cast(pl.Date).dt.strftime("%Y%m%d")
    known = pl.col(precision)
    month, year = (text.str.head(6) + "01", text.str.head(4) + "0101") if is_padded else (text.str.head(6), text.str.head(4))
    return (
        pl.when(known == NO_DATE)
        .then(None)
        .when(known == TO_THE_DAY)
        .then(text)
        .when(known == TO_THE_MONTH)
        .then(month)
        .otherwise(year)
    )


def _day(day: pl.Expr) -> pl.Expr:
    return day.cast(pl.Int32).cast(pl.Date).dt.strftime("%Y%m%d")


def _demo(demo: pl.DataFrame, span: Span, faers: FaersSpec) -> pl.DataFrame:
    is_direct = pl.col("report_type") == "DIR"
    sender = pl.lit(pl.Series(SENDERS)).gather(pl.col("sender"))
    number = pl.format("{}-{}-{}", pl.col("country").fill_null("US"), sender, pl.col("number_of") * 3 + 1)
    weight = pl.when(~pl.col("is_reduced")).then(pl.col("weight_kg"))
    in_pounds = pl.lit(not span.is_current) & (pl.col("country") == "US") & (pl.col("row") % 3 == 0)
    age = pl.col("age_years")
    group = (
        pl.when(age < 12)
        .then(pl.lit("C"))
        .when(age < 18)
        .then(pl.lit("T"))
        .when(age < 65)
        .then(pl.lit("A"))
        .otherwise(pl.lit("E"))
    )
    reporter, occurrence = _countries(span)
    event = _date("event_day", "event_precision", faers.rules.event_dates_are_padded(span.label))
    follow_up = pl.col("caseversion") > 1
    version = pl.col("caseversion") if span.is_current else pl.when(follow_up).then(pl.col("caseversion") - 1)
    texts = {
        "caseid": pl.col("caseid"),
        "caseversion": version,
        "i_f_code": pl.when(follow_up).then(pl.lit("F")).otherwise(pl.lit("I")),
        "image": pl.format("{}-{}", "primaryid", pl.col("row") % 10),
        "event_dt": pl.when(pl.col("duplicate_kind") != NUMBER_COPY).then(event),
        "mfr_dt": pl.when(~is_direct).then(_day(pl.col("received_day") - 3)),
        "init_fda_dt": _day(pl.col("init_day")),
        "fda_dt": _day(pl.col("received_day")),
        "rept_cod": pl.col("report_type"),
        "auth_num": pl.when((pl.col("row") % 9 == 0) & ~is_direct).then(pl.format("AUTH-{}", pl.col("number_of") * 7)),
        "mfr_num": pl.when(~is_direct).then(number),
        "mfr_sndr": pl.when(~is_direct).then(sender).otherwise(pl.lit("FDA-CTU" if span.is_current else None)),
        "lit_ref": pl.when(pl.col("row") % 14 == 0).then(pl.lit(LITERATURE)),
        "age": age,
        "age_cod": pl.when(age.is_not_null()).then(pl.lit("YR")),
        "age_grp": pl.when(pl.col("row") % 4 == 0).then(pl.when(age.is_not_null()).then(group)),
        "sex": pl.col("sex"),
        "e_sub": pl.when(is_direct).then(pl.lit("N")).otherwise(pl.lit("Y")),
        "wt": pl.when(in_pounds).then((weight * 2.2046).round(0)).otherwise(weight).cast(pl.String).str.strip_suffix(".0"),
        "wt_cod": pl.when(weight.is_not_null()).then(pl.when(in_pounds).then(pl.lit("LBS")).otherwise(pl.lit("KG"))),
        "rept_dt": _day(pl.col("received_day") - 1),
        "occp_cod": pl.col("occupation"),
        "death_dt": pl.lit(None),
        "to_mfr": pl.when(is_direct).then(pl.lit("N")),
        "confid": pl.when(is_direct).then(pl.lit("N")),
        "reporter_country": reporter,
        "occr_country": occurrence,
    }
    return demo.select("primaryid", "is_plain", *(expression.cast(pl.String).alias(name) for name, expression in texts.items()))


def _countries(span: Span) -> tuple[pl.Expr, pl.Expr]:
    """Reporter's country and country of the event: names in the legacy files, then codes, some of them masked."""
    country = pl.col("country")
    if not span.is_current:
        return country.replace_strict(COUNTRY_NAMES, default=NO_COUNTRY, return_dtype=pl.String), pl.lit(None)
    if span.label >= MASKED_SINCE:
        country = pl.when(country.is_in(MASKED_COUNTRIES)).then(pl.lit("EU")).otherwise(country)
    return country.fill_null(NO_COUNTRY), country


def _by_dosage(drugs: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Since 2025 a drug has one row for each dosage, all with the same number."""
    is_split = (drugs["role"] == "PS").to_numpy() & (rng.random(len(drugs)) < ROWS_BY_DOSAGE_SHARE)
    copies = np.where(is_split, rng.integers(2, 5, len(drugs)), 1)
    source = np.repeat(np.arange(len(drugs)), copies)
    dosage = count_within(source)
    return drugs[source].with_columns((pl.col("dose") * pl.Series(dosage)).alias("dose"), pl.Series("dosage", dosage))


def _number_drugs(drugs: pl.DataFrame, span: Span) -> pl.DataFrame:
    if span.is_current:
        return drugs
    return drugs.with_columns(pl.Series("drug_seq", np.arange(len(drugs)) * 3 + DRUG_NUMBERS_FROM + span.index * 10_000_000))


def _drug(drugs: pl.DataFrame, span: Span) -> pl.DataFrame:
    dose = pl.col("dose")
    amount = dose.cast(pl.String).str.strip_suffix(".0")
    route = pl.col("route") if span.is_current else pl.col("route").str.to_uppercase()
    texts = {
        "drug_seq": pl.col("drug_seq"),
        "role_cod": pl.col("role"),
        "drugname": pl.col("drugname") if span.label <= TRAILING_PERIOD[1] else pl.col("drugname").str.strip_suffix("."),
        "prod_ai": pl.col("prod_ai"),
        "val_vbm": pl.lit("1"),
        "route": route,
        "dose_vbm": pl.when(dose.is_not_null()).then(pl.format("{} MG {}", amount, "frequency").str.strip_chars_end()),
        "cum_dose_chr": pl.lit(None),
        "cum_dose_unit": pl.lit(None),
        "dechal": pl.col("dechal"),
        "rechal": pl.col("rechal"),
        "lot_num": pl.when(pl.col("drug_seq") % 11 == 0).then(pl.lit("UNKNOWN")),
        "exp_dt": pl.lit(None),
        "nda_num": pl.when(pl.col("role") == "PS").then(
            (pl.col("drugname").str.len_bytes() * 977 + 19_000).cast(pl.String).str.zfill(6)
        ),
        "dose_amt": amount,
        "dose_unit": pl.when(dose.is_not_null()).then(pl.lit("MG")),
        "dose_form": pl.when(pl.col("route") == "Oral").then(pl.lit("TABLET")),
        "dose_freq": pl.when(dose.is_not_null()).then(pl.col("frequency")),
    }
    return drugs.select("primaryid", pl.col("caseid").cast(pl.String), "is_plain", "is_listed", *_text(texts))


def _text(texts: dict[str, pl.Expr]) -> list[pl.Expr]:
    return [expression.cast(pl.String).alias(name) for name, expression in texts.items()]


def _reac(reactions: pl.DataFrame, span: Span) -> pl.DataFrame:
    term = pl.col("term") if span.is_current else pl.col("term").str.to_uppercase()
    recurred = pl.when("recurred").then(pl.col("term"))
    return reactions.select(
        "primaryid", pl.col("caseid").cast(pl.String), "is_plain", term.alias("pt"), recurred.alias("drug_rec_act")
    )


def _outc(demo: pl.DataFrame) -> pl.DataFrame:
    parts = [
        demo.filter(pl.col(code)).select("row", "primaryid", pl.col("caseid").cast(pl.String), pl.lit(code).alias("outc_cod"))
        for code in OUTCOMES
    ]
    return pl.concat(parts).sort("row", maintain_order=True).drop("row")


def _indi(drugs: pl.DataFrame, span: Span) -> pl.DataFrame:
    term = pl.col("indication") if span.is_current else pl.col("indication").str.to_uppercase()
    stated = _first_dosage(drugs).filter(pl.col("indication").is_not_null())
    return stated.select("primaryid", pl.col("caseid").cast(pl.String), pl.col("drug_seq").cast(pl.String), term.alias("indi_pt"))


def _ther(drugs: pl.DataFrame) -> pl.DataFrame:
    known = _first_dosage(drugs).filter((pl.col("start_precision") != NO_DATE) | (pl.col("end_precision") != NO_DATE))
    both = (pl.col("start_precision") == TO_THE_DAY) & (pl.col("end_precision") == TO_THE_DAY) & (pl.col("row") % 3 == 0)
    texts = {
        "drug_seq": pl.col("drug_seq"),
        "start_dt": _date("start_day", "start_precision", is_padded=False),
        "end_dt": _date("end_day", "end_precision", is_padded=False),
        "dur": pl.when(both).then(pl.col("end_day") - pl.col("start_day") + 1),
        "dur_cod": pl.when(both).then(pl.lit("DAY")),
    }
    return known.select("primaryid", pl.col("caseid").cast(pl.String), "is_plain", "is_listed", *_text(texts))


def _first_dosage(drugs: pl.DataFrame) -> pl.DataFrame:
    return drugs.filter(pl.col("dosage") == 1) if "dosage" in drugs.columns else drugs


def _rpsr(demo: pl.DataFrame) -> pl.DataFrame:
    stated = demo.filter(pl.col("row") % 12 == 0)
    code = pl.when(pl.col("occupation") == "CN").then(pl.lit("CSM")).otherwise(pl.lit("HP"))
    return stated.select("primaryid", pl.col("caseid").cast(pl.String), code.alias("rpsr_cod"))

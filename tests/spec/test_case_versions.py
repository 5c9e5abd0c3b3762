"""Which version of a case is shown. Tables a clinician can read; one row is one version as it was received."""

import polars as pl

from nms_pv.canonical.faers.versions import decide


def spec_test(table: str, deleted: str = "") -> None:
    """Check the last column of the table (what became of each version), given lists of deleted cases as `case@quarter`."""
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines() if "-+-" not in line]
    names, rows = lines[0], lines[1:]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    versions = frame.select(
        "quarter",
        (pl.col("quarter") >= "2012Q4").alias("is_current"),
        pl.int_range(2, pl.len() + 2).alias("source_line"),
        pl.col("record").cast(pl.Int64),
        pl.col("case").cast(pl.Int64),
        pl.col("version").cast(pl.Int32).alias("version_n"),
        pl.col("received").cast(pl.Int32).alias("received_day"),
    )
    lists = pl.DataFrame(
        [entry.split("@") for entry in deleted.split()], schema={"caseid": pl.String, "quarter": pl.String}, orient="row"
    )
    found = decide(versions, lists.with_columns(pl.col("caseid").cast(pl.Int64))).sort("source_line")
    assert found["reason"].to_list() == frame["becomes"].to_list()


def test_the_highest_version_is_shown() -> None:
    spec_test("""
        quarter | case | version | record | received | becomes
        --------+------+---------+--------+----------+--------------
        2024Q1  | 7    | 2       | 72     | 100      | later_version
        2024Q2  | 7    | 10      | 710    | 150      | latest_version
        2024Q3  | 7    | 9       | 79     | 250      | later_version
        2024Q1  | 8    | 1       | 81     | 100      | latest_version
    """)


def test_of_equal_versions_the_one_received_later_is_shown() -> None:
    spec_test("""
        quarter | case | version | record | received | becomes
        --------+------+---------+--------+----------+--------------
        2024Q1  | 7    | 2       | 72     | 100      | later_version
        2024Q1  | 7    | 2       | 73     | 101      | latest_version
    """)


def test_a_case_in_both_eras_is_shown_from_the_current_one() -> None:
    spec_test("""
        quarter | case | version | record | received | becomes
        --------+------+---------+--------+----------+--------------
        2011Q4  | 7    | 5       | 900    | 999      | later_version
        2013Q1  | 7    | 1       | 71     | 500      | latest_version
    """)


def test_a_record_received_twice_belongs_to_its_last_sighting() -> None:
    spec_test("""
        quarter | case | version | record | received | becomes
        --------+------+---------+--------+----------+--------------
        2012Q4  | 7    | 1       | 71     | 100      | later_copy
        2012Q4  | 7    | 1       | 71     | 100      | latest_version
        2013Q1  | 8    | 1       | 81     | 100      | later_copy
        2013Q2  | 9    | 1       | 81     | 100      | latest_version
    """)


def test_a_list_deletes_what_came_before_it_and_with_it() -> None:
    spec_test(
        """
        quarter | case | version | record | received | becomes
        --------+------+---------+--------+----------+------------------
        2019Q4  | 7    | 1       | 71     | 100      | deleted_by_source
        2020Q1  | 7    | 2       | 72     | 150      | deleted_by_source
        2020Q1  | 8    | 1       | 81     | 150      | latest_version
        2011Q4  | 9    | 1       | 91     | 50       | deleted_by_source
        """,
        deleted="7@2020Q1 9@2019Q1 9@2020Q1",
    )


def test_a_later_version_brings_a_deleted_case_back() -> None:
    spec_test(
        """
        quarter | case | version | record | received | becomes
        --------+------+---------+--------+----------+------------------
        2019Q4  | 7    | 3       | 73     | 100      | deleted_by_source
        2020Q2  | 7    | 1       | 74     | 250      | latest_version
        """,
        deleted="7@2020Q1",
    )


def test_legacy_reports_without_case_number_stand_alone() -> None:
    spec_test("""
        quarter | case | version | record | received | becomes
        --------+------+---------+--------+----------+--------------
        2004Q1  | -501 | 1       | 501    | 100      | latest_version
        2004Q1  | -502 | 1       | 502    | 100      | latest_version
    """)

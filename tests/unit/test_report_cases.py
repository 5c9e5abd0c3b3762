"""The cases behind numbers: sets that are exactly what a number counts, and everything about a case in a small space."""

import math
from dataclasses import replace
from itertools import accumulate, product
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nms_pv.report.cases import embedded
from nms_pv.report.cases.behind_episodes import sets_of_episodes
from nms_pv.report.cases.behind_reports import sets_of_reports
from nms_pv.report.cases.documented import elements_of
from nms_pv.report.cases.payload import columns, packed
from nms_pv.report.cases.read import Subjects, observed_until, read_episodes, read_reports, read_treatments
from nms_pv.report.cases.trees import tree
from nms_pv.tables.labels import TREATMENTS, VERDICT, VERDICTS
from nms_pv.tables.measures import DUPLICATES, ROLES
from tests.lib.case_evidence import HOSTILE_WORDS, JUDGED_BY, ONSET, SIGNS, subject_ids, write_verdicts
from tests.lib.cohort_cases_fixture import counted_cases, write_cohort_cases
from tests.lib.declared_rows import rows as declared_rows
from tests.lib.harness import DEFINITIONS
from tests.lib.report_cases_fixture import YEARS, CountedReports, write_report_cases
from tests.lib.report_fixture import HOSTILE_INGREDIENT, declared_study
from tests.lib.report_page import records, unpacked

STUDY = declared_study()
NUMBER = {
    "arm": "reports", "measure": "reports", "definition": "pt_only", "roles": "ps+ss", "duplicates": "collapsed",
    "group_kind": "all", "group": "all", "reference": None, "stratum": None, "suppressed": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cases")
    write_report_cases(folder, HOSTILE_INGREDIENT)
    write_cohort_cases(folder)
    write_verdicts(folder / "4_labels", "reports")
    write_verdicts(folder / "4_labels" / "cohort", "cohort")
    for arm, labels in (("reports", folder / "4_labels"), ("cohort", folder / "4_labels" / "cohort")):
        TREATMENTS.write(treatments(arm), labels / "treatments" / "a.parquet")
    return folder


def treatments(arm: str) -> pl.DataFrame:
    """Every second subject was given dantrolene, and every third bromocriptine before the event."""
    stated = [{"subject_id": s, "treatment": "dantrolene", "given": "given"} for s in subject_ids(arm)[::2]]
    stated += [{"subject_id": s, "treatment": "bromocriptine", "given": "before_event"} for s in subject_ids(arm)[::3]]
    return declared_rows(TREATMENTS, *stated)


@pytest.fixture(scope="module")
def reports(data: Path) -> Subjects:
    return read_reports(data, list(JUDGED_BY))


@pytest.fixture(scope="module")
def episodes(data: Path) -> Subjects:
    return read_episodes(data, list(JUDGED_BY))


ELEMENTS = elements_of(STUDY.definitions, STUDY.params.questions.presentation.elements)


@pytest.fixture(scope="module")
def of_reports(data: Path, reports: Subjects) -> Any:
    treated = read_treatments(data / "4_labels", reports)
    return sets_of_reports(reports, treated, STUDY.drugs, STUDY.params.generations, ELEMENTS)


def of_episodes(data: Path, episodes: Subjects, observed: pl.DataFrame | None = None) -> Any:
    seen = observed_until(data / "5_exposure" / "cohort", episodes) if observed is None else observed
    treated = read_treatments(data / "4_labels" / "cohort", episodes)
    return sets_of_episodes(episodes, seen, treated, STUDY.drugs, STUDY.params, ELEMENTS)


def number(**stated: object) -> dict[str, Any]:
    return NUMBER | stated


def test_only_subjects_that_meet_a_definition_are_read(reports: Subjects, episodes: Subjects) -> None:
    for subjects in (reports, episodes):
        known = set(subjects.about["subject_id"])
        assert len(known) < len(subject_ids(subjects.arm))
        for rows in (subjects.members, subjects.findings, subjects.exposures, subjects.verdicts):
            assert set(rows["subject_id"]) == known


def test_each_cited_line_has_its_raw_row_with_hostile_words_as_they_are(reports: Subjects, episodes: Subjects) -> None:
    for subjects in (reports, episodes):
        cited = pl.concat(t.select("source_id", "source_line") for t in (subjects.findings, subjects.exposures)).unique()
        assert (
            subjects.rows.select("source_id", "source_line")
            .sort("source_id", "source_line")
            .equals(cited.sort("source_id", "source_line"))
        )
        assert subjects.rows["cells"].str.contains(HOSTILE_WORDS, literal=True).any()


def test_sets_of_reports_are_what_each_number_counts(of_reports: Any) -> None:
    counted = CountedReports(HOSTILE_INGREDIENT)
    seen = 0
    for setting in product(JUDGED_BY, ROLES, DUPLICATES):
        definition, roles, duplicates = setting
        for (kind, group), year in product([("all", "all"), *sorted(counted.groups)], [None, *YEARS, "unknown"]):
            received = [pl.col("received_year").eq_missing(None if year == "unknown" else year)] if year else []
            row = number(definition=definition, roles=roles, duplicates=duplicates, group_kind=kind, group=group)
            row |= {"stratum": f"year={year}" if year else None}
            n = counted.cases(setting, kind, group, *received)
            assert of_reports.behind(row | {"numerator": n}) is not None, row
            assert of_reports.behind(row | {"numerator": n + 1}) is None, row
            seen += n > 0
    assert seen > 100


def test_outcomes_and_elements_narrow_the_set(of_reports: Any, reports: Subjects) -> None:
    counted = CountedReports(HOSTILE_INGREDIENT)
    setting = ("pt_only", "ps+ss", "collapsed")
    fatal = counted.cases(setting, "all", "all", pl.col("is_fatal"))
    assert "fatal" in of_reports.behind(number(measure="fatal_proportion", numerator=fatal))
    for sign in SIGNS:
        name = "ck" if sign == "ck_elevation" else sign
        subjects = set(reports.findings.filter(pl.col("element") == sign)["subject_id"])
        n = counted.cases(setting, "all", "all", pl.col("subject_id").is_in(list(subjects)))
        row = number(measure="element_documented_proportion", stratum=f"element=iec_2011:{name}", numerator=n)
        assert n > 0
        assert of_reports.behind(row) is not None, sign
        silent = counted.cases(setting, "all", "all") - n
        assert of_reports.behind(row | {"measure": "element_not_documented_proportion", "numerator": silent}) is not None, sign


def test_treatments_narrow_the_set_and_who_got_none_is_a_set_too(of_reports: Any) -> None:
    counted = CountedReports(HOSTILE_INGREDIENT)
    setting = ("pt_only", "ps+ss", "collapsed")
    given = pl.col("subject_id").is_in(subject_ids("reports")[::2])
    of_each = {"treatment_proportion": "treatment=dantrolene;given=given", "treatment_combination_proportion": "given=dantrolene"}
    n = counted.cases(setting, "generation", "SGA", given)
    none = counted.cases(setting, "generation", "SGA", ~given)
    assert 0 < n != none > 0
    group = {"group_kind": "generation", "group": "SGA"}
    for measure, stratum in of_each.items():
        assert of_reports.behind(number(measure=measure, stratum=stratum, numerator=n, **group)) is not None
        assert of_reports.behind(number(measure=measure, stratum=stratum, numerator=none, **group)) is None
    row = number(measure="treatment_combination_proportion", stratum="given=none_documented", numerator=none, **group)
    assert of_reports.behind(row) is not None


def test_a_stratum_that_is_no_part_of_the_group_leaves_its_set_as_it_is(of_reports: Any) -> None:
    n = CountedReports(HOSTILE_INGREDIENT).cases(("pt_only", "ps+ss", "collapsed"), "generation", "SGA")
    row = number(group_kind="generation", group="SGA", numerator=n)
    tested = row | {"measure": "homogeneity_p", "stratum": "by age"}
    assert of_reports.behind(tested) == of_reports.behind(row) is not None


@pytest.mark.parametrize(
    "changed",
    [
        {"measure": "onset_quantile"},
        {"stratum": "clock=start;quantile=0.5"},
        {"numerator": None},
        {"group_kind": "chemical_class", "group": "no such class"},
    ],
)
def test_a_number_that_counts_something_else_has_no_set(of_reports: Any, changed: dict[str, object]) -> None:
    row = number(numerator=CountedReports(HOSTILE_INGREDIENT).cases(("pt_only", "ps+ss", "collapsed"), "all", "all"))
    assert of_reports.behind(row) is not None
    assert of_reports.behind(row | changed) is None


def test_sets_of_episodes_are_what_each_rate_counts_and_people_are_counted_once(data: Path, episodes: Subjects) -> None:
    sets = of_episodes(data, episodes)
    cells, people = counted_cases()
    assert len(cells) > 50
    assert any(people[cell] < n for cell, n in cells.items())
    for (definition, analysis, kind, group, stratum), n in cells.items():
        row = {
            "measure": "incidence_rate", "definition": definition, "analysis": analysis, "group_kind": kind, "group": group,
            "stratum": stratum, "numerator": n,
        }  # fmt: skip
        assert sets.behind(row) is not None, row
        assert sets.behind(row | {"numerator": n - 1}) is None
        persons = {"measure": "incidence_proportion", "numerator": people[definition, analysis, kind, group, stratum]}
        assert sets.behind(row | persons) is not None


def test_rates_are_made_of_bands_since_the_start_and_of_periods(data: Path, episodes: Subjects) -> None:
    since = pl.int_range(pl.len(), dtype=pl.Int32) % 50
    year = (2003 + pl.int_range(pl.len()) % 9).cast(pl.String)
    dated = replace(episodes, members=episodes.members.with_columns(days_since_start=since, year=year))
    sets = of_episodes(data, dated)
    counted = dated.members.filter(
        pl.col("fate") == "counted", analysis="exact", definition="pt_only", group_kind="antipsychotic", group="antipsychotic"
    )
    row = {"definition": "pt_only", "analysis": "exact", "group_kind": "antipsychotic", "group": "antipsychotic"}
    expected = {
        "since_start=0-7": counted.filter(pl.col("days_since_start") <= 7).height,
        "since_start=8-30": counted.filter(pl.col("days_since_start").is_between(8, 30)).height,
        "years=2005-2009": counted.filter(pl.col("year").cast(pl.Int32).is_between(2005, 2009)).height,
    }
    for stratum, n in expected.items():
        assert 0 < n < counted.height
        assert sets.behind(row | {"measure": "incidence_rate", "stratum": stratum, "numerator": n}) is not None, stratum
        assert sets.behind(row | {"measure": "incidence_rate", "stratum": stratum, "numerator": n + 1}) is None
    whole = {"numerator": counted.height, "stratum": None}
    for measure in ("rate_ratio", "rate_difference", "adjusted_rate_ratio", "standardised_rate", "pooled_rate"):
        assert sets.behind(row | whole | {"measure": measure}) is not None, measure
    scenario = {"measure": "bias_adjusted_rate", "stratum": "scenario=differential;error=total"}
    assert sets.behind(row | whole | scenario) is not None


def test_persons_count_at_their_first_episode_and_only_while_observed(data: Path, episodes: Subjects) -> None:
    place = pl.int_range(pl.len(), dtype=pl.Int32)
    # The first two episodes are of one person: the second comes later. Every fourth person died on day 10.
    about = episodes.about.sort("person_id", "subject_id").with_columns(
        start_day=ONSET + pl.col("episode_no").cast(pl.Int32), death_day=pl.when(place % 4 == 0).then(ONSET + 10)
    )
    about = about.sort("subject_id").cast(episodes.about.schema)
    seen_until = pl.when(place % 3 == 0).then(ONSET + 5).otherwise(ONSET + 900)
    observed = about.sort("person_id", "subject_id").select("subject_id", seen_until=seen_until)
    sets = of_episodes(data, replace(episodes, about=about), observed)
    of_group = episodes.members.filter(
        pl.col("fate") == "counted", analysis="exact", definition="pt_only", group_kind="antipsychotic", group="antipsychotic"
    )
    counted = of_group.select("subject_id").join(about, on="subject_id").join(observed, on="subject_id")
    first = counted.sort("start_day").unique("person_id", keep="first", maintain_order=True)
    assert first.height < counted.height
    died = (pl.col("death_day") <= pl.col("seen_until")).fill_null(False)
    feverish = set(episodes.findings.filter(pl.col("element") == "fever")["subject_id"])
    has_fever = pl.col("subject_id").is_in(list(feverish))
    expected = {
        ("death_proportion", None): first.filter(died).height,
        ("death_unknown_proportion", None): first.filter(~died, pl.col("seen_until") == ONSET + 5).height,
        ("element_documented_proportion", "element=iec_2011:fever"): first.filter(has_fever).height,
        ("element_not_documented_proportion", "element=iec_2011:fever"): first.filter(~has_fever).height,
        ("element_present_proportion", "element=iec_2011:fever;sex=male"): first.filter(
            has_fever, pl.col("sex") == "male"
        ).height,
        ("treatment_proportion", "treatment=dantrolene;given=given"): first.filter(
            pl.col("subject_id").is_in(subject_ids("cohort")[::2])
        ).height,
    }
    row = {"definition": "pt_only", "analysis": "exact", "group_kind": "antipsychotic", "group": "antipsychotic"}
    for (measure, stratum), n in expected.items():
        assert 0 < n < first.height, measure
        assert sets.behind(row | {"measure": measure, "stratum": stratum, "numerator": n}) is not None, measure
        assert sets.behind(row | {"measure": measure, "stratum": stratum, "numerator": n - 1}) is None, measure
    other = row | {"analysis": "cohort_incidence", "measure": "death_proportion", "stratum": None}
    assert sets.behind(other | {"numerator": expected["death_proportion", None]}) is None


OF = {
    "name": st.sampled_from(["a", "b", "<b>", "\u202e", "=1+1", ""]),
    "day": st.integers(-(2**31), 2**31 - 1),
    "value": st.floats(allow_nan=False, allow_infinity=False),
    "flag": st.booleans(),
}
TABLES = st.integers(0, 30).flatmap(
    lambda height: st.fixed_dictionaries(
        {name: st.lists(st.none() | cell, min_size=height, max_size=height) for name, cell in OF.items()}
    )
)
TYPES = {"name": pl.String, "day": pl.Int64, "value": pl.Float64, "flag": pl.Boolean}


@given(TABLES)
def test_a_packed_table_is_unpacked_as_it_was(content: dict[str, list[object]]) -> None:
    table = pl.DataFrame(content, schema=TYPES)
    assert records(unpacked(packed(columns(table)))) == table.rows(named=True)
    assert packed(columns(table)) == packed(columns(table))


def test_a_limit_without_end_is_a_sign() -> None:
    table = pl.DataFrame({"low": [-math.inf, 0.5], "high": [math.inf, None]})
    assert unpacked(packed(columns(table)))["columns"] == {"low": ["−∞", 0.5], "high": ["∞", None]}


def test_words_that_repeat_are_written_once() -> None:
    kinds = pl.Series(["met", "not_met", "met", "met", None], dtype=pl.Enum(list(VERDICT)))
    found = columns(pl.DataFrame({"verdict": kinds, "subject": list("abcde")}))["columns"]
    assert found == {"verdict": {"words": ["met", "not_met"], "at": [0, 1, 0, 0, None]}, "subject": list("abcde")}


def test_chunks_hold_every_case_once_with_all_that_is_known_of_it(reports: Subjects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "CHUNK", 10)
    height = reports.about.height
    chunks = [unpacked(packed(embedded.chunk(reports, n))) for n in range(-(-height // 10))]
    for name, whole in (("findings", reports.findings), ("courses", reports.exposures), ("verdicts", reports.verdicts)):
        found = [records(part[name]) for part in chunks]
        assert sum(map(len, found)) == whole.height
        for n, rows in enumerate(found):
            places = [row["of"] for row in rows]
            assert places == sorted(places)
            assert set(places) == set(range(n * 10, min(height, n * 10 + 10)))
    rows = {(row["source_id"], row["source_line"]) for part in chunks for row in records(part["rows"])}
    assert rows == set(reports.rows.select("source_id", "source_line").iter_rows())


@given(st.sets(st.integers(0, 10_000)))
def test_positions_come_back_from_the_steps_between_them(positions: set[int]) -> None:
    assert list(accumulate(embedded.steps(positions))) == sorted(positions)


def test_the_index_tells_drugs_and_definitions_of_each_case(reports: Subjects) -> None:
    listed = records(embedded.index(reports))
    assert [row["subject_id"] for row in listed] == reports.about["subject_id"].to_list()
    met = reports.verdicts.filter(pl.col("verdict") == "met")
    for row in listed:
        of_case = met.filter(pl.col("subject_id") == row["subject_id"])["definition"]
        assert row["definition"] == ", ".join(sorted(of_case))
        assert row["ingredient"]


@pytest.mark.parametrize("definition", JUDGED_BY)
def test_the_tree_and_the_states_decide_as_the_verdict_says(reports: Subjects, definition: str) -> None:
    """What the script of the page works out, step by step, is what layer 4 has written."""
    drawn = tree(DEFINITIONS[definition])
    verdicts = reports.verdicts.filter(pl.col("definition") == definition)
    assert verdicts.select("states", "verdict").n_unique() > 1 or definition == "pt_only"
    for row in verdicts.iter_rows(named=True):
        assert VERDICT_OF[_reasoned(drawn, row["states"])] == row["verdict"], row


VERDICT_OF = {True: "met", False: "not_met", None: "indeterminate"}


def _reasoned(drawn: dict[str, Any], states: int) -> bool | None:
    """Three-valued logic on a drawn tree, written anew."""
    leaves = {name: (False, True, None)[states // 3**place % 3] for place, (name, _) in enumerate(drawn["leaves"])}

    def value(branch: Any) -> bool | None:
        if isinstance(branch, str):
            return value(drawn["combined"][branch]) if branch in drawn["combined"] else leaves[branch]
        found = [value(part) for part in branch["of"]]
        found = [True if state is None and branch["silence"] else state for state in found]
        reached = _decided([(state, 1) for state in found], branch["needed"])
        return reached if reached is None or not branch["negated"] else not reached

    if drawn["rule"]:
        return value(drawn["rule"])
    return _decided([(value(name), points) for name, points in drawn["points"].items()], drawn["threshold"])


def _decided(terms: list[tuple[bool | None, int]], needed: int) -> bool | None:
    low = sum(weight for state, weight in terms if state)
    if low >= needed:
        return True
    return None if low + sum(weight for state, weight in terms if state is None) >= needed else False


def test_a_study_without_a_case_is_read(data: Path, tmp_path: Path) -> None:
    write_report_cases(tmp_path, HOSTILE_INGREDIENT)
    write_verdicts(tmp_path / "4_labels", "reports")
    VERDICTS.write(VERDICTS.empty(), tmp_path / "4_labels" / "verdicts" / "a.parquet")
    nobody = read_reports(tmp_path, list(JUDGED_BY))
    assert nobody.about.is_empty()
    assert nobody.rows.is_empty()
    assert embedded.index(nobody)["rows"] == 0

"""The writers of question 4 on a few reports and persons, counted by hand; settings and published numbers that do not fit."""

from pathlib import Path

import polars as pl
import pytest
from pydantic import ValidationError

from nms_pv.measures.presentation.published import PublishedOrder, load_published_order
from nms_pv.measures.presentation.sources import assessable, uses_of
from nms_pv.measures.presentation.write import Asked, write_presentation_of_cohort, write_presentation_of_reports
from nms_pv.spec.elements import load_elements
from nms_pv.spec.questions import PresentationSettings
from nms_pv.spec.strict import StudyError
from nms_pv.tables.clusters import CLUSTERS
from nms_pv.tables.evidence import FINDINGS
from nms_pv.tables.labels import VERDICTS
from nms_pv.tables.measures import RESULTS
from tests.lib.course_study import params, write_cohort, write_reports
from tests.lib.declared_rows import rows
from tests.lib.harness import CASES, STUDY
from tests.lib.questions import QUESTIONS
from tests.lib.small_study import VERSION, drug_table

CORE = QUESTIONS.presentation.core_signs
FEVER, RIGIDITY = CORE["fever"], CORE["rigidity"]
PUBLISHED = [PublishedOrder("Somebody 1999", "sign_order_proportion", 0.7, "found")]
# Found beside the code in each report of the small study, by subject.
SIGNS = {"r1": ["fever", "rigidity"], "r2": ["fever"], "r3": ["rigidity", "clonus"], "r4": [], "r5": ["fever"], "r6": []}


def signs_of_person(number: int) -> list[tuple[str, int]]:
    """Elements of a person, and their days after the first day of the episode."""
    found = [(("rigidity", "fever")[number % 2], 0), ("altered_mental_status", 1)]
    return found if number % 3 else [*found, ("clonus", 2)]


def put_signs(folder: Path, found: dict[str, list[tuple[str, int]]], start: int) -> None:
    """Findings beside those that are there, verdicts of the definition whose items they are, and no differential."""
    said = {"state": "present", "grade": "core", "day_precision": "day"}
    more = [
        {"subject_id": subject, "finding_no": 1 + n, "element": element, "day": start + day, **said}
        for subject, signs in found.items()
        for n, (element, day) in enumerate(signs, start=1)
    ]
    FINDINGS.write(rows(FINDINGS, *more), folder / "evidence" / "findings" / "signs.parquet")
    item = {"fever": "fever", "rigidity": "rigidity", "altered_mental_status": "altered_mental_status"}
    judged = [
        {
            "subject_id": subject,
            "definition": "iec_2011",
            "verdict": "indeterminate",
            "met": ";".join(item[element] for element, _ in signs if element in item),
        }
        for subject, signs in found.items()
    ]
    VERDICTS.write(rows(VERDICTS, *judged), folder / "labels" / "verdicts" / "signs.parquet")
    VERDICTS.write(VERDICTS.empty(), folder / "labels" / "differential" / "part.parquet")


def asked(repository: Path, **changes: object) -> Asked:
    quick = {"resamples": 2, "noises": 1, "noise_resamples": 1, "fewest_cases": 10, "fewest_patterns": 2}
    chosen = QUESTIONS.presentation.model_copy(update=quick | changes)
    elements = sorted({one.element for one in load_elements(STUDY)})
    settings = params(repository)
    questions = settings.questions.model_copy(update={"presentation": chosen})
    return Asked(list(CASES.values()), elements, settings.model_copy(update={"questions": questions}))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> dict[str, pl.DataFrame]:
    folder, found = tmp_path_factory.mktemp("presentation"), {}
    write_reports(folder / "reports")
    put_signs(folder / "reports", {subject: [(sign, 0) for sign in signs] for subject, signs in SIGNS.items()}, 1000)
    write_cohort(folder / "cohort")
    put_signs(folder / "cohort", {f"omop:{n}#1": signs_of_person(n) for n in range(1, 13)}, 15000)
    for arm, write in (("reports", write_presentation_of_reports), ("cohort", write_presentation_of_cohort)):
        published = [PUBLISHED] if arm == "cohort" else []
        inputs = [folder / arm / name for name in ("evidence", "labels", "exposure")]
        write(*inputs, folder / f"{arm}_out", drug_table(), asked(repository), *published, VERSION)
        found[arm] = RESULTS.scan(folder / f"{arm}_out" / "presentation" / "results.parquet").collect()
        found[f"{arm}_clusters"] = CLUSTERS.scan(folder / f"{arm}_out" / "presentation" / "clusters.parquet").collect()
    return found


def row(found: pl.DataFrame, measure: str, group: str, stratum: str, kind: str | None = None) -> dict[str, object]:
    here = found.filter(measure=measure, group=group, stratum=stratum)
    return (here.filter(group_kind=kind) if kind else here).row(0, named=True)


def counts(found: dict[str, object]) -> tuple[object, object]:
    return found["numerator"], found["denominator"]


def test_elements_of_reports_by_group_age_and_sex(written: dict[str, pl.DataFrame]) -> None:
    found = written["reports"]
    documented = "element_documented_proportion"
    assert counts(row(found, documented, "all", f"element={FEVER}")) == (3, 6)
    assert counts(row(found, documented, "FGA", f"element={FEVER}")) == (2, 4)
    assert counts(row(found, documented, "SGA", f"element={RIGIDITY}")) == (1, 2)
    assert counts(row(found, documented, "all", f"element={FEVER};sex=male")) == (2, 3)
    assert counts(row(found, documented, "all", f"element={FEVER};age=unknown")) == (0, 1)
    assert counts(row(found, documented, "all", "element=clonus")) == (1, 6)
    assert "0: documented for no case" in str(row(found, documented, "FGA", "element=clonus")["method"])
    assert counts(row(found, "element_not_documented_proportion", "all", f"element={FEVER}")) == (3, 6)


def test_what_is_only_ever_present_has_no_share_of_those_documented(written: dict[str, pl.DataFrame]) -> None:
    found = row(written["reports"], "element_present_proportion", "all", f"element={FEVER}")
    assert found["estimate"] is None
    assert "only ever documented where it is present" in str(found["undefined_reason"])


def test_what_nobody_tells_of_is_not_zero(written: dict[str, pl.DataFrame]) -> None:
    found = row(written["reports"], "element_documented_proportion", "all", "element=mydriasis")
    assert found["estimate"] is None
    assert "no finding of the whole arm" in str(found["undefined_reason"])


def test_generations_are_compared_by_cases_on_one_only(written: dict[str, pl.DataFrame]) -> None:
    found = row(written["reports"], "element_difference", "SGA", f"element={FEVER}")
    # r2 names both; risperidone alone: r3; haloperidol alone: r1, r4, r6.
    assert (*counts(found), found["reference_numerator"], found["reference_denominator"]) == (0, 1, 1, 3)
    assert found["estimate"] == pytest.approx(-1 / 3)
    empty = row(written["reports"], "element_difference", "TGA", f"element={FEVER}")
    assert empty["undefined_reason"] == "no case is on the generation TGA only"
    # Fever, rigidity and clonus can be compared for one generation only.
    assert "one of 3 comparisons" in str(found["method"])


def test_few_cases_are_not_clustered_and_reports_have_no_order(written: dict[str, pl.DataFrame]) -> None:
    found = row(written["reports"], "cluster_stability", "all", "k=2")
    assert "6 cases with 4 different patterns" in str(found["undefined_reason"])
    assert written["reports_clusters"].is_empty()
    order = written["reports"].filter(measure="first_sign_proportion")
    assert order["undefined_reason"].str.contains("one event date").all()


def test_order_of_the_cohort(written: dict[str, pl.DataFrame]) -> None:
    found = written["cohort"]
    group = "antipsychotic"
    assert counts(row(found, "first_sign_proportion", group, "sign=fever;first=alone")) == (6, 12)
    assert counts(row(found, "first_sign_proportion", group, "sign=mental_status;first=any")) == (0, 12)
    assert counts(row(found, "first_sign_early_proportion", group, "ties=none;dated=2")) == (6, 12)
    assert row(found, "first_sign_early_proportion", group, "ties=none;dated=4")["estimate"] is None
    assert row(found, "first_sign_to_code_days", group, "quantile=0.5")["estimate"] == 0
    minus = row(found, "sign_order_minus_published", group, "sign_order_proportion;ties=allowed;dated=2")
    assert minus["estimate"] == pytest.approx(0 - 0.7)
    assert minus["reference"] == "Somebody 1999 (found)"


def test_clusters_of_the_cohort(written: dict[str, pl.DataFrame]) -> None:
    found, profiles = written["cohort"], written["cohort_clusters"]
    sizes = [counts(row(found, "cluster_proportion", "antipsychotic", f"k=2;cluster={name}")) for name in ("typical", "atypical")]
    assert sum(int(str(x)) for x, _ in sizes) == 12
    assert set(profiles["k"]) == {2, 3, 4}
    assert set(profiles.filter(k=3)["cluster"]) == {"typical", "atypical_1", "atypical_2"}
    # Every case has mental status, and one of fever and rigidity.
    assert profiles.filter(element=CORE["mental_status"])["share"].unique().to_list() == [1.0]
    assert row(found, "cluster_core_signs", "antipsychotic", "k=2;cluster=typical")["estimate"] == 2
    assert row(found, "cluster_stability_p", "antipsychotic", "k=2")["estimate"] in (0.5, 1.0)
    assert {"SGA", "TGA"} >= set(found.filter(measure="cluster_difference")["group"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"elements": (*CORE.values(), "no_such_sign")}, "no_such_sign"),
        ({"elements": (*CORE.values(), "iec_2011:exposure")}, "iec_2011:exposure"),
    ],
)
def test_settings_that_name_no_element(tmp_path: Path, repository: Path, changes: dict[str, object], said: str) -> None:
    write_reports(tmp_path)
    paths = [tmp_path / name for name in ("evidence", "labels", "exposure", "out")]
    with pytest.raises(StudyError, match=said):
        write_presentation_of_reports(*paths, drug_table(), asked(repository, **changes), VERSION)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"core_signs": {"fever": FEVER}}, "it must name"), ({"not_clustered": [FEVER]}, "must stand in elements")],
)
def test_core_signs_are_five_and_clustered(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        PresentationSettings.model_validate(QUESTIONS.presentation.model_dump() | changes)


def test_core_signs_may_be_written_in_any_order() -> None:
    turned = {"core_signs": dict(reversed(CORE.items()))}
    read = PresentationSettings.model_validate(QUESTIONS.presentation.model_dump() | turned)
    assert list(read.core_signs.items()) == list(CORE.items())


def test_what_a_source_can_show() -> None:
    definitions = list(CASES.values())
    told = pl.DataFrame(
        [("fever", "absent"), ("creatine_kinase", "measured"), ("rigidity", "present")], schema=["element", "state"], orient="row"
    )  # noqa: E501
    names = [FEVER, CORE["ck"], RIGIDITY, "clonus", "iec_2011:hypermetabolism"]
    found = {name: answers for name, *answers in assessable(names, definitions, "reports", told).iter_rows()}
    assert found[FEVER] == [None, True]
    assert found[CORE["ck"]] == [None, True]
    assert found[RIGIDITY] == [None, False]
    assert "no finding" in found["clonus"][0]
    assert "not assessable" in found["iec_2011:hypermetabolism"][0]
    assert set(uses_of(CORE["autonomic"], definitions)) > {"tachycardia", "diaphoresis"}


def test_published_order_of_the_study() -> None:
    assert load_published_order(STUDY)[0] == PublishedOrder("Velamoor 1994", "sign_order_proportion", 0.705, "found")


@pytest.mark.parametrize(("value", "unit"), [("many", "%"), ("120", "%"), ("70", "days")])
def test_published_order_that_is_no_percentage(tmp_path: Path, value: str, unit: str) -> None:
    line = f"Somebody,order MS->rigidity->fever->autonomic,{value},{unit},found"
    (tmp_path / "literature.csv").write_text(f"study,measure,value,unit,status\n{line}\n", encoding="utf-8")
    with pytest.raises(StudyError, match=r"literature.csv, line 2"):
        load_published_order(tmp_path)

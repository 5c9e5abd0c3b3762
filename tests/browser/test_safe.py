"""What comes from data is only text, and nothing leaves the page."""

from pathlib import Path
from typing import Any

from tests.lib.case_evidence import HOSTILE_WORDS
from tests.lib.report_fixture import HOSTILE_INGREDIENT

EVERY_PANEL = """
async () => {
  for (const arm of armsWithCases()) {
    const cases = await unpack(`cases-${arm}`);
    for (let place = 0; place < cases.rows; place += 1) {
      const view = await caseView(cell(cases, "subject_id", place));
      openPanel(view);
      for (const details of panel.querySelectorAll("details")) details.open = true;
      document.body.append(make("section", { class: "seen" }, ...view.body));
    }
  }
  const { numbers } = await unpack("numbers");
  for (let place = 0; place < numbers.rows; place += 1)
    document.body.append(make("section", { class: "seen" }, ...(await numberView(place)).body));
  return document.querySelectorAll(".seen").length;
}"""
ELEMENTS = "[...document.querySelectorAll('*')]"


def test_hostile_strings_are_inert_on_the_page_and_in_every_panel(look: Any, out: Path) -> None:
    with look() as tab:
        scripts = tab.locator("script").count()
        assert tab.evaluate(EVERY_PANEL) > 500
        text = tab.evaluate("document.body.textContent")
        assert HOSTILE_WORDS.replace("\u202e", "") in text
        assert HOSTILE_INGREDIENT.replace("\u202e", "") in text
        assert [mark for mark in "\u202a\u202b\u202d\u202e\u2066\u2067\u200f\u200e" if mark in text] == []
        assert tab.locator("script").count() == scripts
        assert tab.evaluate(f"{ELEMENTS}.filter(one => [...one.attributes].some(of => of.name.startsWith('on'))).length") == 0
        links = tab.evaluate("[...document.querySelectorAll('a[href]')].map(one => one.protocol)")
        assert set(links) <= {"file:", "https:"}
        assert tab.said == [("request", (out / "index.html").as_uri())]


def test_a_script_that_comes_with_the_page_does_not_run(look: Any) -> None:
    """The policy of the page, not only its escaping, stands in the way."""
    with look() as tab:
        hostile = '<img src=x onerror="window.ran = 1"><a href="javascript:window.ran=1">x</a>'
        tab.evaluate("hostile => document.body.insertAdjacentHTML('beforeend', hostile)", hostile)
        tab.evaluate("document.body.lastElementChild.click()")
        tab.wait_for_timeout(100)
        assert tab.evaluate("window.ran === undefined")


def test_what_is_quoted_for_a_terminal_is_one_word(look: Any) -> None:
    with look() as tab:
        assert tab.evaluate("quoted('faers:1.2/a=b')") == "faers:1.2/a=b"
        assert tab.evaluate("quoted(\"x'; rm -rf ~; '\")") == "'x'\\''; rm -rf ~; '\\'''"
        assert tab.evaluate("quoted('a\\nb\\u202e')") == "'a b'"

import pytest

from nms_pv.report.links import check_links, dead_links
from nms_pv.spec.strict import StudyError


@pytest.mark.parametrize(
    ("target", "shows_something"),
    [
        ('<section id="x"><h2>Heading</h2><p>Text</p></section>', True),
        ('<section id="x"><h2>Heading</h2></section>', False),
        ('<h2 id="x">Heading</h2>', True),
        ('<section id="x"><h2>Heading</h2><svg role="img"><title>t</title></svg></section>', True),
        ('<section id="x"><h2>Heading</h2><img src="data:,"></section>', True),
        ('<div id="x"> \n </div>', False),
        ('<div id="x"><script>text</script><style>text</style><template>text</template></div>', False),
        ('<div id="x"><p hidden>text</p></div>', False),
        ('<div hidden><p id="x">text</p></div>', False),
        ('<div id="x"><div id="y"><p>text<br>more</p></div></div>', True),
        ('<div id="y">text</div>', False),
        ('<div id="x"><p>one<p>two</div>', True),
        ('</b><div id="x">text</div>', True),
    ],
)
def test_what_a_target_shows(target: str, shows_something: bool) -> None:
    assert dead_links(f"<main>{target}</main>", ["x"]) == ([] if shows_something else ["x"])


def test_dead_links_come_in_order_and_once() -> None:
    assert dead_links('<p id="b">text</p>', ["c", "b", "a", "c"]) == ["c", "a"]


def test_a_page_whose_links_all_lead_somewhere() -> None:
    check_links('<a href="#a%20b">there</a><a href="#x" aria-label="here"><svg></svg></a><p id="a b">text</p><p id="x">text</p>')
    check_links('<a href="https://doi.org/10.1/x"></a><a name="old">text</a>')


def test_a_dead_and_an_empty_link_are_named_with_who_wrote_them() -> None:
    html = '<a href="#x" data-written-in="study/guidelines/g.csv, item 8a">there</a><a href="#y"> </a><p id="y">text</p>'
    with pytest.raises(StudyError) as told:
        check_links(html)
    assert "study/guidelines/g.csv, item 8a links to #x, under which the page shows nothing" in str(told.value)
    assert "the page links to #y without a text" in str(told.value)
    assert "Name an id of the page" in str(told.value)


def test_a_link_to_nothing_is_dead() -> None:
    with pytest.raises(StudyError, match="links to #, under which"):
        check_links('<a href="#">top</a>')

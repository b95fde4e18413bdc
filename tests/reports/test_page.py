"""The page: order, escaping, words for what has no number, same bytes twice."""

import re

import nbformat
import page_notebooks as made
import pandas as pd
import plotly.graph_objects as go
import pytest

from disclosure_trends.display import theme
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.errors import NotebookError
from disclosure_trends.reports.lint import LARGEST, lint_page
from disclosure_trends.reports.page import assets
from disclosure_trends.reports.page.drawings import read_drawing
from disclosure_trends.reports.page.render import render_report
from disclosure_trends.reports.page.tree import Element, read_page
from disclosure_trends.results import BUNDLE_TYPE, Check, Finding, NotEstimable, Point

NOTEBOOKS = ["leadership", "communication_line", "nothing_published"]
EVIL = "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {name: render_report(getattr(made, name)()) for name in NOTEBOOKS}


def with_class(root: Element, name: str) -> list[Element]:
    return [e for e in root.walk() if name in e.get("class").split()]


def render(*cells: object) -> str:
    return render_report(made.notebook("# Question?", *cells, made.report_bundle()))


def words(html: str) -> str:
    return " ".join(read_page(html).find("body")[0].seen.split())


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_page_has_no_fault(name: str, pages: dict[str, str]) -> None:
    assert lint_page(pages[name]) == ()
    assert len(pages[name].encode()) <= LARGEST


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_same_notebook_gives_the_same_bytes(
    name: str, pages: dict[str, str]
) -> None:
    stored = nbformat.reads(nbformat.writes(getattr(made, name)()), as_version=4)
    assert render_report(stored) == pages[name]


def test_the_head_is_hoisted(pages: dict[str, str]) -> None:
    root = read_page(pages["leadership"])
    assert [h.text for h in root.find("h1")] == [
        made.report_bundle()[BUNDLE_TYPE]["heading"]
    ]
    assert [v.text for v in with_class(root, "verdict")] == [made.VERDICT]
    numbers = [n.text for n in with_class(root, "n")]
    assert numbers == list(made.POINTS)
    headings = [h.text for h in root.find("h2")]
    assert headings == [
        "Main points",
        "Two of five claims hold, one is contradicted",
        "The larger step came in the fourth quarter",
        "What cannot be answered from totals",
        "SIMULATED What a request log would add",
        "What this does not show",
        "Words used here",
        "Where the numbers come from",
    ]


def test_a_hoisted_sentence_stands_once(pages: dict[str, str]) -> None:
    text = words(pages["leadership"])
    for sentence in (made.VERDICT, *made.POINTS.values()):
        assert text.count(sentence) == 1
    assert "Luxembourg is the one state without any figure." in text


def test_figures_and_tables_are_numbered_over_the_page(pages: dict[str, str]) -> None:
    numbers = [n.text for n in with_class(read_page(pages["leadership"]), "no")]
    assert numbers == [
        "Figure 1",
        "Figure 2",
        "Table 1",
        "Table 2",
        "Not answered · rule R1",
        "SIMULATED Figure 3",
    ]


def test_a_published_page_marks_only_its_simulated_part(pages: dict[str, str]) -> None:
    root = read_page(pages["leadership"])
    assert not with_class(root, "simbar")
    assert "SIMULATED" not in root.find("title")[0].text
    assert [s.get("id") for s in with_class(root, "sim-section")] == ["s4"]
    # Neither the grade nor a point of the simulated log stands at the head.
    opening = next(e for e in root.walk() if e.get("id") == "brief")
    assert not with_class(opening, "grade")
    assert "231" not in " ".join(p.text for p in with_class(root, "points"))


def test_a_simulated_page_says_so_everywhere(pages: dict[str, str]) -> None:
    html = pages["communication_line"]
    root = read_page(html)
    assert with_class(root, "simbar")
    assert with_class(root, "is-sim")
    assert root.find("title")[0].text.startswith("SIMULATED")
    assert root.find("h1")[0].text.startswith("SIMULATED")
    assert all(n.text.startswith("SIMULATED") for n in with_class(root, "no"))
    assert "@page simulated{@bottom-left" in html
    assert html.count("@top-center{content:") == 1


def test_at_most_six_points_and_none_that_repeats_the_verdict() -> None:
    findings = [made.finding(f"f{i}", f"Sentence number {i} of many") for i in range(9)]
    result = made.sample(
        said=tuple(findings), big=tuple(Point(f.id, "1") for f in findings)
    )
    root = read_page(render(result))
    points = [p.text for p in with_class(root, "points")[0].find("li")]
    assert points == [f"1Sentence number {i} of many." for i in range(1, 7)]


def test_what_is_not_estimable_is_said_in_words() -> None:
    said = Finding(
        id="share",
        question="?",
        statement="The share cannot be estimated: channel is not recorded",
        numbers={"share": NotEstimable("channel is not recorded", rule="not_recorded")},
        evidence="log",
    )
    first = made.finding("first", "Requests rose")
    result = made.sample(
        "log", said=(first, said), big=(Point("share", "No estimate"),)
    )
    text = words(render(result, made.countries_result()))
    assert "No estimate The share cannot be estimated: channel is not recorded." in text
    assert "not estimable: channel is not recorded" in text
    assert not re.search(r"\b(nan|None|NaN)\b", text)


def test_a_figure_comes_before_the_table_of_its_result() -> None:
    root = read_page(render(made.countries_result(), made.bounds_figure()))
    marks = [e.get("id") for e in root.walk() if re.fullmatch(r"[ft]\d", e.get("id"))]
    assert marks == ["f1", "t1", "t2"]


def test_the_first_figure_stands_right_below_the_main_points() -> None:
    html = render(made.bounds_result(), made.bounds_figure(), made.multiples_figure())
    order = [html.index(text) for text in ('id="f1"', "Luxembourg is", 'id="f2"')]
    assert order == sorted(order)


def test_a_long_table_is_folded_and_a_short_one_is_not() -> None:
    def table(rows: int) -> TableSpec:
        column = ColumnRule(key="n", label="Number", kind="count")
        frame = pd.DataFrame({"n": range(rows)})
        return TableSpec(name="t", caption="C", columns=(column,), rows=frame)

    result = made.sample(said=(), shown=(table(21), table(20)))
    folded = with_class(read_page(render(result)), "folded")
    assert [f.find("summary")[0].text for f in folded] == ["All 21 rows of table 1"]


def test_figures_alone_can_make_a_page_simulated() -> None:
    assert '<aside class="simbar"' in render(made.waterfall_figure())
    assert '<aside class="simbar"' not in render(made.bounds_figure())


def test_every_claim_has_a_shape_and_its_words(pages: dict[str, str]) -> None:
    root = read_page(pages["leadership"])
    table = with_class(root, "claims")[0]
    assert [c.text.strip() for c in with_class(table, "chip")] == [
        "Supported in part",
        "Supported",
        "Supported in part",
        "Cannot be determined from these data",
        "Contradicted",
    ]
    figures = [" ".join(c.text.split()) for c in with_class(table, "figure-cell")]
    assert figures == ["28 Aug 2018", "203", "2.15 to 34.5", "No estimate", "0"]
    assert "Claim, October 2024" in words(pages["leadership"])
    assert "Claims as published on 2 October 2024" in words(pages["leadership"])


def test_a_claim_without_an_address_has_no_link() -> None:
    claims = [{**made.CLAIMS[0], "source_url": "javascript:alert(1)"}]
    html = render(made.sample(said=(), more={"claims": claims}))
    assert "alert(1)" not in html


def test_a_refusal_has_its_box_and_is_not_said_twice(pages: dict[str, str]) -> None:
    box = with_class(read_page(pages["leadership"]), "refusal")[0]
    assert [d.text for d in box.find("dt")] == [
        "Asked",
        "Why there is no number",
        "What would identify it",
        "What can be said instead",
    ]
    assert words(pages["leadership"]).count(str(made.REFUSAL["sentence"])) == 1


def test_the_grade_row_marks_the_grade_that_was_reached(pages: dict[str, str]) -> None:
    grade = with_class(read_page(pages["communication_line"]), "grade")[0]
    steps = {e.text: e.get("aria-current") for e in grade.find("li")}
    assert steps == {"A": "", "B": "", "C": "true", "D": ""}


def test_missed_checks_are_said_aloud_and_the_rest_can_be_opened() -> None:
    checks = (
        Check("a", passed=True, text="all members are there"),
        Check("b", passed=False, text="one source contradicts another"),
        Check("c", passed=None, text="the latest quarter is provisional"),
    )
    result = made.sample(said=(made.finding("f", "Requests rose"),), checks=checks)
    root = read_page(render(result))
    missed = [" ".join(e.text.split()) for e in with_class(root, "missed")]
    assert missed == ["One source contradicts another."]
    lines = [" ".join(e.text.split()) for e in with_class(root, "checks")[0].find("li")]
    assert lines == [
        "Met All members are there.",
        "Not met One source contradicts another.",
        "Noted The latest quarter is provisional.",
    ]


def test_data_are_text_wherever_they_stand() -> None:
    evil = made.sample(
        said=(made.finding("f", EVIL), made.finding("g", f"more {EVIL}")),
        big=(Point("g", EVIL),),
        more={
            "refusal": dict.fromkeys(made.REFUSAL, EVIL),
            "claims": [dict.fromkeys(made.CLAIMS[0], EVIL) | {"spark": [1]}],
            "grade": {"reached": "C", "scale": "ABCD", "missed": EVIL},
        },
        checks=(Check("c", passed=False, text=EVIL),),
    )
    bundle = made.report_bundle(
        heading=EVIL,
        classification=EVIL,
        as_of=EVIL,
        report=EVIL,
        provenance=[[EVIL, EVIL]],
    )
    html = render_report(
        made.notebook(f"# {EVIL}", f"## {EVIL}\n\n{EVIL}", evil, bundle)
    )
    root = read_page(html)
    assert not root.find("img")
    assert len([s for s in root.find("script") if not s.get("type")]) == 1
    assert not [
        f for f in lint_page(html) if f.startswith(("script", "policy", "network"))
    ]


def test_the_printed_footer_cannot_leave_its_string() -> None:
    bundle = made.report_bundle(as_of='"}</style><script>1</script>')
    html = render_report(made.notebook("# Q?", made.sample(said=()), bundle))
    assert len(read_page(html).find("script")) == 1
    assert not [f for f in lint_page(html) if f.startswith("policy")]


def test_html_of_a_cell_never_enters_the_page() -> None:
    styled = {"text/html": "<p id='from-a-cell'>x</p>", "text/plain": "x"}
    script = {"application/javascript": "1", "text/markdown": "<b id='md'>x</b>"}
    html = render(styled, script)
    assert "from-a-cell" not in html
    assert "id='md'" not in html
    assert "One output of the notebook is left out here" in words(html)


def test_a_figure_without_description_or_of_another_kind_is_left_out_aloud() -> None:
    bare = go.Figure().add_bar(y=[1])
    foreign = made.bounds_figure().add_heatmap(z=[[1]])
    text = words(render(bare, foreign))
    assert "it has no title, text alternative and data table" in text
    assert "traces of type heatmap cannot be drawn offline" in text


def test_a_notebook_that_failed_makes_no_page() -> None:
    notebook = made.notebook("# Q?", made.bounds_result())
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="secret name")
    notebook.cells[1].outputs.append(error)
    message = (
        "report page, cell 2: the cell failed with ValueError; a page needs a notebook "
        "that ran to its end; mend the cell and run the notebook again"
    )
    with pytest.raises(NotebookError, match=re.escape(message)) as caught:
        render_report(notebook)
    assert "secret" not in str(caught.value)


def test_a_misshapen_bundle_is_an_error_with_its_place() -> None:
    bundle = {BUNDLE_TYPE: {"type": "X", "evidence": "log", "findings": "none"}}
    message = "report page, findings: found str; a list is expected"
    with pytest.raises(NotebookError, match=re.escape(message)):
        render(bundle)


def test_the_template_of_the_figures_is_packed_once(pages: dict[str, str]) -> None:
    root = read_page(pages["leadership"])
    blob = next(s.text for s in root.find("script") if s.get("id") == "figures-gz")
    packed = assets.unpack(blob)
    assert packed.count('"annotationdefaults"') == 1
    assert '"disclosure_trends"' not in packed  # titles and tables are HTML already


def test_the_first_axes_of_a_narrow_layout_have_plotly_s_names() -> None:
    figure = made.bounds_figure()
    narrow = {"xaxis1": {"domain": [0, 1], "anchor": "y1"}, "yaxis2": {"anchor": "x2"}}
    figure.layout.meta["disclosure_trends"]["narrow"] = narrow
    drawing = read_drawing(figure.to_plotly_json())
    assert not isinstance(drawing, str)
    assert drawing.plot["narrow"] == {
        "xaxis": {"domain": [0, 1], "anchor": "y"},
        "yaxis2": {"anchor": "x2"},
    }


def test_a_page_without_figures_carries_no_plotly(pages: dict[str, str]) -> None:
    assert len(pages["nothing_published"]) < 60_000
    assert 'id="plotly-gz"' not in pages["nothing_published"]


def test_tokens_of_the_theme_reach_the_style_sheet() -> None:
    css = assets.style_sheet()
    for name, token in theme.TOKENS.items():
        assert f"--{name}:{token.light};" in css
        assert f"--{name}:{token.dark};" in css


def test_plotly_script_can_stand_in_a_page() -> None:
    # A closing tag in the bundle would end the element that carries it.
    assert "</script" not in assets.plotly_script()
    assert assets.packed_plotly() is assets.packed_plotly()


def test_many_sentences_are_folded_and_few_are_not() -> None:
    def folds(n: int) -> list[str]:
        said = [made.finding(f"f{i}", f"Sentence {i}") for i in range(n)]
        first = made.finding("first", "Requests rose")
        root = read_page(render(made.sample(said=(first, *said))))
        return [s.text for s in root.find("summary") if "sentences" in s.text]

    assert folds(12) == []
    assert folds(13) == ["All 13 sentences"]


def test_a_main_point_says_what_its_number_counts() -> None:
    first = made.finding("first", "Requests rose")
    said = made.finding("alarms", "Five alarms were raised")
    point = Point("alarms", "5", "alarms")
    text = words(render(made.sample(said=(first, said), big=(point,))))
    assert "5 alarms Five alarms were raised." in text

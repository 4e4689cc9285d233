"""Whatever is typed, in whatever order: a text ends in harmless HTML and in problems at lines that exist."""

import os
import re
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from near_learn.content import captions, formula, svg
from near_learn.content.problem import Report
from tests.content.test_hostile_markdown import HOSTILE, assert_harmless, rendered
from tests.content.world import DRAWING, FRONT, QUIZ, library

examples = settings(
    max_examples=int(os.environ.get("NEAR_LEARN_EXAMPLES", "40")),
    suppress_health_check=[HealthCheck.too_slow],
)

# Pieces of everything that means something somewhere, to be put together in any order.
PIECES = [
    *"\n \t*_`[](){}<>&\\#!?:|$^~=-+.\"'/@%;0aAé€Ω",
    *(
        "\n\n",
        "\n    ",
        "\n        ",
        "\n> ",
        "\n- ",
        "\n1. ",
        "\n:   ",
        "\n| a | b |\n|---|---|\n| ",
        "\n```\n",
        "\n$$\n",
    ),
    *(
        "\n### ",
        " {#a}\n",
        '\n!!! tip "a"\n    ',
        '\n??? "a"\n    ',
        "[^1]",
        "\n[^1]: ",
        "\n*[EU]: a b\n",
        " EU ",
    ),
    *(
        "![a](media/plan.svg)",
        '![-](media/plan.svg "x")',
        "\n\n![a](media/visit.mp4)\n\n",
        "![a](media/talk.mp3)",
    ),
    *(
        "[a](#text)",
        "<https://example.org>",
        "javascript:",
        "data:",
        "<script>",
        "</script>",
        "<!--",
        "onclick=",
    ),
    *(
        r"$\frac{",
        "}{",
        r"\text{",
        "$",
        r"\left(",
        r"\begin{matrix}",
        "&amp;",
        "&#60;",
        "\x02",
        "\x03",
        "insert-0",
    ),
    *("wzxhzdk:0", "klzzwxh:0000", '<code class="insert-0"></code>', "\u202e", "\u200d", "\U0001f6b2"),
]
texts = st.lists(st.sampled_from(PIECES) | st.sampled_from(HOSTILE) | st.text(max_size=4), max_size=40).map(
    "".join
)


@examples
@given(texts)
@example("[^1]" * 3 + "\n\n[^1]: $a$")
def test_the_renderer_makes_harmless_html_of_anything(text: str) -> None:
    text = re.sub("[\x00-\x08\x0b-\x1f]", "", text)
    assert_harmless(rendered(text))


@examples
@given(texts)
def test_a_module_is_shown_without_errors_or_has_errors_at_its_lines(text: str) -> None:
    whole = f"{FRONT}\n## Text {{#text}}\n\n{text}{QUIZ}"
    with TemporaryDirectory() as folder:
        loaded = library(Path(folder), en=whole)
    lines = len(whole.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert all(1 <= problem.line <= lines for problem in loaded.problems)
    modules = {module.id: module for module in loaded.courses["c"].modules}
    assert ("m" in modules) == (not loaded.errors)
    if "m" in modules:
        for section in modules["m"].text("en").sections:
            assert_harmless(section.html)


LATEX = [*"ab1 +-=<>&^_{}[]()'|\\$%", "\\frac", "\\sqrt", "\\text{", "\\left(", "\\right)", "\\begin{matrix}"]
LATEX += [
    "\\end{matrix}",
    "\\sum",
    "\\mathbb{",
    "\\over",
    "\\limits",
    "\\\\",
    "\\hline",
    "\\not",
    "\\binom",
    "é",
]
LATEX += [
    "\\operatorname{",
    "\\overbrace",
    "\\substack{",
    "\\phantom{",
    "\\tag{",
    "\\middle|",
    "\\xrightarrow{",
]


@examples
@given(st.lists(st.sampled_from(LATEX) | st.text(max_size=2), max_size=40).map("".join))
def test_a_formula_is_mathml_or_malformed_and_nothing_else(latex: str) -> None:
    start = time.process_time()
    try:
        made = formula.mathml(latex, block=True)
    except formula.Malformed:
        pass
    else:
        assert_harmless(made)
    assert time.process_time() - start < 1


@examples
@given(
    st.lists(
        st.sampled_from([*"<>&/-:.0 \n", "WEBVTT", "\n\n", "00:01.000 --> 00:02.000", "<v ", "NOTE"])
        | st.text()
    )
)
def test_captions_are_well_or_not(parts: list[str]) -> None:
    report = Report("a.vtt")
    text = "".join(parts)
    captions.check(text, report)
    assert all(1 <= problem.line <= len(text.split("\n")) for problem in report.problems)
    assert report.broken or (text.startswith("WEBVTT") and "-->" in text)


SHAPES = [
    "<g>",
    "</g>",
    '<g id="a">',
    '<use href="#a"/>',
    "<script>",
    "<style>",
    "</style>",
    ' onload="x"',
    "<!-- -->",
]


@examples
@given(
    st.lists(
        st.sampled_from([*SHAPES, "<![CDATA[", "]]>", "&lt;", "<", ">"]) | st.text(max_size=3), max_size=12
    )
)
def test_a_drawing_is_a_picture_or_unfit(parts: list[str]) -> None:
    inside = "".join(parts)
    data = DRAWING.replace("</svg>", f"{inside}</svg>").encode("utf-8", "surrogatepass")
    try:
        svg.check(data)
    except svg.Unfit:
        pass
    else:
        assert "<script>" not in re.sub(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", "", inside, flags=re.DOTALL)

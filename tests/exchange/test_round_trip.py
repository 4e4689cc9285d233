"""Markdown to GIFT or Moodle XML and back: every kind that the format can hold keeps its meaning."""

import html
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from near_learn.content import Question
from near_learn.content.kinds.tolerance import simple
from near_learn.content.markdown_writer import Answer, Written, escaped, escaped_inline, question
from near_learn.content.question import Range
from near_learn.exchange import command, gift_writer, moodle_writer, taking
from near_learn.exchange.naming import Ids
from tests.exchange.world import questions_of


@dataclass
class Meaning:
    """What a question means to a learner."""

    id: str
    kind: str
    title: str
    stem: str
    options: list[tuple[str, bool, str]]
    gaps: list[tuple[str, ...]]
    pairs: set[tuple[str, str]]
    bounds: tuple[float, float] | None
    explanation: str


def words(rendered: str) -> str:
    """The words of HTML."""
    apart = re.sub(r"</?(?:p|[uo]l|li|t[a-z]+|div|blockquote|math|m[a-z]+)\b[^>]*>", " ", rendered)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", apart)).split())


def meaning(asked: Question) -> Meaning:
    """Without the ids of options, which stand for places."""
    targets = {target.id: target.text for target in asked.targets}
    left = {option.id: option.text for option in asked.options}
    pairs = {(left[option], targets[target]) for option, target in asked.matches.items()}
    pairs |= {("", text) for key, text in targets.items() if key not in asked.matches.values()}
    return Meaning(
        asked.id,
        asked.kind,
        asked.title,
        words(asked.stem_html),
        [(option.text, option.correct, words(option.feedback_html)) for option in asked.options],
        [gap.accepted for gap in asked.gaps],
        pairs,
        (asked.range.low, asked.range.high) if asked.range else None,
        words(asked.explanation_html),
    )


def again(form: str, asked: tuple[Question, ...]) -> str:
    """The questions written in a format and read back to Markdown; nothing may be lost."""
    writer: Any = gift_writer if form == "gift" else moodle_writer
    content, notes = writer.write(asked, "a category")
    assert notes == []
    bank = command.read(content.encode(), form)
    found = taking.written(bank, Ids())
    assert bank.notes == []
    return "\n".join(markdown for _, markdown in found)


def check(form: str, written: list[Written]) -> None:
    """Each question means the same after the journey."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        before = questions_of(Path(one), "\n".join(question(each) for each in written))
        after = questions_of(Path(other), again(form, before))
        assert [meaning(each) for each in after] == [meaning(each) for each in before]


TITLE = "Which *one*: {a} = ~b # c?"
KINDS = [
    Written(
        "single",
        TITLE.replace("{a}", r"\{a\}"),
        stem="Look\n\n- here\n- there\n\n> and there",
        answers=(
            Answer("This **one**", True, "Yes: *good*.\n\nReally."),
            Answer("That `x = 1`"),
            Answer("None"),
        ),
        explanation="Because.\n\nIndeed.",
    ),
    Written("several", "Which two?", answers=(Answer("A", True), Answer("B"), Answer("C", True, "Yes"))),
    Written(
        "thirds", "Which?", answers=(Answer("A", True), Answer("B", True), Answer("C", True), Answer("D"))
    ),
    Written("yes", "So?", "true-false", explanation="It is."),
    Written("no", "Not so?", "true-false", truth=False),
    Written(
        "gap", "Capital", "gap", stem="The capital is [[Pamplona|Iruña]], of course.", explanation="Yes."
    ),
    Written("last-gap", "Capital", "gap", stem="[[Pamplona]]"),
    Written(
        "match",
        "What fits?",
        "matching",
        answers=(Answer("*Cup*", match="Shelf"), Answer("a -> b", match="c"), Answer(match="Garden")),
        explanation="So.",
    ),
    Written(
        "groups",
        "Which group?",
        "matching",
        answers=(
            Answer("Pea", match="Legume"),
            Answer("Bean", match="Legume"),
            Answer("Rose", match="Flower"),
        ),
    ),
    Written("number", "How many?", "numeric", range=Range(11.5, 12.5, 12), explanation="Many."),
    Written("exactly", "How many?", "numeric", range=Range(-0.25, -0.25, -0.25)),
    Written("essay", "Why?", "short-answer", stem="Take your time."),
    Written(
        "table", "Look", stem="| a | b |\n|---|---|\n| 1 | 2 |", answers=(Answer("1", True), Answer("2"))
    ),
    Written("formula", "What is $x^2$?", answers=(Answer("$y_1$", True), Answer("5 $ and 6"))),
    Written("link", "Read [this](https://example.org/a_b)", answers=(Answer("x", True), Answer("y"))),
]


@pytest.mark.parametrize("written", KINDS, ids=lambda written: str(written.id))
@pytest.mark.parametrize("form", ["gift", "moodle"])
def test_every_kind(form: str, written: Written) -> None:
    check(form, [written])


ONLY_XML = [
    Written("order", "Order", "ordering", answers=(Answer("first *one*"), Answer("second"), Answer("third"))),
    Written("gaps", "Fill", "gap", stem='One [[a|b }~#]] two [[c & d <e>]] three [[f/"g\\h]].'),
    Written(
        "hint",
        "Which?",
        answers=(Answer("A", True), Answer("B")),
        hint="Look *here*.",
        weight=2.5,
        fixed=True,
    ),
]


@pytest.mark.parametrize("written", ONLY_XML, ids=lambda written: str(written.id))
def test_kinds_that_only_xml_holds(written: Written) -> None:
    check("moodle", [written])


def test_hint_weight_and_order_in_xml(tmp_path: Path) -> None:
    (asked,) = questions_of(
        tmp_path / "2", again("moodle", questions_of(tmp_path / "1", question(ONLY_XML[2])))
    )
    assert (words(asked.hint_html), asked.weight, asked.fixed) == ("Look here.", 2.5, True)


NOT_HELD = [
    (
        "gift",
        Written(
            "m", "Fit", "matching", answers=(Answer("a", match="b", feedback="F"), Answer("c", match="d"))
        ),
        "m: the feedback of its pairs now stands in the general feedback",
    ),
    ("gift", ONLY_XML[0], "order: the question does not go along: GIFT has no questions of this kind"),
    ("gift", ONLY_XML[1], "gaps: the question does not go along: GIFT has room for one gap"),
    ("gift", ONLY_XML[2], "hint: its hint does not go along"),
    (
        "gift",
        Written("l", "How?", "likert", answers=(Answer("a"), Answer("b"))),
        "l: the question does not go along",
    ),
    (
        "moodle",
        Written("l", "How?", "likert", answers=(Answer("a"), Answer("b"))),
        "l: the question does not go along",
    ),
    ("moodle", Written("r", "Why?", "reflection"), "r: the reflection becomes an essay"),
    (
        "moodle",
        Written("o", "So?", "true-false", stem="See [why](#why).", objective=1, see=("why",)),
        "o: the link to /courses/c/modules/m/sections/why does not go along, its words do",
    ),
]


@pytest.mark.parametrize(("form", "written", "note"), NOT_HELD)
def test_what_a_format_cannot_hold_is_said(form: str, written: Written, note: str, tmp_path: Path) -> None:
    writer: Any = gift_writer if form == "gift" else moodle_writer
    _, notes = writer.write(questions_of(tmp_path, question(written)))
    assert any(each.startswith(note) for each in notes), notes


# --- any texts -----------------------------------------------------------------------------------

SIGNS = [
    *"aéΩ*_`#[]{}<>&\\~=:|!?.-+$1\"'()/",
    " ",
    "&lt;",
    "&#35;",
    "= true",
    "[[x]]",
    "<b>",
    "- [x] ",
    "->",
    "\\n",
]
SIGNS += [
    "https://a.example/b_c_d",
    "::",
    "{#id}",
    "{1:SA:=x}",
    "####",
    "???",
    "!!! tip",
    "%50%",
    "[html]",
    "~~~",
    "*b*",
]
PLAIN = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=12).map(
    lambda signs: " ".join("".join(signs).split())
)
# A letter at both ends keeps a text from being empty, and different from others.
TEXT = PLAIN.map(lambda text: f"x {text} y".replace("://", "").replace("---", "-"))


@st.composite
def choices(draw: st.DrawFn) -> Written:
    """Any choice question in plain text."""
    texts = draw(st.lists(TEXT, min_size=2, max_size=4, unique_by=lambda text: words(text).casefold()))
    right = draw(st.sets(st.integers(0, len(texts) - 1), min_size=1, max_size=len(texts)))
    return Written(
        "q",
        escaped_inline(draw(TEXT)),
        stem=escaped(draw(TEXT)),
        answers=tuple(
            Answer(escaped_inline(text), place in right, escaped(draw(TEXT)))
            for place, text in enumerate(texts)
        ),
        explanation=escaped(draw(TEXT)),
    )


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(choices(), st.sampled_from(["gift", "moodle"]))
def test_any_choice(written: Written, form: str) -> None:
    check(form, [written])


@settings(max_examples=40)
@given(TEXT)
def test_escaped_text_shows_just_that_text(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (asked,) = questions_of(
            Path(folder),
            question(Written("q", escaped_inline(text), "short-answer", explanation=escaped(text))),
        )
    assert asked.title == " ".join(text.split())
    assert words(asked.explanation_html) == " ".join(text.split())


ACCEPTED = st.lists(
    st.text(st.sampled_from('abc é&<>}~#=\\/":;{'), min_size=1, max_size=12).map(
        lambda text: " ".join(f"k{text}z".split())
    ),
    min_size=1,
    max_size=3,
    unique_by=simple,
)


@settings(max_examples=40)
@given(st.lists(ACCEPTED, min_size=1, max_size=3), st.sampled_from(["gift", "moodle"]))
def test_any_gaps(gaps: list[list[str]], form: str) -> None:
    gaps = gaps[:1] if form == "gift" else gaps
    stem = "Begin " + " then ".join(f"[[{'|'.join(accepted)}]]" for accepted in gaps) + " end."
    check(form, [Written("g", "Fill it", "gap", stem=stem)])


@settings(max_examples=40)
@given(
    st.decimals(-9999, 9999, places=3, allow_nan=False),
    st.decimals(0, 99, places=3, allow_nan=False),
    st.sampled_from(["gift", "moodle"]),
)
def test_any_number(value: Any, tolerance: Any, form: str) -> None:
    bounds = Range(float(value - tolerance), float(value + tolerance), float(value))
    check(form, [Written("n", "How many?", "numeric", range=bounds)])

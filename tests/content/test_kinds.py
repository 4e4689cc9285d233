"""The kinds of question: what a question becomes that was written well."""

from pathlib import Path

import pytest

from near_learn.content import Question
from near_learn.content.kinds import KINDS
from near_learn.content.kinds.numbering import scattered
from near_learn.content.question import GAP_MARK, UNGRADED, Gap, Range
from tests.content.world import FRONT, KINDS_FRONT, KINDS_TEXT, found, library


def questions(folder: Path, text: str, front: str = FRONT) -> dict[str, Question]:
    """The questions of a module with this text, by id."""
    loaded = library(folder, en=front + text)
    assert found(loaded) == ""
    return {each.id: each for each in loaded.courses["c"].module("m").text("en").questions}


def one(folder: Path, text: str) -> Question:
    """The only question of a quiz with this text."""
    (question,) = questions(folder, f"\n## Quiz {{#quiz}}\n\n{text}\n").values()
    return question


def test_a_module_may_hold_every_kind(tmp_path: Path) -> None:
    asked = questions(tmp_path, KINDS_TEXT, KINDS_FRONT)
    assert {each.kind for each in asked.values()} == set(KINDS) - {"choice", "short-answer"}
    for each in asked.values():
        assert each.graded == (each.kind not in UNGRADED)
        assert each.private == (each.kind == "reflection")
        assert bool(each.right) == each.graded


def test_attributes_and_a_hint(tmp_path: Path) -> None:
    asked = questions(
        tmp_path,
        """
## Why {#why}

Text.

## How {#how}

Text.

## Quiz {#quiz}

### Which? { #a weight = 2.5  objective=1 see=why, how fixed }

Before the hint.

??? hint
    *Look* again:

    - at this.

After the hint.

- [ ] This
- [x] That
""",
    )["a"]
    assert (asked.title, asked.weight, asked.objective, asked.see, asked.fixed) == (
        "Which?",
        2.5,
        1,
        ("why", "how"),
        True,
    )
    assert asked.hint_html == "<p><em>Look</em> again:</p>\n<ul>\n<li>at this.</li>\n</ul>"
    assert asked.stem_html == "<p>Before the hint.</p>\n<p>After the hint.</p>"


def test_a_question_without_attributes_has_the_usual_ones(tmp_path: Path) -> None:
    asked = one(tmp_path, "### Which? {#a}\n\n- [ ] This\n- [x] That")
    assert (asked.kind, asked.weight, asked.objective, asked.see, asked.fixed, asked.hint_html) == (
        "choice",
        1,
        None,
        (),
        False,
        "",
    )


def test_true_or_false(tmp_path: Path) -> None:
    asked = one(tmp_path, "### The gate is open. {#a .true-false}\n\n= False\n\n> It is not.")
    assert [(option.id, option.text, option.correct) for option in asked.options] == [
        ("true", "", False),
        ("false", "", True),
    ]
    assert asked.right == ("false",)
    assert asked.explanation_html == "<p>It is not.</p>"


def test_gaps(tmp_path: Path) -> None:
    asked = one(
        tmp_path,
        """### Fill in. {#a .gap}

> A quotation before the gaps stays.

Who [[decides|has the say]] *about [[her]]*?

| Who | What |
|---|---|
| Ana | [[sings]] `[[x]]` [[1]](https://example.org) |

> Explanation: because.""",
    )
    assert asked.gaps == (Gap("g1", ("decides", "has the say")), Gap("g2", ("her",)), Gap("g3", ("sings",)))
    assert asked.right == ("decides", "her", "sings")
    parts = asked.stem_parts
    assert len(parts) == 4
    assert parts[0] == "<blockquote>\n<p>A quotation before the gaps stays.</p>\n</blockquote>\n<p>Who "
    assert parts[1] == " <em>about "
    assert parts[2].startswith("</em>?</p>")
    assert "<code>[[x]]</code>" in parts[3]
    assert GAP_MARK.join(parts) == asked.stem_html
    assert asked.explanation_html == "<p>Because.</p>"


@pytest.mark.parametrize("sign", ["<b>", "&", "\"'", "*", "\\", "{", "ά", "ț", "$"])
def test_a_gap_may_accept_any_sign(sign: str, tmp_path: Path) -> None:
    asked = one(tmp_path, f"### Fill in. {{#a .gap}}\n\nWe [[a {sign} b|c]] it.")
    assert asked.gaps[0].accepted == (f"a {sign} b", "c")
    assert asked.stem_parts == ("<p>We ", " it.</p>")


def test_what_fills_a_gap_is_nowhere_in_what_the_browser_gets(tmp_path: Path) -> None:
    asked = one(tmp_path, "### Fill in. {#a .gap}\n\nWe [[xylophone|Yggdrasil]] and [[zeppelin]].")
    shown = asked.title + asked.stem_html + asked.hint_html
    assert not any(text in shown for gap in asked.gaps for text in gap.accepted)


def test_pairs(tmp_path: Path) -> None:
    asked = one(
        tmp_path,
        """### Match. {#a .matching fixed}

Every one.

- An **ear** :: to *hear*,
  and to listen
  > Yes.

- eye {#eye} :: to see
- :: to smell
- The second ear :: to see""",
    )
    assert [(option.id, option.html) for option in asked.options] == [
        ("o1", "An <strong>ear</strong>"),
        ("eye", "eye"),
        ("o3", "The second ear"),
    ]
    assert [target.text for target in asked.targets] == ["to hear, and to listen", "to see", "to smell"]
    named = {target.id: target.text for target in asked.targets}
    assert set(named) == {"t1", "t2", "t3"}
    assert {left: named[right] for left, right in asked.matches.items()} == {
        "o1": "to hear, and to listen",
        "eye": "to see",
        "o3": "to see",
    }
    assert asked.options[0].feedback_html == "<p>Yes.</p>"
    assert asked.fixed


@pytest.mark.parametrize("numbers", [("1.", "2.", "3."), ("1.", "1.", "1."), ("1)", "2)", "3)")])
def test_an_order(numbers: tuple[str, str, str], tmp_path: Path) -> None:
    first, second, third = numbers
    asked = one(
        tmp_path,
        f"### In which order? {{#a .ordering}}\n\n- a list in the text\n\n{first} Listen\n"
        f"   well\n{second} Draw {{#draw}}\n{third} Plan\n\n> Because.",
    )
    assert [option.text for option in asked.options] == ["Listen well", "Draw", "Plan"]
    assert asked.options[1].id == "draw"
    assert asked.right == tuple(option.id for option in asked.options)
    assert not any(option.correct for option in asked.options)
    assert asked.explanation_html == "<p>Because.</p>"


@pytest.mark.parametrize(
    ("written", "expected", "shown"),
    [
        ("= 12", Range(12, 12, 12), "12"),
        ("=12 ± 0.5", Range(11.5, 12.5, 12), "12"),
        ("= 11 .. 14", Range(11, 14, 12.5), "12.5"),
        ("= 1234567.125", Range(1234567.125, 1234567.125, 1234567.125), "1234567.125"),
        ("= −3 +- 1", Range(-4, -2, -3), "-3"),
    ],
)
def test_numbers(written: str, expected: Range, shown: str, tmp_path: Path) -> None:
    asked = one(tmp_path, f"### How many? {{#a .numeric}}\n\nIn all.\n\n{written}\n\n> Because.")
    assert (asked.range, asked.right) == (expected, (shown,))


def test_a_scale(tmp_path: Path) -> None:
    asked = one(
        tmp_path, "### How sure? {#a .likert}\n\n- Not at all\n  > Then ask.\n- Quite\n- Very {#very}"
    )
    assert [(option.id, option.text) for option in asked.options] == [
        ("o1", "Not at all"),
        ("o2", "Quite"),
        ("very", "Very"),
    ]
    assert asked.options[0].feedback_html == "<p>Then ask.</p>"
    assert asked.right == ()


@pytest.mark.parametrize("kind", ["short-answer", "reflection"])
def test_open_answers(kind: str, tmp_path: Path) -> None:
    asked = one(tmp_path, f"### What will you do? {{#a .{kind}}}\n\n- A list\n\nis text.\n\n> Think *first*.")
    assert asked.stem_html == "<ul>\n<li>A list</li>\n</ul>\n<p>is text.</p>"
    assert asked.explanation_html == "<p>Think <em>first</em>.</p>"
    assert asked.private


def test_a_choice_may_name_its_kind(tmp_path: Path) -> None:
    assert one(tmp_path, "### Which? {#a .choice}\n\n- [ ] This\n- [x] That").kind == "choice"


def test_prose_goes_on_after_every_kind(tmp_path: Path) -> None:
    text = "\n## Text {#text}\n"
    for number, (kind, answers) in enumerate(
        {
            "true-false": "= true",
            "numeric": "= 3",
            "gap": "We [[listen]].",
            "matching": "- a :: b\n- c :: d",
            "ordering": "1. a\n2. b",
            "likert": "- a\n- b",
            "reflection": "Think.",
        }.items()
    ):
        text += (
            f"\n### A question {{#q{number} .{kind}}}\n\n{answers}\n\n> Because.\n\nIt goes on.\n\n- A list\n"
        )
    loaded = library(tmp_path, en=FRONT + text + "\n## Quiz {#quiz}\n\n### So? {#so .true-false}\n\n= true\n")
    assert found(loaded) == ""
    section = loaded.courses["c"].module("m").text("en").section("text")
    assert len(section.questions) == 7
    assert section.html.count("<p>It goes on.</p>\n<ul>\n<li>A list</li>\n</ul>") == 7


def test_ids_that_would_tell_the_answer_are_scattered() -> None:
    orders = {scattered(f"question-{number}", "t", 4) for number in range(200)}
    assert all(sorted(ids) == ["t1", "t2", "t3", "t4"] for ids in orders)
    assert len(orders) == 24
    # For ever the same: they stand in statements.
    assert scattered("pairs", "t", 5) == scattered("pairs", "t", 5)
    assert scattered("pairs", "t", 5) == ("t2", "t1", "t3", "t5", "t4")


def test_a_translation_has_the_ids_and_the_attributes_of_the_english_text(tmp_path: Path) -> None:
    spanish = (
        (KINDS_FRONT + KINDS_TEXT)
        .replace("language: en", "language: es")
        .replace("\nversion", "\nsource_version")
    )
    for attributes in (" weight=2 see=why objective=1", " objective=1"):
        spanish = spanish.replace(attributes, "")
    loaded = library(tmp_path, en=KINDS_FRONT + KINDS_TEXT, es=spanish)
    assert found(loaded) == ""
    texts = loaded.courses["c"].module("m").texts
    assert texts["es"].quiz == texts["en"].quiz
    assert texts["es"].question("gate").weight == 2

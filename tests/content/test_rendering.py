"""What learners get: the pieces of a module, rendered, in their order."""

import re
from pathlib import Path

import pytest

from near_learn.content import ModuleText, Question, plain_text
from near_learn.content.draft import Prose
from near_learn.content.sanitising import BARE, Sanitiser
from near_learn.content.source import Line
from near_learn.languages import LANGUAGES
from tests.content.world import COURSE, ENGLISH, FRONT, GOOD, QUIZ, Case, cases, found, library, load, write

MEDIA = "/courses/c/m/media"
MODULE = "/courses/c/modules/m"

# Markdown, and the HTML of a section that holds it.
PIECES = {
    "paragraphs": (
        "One *very*\nimportant **thing**.\n\nTwo.",
        "<p>One <em>very</em>\nimportant <strong>thing</strong>.</p>\n<p>Two.</p>",
    ),
    "plain words": ("Ana’s plan: a “good” day, 40 % less.", "<p>Ana’s plan: a “good” day, 40 % less.</p>"),
    "signs": (
        "a < b & c > d, \\<b> and `<i>`",
        "<p>a &lt; b &amp; c &gt; d, &lt;b&gt; and <code>&lt;i&gt;</code></p>",
    ),
    "a sub-heading": (
        "### A *detail* {#a-detail}\n\nText.",
        '<h3 id="s-a-detail">A <em>detail</em></h3>\n<p>Text.</p>',
    ),
    "a sub-heading without an id": (
        "### Detail\n\n#### More\n\nText.",
        "<h3>Detail</h3>\n<h4>More</h4>\n<p>Text.</p>",
    ),
    "lists": (
        "3. three\n4. four\n\n- a\n- b",
        '<ol start="3">\n<li>three</li>\n<li>four</li>\n</ol>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>',
    ),
    "a box": (
        '!!! case "Maite"\n    Two\n\n    paragraphs.',
        '<div class="admonition case">\n<p class="admonition-title">Maite</p>\n'
        "<p>Two</p>\n<p>paragraphs.</p>\n</div>",
    ),
    "a table": (
        "| Region | People |\n|---|--:|\n| ES22 | 12 |",
        '<div aria-label="Text" class="table" role="region" tabindex="0"><table>\n'
        '<thead>\n<tr>\n<th scope="col">Region</th>\n'
        '<th align="right" scope="col">People</th>\n</tr>\n</thead>\n'
        "<tbody>\n<tr>\n"
        '<td>ES22</td>\n<td align="right">12</td>\n</tr>\n</tbody>\n</table></div>',
    ),
    "an image": (
        "![A 'plan' & a path](media/plan.svg)",
        '<p><img alt="A \'plan\' &amp; a path" height="640" loading="lazy" '
        f'src="{MEDIA}/plan.svg" width="640"></p>',
    ),
    "a file": ("[List](media/list.pdf)", f'<p><a href="{MEDIA}/list.pdf">List</a></p>'),
    "a link outside": (
        '[Site](https://example.org/a?b=1&c=2 "Title")',
        '<p><a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer" title="Title">Site</a></p>',
    ),
    "a bare address": (
        "See https://example.org/a.",
        '<p>See <a href="https://example.org/a" rel="noopener noreferrer">https://example.org/a</a>.</p>',
    ),
    "a mail address": ("<ana@example.org>", '<p><a href="mailto:ana@example.org">ana@example.org</a></p>'),
    "a telephone number": ("[Call](tel:+34948)", '<p><a href="tel:+34948">Call</a></p>'),
    "a link to the same page": (
        "### Detail {#detail}\n\n[there](#detail)",
        '<h3 id="s-detail">Detail</h3>\n<p><a href="#s-detail">there</a></p>',
    ),
    "a link to the quiz": ("[there](#quiz)", f'<p><a href="{MODULE}/quiz">there</a></p>'),
    "a link to a question": ("[there](#what)", f'<p><a href="{MODULE}/questions/what">there</a></p>'),
    "a link to this section": ("[there](#text)", f'<p><a href="{MODULE}/sections/text">there</a></p>'),
    "a link to another module": (
        "[there](../02-other/en.md)",
        '<p><a href="/courses/c/modules/other">there</a></p>',
    ),
    "a link into another module": (
        "[there](../02-other/en.md#text)",
        '<p><a href="/courses/c/modules/other/sections/text">there</a></p>',
    ),
    "a link to the course": ("[there](../course.md)", '<p><a href="/courses/c">there</a></p>'),
    "a word with a number sign": ("#7 is a number.", "<p>#7 is a number.</p>"),
    "a block of code": ("```\n## <b> - [ ] {#x}\n```", "<pre><code>## &lt;b&gt; - [ ] {#x}\n</code></pre>"),
    "Greek": ("Η *Μάγδα*", "<p>Η <em>Μάγδα</em></p>"),
}


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_of_prose(name: str, tmp_path: Path) -> None:
    markdown, html = PIECES[name]
    loaded = library(tmp_path, en=f"{FRONT}\n## Text {{#text}}\n\n{markdown}{QUIZ}")
    assert found(loaded) == ""
    assert loaded.courses["c"].module("m").text("en").section("text").html == html


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in cases("../prose.txt")])
def test_more_of_prose(case: Case, tmp_path: Path) -> None:
    loaded = library(tmp_path, en=f"{FRONT}\n## Text {{#text}}\n\n{case.text}{QUIZ}")
    assert found(loaded) == ""
    assert loaded.courses["c"].module("m").text("en").section("text").html + "\n" == case.expected


def text(folder: Path, body: str) -> ModuleText:
    """The English text of the module with this body."""
    loaded = library(folder, en=FRONT + body)
    assert found(loaded) == ""
    return loaded.courses["c"].module("m").text("en")


QUESTION = """
## Text {#text}

Before.

### *Which* of these, and why `x < y`? {#which}

A paragraph that belongs to the question.

* [ ] An **option** that goes
  on in a second line
  > No: *think* again.
  >
  > And again.

* [X] The "right" one, see [there](#text) {#right}

> Explanation: because
> of *this*.

After.

### Detail

More.

## Quiz

An introduction.

### First? {#first}

- [x] Yes
- [ ] No

### Second? {#second}

- [x] A
- [x] B
- [ ] C

## Sources {#sources}

A book.
"""


def test_the_order_of_a_section(tmp_path: Path) -> None:
    section = text(tmp_path, QUESTION).section("text")
    before, question, after = section.blocks
    assert before == "<p>Before.</p>"
    assert isinstance(question, Question)
    assert after == "<p>After.</p>\n<h3>Detail</h3>\n<p>More.</p>"
    assert section.html == f"{before}\n{after}"


def test_a_question(tmp_path: Path) -> None:
    question = text(tmp_path, QUESTION).question("which")
    assert question.title == "Which of these, and why x < y?"
    assert question.stem_html == "<p>A paragraph that belongs to the question.</p>"
    assert (question.kind, question.multiple, question.right) == ("choice", False, ("right",))
    assert question.explanation_html == "<p>Because\nof <em>this</em>.</p>"
    first, second = question.options
    assert (first.id, first.correct) == ("o1", False)
    assert first.html == "An <strong>option</strong> that goes on in a second line"
    assert first.text == "An option that goes on in a second line"
    assert first.feedback_html == "<p>No: <em>think</em> again.</p>\n<p>And again.</p>"
    assert (second.id, second.correct, second.feedback_html) == ("right", True, "")
    assert second.text == 'The "right" one, see there'


def test_the_quiz_stands_apart_and_its_place_is_kept(tmp_path: Path) -> None:
    module = text(tmp_path, QUESTION)
    assert [section.id for section in module.sections] == ["text", "sources"]
    assert (module.quiz_title, module.quiz_html, module.quiz_position) == (
        "Quiz",
        "<p>An introduction.</p>",
        1,
    )
    assert [(question.id, question.multiple) for question in module.quiz] == [
        ("first", False),
        ("second", True),
    ]
    assert [question.id for question in module.checks] == ["which"]


def test_what_is_right_is_in_no_html(tmp_path: Path) -> None:
    module = text(tmp_path, QUESTION)
    html = [section.html for section in module.sections] + [module.quiz_html]
    for question in module.questions:
        html += [question.stem_html, *(option.html for option in question.options)]
    shown = "".join(html)
    for answer in ("think", "Because", "checked", "[x]", "[ ]", "correct", "data-"):
        assert answer not in shown


LABELS = [
    "Explanation",
    "Explicación",
    "Uitleg",
    "Vysvětlení",
    "Selitys",
    "Spiegazione",
    "Explicație",
    "Εξήγηση",
]


@pytest.mark.parametrize("label", LABELS)
def test_the_word_explanation_is_taken_off(label: str, tmp_path: Path) -> None:
    question = text(tmp_path, QUESTION.replace("Explanation:", f"{label}:")).question("which")
    assert question.explanation_html.startswith("<p>Because")


def test_an_explanation_may_begin_with_any_other_word(tmp_path: Path) -> None:
    question = text(tmp_path, QUESTION.replace("Explanation:", "Remember:")).question("which")
    assert question.explanation_html.startswith("<p>Remember: because")


def test_a_question_with_text_between_options_and_explanation_keeps_both(tmp_path: Path) -> None:
    body = QUESTION.replace("> Explanation: because\n> of *this*.\n\nAfter.", "After.\n\n> A quotation.")
    module = text(tmp_path, body)
    assert module.question("which").explanation_html == ""
    assert "<blockquote>\n<p>A quotation.</p>\n</blockquote>" in module.section("text").html


def test_tables_with_one_heading_have_different_names(tmp_path: Path) -> None:
    table = "| A | |\n|---|---|\n| 1 | 2 |\n\n"
    html = (
        text(tmp_path, f"\n## Text {{#text}}\n\n{table}Again:\n\n{table}### Detail\n\n{table}{QUIZ}")
        .section("text")
        .html
    )
    assert [part.split('"')[0] for part in html.split('aria-label="')[1:]] == ["Text", "Text (2)", "Detail"]
    assert '<th scope="col">A</th>\n<td></td>' in html


def test_footnotes_are_numbered_from_one_in_each_section_and_stand_after_its_questions(
    tmp_path: Path,
) -> None:
    module = text(
        tmp_path,
        "\n## Text {#text}\n\nA.[^x]\n\n### Which? {#which}\n\n- [ ] This\n- [x] That\n\nB.[^y]\n\n"
        "## More {#more}\n\nC.[^y]" + QUIZ + "\n[^x]: One.\n\n[^y]: Two.\n",
    )
    first, question, second, notes = module.section("text").blocks
    assert isinstance(question, Question)
    assert 'href="#n-1"' in str(first)
    assert 'href="#n-2"' in str(second)
    assert [line[:12] for line in str(notes).splitlines() if line.startswith(("<li", "<p"))] == [
        '<li id="n-1"',
        "<p>One. <a c",
        '<li id="n-2"',
        "<p>Two. <a c",
    ]
    assert "Two. <a" in module.section("more").html
    assert 'id="n-1"' in module.section("more").html


def test_the_words_of_the_renderer_are_in_the_language_of_the_text(tmp_path: Path) -> None:
    body = "A.[^x]\n\n[^x]: B.\n"
    languages = {code: ENGLISH.replace("language: en", f"language: {code}") for code in LANGUAGES}
    files: dict[str, str | bytes] = {
        f"c/01-one/{code}.md": whole.replace("Text.", body)
        .replace("kind: skill\nminutes: 40\n", "" if code != "en" else "kind: skill\nminutes: 40\n")
        .replace("\nversion: 2", "\nsource_version: 2" if code != "en" else "\nversion: 2")
        for code, whole in languages.items()
    }
    loaded = load(write(tmp_path, GOOD | files))
    assert not loaded.errors
    names = {
        re.findall(r'aria-label="([^"]+)', loaded.courses["c"].module("m").text(code).section("why").html)[-1]
        for code in LANGUAGES
    }
    assert len(names) == len(LANGUAGES)
    assert "Επιστροφή στο κείμενο (1)" in names


def test_a_title_says_a_formula_as_it_was_written(tmp_path: Path) -> None:
    module = text(tmp_path, "\n## What is $x^2$? {#text}\n\nText." + QUIZ)
    assert module.section("text").title == "What is x^2?"


def test_a_text_with_too_many_marks_says_so(tmp_path: Path) -> None:
    marks = "\n\n".join(f"[^{number % 16}]" for number in range(301))
    notes = "\n\n".join(f"[^{number}]: Note." for number in range(16))
    loaded = library(tmp_path, en=f"{FRONT}\n## Text {{#text}}\n\n{marks}\n\n{notes}{QUIZ}")
    assert found(loaded).startswith("error: c/01-one/en.md:614: the footnote [^12] is mentioned too often")
    assert found(loaded).count("\n") == 1


def test_the_course_page_has_footnotes_too(tmp_path: Path) -> None:
    page = COURSE.replace("\nAbout it.\n", "\n") + "\nAbout it.[^1]\n\n[^1]: Really.\n"
    loaded = library(tmp_path, course=page)
    assert found(loaded) == ""
    assert 'role="doc-endnotes"' in loaded.courses["c"].description_html["en"]


def test_links_to_question_pages_from_a_translation(tmp_path: Path) -> None:
    spanish = ENGLISH.replace("language: en", "language: es").replace("version: 2", "source_version: 2")
    spanish = spanish.replace("kind: skill\nminutes: 40\n", "").replace(
        "Text.", "[allí](en.md#why) [ahí](#detail)"
    )
    loaded = load(write(tmp_path, GOOD | {"c/01-one/es.md": spanish}))
    assert found(loaded) == ""
    assert loaded.courses["c"].module("m").text("es").section("why").html == (
        '<h3 id="s-detail">A detail</h3>\n'
        f'<p><a href="{MODULE}/sections/why">allí</a> <a href="#s-detail">ahí</a></p>'
    )


def test_text_that_goes_past_bleach_would_come_out_of_it_unchanged(tmp_path: Path) -> None:
    courses = Path(__file__).parents[2] / "courses"
    sanitiser = Sanitiser()
    pieces = 0
    for course in load(courses).courses.values():
        for module in course.modules:
            for words in module.texts.values():
                for section in words.sections:
                    for html in (block for block in section.blocks if isinstance(block, str)):
                        if BARE.fullmatch(html):
                            pieces += 1
                            assert sanitiser.nh3.clean(sanitiser.bleach.clean(html)) == sanitiser.nh3.clean(
                                html
                            )
    assert pieces > 10


def test_the_first_line_of_prose_is_the_first_with_something_on_it() -> None:
    assert Prose([Line(7, ""), Line(8, "a")]).line == 8


@pytest.mark.parametrize("name", PIECES)
def test_text_that_is_passed_over_would_not_have_changed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked = (
        f"Some words; {PIECES[name][0]}\n\nAnd more of them, (in brackets) with signs: 1 / 2 = 50 % & so on!"
    )
    texts = library(tmp_path, en=f"{FRONT}\n## Text {{#text}}\n\n{marked}{QUIZ}").courses
    # Every block and every text goes through all rules of the library.
    monkeypatch.setattr(plain_text, "register", lambda library: None)
    assert load(tmp_path).courses == texts

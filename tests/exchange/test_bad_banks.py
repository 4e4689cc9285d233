"""Files that are no question banks, broken ones, hostile ones: a message with file and line, in time."""

import time
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from near_learn.exchange import command, taking
from near_learn.exchange.bank import MOST_BYTES, Unreadable
from near_learn.exchange.command import questions
from near_learn.exchange.naming import Ids


def run(*arguments: str | Path) -> Result:
    """The command's result."""
    return CliRunner().invoke(questions, [str(argument) for argument in arguments])


def xml(body: str) -> str:
    """A bank with this body; it begins in line 3."""
    return f'<?xml version="1.0"?>\n<quiz>\n{body}\n</quiz>'


def asked(kind: str, rest: str, name: str = "N") -> str:
    """A question element."""
    text = "<questiontext><text>What?</text></questiontext>"
    return xml(f'<question type="{kind}"><name><text>{name}</text></name>{text}\n{rest}</question>')


BOMB = '<!DOCTYPE q [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE q [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
UNREADABLE = [
    ("<quiz><question>", 1, "this is not XML: no element found"),
    ("<html></html>", 1, "the file begins with <html>; Moodle XML begins with <quiz>"),
    (f'<?xml version="1.0"?>\n{BOMB}\n<quiz>&b;</quiz>', 2, "declares a document type or entities"),
    (f'<?xml version="1.0"?>\n{OUTSIDE}\n<quiz>&a;</quiz>', 2, "declares a document type or entities"),
    ('<!DOCTYPE quiz SYSTEM "http://example.org/q.dtd"><quiz/>', 1, "declares a document type or entities"),
    (xml("<a>" * 40 + "</a>" * 40), 3, "elements are nested too deeply here"),
    (xml("\n<b>"), 5, "this is not XML: mismatched tag"),
    ('<?xml version="1.0" encoding="nonsense"?><quiz/>', 1, "encoding"),
    (b"\xff\xfe<\0q\0", 1, "UTF-16"),
    (b"What? {=caf\xe9}", 1, "is not UTF-8"),
    ("", 0, "there is no question in it that can be taken over"),
    ("// only a comment", 0, "there is no question in it that can be taken over"),
    (xml(""), 0, "there is no question in it that can be taken over"),
]


@pytest.mark.parametrize(("content", "line", "message"), UNREADABLE)
def test_unreadable(content: str | bytes, line: int, message: str, tmp_path: Path) -> None:
    file = tmp_path / "bank"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = run("import", file)
    assert result.exit_code == 1
    assert message in result.output
    assert f"{file}:{line}: " in result.output if line else True


NOT_TAKEN = [
    ("Right {=a}\n\nWhat {~a ~b}", 3, "none of its answers is right"),
    ("What {=a ~a}", 1, "the option is the same as in line"),
    ("What {a}", 1, "its answers begin with no sign"),
    ("What {=a -> b =c}", 1, "one of its pairs has no ->"),
    ("What {=a -> b =c -> b}", 1, "all right sides are the same"),
    ("What {=one}\n\nWhat {= ~b}", 3, "one of its answers is empty"),
    ("What {#9..1}", 1, "is reversed"),
    ("What {#1e99}", 1, "is not a number"),
    ("What {#one}", 1, "'one' is no number"),
    ("What {=a} and {=b}", 1, "more than one pair of braces"),
    ("What } {", 1, "braces are not in pairs"),
    ("Text alone.", 1, "a text without a question"),
    ("{=a ~b}", 1, "the question has no text"),
    (asked("magic", ""), 3, "questions of the type 'magic' cannot be held here"),
    (asked("", ""), 3, "questions of the type '' cannot be held here"),
    (asked("calculated", ""), 3, "made anew for everybody"),
    (asked("ddmarker", ""), 3, "dragged onto a picture"),
    (asked("truefalse", "<answer><text>yes</text></answer>"), 3, "its answers are not `true` and `false`"),
    (
        asked("multichoice", '<answer fraction="much"><text>a</text></answer>'),
        3,
        "fraction: 'much' is not a number",
    ),
    (asked("multichoice", ""), 3, "none of its answers is right"),
    (asked("numerical", '<answer fraction="100"><text>x</text></answer>'), 3, "'x' is not a number"),
    (
        asked("shortanswer", '<answer fraction="50"><text>x</text></answer>'),
        3,
        "no answer to its gap is entirely right",
    ),
    (
        asked("shortanswer", '<answer fraction="100"><text>[x]</text></answer>'),
        3,
        "cannot be an answer to a gap",
    ),
    (asked("cloze", ""), 3, "there is no field in its text"),
    (asked("cloze", "").replace("What?", "{1:MULTIRESPONSE:=a~=b}"), 3, "a field of the type MULTIRESPONSE"),
    (asked("matching", "<subquestion><text>a</text></subquestion>"), 3, "a pair has two sides"),
    (asked("ordering", "<answer><text>a</text></answer>"), 3, "two items"),
]


@pytest.mark.parametrize(("content", "line", "message"), NOT_TAKEN)
def test_not_taken_over(content: str, line: int, message: str, tmp_path: Path) -> None:
    file = tmp_path / "bank.txt"
    file.write_text(content)
    result = run("import", file)
    assert any(
        each.startswith(f"{file}:{line}: ") and message in each for each in result.output.splitlines()
    ), result.output


HOSTILE = [
    ("<script>alert(1)</script>Which?", "a script"),
    ('<img src=x onerror="alert(1)">Which?', "a picture"),
    ('<a href="javascript:alert(1)">Which?</a>', ""),
    ("<svg><script>alert(1)</script></svg>Which?", "a drawing"),
    ('<iframe src="https://evil.example"></iframe>Which?', "an embedded page"),
    ("&lt;script&gt;alert(1)&lt;/script&gt;Which?", ""),
    ("Which? <!-- comment --> ![x](javascript:alert(1)) [y](data:text/html,x)", ""),
    ("Which? {{{ }}} ``` ~~~ ## x", ""),
    ("A\u202eB which\x00?", ""),
]


@pytest.mark.parametrize(("html", "note"), HOSTILE)
def test_hostile_html_becomes_harmless_text(html: str, note: str) -> None:
    answers = '<answer fraction="100"><text>A</text></answer><answer><text>B</text></answer>'
    clean = html.replace("\x00", "")
    bank = command.read(asked("multichoice", answers).replace("What?", f"<![CDATA[{clean}]]>").encode())
    ((_, markdown),) = taking.written(bank, Ids())
    for tag in ("<script", "<img", "<svg", "<iframe", "<!--"):
        assert tag not in markdown.replace("\\<", "")
    assert "](javascript" not in markdown.replace("\\]", "")
    assert "](data" not in markdown.replace("\\]", "")
    assert "\u202e" not in markdown
    assert note in " ".join(each.message for each in bank.notes)


LONG = [
    "What " + "{" * 100_000,
    "What {" + "=a ~" * 200_000 + "}",
    "::" * 300_000,
    "What {=" + "\\" * 1_000_000 + "}",
    "[html]" + "<b>" * 100_000 + " {T}",
    "[html]" + "<ul><li>" * 50_000 + " {T}",
    "[html]<p>" + "\\\\(" * 100_000 + " {T}",
    "[html]<table>" + "<tr><td>x" * 50_000 + " {T}",
    "[markdown]" + "[" * 2_000 + " {T}",
    "\n".join(["What {T}", ""] * 3_000),
    "$CATEGORY: x\n" * 50_000,
    xml("<question>" + "<answer/>" * 200_000 + "</question>"),
    asked("cloze", "").replace("What?", "{1:SA:" + "\\\\" * 200_000),
    asked("multichoice", "<answer fraction='100'><text>" + "&lt;p" * 200_000 + "</text></answer>"),
]


@pytest.mark.parametrize("content", LONG, ids=range(len(LONG)))
def test_long_files_take_no_long_time(content: str) -> None:
    began = time.monotonic()
    with suppress(Unreadable):
        taking.written(command.read(content.encode()), Ids())
    assert time.monotonic() - began < 20


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    file = tmp_path / "large.gift"
    file.write_bytes(b"a" * (MOST_BYTES + 1))
    result = run("import", file)
    assert f"{file}:1: the file is larger than 10 MB" in result.output


@settings(max_examples=300)
@given(
    st.text(st.sampled_from("{}=~#%5:.\\n->T[]html*<p\n $CATEGORY"), max_size=80),
    st.sampled_from(["gift", "moodle"]),
)
def test_no_text_breaks_the_readers(content: str, form: str) -> None:
    with suppress(Unreadable):
        taking.written(command.read(content.encode(), form), Ids())

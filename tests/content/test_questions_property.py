"""Whatever an author writes under a heading, it becomes a question that can be answered, or a message."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from near_learn.content import grade
from near_learn.content.drawing import options, targets
from near_learn.content.kinds import KINDS
from near_learn.content.question import GAP_MARK
from tests.content.world import FRONT, library

# Pieces of the notation, well and badly written, and other things that stand in courses.
LINES = st.sampled_from(
    [
        "",
        "",
        "Some *text*.",
        "- [ ] This",
        "- [x] That",
        "- [x]Those",
        "1. first",
        "2. second",
        "3. third {#third}",
        "- low",
        "- high",
        "- left :: right",
        "- ear :: hear {#x}",
        "- :: nothing",
        "- a ::",
        "= true",
        "= false",
        "= 12",
        "= 12 ± 0.5",
        "= 13 .. 11",
        "We [[listen|hear]] to [[her]].",
        "[[open",
        "[a [[gap]]](#text)",
        "`[[x]]`",
        "> Explanation: because.",
        "  > Feedback.",
        "  more text",
        "??? hint",
        "    Look.",
        '!!! tip "Title"',
        "```",
        "| a | b |",
        "|---|---|",
        "| [[c]] | d |",
        "$a_1$",
        GAP_MARK,
    ]
)
BRACES = st.lists(
    st.sampled_from(
        [
            "weight=2",
            "weight=x",
            "objective=1",
            "objective=9",
            "see=text",
            "see=no",
            "fixed",
            "#b",
            ".gap",
            "what",
        ]
    ),
    max_size=3,
)


@given(st.sampled_from(["", *KINDS]), BRACES, st.lists(LINES, max_size=10), st.booleans())
def test_a_question_or_a_message(kind: str, braces: list[str], lines: list[str], in_quiz: bool) -> None:
    head = " ".join(["#a", *([f".{kind}"] if kind else []), *braces])
    own = f"### What is it? {{{head}}}\n\n" + "\n".join(lines)
    quiz = "## Quiz {#quiz}\n\n"
    text = f"\n## Text {{#text}}\n\nText.\n\n{quiz if in_quiz else ''}{own}\n"
    if not in_quiz:
        text += f"\n{quiz}### So? {{#so .true-false}}\n\n= true\n"
    with tempfile.TemporaryDirectory() as folder:
        loaded = library(Path(folder), en=FRONT + text)
    if loaded.errors:
        last = (FRONT + text).count("\n") + 1
        assert all(1 <= problem.line <= last and problem.message for problem in loaded.errors)
        return
    for question in loaded.courses["c"].module("m").text("en").questions:
        assert len(question.stem_parts) == len(question.gaps) + 1
        assert GAP_MARK not in "".join(question.stem_parts)
        assert {option.id for option in options(question, "seed", shuffle=True)} == {
            option.id for option in question.options
        }
        assert {target.id for target in targets(question, "seed")} >= set(question.matches.values())
        assert set(question.matches) == (
            {option.id for option in question.options} if question.targets else set()
        )
        if question.graded:
            assert grade(question, question.right).success
            assert grade(question, ()).score == 0

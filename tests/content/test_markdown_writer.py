"""Questions written as Markdown: what stands in the file, for each kind."""

import pytest

from near_learn.content.entries import CannotWrite
from near_learn.content.markdown_writer import Answer, Written, escaped, number, question
from near_learn.content.question import Range

KINDS = [
    (
        Written(
            "ask-first",
            "Whom do you ask\nfirst?",
            stem="Think of\n\n- this\n- that",
            answers=(
                Answer("The owner", feedback="Later.\n\nMuch later."),
                Answer("The people", True, id="p"),
            ),
            explanation="Because.\nIndeed.",
            hint="Who is there?",
            weight=2,
            objective=1,
            see=("why", "steps"),
            fixed=True,
        ),
        """\
### Whom do you ask first? {#ask-first weight=2 objective=1 see=why,steps fixed}

Think of

- this
- that

??? hint
    Who is there?

- [ ] The owner
  > Later.
  >
  > Much later.
- [x] The people {#p}

> Because.
> Indeed.
""",
    ),
    (
        Written("gate", "The gate is open.", "true-false", truth=False),
        "### The gate is open. {#gate .true-false}\n\n= false\n",
    ),
    (
        Written("cap", "Complete", "gap", stem="The capital is [[Pamplona|Iruña]]."),
        "### Complete {#cap .gap}\n\nThe capital is [[Pamplona|Iruña]].\n",
    ),
    (
        Written(
            "m",
            "Match",
            "matching",
            answers=(Answer("cat", match="meow", feedback="Yes"), Answer(match="moo")),
        ),
        "### Match {#m .matching}\n\n- cat :: meow\n  > Yes\n- :: moo\n",
    ),
    (
        Written("o", "Order", "ordering", answers=(Answer("first"), Answer("second", id="two"))),
        "### Order {#o .ordering}\n\n1. first\n2. second {#two}\n",
    ),
    (Written("n", "How many?", "numeric", range=Range(12, 12, 12)), "### How many? {#n .numeric}\n\n= 12\n"),
    (
        Written("n", "How many?", "numeric", range=Range(11.9, 12.1, 12)),
        "### How many? {#n .numeric}\n\n= 12 ± 0.1\n",
    ),
    (Written("n", "How many?", "numeric", range=Range(1, 9, 2)), "### How many? {#n .numeric}\n\n= 1 .. 9\n"),
    (
        Written("l", "How?", "likert", answers=(Answer("no"), Answer("yes"))),
        "### How? {#l .likert}\n\n- no\n- yes\n",
    ),
    (Written("r", "Why?", "reflection", explanation="So."), "### Why? {#r .reflection}\n\n> So.\n"),
    (Written("s", "Why?", "short-answer"), "### Why? {#s .short-answer}\n"),
    (
        Written("b", "Which?", answers=(Answer("set {#a}", True), Answer("b"))),
        "### Which? {#b}\n\n- [x] set {#a} {#o1}\n- [ ] b\n",
    ),
]


@pytest.mark.parametrize(("written", "expected"), KINDS, ids=[f"{each.kind}-{each.id}" for each, _ in KINDS])
def test_written(written: Written, expected: str) -> None:
    assert question(written) == expected


REFUSED = [
    (Written("Bad Id", "Which?"), "cannot be the id"),
    (Written("a" * 65, "Which?"), "cannot be the id"),
    (Written("a", " \n"), "no text"),
    (Written("a", "Which?", "essay"), "no kind of question 'essay'"),
    (
        Written("a", "Which?", "ordering", answers=(Answer("x", feedback="y"),)),
        "only choice, matching and likert",
    ),
    (Written("a", "Which?", stem="a\x02b"), "invisible"),
]


@pytest.mark.parametrize(("written", "message"), REFUSED)
def test_refused(written: Written, message: str) -> None:
    with pytest.raises(CannotWrite, match=message):
        question(written)


@pytest.mark.parametrize(
    ("value", "text"),
    [(12.0, "12"), (0.001, "0.001"), (1e-7, "0.0000001"), (1e20, "1" + "0" * 20), (-2.50, "-2.5")],
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("plain", "markdown"),
    [
        ("2 * 3 [a]", r"2 \* 3 \[a\]"),
        ("# no heading\n- no list\n1. no number", "\\# no heading\n\\- no list\n1\\. no number"),
        ("a < b & c", r"a \< b & c"),
    ],
)
def test_escaped(plain: str, markdown: str) -> None:
    assert escaped(plain) == markdown

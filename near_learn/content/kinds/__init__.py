"""The kinds of question, and which of them the lines under a heading are written like."""

from collections.abc import Iterable, Mapping, Sequence

from near_learn.content import attributes
from near_learn.content.draft import DraftQuestion, Heading, Prose
from near_learn.content.kinds import (
    choice,
    gap,
    likert,
    matching,
    numeric,
    open_answer,
    ordering,
    true_false,
)
from near_learn.content.kinds.kind import Kind
from near_learn.content.near import meant
from near_learn.content.problem import Report
from near_learn.content.source import Line

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        choice.KIND,
        true_false.KIND,
        gap.KIND,
        matching.KIND,
        ordering.KIND,
        numeric.KIND,
        likert.KIND,
        open_answer.SHORT,
        open_answer.REFLECTION,
    )
}

# What people call the kinds elsewhere.
CALLED: Mapping[str, str] = {
    "single-choice": "choice",
    "multiple-choice": "choice",
    "multichoice": "choice",
    "multiple-response": "choice",
    "boolean": "true-false",
    "yes-no": "true-false",
    "cloze": "gap",
    "fill-in": "gap",
    "blank": "gap",
    "fill-in-the-blank": "gap",
    "match": "matching",
    "pairs": "matching",
    "order": "ordering",
    "sort": "ordering",
    "sorting": "ordering",
    "sequence": "ordering",
    "sequencing": "ordering",
    "number": "numeric",
    "numerical": "numeric",
    "calculation": "numeric",
    "scale": "likert",
    "rating": "likert",
    "survey": "likert",
    "short": "short-answer",
    "text": "short-answer",
    "open": "short-answer",
    "essay": "short-answer",
    "long-fill-in": "short-answer",
    "reflect": "reflection",
}


def no_kind(name: str) -> str:
    """What is wrong with a kind that does not exist, and how to mend it."""
    near = CALLED.get(name) or meant(name, KINDS)
    if near:
        return f"there is no kind of question .{name[:40]}; did you mean .{near}?"
    return f"there is no kind of question .{name[:40]}; use one of {', '.join(f'.{each}' for each in KINDS)}"


def foreign(kind: str, text: str) -> str:
    """What is wrong with a line written like an answer of a kind other than this; empty when it is not."""
    if text[:1] not in OWN_SIGNS and "[[" not in text:
        return ""
    for other in KINDS.values():
        if other.name != kind and other.own(text):
            if not kind:
                return other.written
            return (
                f"{other.written}, and this question is of the kind {kind}; write that as a "
                f"question of its own, or change the kind to .{other.name}"
            )
    return ""


def stray(text: str) -> str:
    """What is wrong with a line of prose that is written like an answer; empty when it is not."""
    if choice.begins(text):
        return (
            "brackets make an answer, but there is no question here; put a ### heading with an id above "
            "the options, or take the brackets out"
        )
    if "[[" in text and gap.own(text):
        return (
            "[[ ]] makes a gap, but there is no question here; put a ### heading with {#an-id .gap} above "
            "the text, or take the brackets out"
        )
    return ""


# What a line begins with that is an answer of one kind only, but for gaps: most lines are none.
OWN_SIGNS = frozenset(" -*+=[0123456789")


def like(lines: Iterable[Line], *, question: bool) -> str:
    """The kind that the lines under a heading without a kind are written like; empty when they are none's.

    A choice needs no kind in its heading. `question`: the heading can be nothing else, so that a numbered
    list means something to be ordered.
    """
    found = ""
    for line in lines:
        text = line.text
        if text[:1] not in OWN_SIGNS and "[[" not in text:
            continue
        if choice.begins(text):
            return choice.KIND.name
        if not found:
            found = next((kind.name for kind in KINDS.values() if kind.own(text)), "")
        if not found and question and ordering.ITEM.match(text):
            found = ordering.KIND.name
    return found


def read(heading: Heading, kind: str, lines: Sequence[Line], report: Report) -> tuple[DraftQuestion, Prose]:
    """The question of this kind under a heading, and the prose that follows it. Mistakes are noted."""
    row = KINDS[kind]
    question = DraftQuestion(heading, kind, Prose())
    tail = row.reader(question, foreign, report).read(lines)
    question.attributes = attributes.read(heading.attributes, row.takes, kind, heading.line, report)
    return question, tail

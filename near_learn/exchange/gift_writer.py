"""GIFT: writing questions for Moodle and whatever else reads the format."""

import re
from collections.abc import Iterable, Iterator

from near_learn.content import Question
from near_learn.content.markdown_writer import number
from near_learn.exchange.bank import GAP
from near_learn.exchange.outgoing import Leaving, left_behind

SIGNS = re.compile(r"[\\~=#{}:]")
NAMES = {
    "hint": "its hint",
    "weight": "its weight",
    "objective": "its learning objective",
    "see": "what to read again",
    "fixed": "the fixed order of its options",
}
NONE = {
    "ordering": "GIFT has no questions of this kind; Moodle XML has",
    "likert": "there is no right answer, which GIFT does not know",
}


def write(questions: Iterable[Question], category: str = "") -> tuple[str, list[str]]:
    """The text of a GIFT file, and a line for everything that is not in it."""
    notes: list[str] = []
    blocks = [f"$CATEGORY: {category}"] if category else []
    for question in questions:
        if reason := _impossible(question):
            notes.append(f"{question.id}: the question does not go along: {reason}")
            continue
        notes += [f"{question.id}: {note}" for note in left_behind(question, NAMES)]
        if question.kind == "reflection":
            notes.append(f"{question.id}: the reflection becomes an essay, which teachers can read")
        blocks.append(_question(question, notes))
    return "\n\n".join(blocks) + "\n", notes


def _impossible(question: Question) -> str:
    if question.kind == "gap" and len(question.gaps) != 1:
        return "GIFT has room for one gap; Moodle XML has for several"
    return NONE.get(question.kind, "")


def _question(question: Question, notes: list[str]) -> str:
    def say(message: str) -> None:
        notes.append(f"{question.id}: {message}")

    leaving = Leaving(say)
    answers = "\n".join(f"  {line}" for line in _answers(question, leaving))
    explanation = leaving.explanation(question)
    if explanation:
        answers += f"\n  ####{escaped(explanation)}"
    braces = f"{{\n{answers}\n}}" if answers else "{}"
    asked = escaped(leaving.asked(question))
    body = asked.replace(GAP, braces, 1) if question.kind == "gap" else f"{asked} {braces}"
    return f"::{question.id}::[html]{body}"


def _answers(question: Question, leaving: Leaving) -> Iterator[str]:
    """The lines between the braces."""
    kind = question.kind
    if kind == "choice":
        share = 100 / len(question.right)
        for option in question.options:
            sign = "=" if option.correct else "~"
            if question.multiple:
                sign = f"~%{'' if option.correct else '-'}{share:.7g}%"
            feedback = leaving.text(option.feedback_html)
            yield f"{sign}{escaped(leaving.text(option.html))}" + (
                f"#{escaped(feedback)}" if feedback else ""
            )
    elif kind == "true-false":
        yield question.right[0].upper()
    elif kind == "gap":
        yield from (f"={escaped(text)}" for text in question.gaps[0].accepted)
    elif kind == "matching":
        yield from _pairs(question, leaving)
    elif kind == "numeric" and question.range:
        low, value = question.range.low, question.range.value
        yield f"#{number(value)}:{number(round(value - low, 9))}"


def _pairs(question: Question, leaving: Leaving) -> Iterator[str]:
    # The right sides are plain text in Moodle.
    targets = {target.id: target.text.replace("->", "→") for target in question.targets}
    for option in question.options:
        yield f"={escaped(leaving.text(option.html))} -> {escaped(targets[question.matches[option.id]])}"
    fitting = set(question.matches.values())
    yield from (f"= -> {escaped(text)}" for key, text in targets.items() if key not in fitting)


def escaped(text: str) -> str:
    """A text in which no sign means anything to GIFT, on one line."""
    return SIGNS.sub(r"\\\g<0>", text).replace("\n", "\\n")

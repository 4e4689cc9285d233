"""What a form says in answer to a question, kind by kind: read, or refused in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from near_learn.content import Question, grade
from near_learn.content.kinds import gap, numeric, open_answer
from near_learn.content.question import JOINED, PAIRED

Form = MultiDict[str, str]
Parts = tuple[str, ...]


class Problem(StrEnum):
    """Why what was entered is no answer yet. The templates say it in words."""

    NOTHING = "nothing"
    NO_NUMBER = "no-number"
    TOO_LONG = "too-long"


@dataclass(frozen=True)
class Entry:
    """What was entered: the response in parts, also where it is no answer yet, so that nothing is lost."""

    response: Parts = ()
    problem: Problem | None = None
    shared: bool = False  # of a text of the learner's own: others may read it
    moved: str = ""  # the id of the item that a button of the form has just moved


def read(question: Question, form: Form) -> Entry:
    """What the form holds; an entry without a problem can be graded, or is empty.

    Raises BadRequest for what no form of ours can send: options that the question does not have and the like.
    """
    entry = READERS[question.kind](question, form)
    if entry.problem is None:
        try:
            grade(question, entry.response)
        except ValueError as error:
            raise BadRequest(str(error)) from error
    return entry


def _chosen(question: Question, form: Form) -> Entry:
    """Options, in the order of the question."""
    sent = set(form.getlist("answer"))
    if unknown := sent - {option.id for option in question.options}:
        raise BadRequest(f"answer: question {question.id!r} has no option {min(unknown)[:100]!r}")
    return Entry(tuple(option.id for option in question.options if option.id in sent))


def _gaps(question: Question, form: Form) -> Entry:
    """One text a gap; nothing when every gap is empty."""
    texts = tuple(
        " ".join(form.get(f"gap-{each.id}", "").split()).replace(JOINED, ",") for each in question.gaps
    )
    if not any(texts):
        return Entry()
    return Entry(texts, Problem.TOO_LONG if max(map(len, texts)) > gap.LONGEST else None)


def _pairs(question: Question, form: Form) -> Entry:
    """The left sides for which a right side was chosen."""
    chosen = {option.id: form.get(f"match-{option.id}", "") for option in question.options}
    return Entry(tuple(f"{left}{PAIRED}{right}" for left, right in chosen.items() if right))


def _order(question: Question, form: Form) -> Entry:
    """The items in the order of the form, and one step further for the one whose button was pressed.

    Those that had not arrived when it was pressed follow as they were shown.
    """
    order = form.getlist("order")
    order += [item for item in form.get("shown", "").split() if item not in order]
    if sorted(order) != sorted(option.id for option in question.options):
        raise BadRequest(f"order: question {question.id!r} has other items")
    item, _, way = form.get("move", "").rpartition(":")
    if item not in order or way not in {"up", "down"}:
        return Entry(tuple(order))
    place = order.index(item)
    target = place - 1 if way == "up" else place + 1
    if 0 <= target < len(order):
        order[place], order[target] = order[target], order[place]
    return Entry(tuple(order), moved=item)


def _number(_: Question, form: Form) -> Entry:
    """A number as it is kept, with a decimal point; what is none as it was typed."""
    text = form.get("answer", "").strip()
    if not text:
        return Entry()
    number = numeric.typed(text)
    return Entry((text[: gap.LONGEST],), Problem.NO_NUMBER) if number is None else Entry((number,))


def _text(_: Question, form: Form) -> Entry:
    """A text of the learner's own, and whether it is to be shared."""
    text = form.get("answer", "").replace("\r\n", "\n").strip()
    problem = Problem.TOO_LONG if len(text) > open_answer.LONGEST else None
    return Entry((text,) if text else (), problem, shared=bool(text and form.get("shared")))


READERS: Mapping[str, Callable[[Question, Form], Entry]] = {
    "choice": _chosen,
    "true-false": _chosen,
    "likert": _chosen,
    "gap": _gaps,
    "matching": _pairs,
    "ordering": _order,
    "numeric": _number,
    "short-answer": _text,
    "reflection": _text,
}

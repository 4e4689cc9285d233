"""Numeric: a number to be typed in, right between two bounds: `= 12`, `= 12 ± 1` or `= 11 .. 13`."""

import re
from collections.abc import Sequence
from decimal import Decimal

from near_learn.content.kinds import true_false
from near_learn.content.kinds.kind import MARKED, Kind
from near_learn.content.kinds.reader import Reader
from near_learn.content.question import Question, Range, decimal
from near_learn.content.source import Line

LARGEST = Decimal(10) ** 12
NUMBER = r"[-−+]?[0-9]{1,13}(?:\.[0-9]{1,9})?"
ALONE = re.compile(NUMBER)
TOLERANCE = re.compile(rf"({NUMBER}) *(?:±|\+/?[-−]) *({NUMBER})")
RANGE = re.compile(rf"({NUMBER}) *(?:\.{{2,3}}|…) *({NUMBER})")
# As learners type a number: a decimal comma is one, spaces may divide the thousands.
TYPED = re.compile(r"[-+]?[0-9]{1,13}(?:[.,][0-9]{1,9})?|[-+]?[.,][0-9]{1,9}")
ADVICE = "write `= 12`, `= 12 ± 1` or `= 11 .. 13`"


class NumericReader(Reader):
    """Reads the line that says which numbers are right."""

    noun = "answer"
    single = True

    def begins(self, text: str) -> bool:
        """Whether the line begins with an equals sign."""
        return bool(true_false.ANSWER.match(text))

    def answer(self, line: Line) -> None:
        """Reads the numbers that are right."""
        match = true_false.ANSWER.match(line.text)
        if self.question.range:
            self.error(line.number, "there are two lines with =; make them one, for example `= 11 .. 13`")
            return
        try:
            self.question.range = bounds(match[1].strip() if match else "")
        except ValueError as problem:
            self.error(line.number, str(problem))

    def under(self, line: Line) -> None:
        """There is nothing to stand under the line."""
        self.error(line.number, "nothing can be indented here; explain the answer with > at the margin")

    def no_answer(self, line: Line) -> str:
        """Something directly under the line."""
        return "put an empty line between the line with = and what follows it"

    def finish(self) -> None:
        """Checks that there is an answer."""
        if not self.question.range and not self.malformed:
            self.report.error(self.question.heading.line, f"the answer is missing; {ADVICE}")


def bounds(text: str) -> Range:
    """The numbers that an author means. Raises ValueError, saying how to mend it."""
    if ALONE.fullmatch(text):
        low = high = value = _number(text)
    elif match := TOLERANCE.fullmatch(text):
        value, tolerance = _number(match[1]), _number(match[2])
        if tolerance < 0:
            raise ValueError(f"the tolerance {match[2]} is below zero; leave out its sign")
        low, high = value - tolerance, value + tolerance
    elif match := RANGE.fullmatch(text):
        low, high = _number(match[1]), _number(match[2])
        if low > high:
            raise ValueError(f"the range is reversed; write `= {match[2]} .. {match[1]}`")
        value = (low + high) / 2
    elif not text:
        raise ValueError(f"the number is missing; {ADVICE}")
    elif re.search(r"\d,\d", text):
        raise ValueError(f"{text[:40]!r} has a comma; write a decimal point, and nothing between thousands")
    else:
        raise ValueError(f"{text[:40]!r} is not a number; {ADVICE}, without a unit")
    if max(abs(low), abs(high)) > LARGEST:
        raise ValueError(f"{text[:40]!r} is too large; ask for it in thousands or millions")
    return Range(float(low), float(high), float(value))


def _number(text: str) -> Decimal:
    return Decimal(text.replace("−", "-"))


def typed(text: str) -> str | None:
    """What a learner typed as a response: digits and a decimal point; None when that is no number."""
    text = "".join(text.split()).replace("−", "-")
    if not TYPED.fullmatch(text):
        return None
    # Adding zero makes 0 of -0.
    return decimal(float(text.replace(",", ".")) + 0.0)


def own(text: str) -> bool:
    """Whether the line is an answer of this kind and no other."""
    match = true_false.ANSWER.match(text)
    return bool(match and re.match(r" *[-−+]?\d", match[1]))


def mark(question: Question, response: Sequence[str]) -> float:
    """1 for a number in the range, its bounds included, else 0."""
    if len(response) > 1:
        raise ValueError(f"takes one number, got {len(response)}")
    number = typed(response[0])
    if number is None:
        raise ValueError(f"takes a number, got {response[0][:40]!r}")
    assert question.range  # noqa: S101 - every numeric question has one
    return float(question.range.low <= float(number) <= question.range.high)


KIND = Kind(
    "numeric", "numeric", NumericReader, mark, MARKED, own, "= and a number answer a numeric question"
)

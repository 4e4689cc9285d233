"""From a question of a bank to a question of ours; whatever changes on the way is noted."""

import re
from collections.abc import Iterable, Sequence

from near_learn.content.entries import CannotWrite
from near_learn.content.kinds.gap import LONGEST
from near_learn.content.kinds.tolerance import simple
from near_learn.content.markdown_writer import Answer, Written, number, question
from near_learn.content.problem import Report
from near_learn.content.question import Range
from near_learn.content.sections import sections
from near_learn.content.source import LONGEST_LINE, Line
from near_learn.exchange import html_markdown
from near_learn.exchange.bank import GAP, Bank, BankAnswer, BankQuestion, Text
from near_learn.exchange.naming import Ids

LONGEST_TITLE = 300
ALMOST = 1e-4  # Moodle writes a third as 33.33333
BLOCK = re.compile(r"(?:[-*•>|]|\d+\.|```)", re.MULTILINE)
# In these kinds a list under the heading means the answers.
LISTED = frozenset({"matching", "ordering"})
GAP_TITLE = "Fill in the gap"


def written(bank: Bank, ids: Ids) -> list[tuple[BankQuestion, str]]:
    """The Markdown of every question that can be taken over; the others, and all that is lost, are noted."""
    found = []
    for asked in bank.questions:
        try:
            text = question(_Taker(bank, asked).take(ids))
            _check(text)
        except (CannotWrite, ValueError) as error:
            bank.note(asked.line, f"the question {_short(asked)} is not taken over: {error}")
        else:
            found.append((asked, text))
    return found


def _short(asked: BankQuestion) -> str:
    name = asked.name or html_markdown.plain(Text(asked.text.text[:500], asked.text.format))
    return f"“{name[:50]}”"


def _check(text: str) -> None:
    """Raises ValueError with what the checker would say about the question."""
    report = Report("")
    lines = [Line(at, each) for at, each in enumerate(f"## Text {{#t-}}\n\n{text}".split("\n"), 1)]
    found = sections([Line(1, "## Text {#text-of-questions}"), *lines[1:]], "en", report)
    if any(len(line.text) > LONGEST_LINE for line in lines):
        raise ValueError("a line of it is too long")
    for problem in report.problems:
        if problem.severity == "error":
            raise ValueError(problem.message)
    if len(found) != 1 or len(found[0].questions) != 1:
        raise ValueError("its text looks like something else in a course file; write it by hand")


class _Taker:
    """Takes one question over."""

    def __init__(self, bank: Bank, asked: BankQuestion) -> None:
        self.bank = bank
        self.asked = asked
        self.folded: list[str] = []  # feedback that has no other place than the explanation

    def say(self, message: str) -> None:
        """Notes something about this question."""
        self.bank.note(self.asked.line, f"{_short(self.asked)}: {message}")

    def take(self, ids: Ids) -> Written:
        """The question. Raises ValueError, saying why, when it cannot be held."""
        asked = self.asked
        title, stem = self.title()
        answers: tuple[Answer, ...] = ()
        truth, bounds = True, None
        if asked.kind == "choice":
            answers = self.choice()
        elif asked.kind == "true-false":
            truth = self.truth()
        elif asked.kind == "gap":
            stem = self.gaps(stem)
        elif asked.kind == "numeric":
            bounds = self.numeric()
        elif asked.kind == "matching":
            answers = tuple(
                Answer(self.line(each.text), match=self.line(each.match)) for each in asked.answers
            )
        elif asked.kind == "ordering":
            for each in asked.answers:
                self.fold(each)
            answers = tuple(Answer(self.line(each.text)) for each in asked.answers)
        explanation = "\n\n".join(filter(None, [*self.folded, self.text(asked.explanation)]))
        if self.folded:
            self.say("the feedback of single answers now stands in the explanation")
        return Written(
            id=ids.of(asked.id or asked.name or html_markdown.plain(asked.text)),
            title=title,
            kind=asked.kind,
            stem=stem,
            answers=answers,
            truth=truth,
            range=bounds,
            explanation=explanation,
            hint="\n\n".join(filter(None, (self.text(hint) for hint in asked.hints))),
            weight=self.weight(),
            fixed=asked.fixed and asked.kind == "choice",
        )

    def title(self) -> tuple[str, str]:
        """What is asked, and the text under it: the first paragraph is the heading if it can be one."""
        found = html_markdown.blocks(self.asked.text, self.say, lists=self.asked.kind not in LISTED)
        name = html_markdown.line(Text(self.asked.name, "plain"), self.say)
        if found and len(found[0]) <= LONGEST_TITLE and GAP not in found[0] and not BLOCK.match(found[0]):
            return found[0], "\n\n".join(found[1:])
        words = html_markdown.plain(self.asked.text)
        derived = not name or words.startswith(self.asked.name.removesuffix("...").strip()[:40])
        if self.asked.kind == "gap" and derived:
            return GAP_TITLE, "\n\n".join(found)
        if not name:
            name = html_markdown.line(Text(f"{words[:60]} …", "plain"), self.say) if words else ""
        return name, "\n\n".join(found)

    def choice(self) -> tuple[Answer, ...]:
        """Options; those with marks are right."""
        answers = self.asked.answers
        full = [each for each in answers if each.fraction > 1 - ALMOST]
        single = self.asked.single if self.asked.single is not None else bool(full)
        if single:
            right = full
            for each in answers:
                if 0 < each.fraction <= 1 - ALMOST:
                    self.say(
                        f"{self.short(each)} gave {each.fraction:.0%} of the marks; here it counts as wrong"
                    )
            if len(full) > 1:
                self.say("several answers gave all marks and one could be chosen; here all have to be chosen")
        else:
            right = [each for each in answers if each.fraction > ALMOST]
            if right and max(each.fraction for each in right) - min(each.fraction for each in right) > ALMOST:
                self.say("the right answers had different weights; here they count alike")
        if not right:
            raise ValueError("none of its answers is right")
        return tuple(
            Answer(self.line(each.text), any(each is one for one in right), self.text(each.feedback))
            for each in answers
        )

    def truth(self) -> bool:
        """Which of the two is right."""
        for each in self.asked.answers:
            self.fold(each)
        right = max(self.asked.answers, key=lambda each: each.fraction)
        return html_markdown.plain(right.text).casefold() == "true"

    def gaps(self, stem: str) -> str:
        """The text with its gaps; one at the end when the bank has the answers apart from the text."""
        gaps = self.asked.gaps or [self.asked.answers]
        marks = [self.gap(answers) for answers in gaps]
        if GAP not in stem:
            stem = f"{stem}\n\n{GAP}".strip()
        if stem.count(GAP) != len(marks):
            raise ValueError("one of its gaps stands where there can be none, such as in a heading or table")
        for mark in marks:
            stem = stem.replace(GAP, mark, 1)
        return stem

    def gap(self, answers: Sequence[BankAnswer]) -> str:
        """What a gap accepts."""
        accepted: list[str] = []
        for each in answers:
            self.fold(each)
            words = html_markdown.plain(Text(each.text.text, "plain"))
            if each.fraction <= ALMOST:
                if words != "*":
                    self.say(
                        f"the wrong answer {self.short(each)} is left out; every other text is wrong anyway"
                    )
                continue
            if each.fraction <= 1 - ALMOST:
                self.say(f"{self.short(each)} gave {each.fraction:.0%} of the marks; here it is not accepted")
                continue
            if "*" in words:
                self.say(f"in {self.short(each)} the * stood for any letters; it is left out")
                words = " ".join(words.replace("*", " ").split())
            if not words or re.search(r"[\[\]|`]|^_|_$", words) or len(words) > LONGEST:
                self.say(f"{self.short(each)} cannot be an answer to a gap here; it is left out")
            elif simple(words) not in {simple(other) for other in accepted}:
                accepted.append(words)
        if not accepted:
            raise ValueError("no answer to its gap is entirely right")
        return f"[[{'|'.join(accepted)}]]"

    def numeric(self) -> Range:
        """The numbers that are right."""
        for each in self.asked.answers:
            self.fold(each)
        full = [each for each in self.asked.answers if each.fraction > 1 - ALMOST and each.text.text != "*"]
        if not full:
            raise ValueError("no number is entirely right")
        for each in self.asked.answers:
            if each is not full[0] and each.fraction > ALMOST:
                self.say(
                    f"{self.short(each)} ({each.fraction:.0%} of the marks) is left out; one range is kept"
                )
        value, tolerance = _decimal(full[0].text.text), abs(full[0].tolerance)
        return Range(_near(value - tolerance), _near(value + tolerance), value)

    def weight(self) -> float:
        """How much the question counts; the checker knows the bounds."""
        if self.asked.kind == "short-answer" or self.asked.weight == 1:
            return 1.0
        weight = round(self.asked.weight, 3)
        if not 0 < weight <= 100:
            self.say(f"its weight {number(self.asked.weight)} is not taken over")
            return 1.0
        return weight

    def fold(self, answer: BankAnswer) -> None:
        """Keeps the feedback of an answer of a kind that has none for each answer."""
        text = self.text(answer.feedback)
        if text and text not in self.folded:
            self.folded.append(text)

    def text(self, text: Text) -> str:
        """Several lines of Markdown."""
        return "\n\n".join(html_markdown.blocks(text, self.say)).replace(GAP, "___")

    def line(self, text: Text) -> str:
        """One line of Markdown."""
        found = html_markdown.line(text, self.say).replace(GAP, "___")
        return found.replace("::", ":") if self.asked.kind == "matching" else found

    def short(self, answer: BankAnswer) -> str:
        """The beginning of an answer, to be named in a note."""
        return f"“{html_markdown.plain(answer.text)[:40]}”"


def _decimal(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is not a number") from error


def _near(value: float) -> float:
    """Without the dust that adding two decimal fractions leaves."""
    return round(value, 9)


def categories(questions: Iterable[BankQuestion]) -> dict[str, int]:
    """How many questions each category has, in order."""
    found: dict[str, int] = {}
    for asked in questions:
        found[asked.category] = found.get(asked.category, 0) + 1
    return found

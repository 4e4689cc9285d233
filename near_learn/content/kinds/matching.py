"""Matching: `- left :: right` a pair, and `- :: right` for a right side that fits nothing."""

import re
from collections.abc import Sequence

from near_learn.content.draft import DraftOption, DraftTarget, Prose
from near_learn.content.kinds import choice
from near_learn.content.kinds.kind import MARKED, Kind
from near_learn.content.kinds.numbering import scattered
from near_learn.content.kinds.reader import MOST, Reader
from near_learn.content.question import PAIRED, Question
from near_learn.content.source import Line

ITEM = re.compile(r"[-*+] +(\S.*)\Z")
SIDES = re.compile(r"(.*?)(?:^|(?<= )|(?<=\})):: *(.*)\Z")
OWN = re.compile(r"[-*+] +(?:\S.* )?:: +\S")


class MatchingReader(Reader):
    """Reads pairs."""

    noun = "pair"

    def begins(self, text: str) -> bool:
        """Whether the line is an item of a list."""
        return bool(ITEM.match(text)) or choice.begins(text)

    def answer(self, line: Line) -> None:
        """Reads a pair, or a right side alone."""
        match = ITEM.match(line.text)
        sides = SIDES.match(match[1]) if match else None
        if not sides:
            self.error(
                line.number, "`::` is missing; write `- left :: right`, with a space on both sides of it"
            )
            return
        left, right = sides[1].strip(), sides[2].strip()
        if not right or "::" in right.split():
            self.error(line.number, "a pair has two sides; write `- left :: right`, and every pair on a line")
            return
        target = DraftTarget(line.number, Prose([Line(line.number, right)]))
        self.question.targets.append(target)
        if left:
            self.option(line, left)

    def under(self, line: Line) -> None:
        """Feedback of a pair, or more of its right side."""
        if self.question.targets and self._distractor(self.question.targets[-1]):
            if line.text.lstrip().startswith(">"):
                self.error(
                    line.number, "a right side that fits nothing has no feedback; explain it after the pairs"
                )
                return
            self.question.targets[-1].text.lines.append(Line(line.number, line.text.strip()))
            return
        super().under(line)

    def _distractor(self, target: DraftTarget) -> bool:
        options = self.question.options
        return not options or options[-1].line != target.line

    def more(self, option: DraftOption, line: Line) -> None:
        """The right side goes on."""
        self.question.targets[-1].text.lines.append(line)

    def no_answer(self, line: Line) -> str:
        """A numbered item."""
        return "a pair is written `- left :: right`"

    def finish(self) -> None:
        """Numbers both sides, and checks that no side stands twice."""
        question = self.question
        self.count(
            len(question.options), 2, "there must be two pairs or more; add another line `- left :: right`"
        )
        if not self.malformed and len(question.targets) > MOST:
            self.report.error(
                question.heading.line, f"a question may have {MOST} right sides; leave some out"
            )
        lines: dict[str, int] = {}
        for target in question.targets:
            text = " ".join(target.text.text.split()).casefold()
            if text in lines:
                self.report.error(
                    target.line,
                    f"the right side is the same as in line {lines[text]}, so both would fit; change one",
                )
            lines.setdefault(text, target.line)
        self.noun = "left side"
        self.number_options()
        by_line = {option.line: option for option in question.options}
        for target, name in zip(
            question.targets, scattered(question.id, "t", len(question.targets)), strict=True
        ):
            target.id = name
            if target.line in by_line:
                by_line[target.line].target = name


def own(text: str) -> bool:
    """Whether the line is a pair."""
    return bool(OWN.match(text))


def mark(question: Question, response: Sequence[str]) -> float:
    """The share of the pairs that are right. A right side may be chosen twice, a left side left out."""
    targets = {target.id for target in question.targets}
    chosen: dict[str, str] = {}
    for part in response:
        left, paired, right = part.partition(PAIRED)
        choice.known(question, {left})
        if not paired or right not in targets:
            raise ValueError(f"has no right side {right!r}")
        if left in chosen:
            raise ValueError(f"takes each left side once, got {left!r} twice")
        chosen[left] = right
    return sum(question.matches[left] == right for left, right in chosen.items()) / len(question.matches)


KIND = Kind(
    "matching",
    "matching",
    MatchingReader,
    mark,
    MARKED | {"fixed"},
    own,
    "`- left :: right` makes a matching pair",
)

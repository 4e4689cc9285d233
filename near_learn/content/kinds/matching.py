"""Matching: `- left :: right` a pair, `- :: right` a side that fits nothing; pairs may share a right side."""

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
        """Numbers both sides; checks that no left side stands twice and that there is something to choose."""
        question = self.question
        self.count(
            len(question.options), 2, "there must be two pairs or more; add another line `- left :: right`"
        )
        if not self.malformed and len(question.targets) > MOST:
            self.report.error(
                question.heading.line, f"a question may have {MOST} right sides; leave some out"
            )
        self.noun = "left side"
        self.number_options()
        # Several left sides may share a right side: putting things into groups.
        groups: dict[str, list[DraftTarget]] = {}
        for target in question.targets:
            groups.setdefault(" ".join(target.text.text.split()).casefold(), []).append(target)
        by_line = {option.line: option for option in question.options}
        for same in groups.values():
            alone = [target.line for target in same if target.line not in by_line]
            if alone and len(same) > 1:
                self.report.error(
                    alone[-1], f"the right side is the same as in line {same[0].line}; change or delete one"
                )
        question.targets = [same[0] for same in groups.values()]
        for same, name in zip(groups.values(), scattered(question.id, "t", len(groups)), strict=True):
            same[0].id = name
            for target in same:
                if target.line in by_line:
                    by_line[target.line].target = name
        if not self.malformed and len(groups) == 1 < len(question.options):
            self.report.error(question.heading.line, "all right sides are the same; write at least two")


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

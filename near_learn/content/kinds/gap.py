"""Gap: a text with places to write in, `[[right|also right]]`."""

import re
from collections.abc import Iterator, Sequence

from near_learn.content.draft import DraftQuestion
from near_learn.content.kinds.kind import MARKED, Kind
from near_learn.content.kinds.reader import Foreign, Reader
from near_learn.content.kinds.tolerance import same, simple
from near_learn.content.problem import Report
from near_learn.content.question import GAP_MARK, JOINED, Gap, Question
from near_learn.content.source import Line

LONGEST = 200

# A link to [1] is written [[1]](address), and is no gap; nor is anything in `code`.
GAP = re.compile(
    r"(?P<other>(`+)(?!`).*?(?<!`)\2(?!`)|\[\[[^\[\]]*\]\]\((?:https?:|mailto:|#|\.\./|media/))|"
    r"\[\[(?P<accepted>[^\[\]]*)\]\](?!\()"
)
LINK = re.compile(r"\[\[[^\[\]]*\]\]\(")
SIGNS = re.compile(r"^[*_`]|[*_`]$|\]\(")


class GapReader(Reader):
    """Reads a text with gaps."""

    noun = "gap"

    def __init__(self, question: DraftQuestion, foreign: Foreign, report: Report) -> None:
        super().__init__(question, foreign, report)
        self.found = False  # a gap, well written or not

    def begins(self, text: str) -> bool:
        """A block quote at the margin, after a gap, ends the text; what it holds is the explanation."""
        return self.place == self.stem and self.found and text.startswith(">")

    def prose(self, line: Line) -> None:
        """Puts a mark in the place of each gap."""
        self.found = self.found or "[[" in line.text
        text = GAP.sub(
            lambda match: match[0] if match["other"] else self.gap(match["accepted"], line), line.text
        )
        if "[[" in GAP.sub("", text):
            self.error(
                line.number,
                "a gap that is followed by ( would be a link; put a space between them"
                if LINK.search(text)
                else "the gap is not closed; write `[[right]]` on one line, without other brackets in it",
            )
        if GAP_MARK in line.text:
            self.report.error(line.number, "there is an invisible character (U+E000) here; delete it")
        self.question.stem.lines.append(Line(line.number, text))

    def gap(self, inside: str, line: Line) -> str:
        """Notes what a gap accepts; the mark that stands for it."""
        accepted = [" ".join(text.split()) for text in inside.split("|")]
        seen: dict[str, str] = {}
        for text in accepted:
            if not text:
                self.error(
                    line.number, "a gap accepts nothing here; write `[[right]]` or `[[right|also right]]`"
                )
                break
            if len(text) > LONGEST:
                self.error(line.number, f"an answer to a gap may have {LONGEST} characters; shorten it")
            if SIGNS.search(text):
                self.error(
                    line.number,
                    f"the learner would have to type the signs in {text[:40]!r}; "
                    "take them out, or put them around the gap",
                )
            if simple(text) in seen:
                self.error(
                    line.number,
                    f"the gap accepts {seen[simple(text)]!r} and {text!r}, which is the same: capitals, "
                    "accents, spaces and punctuation at the end do not count; leave one out",
                )
            seen.setdefault(simple(text), text)
        self.question.gaps.append(Gap(f"g{len(self.question.gaps) + 1}", tuple(accepted)))
        return GAP_MARK

    def finish(self) -> None:
        """Checks how many gaps there are, and that the heading does not fill them."""
        heading = self.question.heading
        self.count(
            len(self.question.gaps),
            1,
            "the question has no gap; write `[[right]]` in the text under the heading",
        )
        words = re.findall(r"\w+", simple(heading.title))
        title = f" {' '.join(words)} "
        for gap in self.question.gaps:
            shown = next((text for text in gap.accepted if text and f" {simple(text)} " in title), None)
            if shown:
                self.report.warning(
                    heading.line, f"the heading holds {shown!r}, which fills a gap; ask in other words"
                )


def own(text: str) -> bool:
    """Whether there is a gap in the line."""
    return any(_gaps(text))


def _gaps(text: str) -> Iterator[str]:
    return (match[0] for match in GAP.finditer(text) if not match["other"])


def mark(question: Question, response: Sequence[str]) -> float:
    """The share of gaps that are filled with one of their texts, as far as `tolerance` forgives."""
    if len(response) != len(question.gaps):
        raise ValueError(f"takes {len(question.gaps)} texts, got {len(response)}")
    for text in response:
        if JOINED in text or len(text) > LONGEST:
            raise ValueError(f"takes texts of at most {LONGEST} characters, without {JOINED}")
    filled = [
        bool(text.strip()) and any(same(text, right) for right in gap.accepted)
        for text, gap in zip(response, question.gaps, strict=True)
    ]
    return sum(filled) / len(filled)


KIND = Kind("gap", "fill-in", GapReader, mark, MARKED, own, "[[ ]] makes a gap")

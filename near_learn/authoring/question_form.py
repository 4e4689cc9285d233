"""The question form: what a trainer filled in, read into a question that can be written as Markdown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from near_learn.content.entries import CannotWrite
from near_learn.content.markdown_writer import Answer, Written, question
from near_learn.content.question import Range

KINDS = (
    "choice",
    "true-false",
    "gap",
    "matching",
    "ordering",
    "numeric",
    "likert",
    "short-answer",
    "reflection",
)
UNGRADED = {"likert", "short-answer", "reflection"}
FEWEST_ROWS = 4
MOST_ROWS = 20
LONGEST_ID = 48
NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d{1,9})?\Z")
GAP = re.compile(r"\[\[[^\[\]]+\]\]")


class Incomplete(Exception):
    """What must still be filled in or corrected: (field, key of the page's message) pairs."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__()
        self.errors = errors


@dataclass(frozen=True)
class QuestionForm:
    """The fields of the form as they were sent."""

    kind: str
    fields: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> QuestionForm:
        """The form that was sent; a kind that does not exist becomes a choice."""
        kind = sent.get("kind", "")
        return cls(kind if kind in KINDS else KINDS[0], {name: str(text) for name, text in sent.items()})

    @property
    def rows(self) -> int:
        """How many lines for answers the form shows."""
        sent = self.fields.get("rows", "")
        number = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else FEWEST_ROWS
        return max(FEWEST_ROWS, min(MOST_ROWS, number))

    def get(self, name: str) -> str:
        """What stands in a field."""
        return self.fields.get(name, "").replace("\r\n", "\n").strip()

    def written(self, ids: Iterable[str]) -> str:
        """The question as Markdown, with an id that is none of IDS. Raises Incomplete, CannotWrite."""
        errors = dict(self._errors())
        if errors:
            raise Incomplete(errors)
        return question(
            Written(
                id=self.get("id") or free_id(self.get("title"), ids),
                title=self.get("title"),
                kind=self.kind,
                stem=self.get("stem"),
                answers=tuple(self._answers()),
                truth=self.get("truth") == "true",
                range=self._range() if self.kind == "numeric" else None,
                explanation=self.get("explanation"),
                hint=self.get("hint"),
                weight=float(_number(self.get("weight")) or 1) if self.kind not in UNGRADED else 1,
                objective=int(self.get("objective")) if self.get("objective") else None,
                see=tuple(part for part in re.split(r"[,\s]+", self.get("see")) if part),
                fixed=self.kind == "choice" and bool(self.get("fixed")),
            )
        )

    def _errors(self) -> Iterator[tuple[str, str]]:
        if not self.get("title"):
            yield "title", "title"
        if self.get("weight") and not _number(self.get("weight")):
            yield "weight", "number"
        if self.get("objective") and not re.fullmatch(r"[1-9]\d?", self.get("objective")):
            yield "objective", "objective"
        for check in (self._answers_missing, self._number_missing):
            yield from check()

    def _answers_missing(self) -> Iterator[tuple[str, str]]:
        answers = list(self._answers())
        if self.kind == "choice":
            if len(answers) < 2:
                yield "text-1", "options"
            elif not any(answer.correct for answer in answers):
                yield "right-1", "right"
        elif self.kind == "true-false" and self.get("truth") not in {"true", "false"}:
            yield "truth", "truth"
        elif self.kind == "gap" and not GAP.search(self.get("stem")):
            yield "stem", "gap"
        elif self.kind == "matching" and sum(bool(answer.text) for answer in answers) < 2:
            yield "left-1", "pairs"
        elif self.kind in {"ordering", "likert"} and len(answers) < 2:
            yield "lines", "lines"

    def _number_missing(self) -> Iterator[tuple[str, str]]:
        if self.kind != "numeric":
            return
        for name in ("value", "tolerance", "low", "high"):
            if self.get(name) and _number(self.get(name)) is None:
                yield name, "number"
                return
        one, between = self.get("value"), (self.get("low"), self.get("high"))
        if not one and not all(between):
            yield "value", "value"
        elif not one and float(_number(between[0]) or 0) > float(_number(between[1]) or 0):
            yield "low", "range"

    def _answers(self) -> Iterator[Answer]:
        if self.kind == "choice":
            for number in range(1, self.rows + 1):
                if text := self.get(f"text-{number}"):
                    right = bool(self.get(f"right-{number}"))
                    yield Answer(text, right, self.get(f"feedback-{number}"))
        elif self.kind == "matching":
            for number in range(1, self.rows + 1):
                left, match = self.get(f"left-{number}"), self.get(f"match-{number}")
                if match:
                    yield Answer(left, feedback=self.get(f"feedback-{number}") if left else "", match=match)
        elif self.kind in {"ordering", "likert"}:
            yield from (Answer(line.strip()) for line in self.get("lines").split("\n") if line.strip())

    def _range(self) -> Range:
        if self.get("value"):
            value = float(_number(self.get("value")) or 0)
            tolerance = abs(float(_number(self.get("tolerance")) or 0))
            return Range(value - tolerance, value + tolerance, value)
        low, high = (float(_number(self.get(name)) or 0) for name in ("low", "high"))
        # Not the middle: the file then says "low .. high", as the trainer did.
        return Range(low, high, (low + high) / 2)


def _number(text: str) -> str | None:
    return text.replace(",", ".") if NUMBER.match(text) else None


def free_id(title: str, taken: Iterable[str]) -> str:
    """An id made of the first words of a title, none of those TAKEN."""
    folded = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", folded)
    made = ""
    for word in words:
        if made and len(made) + len(word) >= LONGEST_ID // 2:
            break
        made = f"{made}-{word}" if made else word[:LONGEST_ID]
    made = made or "question"
    used, number, free = set(taken), 1, made
    while free in used:
        number += 1
        free = f"{made}-{number}"
    return free


__all__ = ["FEWEST_ROWS", "KINDS", "MOST_ROWS", "CannotWrite", "Incomplete", "QuestionForm", "free_id"]

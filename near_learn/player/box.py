"""A question that is answered at once, as a page shows it: in the text, or practised after a quiz."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from near_learn.content import Module, Question
from near_learn.player import review
from near_learn.player.entry import Entry
from near_learn.player.review import Review
from near_learn.player.sheet import Sheet, sheet
from near_learn.player.standing import ProgressRow
from near_learn.records.private import Kept


@dataclass(frozen=True)
class Box:
    """The question with what is filled in, the latest answer if there is one, and where its form goes."""

    sheet: Sheet
    review: Review | None
    tries: int
    action: str

    @property
    def question(self) -> Question:
        """What is asked."""
        return self.sheet.question

    @property
    def told(self) -> bool:
        """Whether the page says what is right; a question that nobody marks stays open to be changed."""
        return self.review is not None and self.review.revealed and self.question.graded


def box(
    module: Module,
    question: Question,
    registration: str,
    given: ProgressRow | None,
    kept: Kept | None,
    action: str,
    entry: Entry | None = None,
    *,
    practised_since: datetime | None = None,
) -> Box:
    """The question as it stands. ENTRY is what was sent just now, where that was no answer yet.

    PRACTISED_SINCE: earlier answers don't show, and what is right is told after any answer: it was before.
    """
    found, tries = None, given.tries if given else 0
    if given is not None and practised_since is not None:
        if given.at >= practised_since:
            found = review.of_attempt(module, question, registration, given.response, 0)
    elif given is not None and (kept or not question.private):
        found = review.of_check(module, question, registration, given.response, tries, kept)
    if entry is None:
        response = found.response if found else ()
        entry = Entry(response, shared=bool(kept and kept.shared))
    return Box(sheet(module, question, registration, 0, entry), found, tries, action)

"""The pages of a module in reading order: its sections, with the quiz where the author put it."""

from __future__ import annotations

from dataclasses import dataclass

from near_learn.content import ModuleText

QUIZ = "quiz"  # the id of the page that is the quiz; sections cannot have it


@dataclass(frozen=True)
class Page:
    """One page of a module."""

    id: str
    title: str
    number: int  # counted from 1

    @property
    def is_quiz(self) -> bool:
        return self.id == QUIZ


def pages(text: ModuleText) -> tuple[Page, ...]:
    """Every page of the module, in order."""
    titles = [(section.id, section.title) for section in text.sections]
    if text.quiz:
        titles.insert(text.quiz_position, (QUIZ, text.quiz_title))
    return tuple(Page(*titled, number) for number, titled in enumerate(titles, start=1))


def around(path: tuple[Page, ...], identifier: str) -> tuple[Page | None, Page, Page | None]:
    """The page before, the page itself and the page after; raises KeyError for an unknown id."""
    for index, page in enumerate(path):
        if page.id == identifier:
            before = path[index - 1] if index else None
            after = path[index + 1] if index + 1 < len(path) else None
            return before, page, after
    raise KeyError(identifier)

"""Where imported questions go in a module's English text: into its quiz, everything else left as it was."""

import re

from near_learn.content.draft import QUIZ
from near_learn.content.fences import Fences

SECTION = re.compile(r"## +(.*?) *\Z")
ID = re.compile(r"\{#([a-z0-9-]+)[ }]")


def into_quiz(text: str, questions: str) -> str:
    """The text with the questions at the end of its quiz, which is begun where there is none."""
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    begins = [number for number, title in _sections(lines)]
    quiz = next((number for number, title in _sections(lines) if _is_quiz(title)), None)
    if quiz is None:
        at, added = len(lines), f"## Quiz {{#{QUIZ}}}\n\n{questions}"
    else:
        at, added = next((number for number in begins if number > quiz), len(lines)), questions
    before = "".join(lines[:at]).rstrip("\r\n")
    after = "".join(lines[at:])
    middle = f"\n\n{added.strip()}\n" + ("\n" if after else "")
    return before + middle.replace("\n", ending) + after


def ids(text: str) -> set[str]:
    """Every id in braces of a text."""
    return {match[1] for match in ID.finditer(text)}


def _is_quiz(title: str) -> bool:
    found = ID.search(title)
    return found[1] == QUIZ if found else title.casefold() == QUIZ


def _sections(lines: list[str]) -> list[tuple[int, str]]:
    """The numbers, from 0, and titles of the lines that begin a section."""
    found, fences = [], Fences()
    for number, line in enumerate(lines):
        if not fences.covers(line) and (title := SECTION.match(line.rstrip("\r\n"))):
            found.append((number, title[1]))
    return found

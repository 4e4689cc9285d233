"""A small course on disk for the tests of this folder, and the cases of the files in bad/."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from near_learn.content import Library, load

BAD = Path(__file__).parent / "bad"

COURSE = """\
---
id: c
title: {en: A course, es: Un curso}
summary: {en: About it., es: Sobre ello.}
modules: [01-one, 02-other]
---
About it.
"""
FRONT = """\
---
id: m
language: en
title: Maite
summary: About Maite.
kind: skill
minutes: 40
objectives: [Listen]
version: 2
---
"""
TEXT = """
## Why {#why}

### A detail {#detail}

Text.

### Which? {#which}

- [ ] This
  > No.
- [x] That

> Explanation: because.

## Quiz {#quiz}

### What? {#what}

- [x] One
- [ ] Two
- [x] Three
"""
QUIZ = "\n\n## Quiz\n\n### What? {#what}\n\n- [x] One\n- [ ] Two\n"
ENGLISH = FRONT + TEXT
SPANISH = (
    ENGLISH.replace("language: en", "language: es")
    .replace("kind: skill\nminutes: 40\n", "")
    .replace("\nversion: 2", "\nsource_version: 2")
)
OTHER = FRONT.replace("id: m", "id: other") + "\n## Text {#text}\n\nText." + QUIZ
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'

GOOD: dict[str, str | bytes] = {
    "c/course.md": COURSE,
    "c/01-one/en.md": ENGLISH,
    "c/01-one/media/plan.svg": DRAWING,
    "c/01-one/media/list.pdf": b"%PDF-1.7",
    "c/02-other/en.md": OTHER,
}


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Puts the files into the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def library(folder: Path, **changes: str | bytes) -> Library:
    """The library of the small course with some files changed: `en`, `es`, `course`."""
    names = {"en": "c/01-one/en.md", "es": "c/01-one/es.md", "course": "c/course.md"}
    return load(write(folder, GOOD | {names[key]: content for key, content in changes.items()}))


def found(loaded: Library) -> str:
    """The problems as the checker prints them, with their severity."""
    return "".join(f"{problem.severity}: {problem}\n" for problem in loaded.problems)


class Case(NamedTuple):
    """One entry of a file in bad/."""

    name: str
    text: str
    expected: str


def cases(file: str) -> Iterator[Case]:
    """The cases of a file: a name, a dot, the text, a dot, what the checker says, a dot."""
    _, _, rest = (BAD / file).read_text("utf-8").partition("\n\n")
    while rest.strip():
        name, _, rest = rest.lstrip("\n").partition("\n.\n")
        text, _, rest = ("\n" + rest).partition("\n.\n")
        expected, _, rest = ("\n" + rest).partition("\n.\n")
        yield Case(name, text[1:], expected[1:] + "\n" if expected[1:] else "")

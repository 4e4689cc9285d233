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
# A module with a question of every kind.
KINDS_FRONT = FRONT.replace("version: 2", "version: 2\ncool_down_hours: 24\ndraw: {1: 1}")
KINDS_TEXT = """
## Why {#why}

Text.

## Quiz {#quiz}

### The gate is open. {#gate .true-false weight=2 see=why objective=1}

??? hint
    Look.

= true

### Fill in. {#fill .gap objective=1}

We [[listen|hear]], and then we [[talk]].

### What belongs together? {#pairs .matching objective=1}

- Ear :: hear
- Eye :: see
- :: smell

### In which order? {#order .ordering objective=1}

1. Listen
2. Plan

### How many? {#many .numeric objective=1}

= 12

### How sure are you? {#sure .likert}

- Not at all
- Quite
- Very

### What will you do? {#do .reflection}
"""
QUIZ = "\n\n## Quiz\n\n### What? {#what}\n\n- [x] One\n- [ ] Two\n"
ENGLISH = FRONT + TEXT
SPANISH = (
    ENGLISH.replace("language: en", "language: es")
    .replace("kind: skill\nminutes: 40\n", "")
    .replace("\nversion: 2", "\nsource_version: 2")
)
OTHER = FRONT.replace("id: m", "id: other") + "\n## Text {#text}\n\nText." + QUIZ
MP3 = b"ID3" + bytes(40)
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)
VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\nHello.\n"
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


def media_problems(folder: Path, text: str = "Text.", **files: str | bytes) -> list[str]:
    """What the checker says when these files lie in the folder media (with __ for the dot)."""
    more = {f"c/01-one/media/{name.replace('__', '.')}": data for name, data in files.items()}
    loaded = load(
        write(folder, GOOD | {"c/01-one/en.md": f"{FRONT}\n## Text {{#text}}\n\n{text}{QUIZ}"} | more)
    )
    return found(loaded).replace("c/01-one/", "").splitlines()

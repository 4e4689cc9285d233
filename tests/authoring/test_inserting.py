"""Where something new goes in a text."""

from __future__ import annotations

import pytest

from near_learn.authoring.inserting import ids, insert, sections

TEXT = """\
---
id: x
title: X
---

## Why {#why}

First paragraph,
two lines.

Second paragraph.

### Whom? {#whom}

- [ ] A
- [x] B

> Because.

## Quiz {#quiz}

### True? {#true .true-false}

= true

```
## no heading
```

## Sources {#sources}

A list.
"""
BLOCK = "### New {#new}\n\n- [x] Yes\n- [ ] No\n"


def test_sections_and_ids() -> None:
    assert [(each.id, each.title) for each in sections(TEXT)] == [
        ("why", "Why"),
        ("quiz", "Quiz"),
        ("sources", "Sources"),
    ]
    assert ids(TEXT) == {"why", "whom", "quiz", "true", "sources"}


@pytest.mark.parametrize(
    ("at", "before", "after"),
    [
        ("First", "two lines.", "Second paragraph."),
        ("two lines", "two lines.", "Second paragraph."),
        ("Second", "Second paragraph.", "### Whom? {#whom}"),
        ("- [ ] A", "> Because.", "## Quiz {#quiz}"),
        ("### Whom", "> Because.", "## Quiz {#quiz}"),
        ("= true", "```", "## Sources {#sources}"),
        ("A list", "A list.", ""),
        ("title: X", "A list.", ""),
    ],
)
def test_at_the_caret_without_tearing_anything_apart(at: str, before: str, after: str) -> None:
    changed, where = insert(TEXT, BLOCK, TEXT.index(at))
    assert changed[where:].startswith(BLOCK.strip())
    head = changed[:where].rstrip("\n").split("\n")
    tail = changed[where + len(BLOCK.strip()) :].lstrip("\n").split("\n")
    assert (head[-1], tail[0]) == (before, after)
    assert changed.replace(BLOCK.strip(), "").split() == TEXT.split()
    assert changed.endswith("\n")
    assert not changed.endswith("\n\n")


@pytest.mark.parametrize(
    ("section", "after"),
    [("why", "## Quiz {#quiz}"), ("quiz", "## Sources {#sources}"), ("sources", ""), ("nowhere", "")],
)
def test_at_the_end_of_a_section(section: str, after: str) -> None:
    changed, where = insert(TEXT, BLOCK, None, section)
    tail = changed[where + len(BLOCK.strip()) :].lstrip("\n").split("\n")
    assert tail[0] == after


@pytest.mark.parametrize("caret", [0, -5, 10**9])
def test_any_caret_will_do(caret: int) -> None:
    assert "### New {#new}" in insert(TEXT, BLOCK, caret)[0]
    assert insert("", BLOCK, caret) == (BLOCK, 0)

"""The English text beside a translation, with what has changed in it since the translation was made."""

from __future__ import annotations

from dataclasses import dataclass

from near_learn.authoring import course_file, differences, source_then
from near_learn.authoring.blueprint import history
from near_learn.authoring.differences import Row
from near_learn.authoring.place import Place
from near_learn.content.wording import version as version_of
from near_learn.content_library import releases


@dataclass(frozen=True)
class Source:
    """The English text, line by line; changed lines are marked when the old text is known."""

    rows: list[Row]
    version: int  # of the English text now
    stands_for: int  # what the translation says
    known: bool  # whether the English text of that version is kept somewhere
    changes: int  # lines that are new or gone

    @property
    def stale(self) -> bool:
        """Whether the translation is behind."""
        return self.stands_for != self.version


def source_rows(place: Place, translation: str) -> Source:
    """The English text beside this translation."""
    english = course_file.read(place.english.path).text
    version = version_of(english)
    stands_for = version_of(translation, "source_version")
    then: str | None = english
    if stands_for != version:
        then = source_then.at_version(place, stands_for, history(), releases())
    rows = differences.rows(english if then is None else then, english, whole=True)
    changes = sum(row.kind in {"added", "removed"} for row in rows)
    return Source(rows, version, stands_for, then is not None, changes)

"""Which sections of a module are read, and which are read again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from near_learn.content.course import Section
from near_learn.insight.sample import Reading


@dataclass(frozen=True)
class Read:
    """A section: how many have read it, how many of them once more, and how often in all."""

    section: Section
    readers: int
    again: int
    times: int

    @property
    def share(self) -> float:
        """Of the readers, the share that came back."""
        return self.again / self.readers if self.readers else 0.0


def read(sections: Iterable[Section], readings: Sequence[Reading]) -> list[Read]:
    """Every section, in the order of the text."""
    return [
        Read(
            section=section,
            readers=sum(section.id in each.seen for each in readings),
            again=sum(section.id in each.again for each in readings),
            times=sum(each.again.get(section.id, 0) for each in readings),
        )
        for section in sections
    ]

"""With what a tally is made. When any of it changes, everything is counted again."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from near_learn.config import Settings
from near_learn.people.region import RegionChange
from near_learn.records.progress import release

FORMAT = 2  # raise it when the same progress rows shall give other rows of the tally


@dataclass(frozen=True)
class Terms:
    """The zone of days and months, and how many persons a block has at least."""

    zone: ZoneInfo
    least: int

    @classmethod
    def of(cls, settings: Settings) -> Terms:
        """The terms of this installation."""
        return cls(ZoneInfo(settings.time_zone), settings.small_group)

    def digest(self, heirs: dict[str, str]) -> str:
        """Changes when everything must be counted again."""
        return digest([FORMAT, self.zone.key, self.least, sorted(heirs.items())])


def digest(value: object) -> str:
    """64 characters that stand for a value of lists, texts and numbers."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()


def heirs(connection: Connection) -> dict[str, str]:
    """The region of NUTS 2024 that a code of 2021 became, for codes that became exactly one."""
    changes = connection.execute(select(RegionChange.code_2021, RegionChange.code_2024)).all()
    number = Counter(old for old, _ in changes)
    return {old: new for old, new in changes if number[old] == 1}


@dataclass(frozen=True)
class Releases:
    """The modules of each (course, release), and the tests and surveys of each course."""

    modules: dict[tuple[str, str], tuple[str, ...]]
    instruments: dict[str, frozenset[str]]

    @classmethod
    def read(cls, connection: Connection) -> Releases:
        """Those that the database knows."""
        table = release.c
        rows = connection.execute(select(table.course, table.release, table.modules, table.instruments)).all()
        instruments: dict[str, frozenset[str]] = {}
        for row in rows:
            known = instruments.get(row.course, frozenset())
            instruments[row.course] = known | frozenset(row.instruments or ())
        return cls({(row.course, row.release): tuple(row.modules) for row in rows}, instruments)

    @cached_property
    def digests(self) -> dict[str, str]:
        """A digest for each release, by "course/release", and for each course that has instruments, by its
        name."""
        found = {f"{course}/{name}": digest(modules) for (course, name), modules in self.modules.items()}
        for course, names in self.instruments.items():
            if names:
                found[course] = digest(sorted(names))
        return found

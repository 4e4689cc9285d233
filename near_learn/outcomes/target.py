"""A target: what is to be reached by a day, from which baseline, measured with what; and whether it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from flask_babel import lazy_gettext
from sqlalchemy import Connection, Date, Float, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime
from near_learn.reports.reader import Reader

LONGEST_WORDS = 300


class Target(Model):
    """`region`, `organisation` and `cohort` are "" where the target is for all of them."""

    __tablename__ = "target"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    course: Mapped[str] = mapped_column(String(100), index=True)
    region: Mapped[str] = mapped_column(String(5))
    organisation: Mapped[str] = mapped_column(String(36))
    cohort: Mapped[str] = mapped_column(String(64))
    value: Mapped[float] = mapped_column(Float)  # a number of people, or per cent
    baseline: Mapped[str] = mapped_column(Text)  # in words, with its value
    instrument: Mapped[str] = mapped_column(Text)
    due: Mapped[date] = mapped_column(Date)
    set_by: Mapped[str] = mapped_column(String(36))  # an account
    set_at: Mapped[datetime] = mapped_column(UTCDateTime())


class Kind(StrEnum):
    """What is to be reached."""

    COMPLETIONS = "completions"
    RATE = "completion-rate"
    GAIN = "knowledge-gain"


NAMES = {
    Kind.COMPLETIONS: lazy_gettext("Number of people who complete the course"),
    Kind.RATE: lazy_gettext("Completion rate, per cent of the enrolled"),
    Kind.GAIN: lazy_gettext("Knowledge gain, per cent of the mean before"),
}


class State(StrEnum):
    REACHED = "reached"
    NOT_YET = "not-yet"
    MISSED = "missed"
    UNKNOWN = "unknown"  # nothing can be told


STATES = {
    State.REACHED: lazy_gettext("Reached"),
    State.NOT_YET: lazy_gettext("Not yet reached"),
    State.MISSED: lazy_gettext("Not reached"),
    State.UNKNOWN: lazy_gettext("Nothing to compare with yet"),
}
TONES = {State.REACHED: "good", State.NOT_YET: "", State.MISSED: "warm", State.UNKNOWN: ""}


@dataclass(frozen=True)
class Reached:
    """A target beside what was measured: in its own unit, with the number of people and the interval."""

    target: Target
    value: float | None = None
    n: int = 0
    low: float | None = None
    high: float | None = None
    today: date = date.max
    beyond: bool = False  # somebody is left out, because they are few

    @property
    def kind(self) -> Kind:
        return Kind(self.target.kind)

    @property
    def state(self) -> State:
        """Reached as soon as the measured value is there, whatever the interval."""
        if self.value is not None and self.value >= self.target.value:
            return State.REACHED
        if self.target.due >= self.today:
            return State.NOT_YET
        return State.UNKNOWN if self.value is None else State.MISSED

    @property
    def unsure(self) -> bool:
        """Whether the interval holds the target, so that chance could have decided."""
        return self.low is not None and self.high is not None and self.low < self.target.value < self.high


def visible(connection: Connection, reader: Reader, id_: str = "") -> list[Target]:
    """The targets that the reader may see, the earliest day first; with ID only that one."""
    query = select(Target).order_by(Target.due, Target.id)
    if id_:
        query = query.where(Target.id == id_)
    rows = connection.execute(query.with_only_columns(*Target.__table__.c)).mappings()
    found = [Target(**row) for row in rows]
    return [each for each in found if reader.sees(each.region, each.organisation)]

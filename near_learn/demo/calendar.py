"""When people learn: on weekdays at work, some evenings, few weekends, and little in August."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

WEEKEND = 0.06
AUGUST = 0.06
EVENING = 0.22
HOLIDAYS = 8
SATURDAY = 5


def session(rng: Random, day: date, zone: str) -> datetime:
    """The beginning of a session on this day, or on the next one that suits."""
    while not _suits(rng, day):
        day += timedelta(days=1)
    hour = rng.uniform(19.0, 21.5) if rng.random() < EVENING else _office_hour(rng)
    local = datetime.combine(day, time(0), ZoneInfo(zone)) + timedelta(hours=hour)
    return local.astimezone(UTC).replace(microsecond=rng.randrange(1_000_000))


def _suits(rng: Random, day: date) -> bool:
    if day.weekday() >= SATURDAY:
        return rng.random() < WEEKEND
    return day.month != HOLIDAYS or rng.random() < AUGUST


def _office_hour(rng: Random) -> float:
    """Before ten and after lunch more than at other times."""
    return rng.triangular(8.0, 12.5, 9.2) if rng.random() < 0.6 else rng.triangular(13.0, 17.0, 14.0)

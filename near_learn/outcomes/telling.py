"""Which answers of a group may be told: those of enough people, when those left are enough people too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Hidden first when one more has to be: rare answers are hidden with "not stated" rather than with others.
RARE = ("", "other")


@dataclass(frozen=True)
class Telling:
    """Persons by answer; an answer that is missing was given by nobody, or is hidden."""

    persons: Mapping[str, int]
    leavers: Mapping[str, int]


def telling(persons: Mapping[str, int], leavers: Mapping[str, int], least: int) -> Telling:
    """What may be told of a group, of which LEAVERS by answer are among PERSONS.

    Besides, everybody knows how many persons and how many leavers there are in all. So the answers that are
    hidden have, together, nobody or at least LEAST persons, and as many of those who have completed something
    and of the others.
    """
    told = {answer for answer, number in persons.items() if number >= least}
    while told and _few(least, _left(persons, told)):
        told.remove(_first_to_hide(persons, told))
    # Who has completed and who has not: of each answer that is told, and of the others together.
    both = {
        answer
        for answer in told
        if leavers.get(answer, 0) >= least and not _few(least, persons[answer] - leavers[answer])
    }
    while both and _few(least, done := _left(leavers, both), _left(persons, both) - done):
        both.remove(_first_to_hide(leavers, both))
    return Telling({answer: persons[answer] for answer in told}, {answer: leavers[answer] for answer in both})


def _few(least: int, *numbers: int) -> bool:
    return any(0 < number < least for number in numbers)


def _left(numbers: Mapping[str, int], told: set[str]) -> int:
    return sum(number for answer, number in numbers.items() if answer not in told)


def _first_to_hide(numbers: Mapping[str, int], told: set[str]) -> str:
    return min(told, key=lambda answer: (answer not in RARE, numbers[answer], answer))

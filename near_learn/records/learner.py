"""Who is learning, as far as statements may know it: an opaque account, and where it stood at the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class HasAccount(Protocol):
    """What a learner is made of; near_learn.people.person.Person has it."""

    @property
    def account(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def organisation_id(self) -> str | None: ...
    @property
    def cohort_id(self) -> str | None: ...


@dataclass(frozen=True)
class Learner:
    """No name and no address: only these fields enter a statement."""

    account: str
    language: str
    region: str
    cohort: str = ""
    nuts: str = "2024"
    organisation: str = ""

    @classmethod
    def of(cls, person: HasAccount, language: str) -> Learner:
        """The person, learning in this language."""
        return cls(
            person.account,
            language,
            person.region,
            cohort=person.cohort_id or "",
            organisation=person.organisation_id or "",
        )

"""What somebody may do with other people's data: see it, change it, and never give more than they have.

Who sees whose records of learning is decided by territory.py. Here it is decided whose data (name, address,
group) somebody looks after: an operator everybody's, a manager those of the professionals of their territory.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy import ColumnElement, and_, true

from near_learn.people import territory
from near_learn.people.organisation import Organisation
from near_learn.people.person import ORGANISATION, REGION, Cohort, Person
from near_learn.people.role import Role
from near_learn.people.territory import EVERYWHERE, Territory

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Wish:
    """What a person is to be. "" and None stand for no organisation."""

    role: str
    region: str
    organisation: str | None = None
    answers_for: str = REGION

    @classmethod
    def of(cls, person: Person) -> Wish:
        """What PERSON is now."""
        return cls(person.role, person.region, person.organisation_id, person.answers_for)


@dataclass(frozen=True)
class Rights:
    """What one writer may do. `account` is "" on the server's own command line."""

    everything: bool
    territory: Territory
    account: str = ""

    @classmethod
    def of(cls, person: Person) -> Rights:
        """The rights of PERSON."""
        return cls(person.role == Role.OPERATOR, territory.of(person), person.account)

    @classmethod
    def unlimited(cls) -> Rights:
        """The rights of whoever runs the server."""
        return cls(True, EVERYWHERE)

    # --- whose data ---

    def people(self) -> Condition:
        """The condition that the writer looks after a person."""
        if self.everything:
            return true()
        mine = self.territory.limits(Person.region.expression, Person.organisation_id.expression)
        return and_(Person.role == Role.PROFESSIONAL.value, mine)

    def over(self, person: Person) -> bool:
        """The rule of `people`, for one."""
        if self.everything:
            return True
        mine = self.territory.covers(person.region, person.organisation_id or "")
        return person.role == Role.PROFESSIONAL and mine

    def cohorts(self) -> Condition:
        """The condition that the writer looks after a group."""
        if self.everything:
            return true()
        return self.territory.limits(Cohort.region.expression, Cohort.organisation_id.expression)

    def over_cohort(self, cohort: Cohort) -> bool:
        """The rule of `cohorts`, for one."""
        return self.everything or self.territory.covers(cohort.region, cohort.organisation_id or "")

    def organisations(self) -> Condition:
        """The condition that the writer may put people and groups into an organisation: one that they
        answer for, or that is at home in the region they answer for."""
        if self.everything:
            return true()
        if self.territory.organisation:
            return Organisation.id == self.territory.organisation
        return self.territory.limits(Organisation.region.expression, Organisation.id.expression)

    def over_organisation(self, organisation: Organisation) -> bool:
        """The rule of `organisations`, for one."""
        return self.everything or self.territory.covers(organisation.region, organisation.id)

    # --- what may be given ---

    def roles(self) -> tuple[Role, ...]:
        """The roles that the writer may give."""
        return tuple(Role) if self.everything else (Role.PROFESSIONAL,)

    def refusals(
        self, wish: Wish, organisation: Organisation | None, before: Wish | None = None
    ) -> dict[str, str]:
        """Why the writer may not make somebody what WISH says: sentences by field, {} when they may.

        ORGANISATION is the one that the wish names, if it exists; BEFORE what the person is now. What stays
        as it is needs no right.
        """
        found = {}
        if not (before and before.role == wish.role) and wish.role not in self.roles():
            found["role"] = gettext("You cannot give this role.")
        if self.everything:
            return found | _incomplete(wish)
        inside = self.territory.covers(wish.region, wish.organisation or "")
        if self.territory.organisation and not inside:
            found["organisation"] = gettext("Choose the organisation that you answer for.")
        elif not inside:
            found["region"] = gettext("This region is outside your territory.")
        kept = before is not None and before.organisation == wish.organisation
        allowed = organisation is None or kept or self.over_organisation(organisation)
        if not allowed and "organisation" not in found:
            found["organisation"] = gettext("This organisation is outside your territory.")
        return found | _incomplete(wish)

    def cohort_refusals(self, region: str, organisation: Organisation | None) -> dict[str, str]:
        """Why the writer may not make a group of this region and organisation; {} when they may."""
        group = Wish(Role.PROFESSIONAL, region, organisation.id if organisation else None)
        return self.refusals(group, organisation)


def _incomplete(wish: Wish) -> dict[str, str]:
    if wish.answers_for == ORGANISATION and not wish.organisation:
        return {"organisation": gettext("Choose the organisation that this person answers for.")}
    return {}

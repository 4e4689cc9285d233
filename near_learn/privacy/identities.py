"""By what statements may know a person, and the fresh accounts that take the place of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Table, func, select

from near_learn.db import Base
from near_learn.people.person import Person
from xapi.terms import identity

IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")


@dataclass
class Identities:
    """One person, as statements of ours and of outside clients may name them.

    `fresh` holds, for each identity that was met, the account that is to stand in its place: one for each, so
    that whoever counts persons counts as many as before.
    """

    base: str
    account: str
    email: str
    name: str
    elsewhere: frozenset[tuple[str, str]] = frozenset()  # (issuer, subject) at sign-in providers
    fresh: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection, person: Person, base: str) -> Identities:
        """The identities of PERSON. `base` is the address of this installation."""
        table = Base.metadata.tables.get("identity")
        found = _elsewhere(connection, table, person.id) if table is not None else frozenset()
        made = cls(base, person.account, person.email, person.name, found)
        made.stand_in(made.first)
        return made

    @property
    def first(self) -> str:
        """The identity under which this installation records the person."""
        return self.of_account(self.base, self.account)

    @property
    def known(self) -> list[str]:
        """Every identity that can be told without looking at statements, and those that were met in them."""
        elsewhere = [self.of_account(issuer, subject) for issuer, subject in sorted(self.elsewhere)]
        found = [self.first, f"mbox\0mailto:{self.email}", f"mbox_sha1sum\0{self.sha1}", *elsewhere]
        return [*found, *(one for one in self.fresh if one not in found)]

    @property
    def sha1(self) -> str:
        """The digest that xAPI clients may send in place of the address (1.0.3 Part 2, 2.4.2.3)."""
        return sha1(f"mailto:{self.email}".encode(), usedforsecurity=False).hexdigest()

    @staticmethod
    def of_account(home: str, name: str) -> str:
        """The identity of an account, as xapi.terms.identity has it."""
        return f"account\0{home}\0{name}"

    def are(self, agent: Mapping[str, Any]) -> bool:
        """Whether an agent of a statement is this person."""
        if "mbox" in agent:
            return _lower(agent["mbox"]) == f"mailto:{self.email}"
        if "mbox_sha1sum" in agent:
            return _lower(agent["mbox_sha1sum"]) == self.sha1
        account = agent.get("account")
        if not isinstance(account, dict):
            return False
        home, name = account.get("homePage"), account.get("name")
        own = (home, name) == (self.base, self.account) or (home, name) in self.elsewhere
        return own or _lower(name) == self.email

    def stand_in(self, one: str) -> str:
        """The fresh account in the place of an identity."""
        return self.fresh.setdefault(one, str(uuid4()))

    def replaced(self, agent: Mapping[str, Any]) -> dict[str, Any]:
        """The agent under a fresh account and without its name."""
        kept = {key: value for key, value in agent.items() if key not in (*IDENTIFIERS, "name")}
        account = self.stand_in(identity(agent) or "")
        return kept | {"account": {"homePage": self.base, "name": account}}

    def actors(self) -> list[str]:
        """How rows that are derived from statements name the person: see near_learn.records.event.account."""
        return [self.account if one == self.first else sha256(one.encode()).hexdigest() for one in self.known]

    @property
    def address(self) -> re.Pattern[str]:
        """What finds the e-mail address in a text, and not as a part of a longer one."""
        return re.compile(r"(?<![\w.+%-])" + re.escape(self.email) + r"(?![\w-])(?!\.\w)", re.IGNORECASE)

    @property
    def full_name(self) -> re.Pattern[str] | None:
        """What finds the name in a text; None for a single word, which may mean anything."""
        words = self.name.split()
        if len(words) < 2:
            return None
        return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, words)) + r"(?!\w)", re.IGNORECASE)

    def needles(self) -> Iterator[str]:
        """What to look for in the texts of all statements: as it is, and as JSON may write it."""
        for one in (self.account, self.email, self.name if self.full_name else ""):
            if one:
                escaped = json.dumps(one)[1:-1]
                yield from dict.fromkeys((one, escaped, re.sub(r"\\u....", _upper, escaped)))

    def name_is_theirs(self, connection: Connection) -> bool:
        """Whether the name stands for this person alone: two words or more, and nobody else's here."""
        same = select(func.count()).select_from(Person).where(func.lower(Person.name) == self.name.lower())
        return self.full_name is not None and (connection.scalar(same) or 0) <= 1


def _elsewhere(connection: Connection, table: Table, person_id: int) -> frozenset[tuple[str, str]]:
    query = select(table.c.issuer, table.c.subject).where(table.c.person_id == person_id)
    return frozenset((row.issuer, row.subject) for row in connection.execute(query))


def _lower(value: object) -> str:
    return value.lower() if isinstance(value, str) else ""


def _upper(match: re.Match[str]) -> str:
    return "\\u" + match[0][2:].upper()

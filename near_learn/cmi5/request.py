"""What a request of the API asks for, as values that need no more checking."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from near_learn.cmi5 import remote
from near_learn.cmi5.archive import Limits
from near_learn.cmi5.wording import MODES
from near_learn.db import db
from near_learn.people.person import Person
from near_learn.people.region import Region
from near_learn.records import recorder
from xapi import grammar, validate
from xapi.errors import XAPIError

LONGEST_REASON = 1000
LONGEST_ADDRESS = 2000


class Wrong(Exception):
    """The request cannot be used; `problems` names every reason."""

    def __init__(self, problems: Collection[str]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(self.problems))


@dataclass(frozen=True)
class Asked:
    """For whom a unit is to be launched, and how. Either `person` or `actor` says who."""

    person: Person | None
    actor: Mapping[str, Any]
    mode: str
    registration: str | None
    return_url: str
    language: str
    region: str


def read_launch(content: bytes) -> Asked:
    """What a launch asks for. Raises Wrong with every problem."""
    known = ("person", "actor", "mode", "registration", "return_url", "language", "region")
    value = _object(content, known)
    problems: list[str] = []
    person, actor = _who(value, problems)
    mode = value.get("mode", "Normal")
    if mode not in MODES:
        problems.append(f"mode: expected one of {', '.join(MODES)}, got {mode!r}")
    registration = value.get("registration")
    if registration is not None:
        _good(grammar.uuid, registration, "registration", problems)
    language = value.get("language", "")
    if language != "":
        _good(grammar.language, language, "language", problems)
        if len(str(language)) > 35:
            problems.append("language: expected at most 35 characters")
    region = value.get("region", "")
    if region and (not isinstance(region, str) or not _is_region(region)):
        problems.append(f"region: expected a NUTS code, got {region!r}")
    return_url = value.get("return_url", "")
    if not _is_web(return_url):
        problems.append(f"return_url: expected an address that begins with http, got {return_url!r}")
    if problems:
        raise Wrong(problems)
    registration = None if registration is None else registration.lower()
    return Asked(person, actor, mode, registration, return_url, language, region)


def read_reason(content: bytes) -> str:
    """Why a unit is waived (9.5.5.2). Raises Wrong."""
    reason = _object(content, ("reason",)).get("reason")
    if not isinstance(reason, str) or not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise Wrong([f"reason: expected a text of 1 to {LONGEST_REASON} characters"])
    return reason.strip()


def read_address(content: bytes, target: Path, limits: Limits, *, private: bool) -> None:
    """Fetches the package from the address that the request names. Raises Wrong or structure.Refused."""
    address = _object(content, ("address",)).get("address")
    if not isinstance(address, str) or not 0 < len(address) <= LONGEST_ADDRESS:
        raise Wrong(["address: expected where the package is"])
    remote.fetch(address, target, limits, private=private)


def _object(content: bytes, known: Collection[str]) -> dict[str, Any]:
    """The JSON object, which has no other members than KNOWN. Nothing in it may hold NUL."""
    try:
        value = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        raise Wrong(["expected a JSON object"]) from None
    if not isinstance(value, dict) or "\\u0000" in json.dumps(value):
        raise Wrong(["expected a JSON object without NUL characters"])
    unknown = [
        f"{name}: there is nothing of this name; there are {', '.join(known)}"
        for name in value
        if name not in known
    ]
    if unknown:
        raise Wrong(unknown)
    return value


def _who(value: Mapping[str, Any], problems: list[str]) -> tuple[Person | None, Mapping[str, Any]]:
    """The person of ours, or the account of somebody elsewhere."""
    account, actor = value.get("person"), value.get("actor")
    if (account is None) == (actor is None):
        problems.append("expected either person, an account of this installation, or actor, one of another")
        return None, {}
    base = recorder().iris.base
    if actor is not None:
        try:
            validate.identified(actor)
        except XAPIError as error:
            problems.append(f"actor: {error}")
            return None, {}
        if "account" not in actor or actor.get("objectType", "Agent") != "Agent":
            problems.append("actor: expected an Agent with an account (cmi5 9.2)")
            return None, {}
        if actor["account"]["homePage"] != base:
            return None, actor
        account = actor["account"]["name"]
    query = select(Person).where(Person.account == account) if isinstance(account, str) else None
    person = None if query is None else db.session.scalar(query)
    if person is None or not person.active:
        problems.append(f"person: nobody here has the account {account!r}")
        return None, {}
    return person, {}


def _is_region(code: str) -> bool:
    return db.session.scalar(select(Region.code).where(Region.code == code)) is not None


def _is_web(address: object) -> bool:
    if address == "":
        return True
    if not isinstance(address, str) or len(address) > LONGEST_ADDRESS or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and " " not in address


def _good(check: Any, value: object, name: str, problems: list[str]) -> None:
    try:
        check(value)
    except XAPIError as error:
        problems.append(f"{name}: {error.message}")

"""What follows the first proof of who somebody is: the question for the second factor, or their page."""

from __future__ import annotations

import time
from dataclasses import dataclass
from hashlib import sha256

from flask import redirect, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from near_learn.db import db
from near_learn.people import access, second_factor, session
from near_learn.people.person import Person

HALF_WAY = "half_way"
SECONDS = 600


@dataclass(frozen=True)
class HalfWay:
    """Somebody who has given the password and not yet the second factor, and the page they wanted."""

    person: Person
    wanted: str | None


def arrive(person: Person, wanted: str | None, *, strong: bool = False) -> Response:
    """Signs in, or asks for the second factor first. `strong`: the provider has asked for one already."""
    if not strong and second_factor.state(db.session.connection(), person.id):
        session.start_afresh()
        at = int(time.time())
        cookie[HALF_WAY] = {"person": person.id, "at": at, "next": wanted or "", "mark": _mark(person)}
        return redirect(url_for("people.second_step"))
    session.begin(person, strong=strong)
    return redirect(wanted or access.home(person))


def half_way() -> HalfWay | None:
    """Who has given a password in this browser a moment ago; None when nobody, or it has changed since."""
    kept = cookie.get(HALF_WAY)
    if not isinstance(kept, dict) or not time.time() - kept.get("at", 0) < SECONDS:
        return None
    person = db.session.get(Person, kept["person"])
    if person is None or not person.active or kept["mark"] != _mark(person):
        return None
    return HalfWay(person, access.local(kept["next"]))


def _mark(person: Person) -> str:
    return sha256((person.password_hash or "").encode()).hexdigest()[:16]

"""Launching a unit (cmi5 8, 10, 11): what must be in place before, and the address that leads to it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import uuid4

from sqlalchemy import Connection, Row, insert, update

from near_learn.cmi5 import rules, satisfaction, session, wording
from near_learn.cmi5.course import Imported
from near_learn.cmi5.session import Enrolled
from near_learn.cmi5.structure import Unit
from near_learn.cmi5.system import System, Voice
from near_learn.people.secret import hashed
from near_learn.records.event import account
from near_learn.records.learner import Learner
from near_learn.records.recorder import Recorder
from xapi import terms
from xapi.sql import documents, lock
from xapi.sql.documents import Holder

LASTS = timedelta(hours=12)
ENDPOINT = "/xapi"


class LaunchError(Exception):
    """The unit cannot be launched like this; the text says why."""


@dataclass(frozen=True)
class Taker:
    """For whom a unit is launched: as statements name them, and where they belong."""

    actor: Mapping[str, Any]
    account: str  # as in the progress rows
    language: str
    extensions: Mapping[str, str]

    @classmethod
    def of(cls, learner: Learner, made: Recorder) -> Taker:
        """Somebody of this installation."""
        told = {
            "region": learner.region,
            "nuts": learner.nuts if learner.region else "",
            "organisation": learner.organisation,
            "cohort": learner.cohort,
        }
        return cls(
            {"objectType": "Agent", **made.builder.agent(learner.account)},
            learner.account,
            learner.language,
            {made.iris.term(name): value for name, value in told.items() if value},
        )

    @classmethod
    def elsewhere(cls, actor: Mapping[str, Any], system: System, language: str, region: str) -> Taker:
        """Somebody of another portal, by the account they have there (9.2)."""
        known = {"region": region, "nuts": "2024" if region else ""}
        extensions = {system.iris.term(name): value for name, value in known.items() if value}
        named = {"objectType": "Agent", "account": dict(actor["account"])}
        return cls(named, account(named, system.iris), language, extensions)


@dataclass(frozen=True)
class Launched:
    """An address that launches a unit, once."""

    address: str
    session: str
    registration: str


def enrol(
    connection: Connection,
    system: System,
    course: Imported,
    taker: Taker,
    now: datetime,
    registration: str | None = None,
) -> Enrolled:
    """The taker's registration in the course: the one that is named, the latest, or a new one.

    9.6.1: what counts as satisfied from the beginning is said now. Raises LaunchError for a registration of
    somebody else or of another course.
    """
    lock.take(connection)
    if registration is None:
        found = session.latest(connection, taker.account, course.id)
    else:
        found = session.enrolled(connection, registration)
        if found is not None and (found.account != taker.account or found.course != course.id):
            raise LaunchError("the registration is somebody else's, or one in another course")
    if found is not None:
        return found
    made = Enrolled(
        registration or str(uuid4()),
        course.id,
        taker.account,
        taker.actor,
        taker.language,
        {**taker.extensions, system.iris.term("release"): course.release},
        (),
    )
    row = {**vars(made), "agent": json.dumps(made.actor), "satisfied": [], "created_at": now}
    del row["actor"]
    connection.execute(insert(session.registrations), [row])
    satisfaction.settle(connection, Voice(system, made, course), str(uuid4()), now)
    return made


def launch(
    connection: Connection,
    system: System,
    course: Imported,
    unit: Unit,
    enrolled: Enrolled,
    now: datetime,
    *,
    mode: str = "Normal",
    return_url: str = "",
) -> Launched:
    """Puts everything in place and gives the address (8.1), in the caller's write transaction.

    9.3.6: sessions of the registration that are still open are abandoned first.
    """
    lock.take(connection)
    voice = Voice(system, enrolled, course)
    for earlier in session.open_in(connection, enrolled.registration):
        abandon(connection, voice, earlier, now)
    id_, secret = str(uuid4()), secrets.token_urlsafe(32)
    connection.execute(insert(session.sessions), [_row(id_, enrolled, unit, mode, secret, now)])
    template = context_template(enrolled, unit, id_)
    activity = system.activity(course.id, unit)
    _prepare(connection, enrolled, activity, launch_data(unit, mode, template, return_url))
    bare = _address(system, course, unit)
    told = {
        wording.LAUNCH_MODE: mode,
        wording.LAUNCH_URL: bare,
        wording.MOVE_ON: unit.move_on,
        wording.MASTERY_SCORE: unit.mastery_score,
        wording.LAUNCH_PARAMETERS: unit.launch_parameters,
    }
    told = {iri: value for iri, value in told.items() if value is not None}
    system.save(connection, [voice.launched(unit, id_, now, told)])
    parameters = {
        "endpoint": system.settings.base_url + ENDPOINT,
        "fetch": f"{system.settings.base_url}/cmi5/fetch/{secret}",
        "actor": json.dumps(enrolled.actor, separators=(",", ":")),
        "registration": enrolled.registration,
        "activityId": activity,
    }
    return Launched(_with(bare, parameters), id_, enrolled.registration)


def context_template(enrolled: Enrolled, unit: Unit, session_id: str) -> dict[str, Any]:
    """10.2.1. Our own extensions travel with it, so that every statement says where it belongs."""
    return {
        "contextActivities": {"grouping": [{"objectType": "Activity", "id": unit.publisher_id}]},
        "extensions": {
            wording.SESSION_ID: session_id,
            **enrolled.extensions,
            wording.MOVE_ON: unit.move_on,
        },
    }


def launch_data(unit: Unit, mode: str, template: Mapping[str, Any], return_url: str) -> dict[str, Any]:
    """10.2: the LMS.LaunchData document."""
    optional = {
        "masteryScore": unit.mastery_score,
        "launchParameters": unit.launch_parameters,
        "entitlementKey": None if unit.entitlement_key is None else {"courseStructure": unit.entitlement_key},
        "returnURL": return_url or None,
    }
    given = {name: value for name, value in optional.items() if value is not None}
    return {"contextTemplate": template, "launchMode": mode, "moveOn": unit.move_on, **given}


def abandon(connection: Connection, voice: Voice, row: Row[Any], now: datetime) -> None:
    """9.3.6: ends a session from our side; what it lasted is told (9.5.4.2)."""
    unit = voice.course.structure.unit(row.unit)
    lasted = (row.last_at or row.launched_at) - row.launched_at
    voice.system.save(connection, [voice.abandoned(unit, row.id, now, rules.lasting(lasted))])
    ended = {"ended_at": now, "abandoned": True}
    connection.execute(update(session.sessions).where(session.sessions.c.id == row.id).values(ended))


def waive(connection: Connection, voice: Voice, unit: Unit, reason: str, now: datetime) -> None:
    """9.3.7: the unit need not be taken, for REASON. Raises LaunchError when its moveOn is met already."""
    lock.take(connection)
    registration = voice.enrolled.registration
    standing = session.standings(connection, registration).get(unit.id, satisfaction.NOTHING)
    if standing.meets(unit.move_on):
        raise LaunchError("the unit is satisfied or waived already")
    id_ = str(uuid4())
    voice.system.save(connection, [voice.waived(unit, id_, now, reason)])
    satisfaction.note(connection, registration, unit.id, "waived_at", now)
    satisfaction.settle(connection, voice, id_, now)


def _row(id_: str, enrolled: Enrolled, unit: Unit, mode: str, secret: str, now: datetime) -> dict[str, Any]:
    return {
        "id": id_,
        "registration": enrolled.registration,
        "unit": unit.id,
        "mode": mode,
        "mastery_score": unit.mastery_score,
        "fetch_hash": hashed(secret, machine_made=True),
        "token_hash": "",
        "launched_at": now,
        "expires_at": now + LASTS,
        "preferences_read": False,
        "said": [],
        "last_at": None,
        "last_statement": "",
        "ended_at": None,
        "abandoned": False,
    }


def _prepare(connection: Connection, enrolled: Enrolled, activity: str, data: Mapping[str, Any]) -> None:
    """10.1 and 11.0: the documents that the unit reads first. Preferences that there are stay."""
    agent = str(terms.identity(enrolled.actor))
    state = Holder("state", activity, agent, enrolled.registration)
    _put(connection, state, wording.LAUNCH_DATA, data)
    profile = Holder("agent", agent=agent)
    if documents.get(connection, profile, wording.PREFERENCES) is None:
        preferences = {"languagePreference": enrolled.language or "en", "audioPreference": "on"}
        _put(connection, profile, wording.PREFERENCES, preferences)


def _put(connection: Connection, holder: Holder, name: str, value: Mapping[str, Any]) -> None:
    documents.lock(connection, holder, name)
    content = json.dumps(value, ensure_ascii=False).encode()
    documents.put(connection, holder, name, "application/json", content)


def _address(system: System, course: Imported, unit: Unit) -> str:
    """9.6.3.4: where the unit is, without what a launch adds."""
    return urljoin(f"{system.origin}/cmi5/content/{course.key}/", unit.url)


def _with(address: str, parameters: Mapping[str, str]) -> str:
    """8.1, 13.1.4: the parameters after those that the address has."""
    parts = urlsplit(address)
    query = "&".join(part for part in (parts.query, urlencode(parameters)) if part)
    return parts._replace(query=query).geturl()

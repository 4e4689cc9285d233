"""The rules of one session (cmi5 6.3, 9.3): what its unit may say now, after what it has said before."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from near_learn.cmi5 import course, rules, satisfaction, session, wording
from near_learn.cmi5.launch import context_template
from near_learn.cmi5.rules import Given, refusal
from near_learn.cmi5.session import KEY, Standing
from near_learn.cmi5.system import Voice, system
from near_learn.cmi5.wording import COMPLETED, FAILED, INITIALIZED, PASSED, TERMINATED
from near_learn.db import db, writing
from near_learn.people.secret import hashed
from xapi import grammar, scopes
from xapi.errors import XAPIError
from xapi.grammar import instant
from xapi.message import JSON
from xapi.scopes import Principal
from xapi.sql import lock
from xapi.sql.chunks import chunks
from xapi.sql.tables import statement as stored_statements
from xapi.store import Record, Saved

# No voiding (6.3) and no definitions: what activities are called is for those to say whose they are.
MAY = frozenset({scopes.WRITE, scopes.READ, scopes.STATE, scopes.PROFILE})
# Once it has ended, a session may only repeat its last request, whose answer may have been lost.
MAY_REPEAT = frozenset({scopes.WRITE})
AUDIO = ("on", "off")


def authenticate(key: str, secret: str) -> Principal | None:
    """Who has this token now: the unit of a session that is on (8.2.1), or None."""
    with db.engine.connect() as connection:
        row = session.find(connection, key.removeprefix(KEY))
        if row is None or not row.token_hash or row.abandoned or row.expires_at <= datetime.now(UTC):
            return None
        if not hmac.compare_digest(row.token_hash, hashed(secret, machine_made=True)):
            return None
        enrolled = session.enrolled(connection, row.registration)
        found = None if enrolled is None else course.find(connection, enrolled.course)
    if enrolled is None or found is None or found.deleted_at is not None:
        return None
    one = system()
    return Principal(
        scopes=MAY if row.ended_at is None else MAY_REPEAT,
        authority=one.units,
        actor=enrolled.actor,
        registration=enrolled.registration,
        name=row.registration,
        guard=SessionGuard(Voice(one, enrolled, found), row),
    )


@dataclass
class SessionGuard:
    """The guard of one request. Its own view of the session is read again under the write lock."""

    voice: Voice
    row: Row[Any]
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def given(self) -> Given:
        """What the session was launched with."""
        unit = self.voice.course.structure.unit(self.row.unit)
        template = context_template(self.voice.enrolled, unit, self.row.id)
        return Given(
            session=self.row.id,
            activity=self.voice.system.activity(self.voice.course.id, unit),
            publisher_id=unit.publisher_id,
            mode=self.row.mode,
            mastery_score=self.row.mastery_score,
            extensions=template["extensions"],
        )

    def received(self, statement: Mapping[str, Any]) -> None:
        """What can be judged by the statement alone."""
        rules.check(statement, self.given)

    def storing(self, connection: Connection, records: Sequence[Record]) -> None:
        """What follows from the statements before, in the order of their timestamps (9.3)."""
        lock.take(connection)
        found = session.find(connection, self.row.id)
        if found is None or found.abandoned:
            raise refusal("9.3.6: the session was abandoned")
        new = _new(connection, records)
        if found.ended_at is not None:
            if not new and found.last_statement in {record.id for record in records}:
                return
            raise refusal("9.3.8: the session is terminated")
        if not new:
            return
        if not found.preferences_read:
            raise refusal(f"11.0: expected {wording.PREFERENCES} to be read first")
        self._hear(connection, found, new)

    def stored(self, connection: Connection, saved: Saved) -> None:
        """9.3.9: what they satisfy is said at once, in the same transaction."""
        if saved.new:
            satisfaction.settle(connection, self.voice, self.row.id, self.now)

    def document(
        self, resource: str, method: str, name: str | None, content_type: str, content: bytes
    ) -> None:
        """10.2.1: the launch data is read only. 11: preferences are what cmi5 says, and are read first."""
        reading = method in ("GET", "HEAD")
        if resource == "state" and not reading and name in (None, wording.LAUNCH_DATA):
            raise refusal(f"10.2.1: {wording.LAUNCH_DATA} may not be changed", "stateId")
        if resource != "agent" or name != wording.PREFERENCES:
            return
        if not reading:
            _check_preferences(method, content_type, content)
        elif not self.row.preferences_read:
            with writing() as connection:
                table = session.sessions
                connection.execute(
                    update(table).where(table.c.id == self.row.id).values(preferences_read=True)
                )

    def _hear(self, connection: Connection, found: Row[Any], records: Sequence[Record]) -> None:
        enrolled, unit = self.voice.enrolled, self.row.unit
        before = session.standings(connection, enrolled.registration).get(unit, satisfaction.NOTHING)
        memory = Memory(list(found.said), before)
        last = found.last_statement
        for record in sorted(records, key=lambda one: instant(one.statement["timestamp"])):
            verb = record.statement["verb"]["id"] if rules.defined(record.statement) else ""
            memory.hear(verb)
            if verb in (COMPLETED, PASSED):
                what = "completed_at" if verb == COMPLETED else "passed_at"
                satisfaction.note(connection, enrolled.registration, unit, what, self.now)
            elif verb == TERMINATED:
                last = record.id
        ended = self.now if last else None
        values = {"said": memory.said, "last_at": self.now, "last_statement": last, "ended_at": ended}
        table = session.sessions
        connection.execute(update(table).where(table.c.id == self.row.id).values(values))


@dataclass
class Memory:
    """What has been said in the session, and in the registration of the same unit."""

    said: list[str]
    before: Standing

    def hear(self, verb: str) -> None:
        """One more statement, "" for an allowed one. XAPIError 403 when it may not come now (9.3)."""
        if TERMINATED in self.said:
            raise refusal("9.3: `terminated` must be the last statement", "verb.id")
        if not self.said and verb != INITIALIZED:
            raise refusal("9.3: `initialized` must be the first statement", "verb.id")
        if not verb:
            return
        if verb in self.said:
            raise refusal("9.3: this verb was used in the session already", "verb.id")
        if verb in (PASSED, FAILED) and {PASSED, FAILED} & set(self.said):
            raise refusal("9.3: the session was judged already", "verb.id")
        if verb == COMPLETED and self.before.completed:
            raise refusal("9.3: the unit was completed in this registration already", "verb.id")
        if verb in (PASSED, FAILED) and self.before.passed:
            raise refusal("9.3: the unit was passed in this registration already", "verb.id")
        self.said.append(verb)


def _new(connection: Connection, records: Sequence[Record]) -> list[Record]:
    """Those that are not stored yet: a request that is sent again is answered as the first time."""
    known: set[str] = set()
    for some in chunks([record.id for record in records]):
        column = stored_statements.c.id
        known |= set(connection.scalars(select(column).where(column.in_(some))))
    return [record for record in records if record.id not in known]


def _check_preferences(method: str, content_type: str, content: bytes) -> None:
    """11.1, 11.2: an object with languages in the order in which they are preferred, and audio on or off."""
    if method == "DELETE":
        raise refusal("11.0: expected preferences to be kept", "profileId")
    if content_type.partition(";")[0].strip().lower() != JSON:
        raise refusal("11.0: expected a JSON document", "Content-Type")
    try:
        value = json.loads(content)
    except ValueError:
        raise refusal("11.0: expected a JSON document") from None
    if not isinstance(value, dict) or value.get("audioPreference") not in AUDIO:
        raise refusal("11.2: expected audioPreference on or off", "audioPreference")
    languages = value.get("languagePreference")
    try:
        for tag in str(languages if isinstance(languages, str) else "").split(","):
            grammar.language(tag.strip())
    except XAPIError:
        raise refusal("11.1: expected language tags with commas between", "languagePreference") from None

"""What the system itself says about units, blocks and courses (cmi5 9.3), as statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Connection

from near_learn.cmi5 import wording
from near_learn.cmi5.course import Imported
from near_learn.cmi5.session import Enrolled
from near_learn.cmi5.structure import Block, Structure, Texts, Unit
from near_learn.config import Settings
from near_learn.records import recorder
from near_learn.records.iris import Iris
from xapi import grammar
from xapi.errors import XAPIError
from xapi.lrs import LRS

Json = dict[str, Any]

UNITS = "cmi5-units"
NAMES = {
    wording.LAUNCHED: "launched",
    wording.ABANDONED: "abandoned",
    wording.WAIVED: "waived",
    wording.SATISFIED: "satisfied",
}


@dataclass(frozen=True)
class System:
    """The record store, the addresses that grow from this installation, and who states what it states."""

    lrs: LRS
    iris: Iris
    authority: Mapping[str, Any]
    units: Mapping[str, Any]
    """The authority of what units store: they are not ours to answer for."""
    settings: Settings

    @property
    def origin(self) -> str:
        """Where the files of courses are served: a site of their own, if there is one."""
        return self.settings.package_origin or self.settings.base_url

    def save(self, connection: Connection, statements: Sequence[Json]) -> None:
        """Stores them in the caller's write transaction; the progress rows follow."""
        if statements:
            self.lrs.save(connection, statements, authority=self.authority)

    def activity(self, course: str, unit: Unit) -> str:
        """8.1.5: our id of the unit, the same at every launch, and never the publisher's."""
        return self.iris.module(course, unit.id)

    def block(self, course: str, block: Block) -> str:
        """9.4: our id of the block."""
        return f"{self.iris.course(course)}/blocks/{block.id}"


def system() -> System:
    """That of the current application."""
    made = recorder()
    return System(
        current_app.extensions["lrs"],
        made.iris,
        made.builder.system,
        {"objectType": "Agent", **made.builder.agent(UNITS)},
        current_app.extensions["settings"],
    )


@dataclass(frozen=True)
class Voice:
    """What the statements about one registration have in common."""

    system: System
    enrolled: Enrolled
    course: Imported

    def launched(self, unit: Unit, session: str, at: datetime, launch: Mapping[str, Any]) -> Json:
        """9.3.1; LAUNCH: the extensions of 9.6.3."""
        return self._of_unit(wording.LAUNCHED, unit, session, at, extensions=launch)

    def abandoned(self, unit: Unit, session: str, at: datetime, duration: str) -> Json:
        """9.3.6, 9.5.4.2."""
        return self._of_unit(wording.ABANDONED, unit, session, at, result={"duration": duration})

    def waived(self, unit: Unit, session: str, at: datetime, reason: str) -> Json:
        """9.3.7, 9.5.5.2."""
        result = {"success": True, "completion": True, "extensions": {wording.REASON: reason}}
        return self._of_unit(wording.WAIVED, unit, session, at, result=result)

    def satisfied(self, what: Block | Structure, session: str, at: datetime) -> Json:
        """9.3.9: of a block or of the whole course."""
        if isinstance(what, Block):
            target, kind = self.system.block(self.course.id, what), wording.BLOCK
        else:
            target, kind = self.system.iris.course(self.course.id), wording.COURSE
        thing = _activity(target, kind, what.title, what.description)
        return self._statement(wording.SATISFIED, thing, what.publisher_id, session, at)

    def _of_unit(self, verb: str, unit: Unit, session: str, at: datetime, **more: Any) -> Json:
        target = self.system.activity(self.course.id, unit)
        thing = _activity(target, unit.activity_type, unit.title, unit.description)
        return self._statement(verb, thing, unit.publisher_id, session, at, **more)

    def _statement(
        self,
        verb: str,
        target: Json,
        publisher_id: str,
        session: str,
        at: datetime,
        *,
        result: Json | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> Json:
        category = [{"id": wording.CATEGORY}]
        if result and "success" in result:
            category.append({"id": wording.MOVE_ON_CATEGORY})
        context: Json = {
            "registration": self.enrolled.registration,
            "contextActivities": {"category": category, "grouping": [{"id": publisher_id}]},
            "extensions": {wording.SESSION_ID: session, **self.enrolled.extensions, **(extensions or {})},
        }
        if self.enrolled.language:
            context["language"] = self.enrolled.language
        made: Json = {
            "actor": self.enrolled.actor,
            "verb": {"id": verb, "display": {"en": NAMES[verb]}},
            "object": target,
            "context": context,
            "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        return made | ({"result": result} if result else {})


def _activity(iri: str, kind: str, title: Texts, description: Texts) -> Json:
    definition: Json = {}
    if kind and _good(grammar.iri, kind):
        definition["type"] = kind
    for name, texts in (("name", title), ("description", description)):
        if known := {tag: text for tag, text in texts.items() if _good(grammar.language, tag)}:
            definition[name] = known
    return {"objectType": "Activity", "id": iri, "definition": definition}


def _good(check: Any, value: str) -> bool:
    try:
        check(value)
    except XAPIError:
        return False
    return True

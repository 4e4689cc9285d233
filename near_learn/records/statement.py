"""Learning events as xAPI statements. No name and no e-mail address ever comes near this module."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import tincan
from tincan.conversions.iso8601 import jsonify_timedelta

from near_learn.records.activity import Activities, Json, bare
from near_learn.records.iris import Iris
from near_learn.records.learner import Learner
from near_learn.records.terms import VERBS
from xapi.part import Part

PLATFORM = "NEAR Learn"
SYSTEM = "near-learn"


@dataclass(frozen=True)
class Occasion:
    """What the statements of one step share: who, in which registration and release, where, and when.

    No registration ("") is for what people do who have not enrolled: they can be at a meeting all the same.
    """

    actor: Json
    registration: str
    release: str
    at: datetime
    language: str = ""
    region: str = ""
    nuts: str = ""
    organisation: str = ""
    cohort: str = ""
    # The contexts of its statements, each made once.
    contexts: dict[tuple[tuple[str, ...], int], Json] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )


@dataclass(frozen=True)
class Score:
    """Points: `scaled` from 0 to 1, `raw` out of `most`. No `success` where there is nothing to pass."""

    scaled: float
    raw: float
    most: float
    success: bool | None = None


class Where(NamedTuple):
    """What the contexts of many statements have in common; hashable, so that each is made once."""

    registration: str
    language: str
    extensions: tuple[tuple[str, object], ...]
    within: tuple[str, ...]


class Builder:
    """Builds statements, with tincan, as JSON objects that are ready to be saved."""

    def __init__(self, iris: Iris) -> None:
        self.iris = iris
        self.activities = Activities(iris)

    def agent(self, account: str) -> Json:
        """A person of this installation, known to statements by the account name alone."""
        return _account(self.iris.base, account)

    @cached_property
    def system(self) -> Json:
        """The authority of what the application itself records."""
        return self.agent(SYSTEM)

    def occasion(self, learner: Learner, registration: str, release: str, at: datetime) -> Occasion:
        """What a step of this learner's has in common."""
        return Occasion(
            actor=self.agent(learner.account),
            registration=registration,
            release=release,
            at=at,
            language=learner.language,
            region=learner.region,
            nuts=learner.nuts if learner.region else "",
            organisation=learner.organisation,
            cohort=learner.cohort,
        )

    def statement(
        self,
        verb: str,
        occasion: Occasion,
        activity: Json,
        *,
        within: tuple[str, ...] = (),
        result: Json | None = None,
        attempt: int = 0,
    ) -> dict[str, Any]:
        """One statement. `within`: the IRIs of the activity's parent and of what that is in, inside out."""
        context = occasion.contexts.get((within, attempt))
        if context is None:
            context = _context(self._where(occasion, within, attempt))
            occasion.contexts[within, attempt] = context
        # These have been through tincan, once: it would take most of the time to do that for each statement.
        return {
            "actor": occasion.actor,
            **({} if result is None else {"result": result}),
            "verb": _stated(verb),
            "timestamp": occasion.at.isoformat(),
            "object": activity,
            "context": context,
        }

    def _where(self, occasion: Occasion, within: tuple[str, ...], attempt: int) -> Where:
        stated = {
            "region": occasion.region,
            "nuts": occasion.nuts,
            "release": occasion.release,
            "organisation": occasion.organisation,
            "cohort": occasion.cohort,
            "attempt": attempt,
        }
        extensions = tuple((self.iris.term(name), value) for name, value in stated.items() if value)
        return Where(occasion.registration, occasion.language, extensions, within)

    def voiding(
        self, statement_id: str, at: datetime, *, account: str = SYSTEM, reason: str = ""
    ) -> dict[str, Any]:
        """The withdrawal of a statement, by the system or by the person with this account, and why."""
        made = tincan.Statement(
            actor=_agent(self.agent(account)),
            verb=_verb("voided"),
            # As an instance: from a dictionary tincan makes an Activity.
            object=tincan.StatementRef(id=statement_id),
            result=tincan.Result(response=reason) if reason else None,
            timestamp=at,
            version=None,
        )
        value: dict[str, Any] = made.as_version("1.0.3")
        return value

    def share(self, share: float) -> dict[str, object]:
        """The extension that says how much of a module has been seen."""
        return {self.iris.term("progress"): round(share, 4)}

    def bookmark(self, section: str, share: float) -> Json:
        """How far somebody is: the section just read, and the share of the module seen so far."""
        return {"extensions": {self.iris.term("section"): section, **self.share(share)}}


def told(
    score: Score | None,
    *,
    response: str | None = None,
    seconds: float | None = None,
    extensions: Mapping[str, object] | None = None,
) -> Json | None:
    """The result of an answer (with its response) or of a quiz; None when there is nothing to tell.

    As tincan has it, which takes ten times as long for each.
    """
    found = {
        "score": score and _points(score),
        "success": score.success if score else None,
        "duration": None if seconds is None else lasting(seconds),
        "extensions": extensions or None,
        "response": response,
    }
    return {name: part for name, part in found.items() if part is not None} or None


def _points(score: Score) -> Json:
    points = {"scaled": score.scaled, "raw": score.raw, "min": 0.0, "max": score.most}
    return {name: round(float(value), 6) for name, value in points.items()}


def done(seconds: float | None) -> Json:
    """The result of something completed."""
    return {"completion": True} | ({} if seconds is None else lasted(seconds))


def lasted(seconds: float) -> dict[str, str]:
    """The result of something that is over, whatever came of it."""
    return {"duration": lasting(seconds)}


def lasting(seconds: float) -> str:
    """A duration; statements carry hundredths of a second (1.0.3 Part 2, 4.6)."""
    return _duration(round(max(0.0, seconds), 2))


@lru_cache(maxsize=1024)
def _duration(seconds: float) -> str:
    lasted: str = jsonify_timedelta(timedelta(seconds=seconds))
    return lasted


@lru_cache(maxsize=256)
def _account(home_page: str, name: str) -> Part:
    made = tincan.Agent(account=tincan.AgentAccount(home_page=home_page, name=name))
    return Part(made.as_version("1.0.3"))


def _agent(actor: Json) -> tincan.Agent:
    return _agent_once(json.dumps(actor, sort_keys=True))


@lru_cache(maxsize=1024)
def _agent_once(actor: str) -> tincan.Agent:
    return tincan.Agent(json.loads(actor))


@lru_cache(maxsize=len(VERBS))
def _verb(name: str) -> tincan.Verb:
    return tincan.Verb(id=VERBS[name], display=tincan.LanguageMap({"en": name}))


@lru_cache(maxsize=len(VERBS))
def _stated(name: str) -> Part:
    return Part(_verb(name).as_version("1.0.3"))


@lru_cache(maxsize=256)
def _context(where: Where) -> Json:
    """The context, of which only the registration is another for each of many people."""
    shared = _shared_context(where._replace(registration=""))
    return Part({"registration": where.registration, **shared} if where.registration else dict(shared))


@lru_cache(maxsize=1024)
def _shared_context(where: Where) -> Json:
    surroundings = None
    if where.within:
        surroundings = tincan.ContextActivities(
            parent=[tincan.Activity(bare(where.within[0]))],
            grouping=[tincan.Activity(bare(iri)) for iri in where.within[1:]] or None,
        )
    context: Json = tincan.Context(
        language=where.language or None,
        platform=PLATFORM,
        context_activities=surroundings,
        extensions=tincan.Extensions(where.extensions) if where.extensions else None,
    ).as_version("1.0.3")
    return context

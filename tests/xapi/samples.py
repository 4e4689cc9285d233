"""Statements to begin from: the smallest one, and one that uses each property there is."""

from __future__ import annotations

import copy
from typing import Any

AGENT = {"objectType": "Agent", "name": "Ane", "mbox": "mailto:ane@example.com"}
GROUP = {
    "objectType": "Group",
    "name": "Team",
    "member": [{"account": {"homePage": "https://lms.example", "name": "7"}}],
}
ACTIVITY: dict[str, Any] = {
    "objectType": "Activity",
    "id": "http://example.com/course",
    "definition": {
        "name": {"en": "Course", "es": "Curso"},
        "description": {"en": "A course", "es": "Un curso"},
        "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
        "moreInfo": "http://example.com/more",
        "interactionType": "choice",
        "correctResponsesPattern": ["a[,]b"],
        "choices": [
            {"id": "a", "description": {"en": "One", "es": "Uno"}},
            {"id": "b", "description": {"en": "Two"}},
        ],
        "extensions": {"http://example.com/ext": {"anything": [None, 1]}},
    },
}
REFERENCE = {"objectType": "StatementRef", "id": "8f87ccde-bb56-4c2e-ab83-44982ef22df0"}
SHA2 = "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a"
ATTACHMENT = {
    "usageType": "http://example.com/usage",
    "display": {"en": "A file"},
    "description": {"en": "A file that is attached"},
    "contentType": "text/plain; charset=utf-8",
    "length": 27,
    "sha2": SHA2,
    "fileUrl": "https://files.example/1",
}
CONTEXT = {
    "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
    "instructor": AGENT,
    "team": GROUP,
    "contextActivities": {"parent": [ACTIVITY], "grouping": {"id": "http://example.com/g"}, "other": []},
    "revision": "3",
    "platform": "web",
    "language": "en-GB",
    "statement": REFERENCE,
    "extensions": {"http://example.com/ext": None},
}
CONTEXT_ACTORS = {
    "contextAgents": [
        {"objectType": "contextAgent", "agent": AGENT, "relevantTypes": ["http://example.com/coach"]}
    ],
    "contextGroups": [
        {"objectType": "contextGroup", "group": GROUP, "relevantTypes": ["http://example.com/class"]}
    ],
}
RESULT = {
    "score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10},
    "success": True,
    "completion": False,
    "response": "a[,]b",
    "duration": "PT1H0M0.1S",
    "extensions": {"http://example.com/ext": 1},
}


def small() -> dict[str, Any]:
    """The smallest statement."""
    return copy.deepcopy(
        {
            "actor": AGENT,
            "verb": {"id": "http://example.com/did"},
            "object": {"id": "http://example.com/course"},
        }
    )


def full(*, context_actors: bool = False) -> dict[str, Any]:
    """A statement with each property there is; with those that only 2.0 has if wanted."""
    context = {**CONTEXT, **(CONTEXT_ACTORS if context_actors else {})}
    body = {
        "actor": GROUP,
        "verb": {"id": "http://example.com/did", "display": {"en": "did", "es": "hizo"}},
        "object": ACTIVITY,
        "result": RESULT,
        "context": context,
        "timestamp": "2015-12-18T12:17:00.123Z",
        "attachments": [ATTACHMENT],
    }
    return copy.deepcopy(
        {
            **body,
            "id": "12345678-1234-5678-1234-567812345678",
            "object": ACTIVITY,
            "stored": "2015-12-18T12:17:01.123Z",
            "authority": AGENT,
            "version": "1.0.0",
        }
    )


def nested(*, context_actors: bool = False) -> dict[str, Any]:
    """A statement about a SubStatement that uses each property that a SubStatement can have."""
    whole = full(context_actors=context_actors)
    inner = {name: whole[name] for name in whole if name not in ("id", "stored", "authority", "version")}
    return {**small(), "object": {"objectType": "SubStatement", **inner}}


def changed(value: Any, place: str, new: Any) -> Any:
    """A copy of the value with something else at a place such as `actor.member.0.mbox`.

    `...` takes the place out.
    """
    found = copy.deepcopy(value)
    target = found
    *way, last = place.split(".")
    for step in way:
        target = target[int(step) if isinstance(target, list) else step]
    key = int(last) if isinstance(target, list) else last
    if new is ...:
        del target[key]
    else:
        target[key] = new
    return found

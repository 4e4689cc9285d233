"""What one statement says about learning here. The boundary: after it, nothing needs checking again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from near_learn.records.iris import Iris, Place
from near_learn.records.terms import VERBS
from xapi.grammar import instant
from xapi.part import once
from xapi.terms import identity

Json = Mapping[str, Any]

OTHER_VERBS = {
    "http://adlnet.gov/expapi/verbs/launched": "launched",
    "https://w3id.org/xapi/adl/verbs/abandoned": "abandoned",
    "https://w3id.org/xapi/adl/verbs/waived": "waived",
}
NAMES = {iri: name for name, iri in VERBS.items()} | OTHER_VERBS

# cmi5's own word for how far somebody is, in percent: packages played elsewhere use it.
CMI5_PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"

# In an imported course only what is cmi5 defined counts (cmi5 7.1.3), and its launch data says what
# completes a unit (13.1.4, moveOn).
CMI5_CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
CMI5_MOVE_ON = "https://w3id.org/xapi/cmi5/context/extensions/moveon"
BY_PASSING = frozenset({"Passed", "CompletedOrPassed"})

# A clock may run ahead a little; a day or more is wrong, and would keep a registration active for ever.
AHEAD = timedelta(days=1)

LONGEST_RESPONSE = 5000
_SHORT = 100  # of what is remembered
_IN_CONTEXT = ("release", "region", "nuts", "organisation", "cohort", "attempt")
_NOTHING: Json = {}
MOST_ATTEMPTS = 10_000
_ACCOUNT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_REGION = re.compile(r"[A-Z]{2}[0-9A-Z]{0,3}")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_NUTS = re.compile(r"\d{4}")
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{2,35}")
_DURATION = re.compile(
    r"P(?:(?P<years>[\d.]+)Y)?(?:(?P<months>[\d.]+)M)?(?:(?P<weeks>[\d.]+)W)?(?:(?P<days>[\d.]+)D)?"
    r"(?:T(?:(?P<hours>[\d.]+)H)?(?:(?P<minutes>[\d.]+)M)?(?:(?P<seconds>[\d.]+)S)?)?"
)
_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}


class Event(msgspec.Struct, frozen=True, gc=False):
    """One statement about a course of ours. "" and None stand for what is not stated, or not usable."""

    id: str
    actor: str
    verb: str  # the name in terms.py, "" for any other verb
    place: Place
    at: datetime
    registration: str
    language: str = ""
    release: str = ""
    region: str = ""
    nuts: str = ""
    organisation: str = ""
    cohort: str = ""
    attempt: int | None = None
    section: str = ""
    progress: float | None = None
    scaled: float | None = None
    raw: float | None = None
    max: float | None = None
    success: bool | None = None
    response: str = ""
    seconds: float | None = None
    settles: bool = False  # it completes its place of an imported course without saying `completed`


def read(
    statement: Json,
    iris: Iris,
    *,
    known_place: Callable[[Place], bool],
    known_region: Callable[[str], bool],
) -> Event | None:
    """The event that a valid statement tells of; None when it is about no registration in a course of ours.

    Its time is the one that the statement states: see `in_time`. Whatever an outside client puts into our
    extensions, the answer is an event or None: values of the wrong kind count as not stated.
    """
    context, target = statement.get("context", _NOTHING), statement["object"]
    if "registration" not in context or target.get("objectType", "Activity") != "Activity":
        return None
    place = iris.place(target["id"]) or _published(context, iris)
    if place is None or not known_place(place):
        return None
    ours = _ours(iris)
    actor = ours.whose(statement["actor"])
    if not actor:
        return None
    about = ours.about(context)
    if about.region and not known_region(about.region):
        about = about._replace(region="")
    verb = NAMES.get(statement["verb"]["id"], "")
    if place.imported and not _defined(context):
        verb = ""
    told = (statement["id"].lower(), actor, verb, place, instant(statement["timestamp"]), *about)
    settles = place.imported and _settles(verb, context)
    result = statement.get("result")
    if not result:
        return Event(*told, settles=settles)
    score, extensions = result.get("score"), result.get("extensions")
    return Event(
        *told,
        section=_text(extensions.get(ours.section), _ID) if extensions else "",
        progress=_progress(extensions, ours.progress) if extensions else None,
        scaled=scaled(score) if score else None,
        raw=_number(score.get("raw")) if score else None,
        max=_number(score.get("max")) if score else None,
        success=result.get("success"),
        response=result.get("response", "")[:LONGEST_RESPONSE],
        seconds=seconds(result.get("duration")),
        settles=settles,
    )


class _About(NamedTuple):
    """What a context says, the same for many statements, in the order in which events have it."""

    registration: str
    language: str
    release: str
    region: str
    nuts: str
    organisation: str
    cohort: str
    attempt: int | None


class _Ours(NamedTuple):
    """How an installation is read: what contexts and actors say, each once, and its terms in results."""

    about: Callable[[Json], _About]
    whose: Callable[[Json], str]
    """The account; "" for a group and for nobody."""
    section: str
    progress: str


@lru_cache(maxsize=8)
def _ours(iris: Iris) -> _Ours:
    release, region, nuts, organisation, cohort, attempt = map(iris.term, _IN_CONTEXT)

    @once
    def about(context: Json) -> _About:
        stated = context.get("extensions", _NOTHING).get
        return _About(
            registration=context["registration"].lower(),
            language=_text(context.get("language"), _LANGUAGE),
            release=_text(stated(release), _WORD),
            region=_text(stated(region), _REGION),
            nuts=_text(stated(nuts), _NUTS),
            organisation=_text(stated(organisation), _WORD),
            cohort=_text(stated(cohort), _WORD),
            attempt=_whole(stated(attempt)),
        )

    @once
    def whose(actor: Json) -> str:
        nobody = actor.get("objectType") == "Group" or identity(actor) is None
        return "" if nobody else account(actor, iris)

    return _Ours(about, whose, iris.term("section"), iris.term("progress"))


def _defined(context: Json) -> bool:
    """Whether a statement with this context is cmi5 defined (cmi5 9.6.2.1)."""
    return any(one.get("id") == CMI5_CATEGORY for one in _listed(context, "category"))


def _listed(context: Json, role: str) -> list[Json]:
    """The context activities in this role; a single one may stand without a list."""
    found = context.get("contextActivities", {}).get(role, [])
    return found if isinstance(found, list) else [found]


def _published(context: Json, iris: Iris) -> Place | None:
    """The unit of ours that was taken on another platform, which gave it an id of its own: the publisher's id
    stands in `grouping` (cmi5 9.6.2)."""
    if not _defined(context):
        return None
    places = (iris.place(one.get("id")) for one in _listed(context, "grouping"))
    return next((place for place in places if place and place.module and not place.imported), None)


def _settles(verb: str, context: Json) -> bool:
    """Whether it completes a unit by its moveOn, or the whole course."""
    if verb == "passed":
        return context.get("extensions", {}).get(CMI5_MOVE_ON) in BY_PASSING
    return verb == "satisfied"


def account(actor: Json, iris: Iris) -> str:
    """The account name of a person of this installation, a SHA-256 of the identifier of anybody else."""
    own = actor.get("account", {})
    if own.get("homePage") == iris.base and _ACCOUNT.fullmatch(own["name"]):
        return str(own["name"])
    return sha256((identity(actor) or "").encode()).hexdigest()


def in_time(event: Event, stored: datetime) -> Event:
    """The event; if its time lies in the future of when it was stored, as of then."""
    return event if event.at <= stored or event.at < stored + AHEAD else replace(event, at=stored)


def _progress(extensions: Json, ours: str) -> float | None:
    """The share seen, 0 to 1, by our extension or else by cmi5's."""
    own = _number(extensions.get(ours))
    if own is None:
        percent = _number(extensions.get(CMI5_PROGRESS))
        own = None if percent is None else percent / 100
    return own if own is not None and 0 <= own <= 1 else None


def scaled(score: Json) -> float | None:
    """The score from 0 to 1: as stated, or raw between min (0 if not stated) and max. Below 0 counts as 0."""
    stated = _number(score.get("scaled"))
    if stated is not None:
        return max(0.0, stated)
    raw, low, high = _number(score.get("raw")), _number(score.get("min")) or 0.0, _number(score.get("max"))
    if raw is None or high is None or high <= low:
        return None
    return min(1.0, max(0.0, (raw - low) / (high - low)))


def seconds(duration: str | None) -> float | None:
    """The length of a duration; None when not stated or, having months or years, of no fixed length."""
    return (_length if len(duration) <= _SHORT else _length.__wrapped__)(duration) if duration else None


@lru_cache(maxsize=1024)
def _length(duration: str) -> float | None:
    found = _DURATION.fullmatch(duration.replace(",", "."))
    if found is None or found["years"] or found["months"]:
        return None
    try:
        total = sum(float(found[unit] or 0) * length for unit, length in _SECONDS.items())
    except ValueError:
        return None
    return _number(total)


def _text(value: object, pattern: re.Pattern[str]) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""


def _whole(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    usable = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_ATTEMPTS
    return value if usable and isinstance(value, int) else None


def _number(value: object) -> float | None:
    """A finite number of a size that means something; true and false are none."""
    if type(value) is not float and type(value) is not int:
        return None
    return float(value) if abs(value) < 1e15 else None

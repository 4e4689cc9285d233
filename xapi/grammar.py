"""The formats of single values: IRI, UUID, timestamp, duration, language tag …, each beside its clause.

Each function returns None for a good value and raises XAPIError(400) for any other. No pattern nests
repetitions, so the time is linear in the value.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from xapi.errors import expected

# RFC 3987 2.2, best effort as 1.0.3 Data 2.2 allows: a scheme, something behind it, only the characters that
# an IRI may hold, percent signs only before two hex digits, at most one fragment.
_IRI_RUN: Final = r"[^\x00-\x20\x7f-\x9f\"<>\\^`{|}%#\ud800-\udfff]*"
_IRI_TEXT: Final = rf"{_IRI_RUN}(?:%[0-9A-Fa-f]{{2}}{_IRI_RUN})*"
_IRI: Final = re.compile(rf"[A-Za-z][A-Za-z0-9+.\-]*:(?=[^#]){_IRI_TEXT}(?:#{_IRI_TEXT})?")
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")
_MAILTO: Final = re.compile(r"mailto:[^@\s\x00-\x1f<>]+@[^@\s\x00-\x1f<>]+")
_SHA1: Final = re.compile(r"[0-9A-Fa-f]{40}")
_SHA2: Final = re.compile(r"(?:[0-9A-Fa-f]{56}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128})")
_DURATION: Final = re.compile(
    r"P(?=[0-9T])(?:[0-9]+(?:[.,][0-9]+)?W"
    r"|(?:[0-9]+(?:[.,][0-9]+)?Y)?(?:[0-9]+(?:[.,][0-9]+)?M)?(?:[0-9]+(?:[.,][0-9]+)?D)?"
    r"(?:T(?=[0-9])(?:[0-9]+(?:[.,][0-9]+)?H)?(?:[0-9]+(?:[.,][0-9]+)?M)?(?:[0-9]+(?:[.,][0-9]+)?S)?)?)"
)
_FRACTION_BEFORE_END: Final = re.compile(r"[.,][0-9]+[A-Z].*[0-9]")
# RFC 3339 5.6, which also allows t and z in lower case.
_RFC3339: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}):([0-9]{2}(?:\.[0-9]+)?)([Zz]|[+-][0-9]{2}:[0-5][0-9])"
)
# ISO 8601:2004 4.3.2 with calendar dates, extended or basic: parts may be left out from the right, the
# offset too, and a comma may stand for the point.
_ISO8601: Final = re.compile(
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}(?::[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?)?"
    r"(?:Z|[+-][0-9]{2}(?::?[0-5][0-9])?)?"
    r"|[0-9]{8}T[0-9]{2}(?:[0-9]{2}(?:[0-9]{2}(?:[.,][0-9]+)?)?)?(?:Z|[+-][0-9]{2}(?:[0-5][0-9])?)?)"
)
_MINUS_ZERO: Final = re.compile(r"-00(?::?00)?$")
_LEAP_SECOND: Final = re.compile(r"(T[0-9]{2}:?[0-9]{2}:?)60")
# RFC 5646 2.1: langtag or privateuse; the irregular grandfathered tags stand in a list of their own.
_LANGUAGE: Final = re.compile(
    r"(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})"
    r"(?:-[a-z]{4})?"
    r"(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"(?P<extensions>(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*)"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+)",
    re.IGNORECASE | re.ASCII,
)
_GRANDFATHERED: Final = frozenset(
    {
        *("en-gb-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux", "i-mingo"),
        *("i-navajo", "i-pwn", "i-tao", "i-tay", "i-tsu", "sgn-be-fr", "sgn-be-nl", "sgn-ch-de"),
        *("art-lojban", "cel-gaulish", "no-bok", "no-nyn", "zh-guoyu", "zh-hakka", "zh-min", "zh-min-nan"),
        "zh-xiang",
    }
)
_USUAL: Final = frozenset({"en", "en-US", "en-GB", "und"})
_COMMON_LANGUAGE: Final = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z]{2})?")
# RFC 2045 5.1 and RFC 9110 8.3.1: type "/" subtype, then parameters.
_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - an HTTP token, not a secret
_QUOTED: Final = r"\"(?:[^\"\\\x00-\x1f]|\\[^\x00-\x1f])*\""
_MEDIA_TYPE: Final = re.compile(
    rf"{_TOKEN}/{_TOKEN}(?:[ \t]*;[ \t]*{_TOKEN}=(?:{_TOKEN}|{_QUOTED}))*[ \t]*;?"
)
# Semantic Versioning 1.0.0: a pre-release is written directly behind the patch.
_VERSION: Final = re.compile(r"([0-9]+\.[0-9]+)(?:\.[0-9]+[0-9A-Za-z-]*)?")


# The same IRIs come again and again. Long ones are not kept: they would fill the memory.
_SHORT: Final = 300


@lru_cache(maxsize=8192)
def _is_iri(text: str) -> bool:
    return _IRI.fullmatch(text) is not None


def iri(value: Any) -> None:
    """An IRI with a scheme (1.0.3 Data 2.2 and 4.3, RFC 3987)."""
    if not isinstance(value, str) or not (_is_iri if len(value) <= _SHORT else _IRI.fullmatch)(value):
        raise expected("an IRI with a scheme", value)


def uuid(value: Any) -> None:
    """A UUID in the standard string form (1.0.3 Data 4.4).

    RFC 4122's variant is recommended only, and the specification's own example has another one, so each
    combination of hex digits will do.
    """
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise expected("a UUID", value)


def mailto(value: Any) -> None:
    """`mailto:` and an e-mail address (1.0.3 Data 2.4.2.3)."""
    if not isinstance(value, str) or not _MAILTO.fullmatch(value):
        raise expected("a mailto: IRI", value)


def sha1sum(value: Any) -> None:
    """The hex-encoded SHA-1 of a mailto IRI (1.0.3 Data 2.4.2.3)."""
    if not isinstance(value, str) or not _SHA1.fullmatch(value):
        raise expected("40 hex digits", value)


def sha2(value: Any) -> None:
    """The hex-encoded SHA-2 of an attachment: 224, 256, 384 or 512 bits (1.0.3 Data 2.4.11)."""
    if not isinstance(value, str) or not _SHA2.fullmatch(value):
        raise expected("a SHA-2 hash as 56, 64, 96 or 128 hex digits", value)


def duration(value: Any) -> None:
    """A duration in the format of ISO 8601:2004 4.4.3.2; weeks stand alone (1.0.3 Data 4.6)."""
    if not isinstance(value, str) or not _DURATION.fullmatch(value) or _FRACTION_BEFORE_END.search(value):
        raise expected("an ISO 8601 duration such as PT1H30M", value)


def language(value: Any) -> None:
    """A well-formed language tag (1.0.3 Data 2.2, RFC 5646 2.1 and 2.2.9): no variant or singleton twice."""
    if isinstance(value, str):
        if value in _USUAL or _COMMON_LANGUAGE.fullmatch(value):
            return
        if found := _LANGUAGE.fullmatch(value):
            variants = (found["variants"] or "").lower().split("-")
            singletons = [part for part in (found["extensions"] or "").lower().split("-") if len(part) == 1]
            if len(set(variants)) == len(variants) and len(set(singletons)) == len(singletons):
                return
        if value.lower() in _GRANDFATHERED:
            return
    raise expected("a language tag by RFC 5646", value)


def media_type(value: Any) -> None:
    """An Internet media type, with or without parameters (1.0.3 Data 2.4.11)."""
    if not isinstance(value, str) or not _MEDIA_TYPE.fullmatch(value):
        raise expected("a media type such as text/plain", value)


def version(value: Any, families: tuple[str, ...]) -> None:
    """A version number whose first two parts are one of `families` (1.0.3 Data 2.4.10)."""
    found = _VERSION.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[1] not in families:
        raise expected(" or ".join(f"{family}.x" for family in families), value)


def timestamp(value: Any) -> None:
    """A point in time by ISO 8601, the offset optional but never -00 (1.0.3 Data 4.5)."""
    if not isinstance(value, str):
        raise expected("a timestamp by ISO 8601", value)
    instant(value)


def strict_timestamp(value: Any) -> None:
    """A point in time by RFC 3339, so with an offset, never -00:00 (9274.1.1 5.2.7)."""
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise expected("a timestamp by RFC 3339", value)
    instant(value)


def instant(text: str) -> datetime:
    """The point in time that a timestamp names, in UTC; without an offset it is read as UTC.

    What is finer than a microsecond is cut off. A leap second is the second before it once more, because
    datetime has no room for it. Raises XAPIError 400 when it is no timestamp by ISO 8601.
    """
    return _instant(text) if len(text) <= _SHORT else _parsed(text)


def _parsed(text: str) -> datetime:
    if not (_RFC3339.fullmatch(text) or _ISO8601.fullmatch(text)):
        raise expected("a timestamp by ISO 8601", text)
    if _MINUS_ZERO.search(text):
        raise expected("an offset other than -00:00", text)
    try:
        upper = text.upper()
        moment = datetime.fromisoformat(_LEAP_SECOND.sub(r"\g<1>59", upper) if "60" in upper else upper)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise expected("an existing date and time", text) from None


# A statement's timestamp is read once to check it and once for what it says.
_instant = lru_cache(maxsize=1024)(_parsed)


def in_utc(text: str) -> str:
    """A timestamp by RFC 3339 as the same point in time in UTC, its seconds digit for digit (9274.1.1 4.2.7).

    Any other valid timestamp stays as it is: without an offset there is nothing to convert.
    """
    found = _RFC3339.fullmatch(text)
    if found is None or found[3] == "Z":
        return text
    minute, second, offset = found.groups()
    moment = datetime.fromisoformat(f"{minute.upper()}{offset.upper()}").astimezone(UTC)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='minutes')}:{second}Z"

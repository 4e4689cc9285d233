"""How long a question took: the time its page was made, signed into the form so that nobody can invent it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

# Longer than this is a page left open, not thinking. Records count a pause between two events likewise.
LONGEST_SECONDS = 15 * 60.0
ONE_DAY = 24 * 60 * 60


def start(module: str, question: str) -> str:
    """The hidden field of a form that shows QUESTION now."""
    return str(_serializer().dumps([current_user.account, module, question]))


def seconds(token: str, module: str, question: str) -> float | None:
    """Seconds since `start`, at most LONGEST_SECONDS.

    None when the token is missing, older than a day, or not one that we gave to this person for this
    question: the answer then counts without a duration, for nobody should lose work over a clock.
    """
    try:
        subject, started = _serializer().loads(token, max_age=ONE_DAY, return_timestamp=True)
    except BadSignature:
        return None
    if subject != [current_user.account, module, question]:
        return None
    elapsed: float = (datetime.now(UTC) - started).total_seconds()
    return min(max(elapsed, 0.0), LONGEST_SECONDS)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="near_learn.player.stopwatch")

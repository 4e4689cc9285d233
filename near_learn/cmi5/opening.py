"""The address at which a unit gets its token, once (cmi5 8.2)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from flask import Response, request

from near_learn.cmi5 import session
from near_learn.cmi5.blueprint import open_blueprint
from near_learn.db import writing

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Authorization, X-Experience-API-Version",
    "Access-Control-Max-Age": "86400",
    "Cache-Control": "no-store",
}
USED, UNKNOWN = "1", "2"  # 8.2.3.2


@open_blueprint.route("/fetch/<secret>", methods=["POST", "OPTIONS"], provide_automatic_options=False)
def fetch(secret: str) -> Response:
    """The token, or what is wrong; both with the status 200 (8.2.1)."""
    if request.method == "OPTIONS":
        return Response(status=204, headers=CORS)
    try:
        with writing() as connection:
            token = session.fetched(connection, secret, datetime.now(UTC))
    except LookupError:
        return _error(UNKNOWN, "This is the address of no launch.")
    if token is None:
        return _error(USED, "The authorization token has been fetched already, or the session is over.")
    return _answer({"auth-token": token})


def _error(code: str, text: str) -> Response:
    return _answer({"error-code": code, "error-text": text})


def _answer(value: dict[str, str]) -> Response:
    return Response(json.dumps(value), mimetype="application/json", headers=CORS)

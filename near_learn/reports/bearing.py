"""The token that a request to an API carries, and what is answered when it opens nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, request

from near_learn.reports import token
from near_learn.reports.token import Bearer, Scope

WRONG = "30 per 5 minutes"  # tokens, from one address
WRONG_SCOPE = "report tokens"  # counted together for every API
UNAUTHORIZED = 401
FORBIDDEN = 403
MEANINGS = {
    UNAUTHORIZED: "Send a good token: “Authorization: Bearer nlr_…”.",
    FORBIDDEN: "The token does not open this.",
}
CHALLENGE = 'Bearer realm="NEAR Learn"'


class NotOpened(Exception):
    """The request is not answered, for a reason that its token has."""

    def __init__(self, status: int) -> None:
        super().__init__(MEANINGS[status])
        self.status = status


def bearer(scope: Scope) -> Bearer:
    """Whose token this request carries, and which. Raises NotOpened without one that opens SCOPE."""
    found = token.authenticate(request.headers.get("Authorization"), datetime.now(UTC))
    if found is None:
        raise NotOpened(UNAUTHORIZED)
    if scope not in found.scopes:
        raise NotOpened(FORBIDDEN)
    return found


def refused(response: Response) -> bool:
    """Whether a wrong token was sent: such requests are counted."""
    return response.status_code == UNAUTHORIZED


def challenged(response: Response) -> Response:
    """The answer, with what a client needs to know when its token was wrong (RFC 9110, 11.6.1)."""
    if refused(response):
        response.headers["WWW-Authenticate"] = CHALLENGE
    return response

"""What every answer carries and every form proves: security headers, CSRF tokens, rate limits."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from flask import Flask, Response, abort, current_app, g, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf

from near_learn.config import Settings


class Limits(Limiter):
    """Flask-Limiter's. Before a view only limits of its blueprint count; a view asks for its own."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not in_middleware or request.blueprint in self.limit_manager._blueprint_limits:
            super()._check_request_limit(callable_name, in_middleware)


class Proofs(CSRFProtect):  # type: ignore[misc]
    """Flask-WTF's, which finds out whether a view is exempt before it looks whether a proof is asked for."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuses what changes something without proof. Raises CSRFError."""
        if request.method in current_app.config["WTF_CSRF_METHODS"]:
            super().protect(apply_exemptions)


csrf = Proofs()
limiter = Limits(get_remote_address)

# Everything comes from this site; nothing is inline, so text that slips through as markup cannot act.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
PRIVATE = ("Cache-Control", "private, no-cache")
ONE_YEAR = 31_536_000
TOKENS = 1000


def init_app(app: Flask) -> None:
    constant = tuple(constant_headers(app.extensions["settings"]).items())
    csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = csrf_token
    limiter.init_app(app)

    @app.before_request
    def refuse_nul() -> None:
        # No person types NUL, and PostgreSQL cannot keep it. Reports refuse it themselves and say where.
        if request.blueprint != "reports" and any("\0" in text for text in texts_sent()):
            abort(400)

    @app.after_request
    def add_headers(response: Response) -> Response:
        given = {name.lower() for name, _ in response.headers}
        # A page shows one person's learning: no shared cache may keep it.
        for name, value in constant if request.endpoint == "static" else (*constant, PRIVATE):
            if name.lower() not in given:
                response.headers.add(name, value)
        return response


def csrf_token() -> str:
    """Flask-WTF's for this request. It proves the secret in the session and does not age
    (WTF_CSRF_TIME_LIMIT), so for the same secret it is signed once."""
    token: str = g.get("csrf_token") or (
        _signed(current_app.secret_key, session["csrf_token"]) if "csrf_token" in session else generate_csrf()
    )
    g.csrf_token = token
    return token


@lru_cache(maxsize=TOKENS)
def _signed(_key: object, _secret: str) -> str:
    """The token for the secret in the session of this request."""
    token: str = generate_csrf()
    return token


def constant_headers(settings: Settings) -> dict[str, str]:
    """What every answer carries unless it says otherwise."""
    if settings.base_url.startswith("https://"):
        return HEADERS | {"Strict-Transport-Security": f"max-age={ONE_YEAR}"}
    return HEADERS


def texts_sent() -> Iterator[str]:
    """Every text of the request that a page may look up or keep: path, query and, when it is sent, form."""
    yield request.path
    if request.query_string:
        yield from chain.from_iterable(request.args.items(multi=True))
    if request.method not in ("GET", "HEAD"):
        yield from chain.from_iterable(request.form.items(multi=True))

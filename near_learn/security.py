"""What every answer carries and every form proves: security headers, CSRF tokens, rate limits."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, Response, abort, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect

from near_learn.config import Settings

csrf = CSRFProtect()
limiter = Limiter(get_remote_address)

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
ONE_YEAR = 31_536_000


def init_app(app: Flask) -> None:
    constant = constant_headers(app.extensions["settings"])
    csrf.init_app(app)
    limiter.init_app(app)

    @app.before_request
    def refuse_nul() -> None:
        # No person types NUL, and PostgreSQL cannot keep it. Reports refuse it themselves and say where.
        if request.blueprint != "reports" and any("\0" in text for text in texts_sent()):
            abort(400)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in constant.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            # A page shows one person's learning: no shared cache may keep it.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def constant_headers(settings: Settings) -> dict[str, str]:
    """What every answer carries unless it says otherwise."""
    if settings.base_url.startswith("https://"):
        return HEADERS | {"Strict-Transport-Security": f"max-age={ONE_YEAR}"}
    return HEADERS


def texts_sent() -> Iterator[str]:
    """Every text of the request that a page may look up or keep: path, query and form."""
    yield request.path
    for values in (request.args, request.form):
        for name, value in values.items(multi=True):
            yield name
            yield value

"""The files of imported courses, served so that they can do nothing in the name of who looks at them."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from flask import Response, abort, current_app, send_from_directory

from near_learn.cmi5 import course
from near_learn.cmi5.blueprint import open_blueprint
from near_learn.config import Settings
from near_learn.db import db

# An origin of its own that no other page has: no cookie, no storage and no page of this site. What a unit
# opens (a link to somebody's site) is a page like any other.
SANDBOX = (
    "sandbox allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals "
    "allow-downloads allow-pointer-lock allow-presentation allow-orientation-lock"
)
HEADERS = {
    # From an origin of its own, also a unit's own files are somebody else's.
    "Access-Control-Allow-Origin": "*",
    # A sandboxed page with another policy would not be shown at all.
    "Cross-Origin-Opener-Policy": "unsafe-none",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
KEPT = 3600  # seconds

# Not left to the machine's own list: with `nosniff` a script of the wrong type does not run.
TYPES = {
    ".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml", ".js": "text/javascript",
    ".mjs": "text/javascript", ".css": "text/css", ".json": "application/json", ".xml": "application/xml",
    ".svg": "image/svg+xml", ".webp": "image/webp", ".avif": "image/avif", ".woff": "font/woff",
    ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf", ".wasm": "application/wasm",
    ".vtt": "text/vtt", ".mp4": "video/mp4", ".webm": "video/webm", ".mp3": "audio/mpeg", ".m4a": "audio/mp4",
    ".txt": "text/plain", ".pdf": "application/pdf",
}  # fmt: skip


@open_blueprint.get("/content/<key>/<path:path>")
def content(key: str, path: str) -> Response:
    """A file of a course. The key cannot be guessed, because a sandboxed page has no session to show."""
    settings: Settings = current_app.extensions["settings"]
    with db.engine.connect() as connection:
        if course.by_key(connection, key) is None:
            abort(404)
    folder = course.folder(settings.data.resolve(), key)
    response: Response = send_from_directory(folder, path, mimetype=media_type(path), max_age=KEPT)
    response.headers.update(HEADERS)
    response.headers["Content-Security-Policy"] = "base-uri 'self'" if settings.package_origin else SANDBOX
    return response


def media_type(path: str) -> str:
    """The type by the file's ending."""
    ending = Path(path).suffix.lower()
    return TYPES.get(ending) or mimetypes.guess_type(path)[0] or "application/octet-stream"

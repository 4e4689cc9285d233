"""A file of a module's media folder as an answer: streamed in parts, and unable to act as a page."""

from __future__ import annotations

from pathlib import Path

from flask import send_file
from werkzeug.wrappers import Response

from near_learn.content.media import TYPES

ONE_HOUR = 3600
# A file that somebody opens by itself is a document of this site. In a sandbox it can run, send and read
# nothing. PDF files have none: browsers don't show them in a sandbox.
SANDBOX = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; media-src 'self'; sandbox"
DOCUMENTS = frozenset({".csv", ".docx", ".odt", ".xlsx"})


def answer(path: Path) -> Response:
    """The file with its own type; a part of it (206) when the browser asks for one, to seek in a film."""
    suffix = path.suffix.lower()
    response = send_file(
        path.absolute(),  # a relative one would be taken from the package, not from where the program runs
        mimetype=TYPES[suffix],
        max_age=ONE_HOUR,
        conditional=True,
        as_attachment=suffix in DOCUMENTS,
        download_name=path.name,
    )
    response.cache_control.public, response.cache_control.private = False, True  # behind the sign-in
    response.headers["X-Content-Type-Options"] = "nosniff"
    if suffix != ".pdf":
        response.headers["Content-Security-Policy"] = SANDBOX
    return response

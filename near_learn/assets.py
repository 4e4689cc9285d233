"""The style sheet, script and drawings: kept by browsers for good, at an address that changes with them.

They are sent compressed, which on a slow line saves half a second of the first page. Pages are not: what they
hold of a form's token could be guessed from the length of the compressed page (BREACH), and they are small.
"""

from __future__ import annotations

import gzip
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, has_request_context, request, url_for

ONE_YEAR = 31_536_000
COMPRESSED = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})


def init_app(app: Flask) -> None:
    version = fingerprint(Path(app.static_folder or ""))
    compressed: dict[str, bytes] = {}
    addresses: dict[tuple[str, str], str] = {}

    @app.template_global()
    def asset(name: str) -> str:
        """The address of a static file in its present version."""
        key = (request.script_root if has_request_context() else "", name)
        if key not in addresses:
            addresses[key] = url_for("static", filename=name, v=version)
        return addresses[key]

    @app.after_request
    def keep(response: Response) -> Response:
        """On a slow line, asking whether the style sheet has changed costs as much as a page."""
        if request.endpoint == "static" and request.args.get("v") == version and response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
            if response.mimetype in COMPRESSED:
                compress(response, compressed)
        return response


def compress(response: Response, known: dict[str, bytes]) -> None:
    """Sends the file compressed to who can read that; KNOWN keeps each file's compressed form by its path."""
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings.quality("gzip"):
        return
    response.direct_passthrough = False
    if request.path not in known:
        known[request.path] = gzip.compress(response.get_data(), mtime=0)
    response.set_data(known[request.path])
    response.headers["Content-Encoding"] = "gzip"
    # The tag is that of the file itself; nobody needs to ask for a file again that they may keep for good.
    del response.headers["ETag"]


def fingerprint(folder: Path) -> str:
    """Ten hexadecimal digits that change when any file of the folder does."""
    digest = sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:10]

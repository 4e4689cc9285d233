"""The style sheet, script and drawings: kept by browsers for good, at an address that changes with them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, request, url_for

ONE_YEAR = 31_536_000


def init_app(app: Flask) -> None:
    version = fingerprint(Path(app.static_folder or ""))

    @app.template_global()
    def asset(name: str) -> str:
        """The address of a static file in its present version."""
        return url_for("static", filename=name, v=version)

    @app.after_request
    def keep(response: Response) -> Response:
        """On a slow line, asking whether the style sheet has changed costs as much as a page."""
        if request.endpoint == "static" and request.args.get("v") == version and response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
        return response


def fingerprint(folder: Path) -> str:
    """Ten hexadecimal digits that change when any file of the folder does."""
    digest = sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:10]

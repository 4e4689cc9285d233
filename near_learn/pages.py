"""Pages that belong to nobody's desk: health, and the meaning of the terms our statements use."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, render_template
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from near_learn.db import db
from near_learn.records.terms import TERMS

blueprint = Blueprint("pages", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
def health() -> tuple[str, int, dict[str, str]]:
    """200 when the database answers and has its tables, else 503."""
    headers = {"Content-Type": "text/plain", "Cache-Control": "no-store"}
    try:
        db.session.execute(text("SELECT 1 FROM person LIMIT 1"))
    except SQLAlchemyError:
        return "the database does not answer, or needs: near-learn db upgrade\n", 503, headers
    return "ok\n", 200, headers


@blueprint.get("/terms")
def terms() -> str:
    """All extensions and verbs of our statements on one page."""
    return render_template("pages/terms.html", terms=TERMS)


@blueprint.get("/terms/<name>")
def term(name: str) -> str:
    """The page that an extension's IRI leads to."""
    found = [each for each in TERMS if each.name == name]
    if not found:
        abort(404)
    return render_template("pages/terms.html", terms=found)

"""Imported courses: their pages, their files, the address of tokens, and the API, put together."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, current_app, request
from flask_login import current_user

from near_learn.cmi5 import course, session
from near_learn.cmi5.archive import Limits
from near_learn.config import Settings
from near_learn.people import credential
from near_learn.people.role import Role
from near_learn.security import csrf

IMPORTERS = (Role.TRAINER, Role.OPERATOR)
FORM = 1024 * 1024  # what a form has beside its file

blueprint = Blueprint("cmi5", __name__, url_prefix="/imported")
# Asked by units and not by people: no session, so no form to forge.
open_blueprint = Blueprint("cmi5_open", __name__, url_prefix="/cmi5")


def init_app(app: Flask) -> None:
    # Imported here because they attach themselves to the blueprints above.
    from near_learn.cmi5 import api, content, guard, opening, pages, withdrawal

    for views in (content, opening, pages):
        assert views.__doc__  # noqa: S101 (imported for their views)
    credential.KINDS[session.KEY.rstrip(".")] = guard.authenticate
    app.extensions["projection"].on_voided = withdrawal.follow
    csrf.exempt(open_blueprint)
    csrf.exempt(api.blueprint)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(blueprint)
    app.register_blueprint(open_blueprint)
    settings: Settings = app.extensions["settings"]
    if settings.package_origin:
        host = settings.package_origin.partition("://")[2]

        @app.before_request
        def only_files_there() -> None:
            """On the site of the packages there is no page, only their files, and these are nowhere else.

            The record store, which stands in front of Flask, answers there too: it knows no session.
            """
            if (request.host == host) != (request.endpoint == "cmi5_open.content"):
                abort(404)


def limits() -> Limits:
    """What a package may be here."""
    settings: Settings = current_app.extensions["settings"]
    packed = settings.package_megabytes * 1024 * 1024
    return Limits(packed=packed, unpacked=max(4 * packed, Limits.unpacked))


@blueprint.context_processor
def words() -> dict[str, object]:
    return {"worded": course.worded, "tag": course.tag}


@blueprint.url_value_preprocessor
def allow_packages(endpoint: str | None, _values: object) -> None:
    """Who may import may send a whole package. Set before anything looks into the form."""
    if endpoint == "cmi5.take" and current_user.is_authenticated and current_user.role in IMPORTERS:
        request.max_content_length = limits().packed + FORM

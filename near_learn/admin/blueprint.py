"""The operator's pages: an overview, the people, the credentials of the record store."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Flask, abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from near_learn.admin import directory
from near_learn.admin.forms import SearchForm
from near_learn.db import db, writing
from near_learn.languages import current_language
from near_learn.people import credential, region, role
from near_learn.people.access import role_required
from near_learn.people.credential import Credential
from near_learn.people.role import Role

UNPROCESSABLE = 422

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/")
@role_required(Role.OPERATOR)
def overview() -> str:
    """How many people there are in each role, and the ways to the other pages."""
    number = db.session.scalar(select(func.count()).select_from(Credential))
    return render_template(
        "admin/overview.html", counts=directory.roles(), role_names=role.NAMES, credentials=number
    )


@blueprint.route("/people", methods=["GET", "POST"])
@role_required(Role.OPERATOR)
def people() -> str | tuple[str, int]:
    """The people, searched and paged."""
    form = SearchForm()
    form.offer(directory.regions(current_language()))
    if form.is_submitted() and not form.validate():
        return people_page(form, directory.Found([], 0, 1, 1)), UNPROCESSABLE
    found = directory.find(
        text=form.text.data or "",
        role=form.role.data or "",
        region_code=form.region.data or "",
        page=form.page.data or 1,
    )
    return people_page(form, found)


def people_page(form: SearchForm, found: directory.Found) -> str:
    """The page with the form and the people FOUND."""
    names = region.names({person.region for person in found.people}, current_language())
    return render_template(
        "admin/people.html", form=form, found=found, role_names=role.NAMES, region_names=names
    )


@blueprint.get("/credentials")
@role_required(Role.OPERATOR)
def credentials() -> str:
    """The credentials of the record store. No secret is shown: none is kept."""
    found = db.session.scalars(select(Credential).order_by(Credential.created_at.desc(), Credential.id))
    return render_template("admin/credentials.html", credentials=list(found), now=datetime.now(UTC))


@blueprint.post("/credentials/<credential_id>/revoke")
@role_required(Role.OPERATOR)
def revoke(credential_id: str) -> Response:
    """Takes a credential away for good. What its system recorded stays."""
    key = db.session.scalar(select(Credential.key).where(Credential.id == credential_id))
    if key is None:
        abort(404)
    with writing() as connection:
        credential.remove(connection, key)
    flash(gettext("The credential is revoked. What its system recorded stays."), "good")
    return redirect(url_for("admin.credentials"))

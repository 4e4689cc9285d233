"""The operator's own pages: an overview, credentials of the record store, and its statements."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from near_learn.admin import statements
from near_learn.config import Settings
from near_learn.db import db, writing
from near_learn.languages import current_language
from near_learn.lrs import record_store
from near_learn.people import credential, directory, role
from near_learn.people.access import role_required, signed_in
from near_learn.people.credential import Credential
from near_learn.people.role import Role
from near_learn.privacy import audit
from near_learn.records.iris import Iris
from near_learn.records.readable import recorded
from near_learn.records.statement import Builder
from near_learn.records.terms import VERBS

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
    operator = signed_in().account
    with writing() as connection:
        credential.remove(connection, key)
        audit.note(connection, actor=operator, action="credential.revoked", detail={"key": key})
    flash(gettext("The credential is revoked. What its system recorded stays."), "good")
    return redirect(url_for("admin.credentials"))


@blueprint.get("/statements")
@role_required(Role.OPERATOR)
def statement_list() -> str | tuple[str, int]:
    """The statements of the record store, searched and paged."""
    settings: Settings = current_app.extensions["settings"]
    values = {name: value[: statements.LONGEST_FIELD] for name, value in request.args.items()}
    search = statements.read(values, Iris(settings.base_url), ZoneInfo(settings.time_zone))
    lrs = record_store()
    with lrs.reading() as connection:
        found = statements.find(lrs, connection, search, current_language())
    page = render_template("admin/statements.html", search=search, found=found, verbs=VERBS)
    return (page, UNPROCESSABLE) if search.errors else page


@blueprint.get("/statements/<uuid:id_>")
@role_required(Role.OPERATOR)
def statement(id_: UUID) -> str:
    """One statement, readable and as JSON, with its attachments; and the form that voids it."""
    return statement_page(id_)


def statement_page(id_: UUID, error: str = "", reason: str = "") -> str:
    """The page of the statement; `error` is what is wrong with the `reason` for voiding it."""
    lrs = record_store()
    with lrs.reading() as connection:
        found = statements.get(lrs, connection, str(id_))
        files = statements.files(lrs, connection, str(id_))
    if found is None:
        abort(404)
    stored, voided = found
    about = statements.whose(stored, Iris(current_app.extensions["settings"].base_url))
    audit.seen(actor=signed_in().account, action="statement.viewed", about=[about])
    shown = recorded(stored, current_language())
    voiding = stored.statement["verb"]["id"] == VERBS["voided"]
    return render_template(
        "admin/statement.html",
        statement=shown,
        whole=stored.statement,
        files=files,
        state="voided" if voided else "voiding" if voiding else "good",
        error=error,
        reason=reason,
        longest=statements.LONGEST_REASON,
    )


@blueprint.get("/statements/<uuid:id_>/attachments/<sha2>")
@role_required(Role.OPERATOR)
def attachment(id_: UUID, sha2: str) -> Response:
    """An attachment to keep, never to show: what it contains must not run in the operator's browser."""
    lrs = record_store()
    with lrs.reading() as connection:
        files = [file for file in statements.files(lrs, connection, str(id_)) if file.sha2 == sha2]
    if not files:
        abort(404)
    response = Response(files[0].content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{sha2[:16]}.bin"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.post("/statements/<uuid:id_>/void")
@role_required(Role.OPERATOR)
def void(id_: UUID) -> Response | tuple[str, int]:
    """Voids a statement. A reason is needed; it is kept in the voiding statement."""
    reason = request.form.get("reason", "").strip()
    if not reason or len(reason) > statements.LONGEST_REASON:
        text = gettext("Say in at most %(number)s characters why.", number=statements.LONGEST_REASON)
        return statement_page(id_, text, reason), UNPROCESSABLE
    settings: Settings = current_app.extensions["settings"]
    builder = Builder(Iris(settings.base_url))
    operator = signed_in().account
    with writing() as connection:
        refused = statements.void(
            record_store(), connection, builder, str(id_), operator=operator, reason=reason
        )
        if refused is None:
            found = statements.get(record_store(), connection, str(id_))
            audit.note(
                connection,
                actor=operator,
                action="statement.voided",
                about=statements.whose(found[0], builder.iris) if found else "",
                detail={"statement": str(id_)},
            )
    if refused == "unknown":
        abort(404)
    if refused:
        flash(gettext("Nothing was changed: this statement cannot be voided, or is voided already."), "warm")
    else:
        flash(gettext("The statement is voided. Progress and reports no longer count it."), "good")
    return redirect(url_for("admin.statement", id_=id_))

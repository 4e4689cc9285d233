"""The pages of certificates: a learner's own, the check for strangers, and revoking."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import force_locale, gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from near_learn.certificates import certificate as certificates
from near_learn.certificates import ground, paper, sheet
from near_learn.certificates.certificate import Certificate, NotCompleted, State, Withheld, grouped, normal
from near_learn.certificates.ground import Ground
from near_learn.config import Settings
from near_learn.db import db, writing
from near_learn.languages import LANGUAGES, current_language
from near_learn.people import territory
from near_learn.people.access import role_required, signed_in
from near_learn.people.letters import folded
from near_learn.people.person import LONGEST_NAME, Role
from near_learn.privacy import audit
from near_learn.security import limiter

# Codes cannot be guessed; the limits keep a machine from trying, and names from being tried on a known code.
CHECKS_PER_ADDRESS = "60 per minute"
NAMES_PER_ADDRESS = "20 per 10 minutes"
PAPERS_PER_ADDRESS = "60 per minute"

blueprint = Blueprint("certificates", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.app_context_processor
def words() -> dict[str, object]:
    """How templates print a code, and the states that a certificate can have."""
    return {"grouped_code": grouped, "CertificateState": State}


# --- for the learner ---------------------------------------------------------------------------------


@blueprint.get("/courses/<course>/certificate")
@role_required()
def own(course: str) -> str:
    """The learner's certificate of this course; before it is issued, what it will say and the button."""
    registration, found = registration_of(course)
    connection = db.session.connection()
    certificate = certificates.latest(connection, registration)
    return render_template(
        "certificates/own.html",
        course=course,
        person=signed_in(),
        certificate=certificate,
        sheet=words_of(certificate, current_language()) if certificate and certificate.ground else None,
        title=sheet.course_title(found, current_language()) if found else None,
        ready=found is not None,
    )


@blueprint.post("/courses/<course>/certificate")
@role_required()
def issue(course: str) -> AnyResponse:
    """Issues the certificate, once."""
    registration, _ = registration_of(course)
    name, language = signed_in().name, current_language()
    try:
        with writing() as connection:
            certificates.issue(connection, registration, name=name, language=language, at=datetime.now(UTC))
    except NotCompleted:
        flash(gettext("There is a certificate when every module of the course is completed."))
        return redirect(url_for("player.course", course=course))
    except Withheld:
        pass  # The page says why there is none.
    return redirect(url_for("certificates.own", course=course))


@blueprint.get("/courses/<course>/certificate.pdf")
@limiter.limit(PAPERS_PER_ADDRESS)
@role_required()
def own_pdf(course: str) -> Response:
    """The certificate as a file, in the parameter `language` or else the one it was issued in."""
    registration, _ = registration_of(course)
    certificate = certificates.latest(db.session.connection(), registration)
    if certificate is None or certificate.state is not State.VALID:
        abort(404)
    language = request.args.get("language", certificate.language)
    if language not in LANGUAGES:
        abort(404)
    with force_locale(LANGUAGES[language][1]):
        made = paper.pdf(words_of(certificate, language), datetime.now(UTC))
    name = f"near-learn-certificate-{course}-{language}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, mimetype="application/pdf", headers=headers)


def registration_of(course: str) -> tuple[str, Ground | None]:
    """The learner's registration in the course and what it amounts to; 404 when there is none."""
    connection = db.session.connection()
    registration = ground.registration_of(connection, signed_in().account, course)
    if registration is None:
        abort(404)
    return registration, ground.of(connection, registration)


def words_of(certificate: Certificate, language: str) -> sheet.Sheet:
    """What stands on a certificate whose ground holds."""
    assert certificate.ground is not None  # noqa: S101 (callers have looked)
    return sheet.of(certificate, certificate.ground, address(certificate.code), language, datetime.now(UTC))


def address(code: str) -> str:
    """Where anybody can check the certificate, as it is printed on paper."""
    settings: Settings = current_app.extensions["settings"]
    return settings.base_url + url_for("certificates.check", code=code)


# --- for strangers -----------------------------------------------------------------------------------


@blueprint.get("/certificates/")
def enter() -> str | AnyResponse:
    """Where a code is typed from paper; leads to its page."""
    typed = request.args.get("code", "")
    if typed:
        return redirect(url_for("certificates.check", code=normal(typed) or typed[:200]))
    return render_template("certificates/enter.html", typed="")


@blueprint.route("/certificates/<code>", methods=["GET"])
@limiter.limit(CHECKS_PER_ADDRESS)
def check(code: str) -> str | tuple[str, int] | AnyResponse:
    """Whether this certificate holds today. It tells no name: whoever has the certificate can read that."""
    return shown(code)


@blueprint.post("/certificates/<code>")
@limiter.limit(NAMES_PER_ADDRESS)
def check_name(code: str) -> str | tuple[str, int] | AnyResponse:
    """The same, and whether the certificate was issued to the name that was typed."""
    return shown(code, request.form.get("name", "")[:LONGEST_NAME])


def shown(code: str, name: str | None = None) -> str | tuple[str, int] | AnyResponse:
    """The page about the certificate with CODE; about the same person as NAME, if one was typed."""
    known = normal(code)
    if known and known != code:
        return redirect(url_for("certificates.check", code=known), code=308)
    certificate = certificates.find(db.session.connection(), known) if known else None
    if certificate is None:
        return render_template("certificates/enter.html", typed=code), 404
    now = datetime.now(UTC)
    found = certificate.ground if certificate.state is State.VALID else None
    return render_template(
        "certificates/check.html",
        certificate=certificate,
        course=sheet.course_title(found, current_language()) if found else None,
        facts=sheet.facts(found, now) if found else (),
        parts=sheet.parts(found, current_language()) if found else (),
        name=name,
        same=name is not None and same_name(name, certificate.name),
        now=now,
    )


def same_name(typed: str, name: str) -> bool:
    """Whether somebody who reads NAME may have typed this: accents, capitals and spaces don't count."""
    return folded(" ".join(typed.split())) == folded(name)


# --- for managers and operators ----------------------------------------------------------------------


@blueprint.post("/certificates/<code>/revoke")
@role_required(Role.MANAGER, Role.OPERATOR)
def revoke(code: str) -> AnyResponse:
    """Revokes the certificate of a registration in the reader's territory, with a reason."""
    certificate = certificates.find(db.session.connection(), code)
    if certificate is None or not sees(db.session.connection(), certificate):
        abort(404)
    reader = signed_in().account
    try:
        with writing() as connection:
            revoked = certificates.revoke(
                connection,
                code,
                by=reader,
                reason=request.form.get("reason", ""),
                renewable=bool(request.form.get("renewable")),
                at=datetime.now(UTC),
            )
            if revoked:
                audit.note(
                    connection,
                    actor=reader,
                    action="certificate.revoked",
                    about=ground.whose(connection, certificate.registration),
                )
    except ValueError:
        most = certificates.LONGEST_REASON
        flash(
            gettext("Give a reason, in at most %(most)s characters. The learner reads it.", most=most), "bad"
        )
    else:
        flash(gettext("The certificate is revoked. Its address says so from now on."), "good")
    return redirect(url_for("reports.registration", id_=certificate.registration))


def sees(connection: Connection, certificate: Certificate) -> bool:
    """Whether the reader may see the registration that the certificate is about."""
    where = ground.place(connection, certificate.registration)
    return where is not None and territory.of(signed_in()).covers(*where)

"""Which mails somebody gets: the box on the account page, and the link at the end of each mail."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from near_learn.db import db, writing
from near_learn.enrolment import refusal
from near_learn.enrolment.refusal import NAMES, Kind
from near_learn.mail import outbox
from near_learn.people.access import role_required, signed_in
from near_learn.security import csrf

blueprint = Blueprint("mail_choice", __name__)


def init_app(app: Flask) -> None:
    # A mail program presses the button without having seen a page (RFC 8058); the address itself is signed.
    csrf.exempt(unsubscribed)
    app.register_blueprint(blueprint)
    app.add_template_global(choices, "mail_choices")


def choices() -> list[tuple[Kind, str, bool]]:
    """(kind, name, whether wanted) of the mails that the reader may get; none while mail is not set up."""
    if not outbox.ready():
        return []
    person = signed_in()
    refused = refusal.of(db.session.connection(), person.account)
    return [(kind, str(NAMES[kind]), kind not in refused) for kind in refusal.kinds_for(person.role)]


@blueprint.post("/account/mails")
@role_required()
def choose() -> Response:
    """Keeps which mails the reader wants."""
    person = signed_in()
    account, kinds = person.account, refusal.kinds_for(person.role)
    unwanted = {kind for kind in kinds if kind.value not in request.form.getlist("wanted")}
    with writing() as connection:
        refusal.replace(connection, account, unwanted)
    flash(gettext("It is kept which mails you want."), "good")
    return redirect(url_for("people.account", _anchor="mails"))


@blueprint.get("/mail/unsubscribe/<token>")
def unsubscribe(token: str) -> tuple[str, int]:
    """Asks once more: programs that look for viruses open every link, and they must end nothing."""
    return page(token, done=False)


@blueprint.post("/mail/unsubscribe/<token>")
def unsubscribed(token: str) -> tuple[str, int]:
    """Ends mails of this kind, for whoever has the link, without signing in."""
    if known := refusal.read(token):
        with writing() as connection:
            refusal.put(connection, *known)
    return page(token, done=True)


def page(token: str, *, done: bool) -> tuple[str, int]:
    """What is ended or was ended; that the link is none of ours."""
    known = refusal.read(token)
    text = render_template(
        "enrolment/unsubscribe.html", name=NAMES[known[1]] if known else None, token=token, done=done
    )
    return text, 200 if known else 404

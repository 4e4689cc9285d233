"""Joining a group: typing its code, or opening the link of an invitation."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_limiter.util import get_remote_address
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from near_learn.db import db, writing
from near_learn.members.blueprint import blueprint, course_titles
from near_learn.members.joining import NoPlace, come_in
from near_learn.people import cohort as cohorts
from near_learn.people import invitation as invitations
from near_learn.people import membership
from near_learn.people.access import role_required, signed_in, to_sign_in
from near_learn.people.invitation import Invitation
from near_learn.people.person import Cohort
from near_learn.security import limiter

# Only wrong codes count: a room full of people shares an address.
WRONG_CODES = "20 per 10 minutes"


def whoever() -> str:
    """Whose wrong codes are counted."""
    return current_user.account if current_user.is_authenticated else get_remote_address()


def unknown(response: Response) -> bool:
    """Whether the code was none."""
    return response.status_code == 404


wrong_codes = limiter.shared_limit(WRONG_CODES, scope="join", key_func=whoever, deduct_when=unknown)


@blueprint.get("/join")
@role_required()
def join() -> str | AnyResponse:
    """Where the code of a group is typed; leads to its page."""
    typed = request.args.get("code", "")
    if not typed:
        return render_template("members/enter.html", typed="")
    secret = invitations.read(typed)
    return redirect(url_for("members.invitation", secret=secret.text if secret else typed[:100]))


@blueprint.get("/join/<secret>")
@wrong_codes
def invitation(secret: str) -> str | tuple[str, int] | AnyResponse:
    """Which group it is, with the one button that joins; for strangers with a link, the ways to get in."""
    read = invitations.read(secret)
    if read and read.text != secret:
        return redirect(url_for("members.invitation", secret=read.text))
    if not current_user.is_authenticated:
        if read is None or not read.is_token:
            # Codes are short: they are looked up only for people whose tries can be counted.
            return to_sign_in()
        found = invitations.find_open(read, datetime.now(UTC))
        return page(found, secret) if found else nothing(invitations.find(read))
    found = invitations.find(read) if read else None
    if found is None:
        return nothing()
    member = membership.is_member(db.session.connection(), found.cohort, signed_in().account)
    if not member and (not found.open(datetime.now(UTC)) or invitations.closed_group(found)):
        return nothing(found)
    return page(found, secret, member=member)


@blueprint.post("/join/<secret>")
@wrong_codes
@role_required()
def join_now(secret: str) -> tuple[str, int] | AnyResponse:
    """Puts the person into the group, once however often it is sent, and enrols them in its courses."""
    read, account = invitations.read(secret), signed_in().account
    found = invitations.find(read) if read else None
    if found is None:
        return nothing()
    group = db.session.get(Cohort, found.cohort)
    name = group.name if group else ""
    try:
        with writing() as connection:
            come_in(connection, found, account, datetime.now(UTC))
    except NoPlace:
        return nothing(found)
    flash(gettext("You are in the group “%(group)s”.", group=name), "good")
    return redirect(url_for("player.catalogue"))


def page(found: Invitation, secret: str, *, member: bool = False) -> str:
    """What the invitation is to."""
    group = db.session.get(Cohort, found.cohort)
    titles = course_titles()
    courses = cohorts.courses(db.session.connection(), found.cohort)
    return render_template(
        "members/invitation.html",
        group=group,
        secret=secret,
        member=member,
        courses=[(id_, titles[id_]) for id_ in courses if id_ in titles],
    )


def nothing(found: Invitation | None = None) -> tuple[str, int]:
    """One answer for a code that never was, one that is over, and one that is used up; another when only the
    group is closed, which whoever has a code that is good may know."""
    closed = found is not None and found.open(datetime.now(UTC)) and invitations.closed_group(found)
    return render_template("members/no_invitation.html", closed=closed), 403 if closed else 404

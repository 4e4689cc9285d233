"""Signing in with the OpenID provider: the way there, the way back, and what may have gone wrong."""

from __future__ import annotations

from flask import abort, current_app, redirect, render_template, request
from flask import session as cookie
from flask_login import current_user
from werkzeug.wrappers import Response

from near_learn.db import db
from near_learn.people import access
from near_learn.people.access import signed_in
from near_learn.people.person import Person
from near_learn.security import limiter
from near_learn.sign_in import provider
from near_learn.sign_in.arriving import arrive
from near_learn.sign_in.blueprint import blueprint
from near_learn.sign_in.provider import NotSignedIn, Trouble

# Many people of one public body come from one network address.
JOURNEYS = "600 per 5 minutes"
WANTED = "provider_next"
# The status tells programs whose turn it is: ours, the person's, or the provider's.
STATUS = {Trouble.UNREACHABLE: 502, Trouble.EXPIRED: 400, Trouble.DECLINED: 400}
REFUSED = 403


@blueprint.get("/sign-in/provider")
@limiter.limit(JOURNEYS)
def to_provider() -> Response | tuple[str, int]:
    """Leads to the provider. The page that the person wanted waits in their session."""
    if "provider" not in current_app.extensions:
        abort(404)
    wanted = access.local(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(wanted or access.home(signed_in()))
    cookie[WANTED] = wanted or ""
    try:
        return provider.journey()
    except NotSignedIn as error:
        return trouble_page(error.trouble)


@blueprint.get("/sign-in/provider/back")
@limiter.limit(JOURNEYS)
def from_provider() -> Response | tuple[str, int]:
    """Signs in whom the provider vouches for."""
    if "provider" not in current_app.extensions:
        abort(404)
    try:
        claims = provider.returned()
        person = db.session.get(Person, provider.person_of(claims))
    except NotSignedIn as error:
        return trouble_page(error.trouble)
    if person is None:
        return trouble_page(Trouble.UNKNOWN)
    return arrive(person, access.local(cookie.pop(WANTED, "")), strong=claims.strong)


def trouble_page(trouble: Trouble) -> tuple[str, int]:
    """What went wrong and the way out."""
    page = render_template(
        "people/provider_trouble.html",
        trouble=trouble.name,
        label=provider.label(),
        wanted=access.local(cookie.get(WANTED)),
    )
    return page, STATUS.get(trouble, REFUSED)

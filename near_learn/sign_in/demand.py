"""Roles in which nobody may go without a second factor: they set one up before they go on."""

from __future__ import annotations

from flask import current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from near_learn.config import Settings
from near_learn.people import second_factor as factor
from near_learn.people import session

# What is needed to set one up, or to leave.
FREE = frozenset(
    {"static", "people.second_factor", "people.switch_on_factor", "people.sign_out", "people.language"}
)
# These do not ask who is signed in.
OTHERS = frozenset({"pages"})


def second_factor() -> Response | None:
    """Before a request: leads people of these roles to the page that sets a second factor up."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.second_factor or request.endpoint in FREE or request.blueprint in OTHERS:
        return None
    if not current_user.is_authenticated or session.is_strong() or not factor.demanded(current_user.role):
        return None
    return redirect(url_for("people.second_factor"))

"""Who may open a page: the one place that decides between the page, the sign-in page and a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import abort, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from near_learn.people.person import Person
from near_learn.people.role import Role

P = ParamSpec("P")
R = TypeVar("R")

# Where a role begins its work.
HOME = {Role.PROFESSIONAL: "/", Role.TRAINER: "/desk/", Role.MANAGER: "/reports/", Role.OPERATOR: "/admin/"}
EVERYBODY = tuple(Role)

# Browsers drop tabs and line ends from addresses and read \ as /: these could make a path another site.
TRICKY = re.compile(r"[\x00-\x20\x7f\\]")


def role_required(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Only for people with one of ROLES (none given: for everybody signed in).

    Signed out: to the sign-in page, which leads back here. Another role: 403.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            if not current_user.is_authenticated:
                return to_sign_in()
            if current_user.role not in (roles or EVERYBODY):
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return decorate


def signed_in() -> Person:
    """The person of this request. Only for views behind `role_required`."""
    person: Person = current_user._get_current_object()
    return person


def to_sign_in() -> Response:
    """The redirect to the sign-in page; after a GET it remembers where the person wanted to go."""
    wanted = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else None
    return redirect(url_for("people.sign_in", next=wanted if wanted != "/" else None))


def home(person: Person) -> str:
    """The address of the page on which this person's role begins."""
    return HOME[Role(person.role)]


def local(target: str | None) -> str | None:
    """TARGET when it is a path on this site, else None: no link that was sent leads people away."""
    if not target or not target.startswith("/") or target.startswith("//") or TRICKY.search(target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target

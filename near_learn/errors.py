"""The only place where an exception becomes a page. (The record store renders its own, as JSON.)"""

from __future__ import annotations

from flask import Flask, current_app, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

# Status: heading, and what the person can do now.
MESSAGES = {
    400: (
        lazy_gettext("This request could not be understood"),
        lazy_gettext("Go back, check what you entered and send it again."),
    ),
    403: (
        lazy_gettext("This page is not for your role"),
        lazy_gettext("If you need it, ask the person who runs this site."),
    ),
    404: (
        lazy_gettext("There is no page here"),
        lazy_gettext("The address may be mistyped, or the page has moved."),
    ),
    405: (
        lazy_gettext("This address cannot be used like that"),
        lazy_gettext("Go back and use the buttons of the page."),
    ),
    413: (lazy_gettext("That is too large"), lazy_gettext("Send less at once.")),
    429: (lazy_gettext("Too many tries"), lazy_gettext("Wait a minute, then try again.")),
    500: (
        lazy_gettext("Something went wrong on our side"),
        lazy_gettext("Nothing that you sent before is lost. Try again in a moment."),
    ),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(CSRFError, forged)
    app.register_error_handler(HTTPException, page)


def forged(_error: CSRFError) -> tuple[str, int]:
    """A form whose token is missing or old: usually a page that stayed open over a sign-out."""
    text = gettext("The page had been open for too long. Go back, reload it and send it again.")
    return render_template(
        "error.html", status=400, heading=gettext("This form is out of date"), text=text
    ), 400


def page(error: HTTPException) -> tuple[str, int] | HTTPException:
    """The page for ERROR; redirects pass unchanged."""
    status = error.code or 500
    if status < 400:
        return error
    if isinstance(error, InternalServerError):
        # The path without its query: names of persons are searched for in queries.
        current_app.logger.error(
            "failed: %s %s", request.method, request.path, exc_info=error.original_exception
        )
    heading, text = MESSAGES.get(status, MESSAGES[400 if status < 500 else 500])
    if status == 413 and request.max_content_length:
        most = request.max_content_length // 1024 // 1024
        text = gettext("At most %(size)s MB can be sent here at once.", size=most)
    return render_template("error.html", status=status, heading=heading, text=text), status

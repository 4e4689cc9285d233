"""NEAR Learn: an e-learning application and a Learning Record Store in one Flask process."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from near_learn.config import PACKAGE, Settings, beside_package

# Flask is imported where it is first needed: who only checks courses does not wait for it.
if TYPE_CHECKING:
    from flask import Flask

__all__ = ["Settings", "create_app"]


def create_app(settings: Settings | None = None, *, serving: bool = True) -> Flask:
    """The application. With `serving`, settings that are not safe for people raise SettingsError."""
    from near_learn import content_library
    from near_learn.application import Application

    settings = settings or Settings.from_environment()
    if serving:
        settings.check_serving()
    app = Application("near_learn", root_path=str(PACKAGE), template_folder=str(beside_package("templates")))
    configure(app, settings)
    register(app)
    if serving:
        # Before the first request, which would otherwise wait for it.
        content_library.preload(app)
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Turns our settings into those of Flask and its extensions."""
    # Imported here so that `near_learn.config` can be read without the whole application.
    from near_learn import shared_count

    secure = settings.base_url.startswith("https://")
    on_postgresql = settings.database.startswith("postgresql")
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key or None,
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS={
            # A connection for each thread, which stays: making one costs more than what it is used for.
            **({"pool_size": settings.threads} if on_postgresql else {}),
            # What people entered must not reach the log with an error.
            "hide_parameters": True,
        },
        MAX_CONTENT_LENGTH=32 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        SESSION_COOKIE_NAME="near_learn",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        # The lifetime counts from the sign-in, so only that sets the cookie and no picture sends it again.
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE=settings.language,
        BABEL_DEFAULT_TIMEZONE=settings.time_zone,
        BABEL_TRANSLATION_DIRECTORIES=str(PACKAGE / "translations"),
        RATELIMIT_STORAGE_URI=shared_count.ADDRESS,
        RATELIMIT_HEADERS_ENABLED=False,
    )
    if settings.proxies:
        from werkzeug.middleware.proxy_fix import ProxyFix

        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    if settings.database.startswith("sqlite:///"):
        Path(settings.database.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)


def register(app: Flask) -> None:
    """The parts of the application, in the order in which they need each other."""
    # Imported here so that `near_learn.config` can be read without the whole application.
    from near_learn import (
        content_library,
        db,
        errors,
        in_turn,
        languages,
        lrs,
        pages,
        pieces,
        records,
        security,
    )
    from near_learn.admin import blueprint as admin
    from near_learn.authoring import blueprint as authoring
    from near_learn.certificates import blueprint as certificates
    from near_learn.cmi5 import blueprint as cmi5
    from near_learn.enrolment import blueprint as enrolment
    from near_learn.enrolment import mail_choice
    from near_learn.events import blueprint as events
    from near_learn.insight import blueprint as insight
    from near_learn.mail import courier
    from near_learn.members import blueprint as members
    from near_learn.outcomes import blueprint as outcomes
    from near_learn.packages import blueprint as packages
    from near_learn.player import blueprint as player
    from near_learn.privacy import blueprint as privacy
    from near_learn.reports import api as reports_api
    from near_learn.reports import blueprint as reports
    from near_learn.reports import source as reports_source
    from near_learn.sign_in import blueprint as sign_in

    for part in (
        db,
        languages,
        pieces,
        security,
        errors,
        content_library,
        lrs,
        in_turn,
        courier,
        records,
        sign_in,
        privacy,
        player,
        authoring,
        packages,
        certificates,
        cmi5,
        events,
        enrolment,
        mail_choice,
        insight,
        reports_source,
        reports,
        reports_api,
        outcomes,
        members,
        admin,
        pages,
    ):
        part.init_app(app)

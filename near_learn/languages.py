"""The eight languages of the interface: which one this visitor reads, and how it writes dates and numbers."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel
from flask_login import current_user

from near_learn.config import Settings

# Code of the language, its own name for itself, and the locale that formats its dates and numbers.
LANGUAGES: Mapping[str, tuple[str, str]] = {
    "en": ("English", "en_IE"),
    "es": ("Español", "es_ES"),
    "nl": ("Nederlands", "nl_BE"),
    "cs": ("Čeština", "cs_CZ"),
    "fi": ("Suomi", "fi_FI"),
    "it": ("Italiano", "it_IT"),
    "ro": ("Română", "ro_RO"),
    "el": ("Ελληνικά", "el_GR"),
}

babel = Babel()


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    babel.init_app(app, locale_selector=current_locale)
    # A message may stand on several lines of a template; it is looked up as it was extracted, on one.
    app.jinja_env.policies["ext.i18n.trimmed"] = True

    @app.context_processor
    def languages() -> dict[str, object]:
        return {"LANGUAGES": LANGUAGES, "current_language": current_language() or settings.language}


def current_language() -> str:
    """The language of this request: chosen, else the person's own, else the browser's, else the default."""
    if not has_request_context():
        return "en"
    if "language" not in g:
        g.language = _choose()
    return str(g.language)


def current_locale() -> str:
    """The locale of the current language, for dates, numbers and catalogues."""
    return LANGUAGES[current_language()][1]


def _choose() -> str:
    chosen = session.get("language") or (current_user and getattr(current_user, "language", None))
    if chosen in LANGUAGES:
        return str(chosen)
    default: str = _settings().language
    return request.accept_languages.best_match(list(LANGUAGES), default) or default


def _settings() -> Settings:
    from flask import current_app

    settings: Settings = current_app.extensions["settings"]
    return settings

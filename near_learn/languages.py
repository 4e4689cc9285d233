"""The eight languages of the interface: which one this visitor reads, and how it writes dates and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_locale, get_translations
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

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
_catalogues: dict[str, Any] = {}  # by language, each as it was first needed


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    babel.init_app(app, locale_selector=current_locale)
    # A message may stand on several lines of a template; it is looked up as it was extracted, on one.
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update({"_": _gettext, "gettext": _gettext, "LANGUAGES": LANGUAGES})

    @app.context_processor
    def languages() -> dict[str, object]:
        return {"current_language": current_language() or settings.language}


@pass_eval_context
def _gettext(context: EvalContext, message: str, **variables: object) -> str:
    """What Jinja's own does (the translation is markup, what is put into it is escaped), in one call instead
    of three: a page has dozens of them."""
    locale = get_locale()
    language = locale.language if locale else ""
    if language not in _catalogues:
        _catalogues[language] = get_translations()
    text = _catalogues[language].ugettext(message)
    if "%" not in text:
        return Markup(text) if context.autoescape else str(text)  # noqa: S704
    return (Markup(text) if context.autoescape else str(text)) % variables  # noqa: S704


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

"""Pieces of pages that say the same to everybody: made once for the values handed to them, then kept.

A piece is a macro in a template of pieces. It sees its arguments (texts, numbers, tuples of them), the words
of one language and the addresses of this site; nothing of the request, of its person or of their session. So
what is kept for some values is right for whoever comes with the same values.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from flask import Flask, request
from jinja2 import Template
from markupsafe import Markup

from near_learn.application import escaped
from near_learn.languages import spoken

# Of each piece in each language: a page has some dozen states, a piece one or two kilobytes.
MOST = 200
# All texts in a tuple are plain: markup is told from them only where it is an argument of its own.
ADDRESSES = 2000
OF_THE_REQUEST = frozenset({"_external", "_scheme"})


def init_app(app: Flask) -> None:
    templates = app.jinja_env
    known: dict[tuple[str, tuple[str, str], str], Pieces] = {}

    @app.template_global()
    def pieces(name: str) -> Pieces:
        """The pieces in a template, in the reader's language."""
        key = (name, spoken(), request.script_root)
        found = known.get(key)
        if found is None or templates.auto_reload:
            template = templates.get_template(name)
            if found is None or found.template is not template:
                found = known[key] = Pieces(template)
        return found

    app.add_template_filter(filled)

    @lru_cache(maxsize=ADDRESSES, typed=True)
    def address(_root: str, endpoint: str, **values: object) -> str:
        return app.url_for(endpoint, **values)  # type: ignore[arg-type]

    @app.template_global()
    def url_for(endpoint: str, **values: object) -> str:
        """What Flask's own says, of which the site has the same few a page. Kept unless it depends on the
        request: with a host, or beside the page that is shown."""
        if endpoint.startswith(".") or not values.keys().isdisjoint(OF_THE_REQUEST):
            return app.url_for(endpoint, **values)  # type: ignore[arg-type]
        try:
            return address(request.script_root, endpoint, **values)
        except TypeError:  # a list, of which nothing can be kept
            return app.url_for(endpoint, **values)  # type: ignore[arg-type]


def filled(piece: Markup, **values: object) -> Markup:
    """PIECE with what is of one person or request where it has names in braces: markup, or a text."""
    return Markup(str.format(piece, **{name: escaped(value) for name, value in values.items()}))  # noqa: S704


class Pieces:
    """The macros of a template, as attributes. Each keeps what it made."""

    def __init__(self, template: Template) -> None:
        self.template = template

    def __getattr__(self, name: str) -> Callable[..., Markup]:
        """The piece of this name, looked up once. Raises AttributeError."""
        # Typed, because a text and the same text as markup are equal, but only one of them is escaped.
        keep = lru_cache(maxsize=MOST, typed=True)
        made = self.__dict__[name] = keep(getattr(self.template.module, name))
        return made

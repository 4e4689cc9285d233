"""What our application does otherwise than Flask's own, because every page pays for it.

Nothing of it changes what a page says: views are plain functions, the names that all templates see stay as
they are after the start, and what is markup already is not looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, MutableMapping
from copy import deepcopy
from datetime import datetime
from functools import lru_cache
from time import time
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.templating import Environment
from itsdangerous import BadSignature, URLSafeTimedSerializer
from jinja2 import pass_eval_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr
from jinja2.runtime import Context, Macro
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]
from werkzeug.datastructures import Headers, ImmutableMultiDict
from werkzeug.sansio.http import parse_cookie
from werkzeug.utils import cached_property

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PLAIN = {Macro, FunctionType, MethodType, type(lru_cache(str))}
COOKIES = 1000
"""Of so many it is remembered that they were signed here: half a kilobyte each."""
UNCHANGING = frozenset({str, bool, int})
OK = 200
ADDRESSED = frozenset({"location", "content-location"})
OF_TEMPLATE = pass_eval_context(lambda _: None).jinja_pass_arg  # type: ignore[attr-defined]


def escaped(value: object) -> str:
    """VALUE as text of a page. Most of it is markup, which needs nothing; what comes out is only put together
    with the rest, so it need not be markup."""
    if type(value) is Markup:
        return value
    return _escape_inner(value) if type(value) is str else escape(value)


class Generator(CodeGenerator):
    """Writes templates as Jinja's does, but for how a value is escaped."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


class Straight(Context):
    """Calls functions, of which a page has a hundred, without asking each three times what it wants."""

    def call(
        self,
        called: Callable[..., object],
        /,
        *args: object,
        _loop_vars: Mapping[str, object] | None = None,
        _block_vars: Mapping[str, object] | None = None,
        **kwargs: object,
    ) -> object:
        kind = type(called)
        wanted = OF_TEMPLATE if kind is Macro else getattr(called, "jinja_pass_arg", None)
        if kind not in PLAIN or (wanted is not None and wanted is not OF_TEMPLATE):
            return super().call(called, *args, _loop_vars=_loop_vars, _block_vars=_block_vars, **kwargs)
        return called(*args, **kwargs) if wanted is None else called(self.eval_ctx, *args, **kwargs)


class Templates(Environment):
    """Jinja's, with one dictionary of the names that all templates see."""

    code_generator_class = Generator
    context_class = Straight

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The names that a template sees: those of all, as long as it is given none of its own."""
        return super().make_globals(d) if d else self.globals

    escaped = staticmethod(escaped)


class Sessions(SecureCookieSessionInterface):
    """Flask's, which makes its key and proves the same cookie anew for each request."""

    def __init__(self) -> None:
        self._made: dict[object, URLSafeTimedSerializer | None] = {}

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds; nothing, unless it was signed here and is not too old."""
        serializer, text = self.get_signing_serializer(app), request.cookies.get(self.get_cookie_name(app))
        if serializer is None or not text:
            return super().open_session(app, request)
        try:
            held, signed_at = _proved(serializer, text)
        except BadSignature:
            return self.session_class()
        # Whether it is too old is found out each time; the whole seconds are those of the signature.
        age = int(time()) - int(signed_at.timestamp())
        lasts = 0 <= age <= int(app.permanent_session_lifetime.total_seconds())
        return self.session_class(_copied(held)) if lasts else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Sends the cookie, or says that the answer depends on it. Most answers leave it as it is."""
        as_it_is = session and not session.modified and not self.should_set_cookie(app, session)
        if as_it_is and session.accessed and "Vary" not in response.headers:
            response.headers.add("Vary", "Cookie")
        else:
            super().save_session(app, session, response)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        key = (app.secret_key, tuple(app.config["SECRET_KEY_FALLBACKS"] or ()))
        if key not in self._made:
            self._made = {key: super().get_signing_serializer(app)}
        return self._made[key]


@lru_cache(maxsize=COOKIES)
def _proved(serializer: URLSafeTimedSerializer, text: str) -> tuple[dict[str, Any], datetime]:
    """What the cookie holds, and when it was signed. Raises BadSignature for what was not signed with our
    key: that is not kept, so nobody can fill the memory with it."""
    held, signed_at = serializer.loads(text, return_timestamp=True)
    return held, signed_at


def _copied(held: Mapping[str, Any]) -> dict[str, Any]:
    """What one request may change and the next does not see. Most of it cannot be changed."""
    return {name: value if type(value) in UNCHANGING else deepcopy(value) for name, value in held.items()}


class Asked(Request):
    """Flask's, which goes through all headers to find that of the cookies."""

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """What the browser sent of them."""
        return parse_cookie(self.environ.get("HTTP_COOKIE", ""), ImmutableMultiDict)  # type: ignore[return-value]


class Answered(Response):
    """Flask's, which copies the headers one by one in case an address or a length has to be mended."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """The headers as they are sent."""
        names = {name.lower() for name, _ in self.headers}
        as_they_are = "content-length" in names and names.isdisjoint(ADDRESSED)
        return self.headers if as_they_are and self.status_code == OK else super().get_wsgi_headers(environ)


class Application(Flask):
    """A Flask application with our templates, sessions, requests and answers."""

    jinja_environment = Templates
    session_interface = Sessions()
    request_class = Asked
    response_class = Answered

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """FUNC: none of ours is asynchronous, so none is asked."""
        return func


def read_templates(app: Flask, folders: Collection[str]) -> None:
    """Reads the templates in FOLDERS ("" for those in none) now, not when somebody waits for their page."""
    for name in app.jinja_env.list_templates():
        if name.rpartition("/")[0] in folders:
            app.jinja_env.get_template(name)

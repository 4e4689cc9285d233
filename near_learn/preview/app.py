"""The preview as a small Flask application of its own: no database, no sign-in, nothing is recorded."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from flask import Flask, Response, abort, g, redirect, render_template, request, send_file, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from near_learn import assets, languages
from near_learn.application import Application
from near_learn.authoring.place import Place, Unknown, place
from near_learn.authoring.preview import sheet
from near_learn.config import PACKAGE, Settings, beside_package
from near_learn.content import media
from near_learn.content.places import NotFound, course_folder, identifier, module_folder
from near_learn.player.numbers import plain_number, shown_number
from near_learn.preview.work import Work
from near_learn.security import HEADERS

OFTEN = 0.3  # seconds between two looks at the files
ALIVE = 15.0  # seconds after which a silent connection is tried
# A page elsewhere must not read the courses through a name that leads to this machine.
HOSTS = {"127.0.0.1", "localhost"}


def create_preview(work: Work) -> Flask:
    """The application that shows this folder."""
    app = Application("near_learn", root_path=str(PACKAGE), template_folder=str(beside_package("templates")))
    app.extensions["settings"] = Settings()
    app.config.update(BABEL_DEFAULT_LOCALE="en", BABEL_TRANSLATION_DIRECTORIES=str(PACKAGE / "translations"))
    app.jinja_env.filters |= {"shown_number": shown_number, "plain_number": plain_number}
    assets.init_app(app)
    languages.init_app(app)
    _around(app)
    _pages(app, work)
    _addresses(app, work)
    return app


def _around(app: Flask) -> None:
    """What happens before and after every page."""

    @app.before_request
    def here_only() -> None:
        wanted = request.args.get("language", "")
        g.language = wanted if wanted in languages.LANGUAGES else "en"
        if (urlsplit(f"//{request.host}").hostname or "") not in HOSTS:
            abort(403)

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.errorhandler(Unknown)
    def unknown(_: Unknown) -> tuple[str, int]:
        return render_template("preview/nothing.html", error=""), 404

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[str, int]:
        return render_template("preview/nothing.html", error=error.description), error.code or 500

    @app.errorhandler(OSError)
    def unreadable(error: OSError) -> tuple[str, int]:
        # A file that an editor is just replacing is there again at the next look.
        return render_template("preview/nothing.html", error=str(error)), 503


def _pages(app: Flask, work: Work) -> None:
    """The list of texts, a text, and the news about it."""

    @app.get("/")
    def index() -> str | AnyResponse:
        if work.module:
            return redirect(url_for("text", course=work.course, module=work.module, language=work.language))
        courses = [
            (folder, identifier(folder / "course.md"), work.modules(folder)) for folder in work.folders()
        ]
        return render_template("preview/index.html", courses=courses, work=work)

    @app.get("/<course>/")
    @app.get("/<course>/<module>/")
    def text(course: str, module: str = "") -> str:
        where = work.place(course, module, request.args.get("language") or "en")
        page = work.page(where)
        return render_template(
            "preview/text.html",
            page=page,
            work=work,
            sheet=sheet,
            answers=request.args.get("show") != "learner",
            written=work.languages(where.folder, where.module),
        )

    @app.get("/changes/<course>/")
    @app.get("/changes/<course>/<module>/")
    def changes(course: str, module: str = "") -> Response:
        where = Place(work.courses / course, module, request.args.get("language") or "en")
        if where.folder not in work.folders() or place(where.folder, where.file) != where:
            raise Unknown(course)
        news = _news(work, where, request.args.get("seen", ""))
        return Response(news, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _news(work: Work, where: Place, seen: str) -> Iterator[str]:
    """A line whenever the files of a page have changed: the form of Server-Sent Events."""
    quiet = 0.0
    yield "retry: 1000\n\n"
    while True:
        now = work.seen(where)
        if now != seen:
            seen, quiet = now, 0.0
            yield f"event: change\ndata: {now}\n\n"
        elif quiet >= ALIVE:
            quiet = 0.0
            yield ": nothing new\n\n"
        time.sleep(OFTEN)
        quiet += OFTEN


def address(place: Place, anchor: str | None = None) -> str:
    """The page of a text."""
    return url_for(
        "text", course=place.course, module=place.module or None, language=place.language, _anchor=anchor
    )


def _addresses(app: Flask, work: Work) -> None:
    """The addresses that links in course texts have on the site, led to the preview's own."""

    def language() -> str:
        """Of the page with the link, which the browser names within one site."""
        return parse_qs(urlsplit(request.referrer or "").query).get("language", ["en"])[0]

    def to_text(course: str, module: str, anchor: str | None) -> AnyResponse:
        try:
            folder = course_folder(work.courses, course)
            name = module_folder(work.courses, f"{folder.name}/{module}").name if module else ""
        except NotFound as error:
            raise Unknown(str(error)) from error
        code = language() if language() in work.languages(folder, name) else "en"
        place = Place(folder, name, code)
        return redirect(address(place, anchor))

    @app.get("/courses/<course>")
    @app.get("/courses/<course>/modules/<module>")
    @app.get("/courses/<course>/modules/<module>/<anchor>")
    @app.get("/courses/<course>/modules/<module>/sections/<anchor>")
    def elsewhere(course: str, module: str = "", anchor: str = "") -> AnyResponse:
        return to_text(course, module, f"s-{anchor}" if anchor else None)

    @app.get("/courses/<course>/modules/<module>/questions/<question>")
    def question(course: str, module: str, question: str) -> AnyResponse:
        return to_text(course, module, f"q-{question}")

    @app.get("/courses/<course>/<module>/media/<name>")
    def file(course: str, module: str, name: str) -> AnyResponse:
        try:
            folder = module_folder(work.courses, f"{course}/{module}")
        except NotFound as error:
            raise Unknown(str(error)) from error
        found, _ = media.files(folder, folder.parent, "")
        if name not in found:
            raise Unknown(name)
        return send_file(found[name], mimetype=media.TYPES[found[name].suffix.lower()])

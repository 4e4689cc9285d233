"""The trainers' page about packages of a course, and the packages to download."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, current_app, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from near_learn.config import Settings
from near_learn.content import Course
from near_learn.languages import LANGUAGES
from near_learn.packages import source
from near_learn.packages.archive import packed
from near_learn.packages.contents import contents
from near_learn.packages.edition import ALL, NoSuchLanguage, NoSuchRegion, edition, languages_of
from near_learn.packages.kind import Kind
from near_learn.people.access import role_required
from near_learn.people.role import Role
from near_learn.records.iris import Iris
from near_learn.security import limiter

UNPROCESSABLE = 422

blueprint = Blueprint("packages", __name__, url_prefix="/packages")
authors_only = role_required(Role.TRAINER, Role.OPERATOR)

NAMES = {
    Kind.CMI5: "cmi5",
    Kind.SCORM12: "SCORM 1.2",
    Kind.SCORM2004: "SCORM 2004",
    Kind.HTML: "HTML",
}
# For which systems, and what comes back.
USES = {
    Kind.CMI5: lazy_gettext(
        "For a platform that launches cmi5. It reports each answer, score and completion, as this site does."
    ),
    Kind.SCORM12: lazy_gettext(
        "For Moodle, ILIAS and nearly every other platform. Completion, score and place go to that platform."
    ),
    Kind.SCORM2004: lazy_gettext(
        "For platforms that know the newer SCORM: completion and passing apart, and room for more answers."
    ),
    Kind.HTML: lazy_gettext("To read without a network, from a folder or a stick. Nothing is reported."),
}


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


def by_whom() -> str:
    """Whose packages are counted together by the limit."""
    return f"packages:{getattr(current_user, 'account', 'nobody')}"


def course_of(name: str) -> Course:
    """The course that an address names; 404 when learners see none of that name."""
    try:
        return source.course(name)
    except source.NoSuchCourse:
        abort(404)


@blueprint.get("/<course>")
@authors_only
def choose(course: str) -> str:
    """What a package is good for, and a form to download one."""
    return choice(course_of(course))


def choice(course: Course, error: str = "", region_error: str = "") -> str:
    """The page; ERROR stands next to the languages, REGION_ERROR next to the region."""
    there = {code: LANGUAGES.get(code, (code, ""))[0] for code in languages_of(course)}
    return render_template(
        "packages/choose.html",
        course=course,
        published=source.published(course),
        names=NAMES,
        uses=USES,
        languages=there,
        chosen=request.args.get("language", ALL),
        error=error,
        regional=Kind.CMI5,
        region=request.args.get("region", ""),
        region_error=region_error,
    )


@blueprint.get("/<course>/<any(cmi5, scorm12, scorm2004, html):kind>.zip")
@authors_only
@limiter.limit("60 per hour", key_func=by_whom)
def download(course: str, kind: str) -> Response | tuple[str, int]:
    """The package, streamed; 422 with the page for a language that the course is not in."""
    settings: Settings = current_app.extensions["settings"]
    found = course_of(course)
    language = request.args.get("language", ALL)
    region = request.args.get("region", "").strip().upper() if kind == Kind.CMI5 else ""
    try:
        chosen = edition(found, Kind(kind), Iris(settings.base_url), language, region)
    except NoSuchLanguage:
        error = gettext("The course is not in this language. Choose one from the list.")
        return choice(found, error), UNPROCESSABLE
    except NoSuchRegion:
        error = gettext("There is no region with this code in NUTS 2024.")
        return choice(found, region_error=error), UNPROCESSABLE
    # Made before the answer begins: what is wrong with a text must not end in half a file.
    response = Response(packed(contents(chosen)), mimetype="application/zip")
    name = "-".join(
        filter(None, (found.id, kind, language if language != ALL else "", region, found.release))
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response

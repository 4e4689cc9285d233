"""The versions of a course's texts: who wrote what and when, what differed, and going back to one of them."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from near_learn.authoring import course_file, differences
from near_learn.authoring.blueprint import (
    CONFLICT,
    blueprint,
    folder_of,
    history,
    names,
    place_of,
    writer,
)
from near_learn.authoring.conflict import conflict_page
from near_learn.authoring.history import Entry, What
from near_learn.authoring.place import Place, Unknown, place
from near_learn.authoring.removal import bring_back
from near_learn.authoring.saving import Changed
from near_learn.content.values import FOLDER

MOST = 100


@blueprint.get("/<course>/history")
def course_history(course: str) -> str:
    """What was changed in this course lately, texts that are gone among it."""
    folder = folder_of(course)
    kept = history()
    entries = [entry for file in kept.files(course) for entry in kept.entries(course, file)]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    gone = {
        entry.file
        for entry in entries
        if entry.what is What.DELETED and not (folder / entry.file).exists() and entry.file.endswith(".md")
    }
    return render_template(
        "authoring/course_history.html",
        course=course,
        entries=entries[:MOST],
        gone=sorted(gone),
        names=names(entry.account for entry in entries[:MOST]),
        What=What,
    )


@blueprint.get("/<course>/history/<path:text>")
def text_history(course: str, text: str) -> str:
    """The versions of one text; with `version` what differs from the text now, or what it changed."""
    here = wanted(course, text)
    entries = history().entries(course, here.file)
    now = course_file.read(here.path)
    if not entries and not now.there:
        abort(404)
    chosen = _chosen(entries, request.args.get("version", ""))
    before = None
    if chosen:
        older = [each for each in entries if each.id < chosen.id and each.what is not What.ASIDE]
        before = older[0] if older else None
    versus_now = request.args.get("with") != "before"
    rows = None
    if chosen and versus_now:
        rows = differences.rows(chosen.text, now.text)
    elif chosen:
        rows = differences.rows(before.text if before else "", chosen.text)
    return render_template(
        "authoring/text_history.html",
        place=here,
        entries=entries,
        chosen=chosen,
        before=before,
        versus_now=versus_now,
        rows=rows,
        now=now,
        names=names(entry.account for entry in entries),
        What=What,
    )


@blueprint.post("/<course>/restore/<path:text>")
def restore(course: str, text: str) -> Response | tuple[str, int]:
    """Makes an earlier version the text again; the one that is there now stays in the history."""
    here = wanted(course, text)
    chosen = _chosen(history().entries(course, here.file), request.form.get("version", ""))
    if chosen is None:
        abort(404)
    gone = bool(here.module) and not here.path.parent.exists()
    try:
        writer().save(here, chosen.text, request.form.get("base", ""), What.RESTORED)
    except Changed as changed:
        return conflict_page(here, chosen.text, changed), CONFLICT
    if gone:
        bring_back(writer(), here.folder, here.module)
    flash(gettext("The earlier version is the text again. What was there before is in the history."), "good")
    return redirect(url_for("authoring.edit", course=course, text=here.file))


def wanted(course: str, text: str) -> Place:
    """A text that is there or once was, in a module that is there or once was. Raises Unknown."""
    try:
        return place_of(course, text)
    except Unknown:
        folder = folder_of(course)
        module, slash, name = text.rpartition("/")
        if not slash or not FOLDER.match(module) or (folder / module).exists():
            raise
        if not history().entries(course, text):
            raise
        found = place(folder, f"course.{name}" if name != "en.md" else "course.md")
        return Place(folder, module, found.language)


def _chosen(entries: list[Entry], identifier: str) -> Entry | None:
    return next((entry for entry in entries if entry.id == identifier), None)

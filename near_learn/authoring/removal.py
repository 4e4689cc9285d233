"""Taking a translation or a whole module out of a course; everything stays in the history."""

from __future__ import annotations

import re
from pathlib import Path

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from near_learn.authoring import course_file
from near_learn.authoring.blueprint import blueprint, folder_of, place_of, writer
from near_learn.authoring.history import What
from near_learn.authoring.place import module_folder, place
from near_learn.authoring.saving import Writer
from near_learn.content import entries
from near_learn.content.course_folder import MAIN
from near_learn.content.entries import CannotWrite
from near_learn.content.frontmatter import Scalar
from near_learn.content.media import FOLDER as MEDIA
from near_learn.content.places import ENGLISH
from near_learn.content.values import INSTRUMENTS


@blueprint.route("/<course>/delete/<path:text>", methods=["GET", "POST"])
def delete_text(course: str, text: str) -> str | Response:
    """Asks, then takes a translation away."""
    here = place_of(course, text)
    if not here.translated or not here.path.is_file():
        abort(404)
    now = course_file.read(here.path)
    if request.method == "GET" or request.form.get("base") != now.digest:
        return render_template("authoring/delete.html", course=course, place=here, base=now.digest, files=[])
    by = writer()
    with by.alone(course):
        by.delete(here.folder, here.file)
    flash(gettext("The translation is taken away. It can be brought back from the history."), "good")
    return redirect(url_for("authoring.course", course=course))


@blueprint.route("/<course>/delete-module/<folder>", methods=["GET", "POST"])
def delete_module(course: str, folder: str) -> str | Response:
    """Asks, then takes a module away, with its translations and media, and out of the course's list."""
    home = folder_of(course)
    module = module_folder(home, folder)
    files = sorted(path for path in module.rglob("*") if path.is_file() and not path.name.startswith("."))
    if request.method == "GET" or request.form.get("module") != folder:
        names = [path.relative_to(home).as_posix() for path in files]
        return render_template("authoring/delete.html", course=course, place=None, folder=folder, files=names)
    by = writer()
    with by.alone(course):
        for path in files:
            by.delete(home, path.relative_to(home).as_posix())
        _remove_empty(module)
        unlist(by, home, folder)
    flash(gettext("The module is taken away. Its texts can be brought back from the history."), "good")
    return redirect(url_for("authoring.course", course=course))


def unlist(by: Writer, home: Path, folder: str) -> None:
    """Takes the module's line out of course.md; every other byte stays."""
    here = place(home, MAIN)
    now = course_file.read(here.path)
    line = re.compile(rf"^[ \t]*-[ \t]+[\"']?{re.escape(folder)}[\"']?[ \t]*(#.*)?\n", re.MULTILINE)
    text = line.sub("", now.text, count=1)
    if text != now.text:
        by.note(home, here.file)
        data = now.encoded(text)
        course_file.write(here.path, data)
        by.created(home, [here.path])


def bring_back(by: Writer, home: Path, folder: str) -> None:
    """After a text of a module came back: its media too, and the module's line in course.md."""
    for file in by.history.files(home.name):
        newest = by.history.newest(home.name, file) if file.startswith(f"{folder}/{MEDIA}/") else None
        if newest and newest.what is What.DELETED and not (home / file).exists():
            course_file.write(home / file, newest.data)
            by.history.keep(home.name, file, newest.data, What.RESTORED, by.account, by.at)
    here = place(home, MAIN)
    now = course_file.read(here.path)
    english = course_file.read(home / folder / ENGLISH).text
    try:
        kind = entries.read(english).values.get("kind")
        entry = "instruments" if isinstance(kind, Scalar) and kind.text in INSTRUMENTS else "modules"
        if folder in entries.items(now.text, entry):
            return
        by.save(here, entries.with_item(now.text, entry, folder), now.digest, What.RESTORED)
    except CannotWrite:
        return  # the checker says that the folder is not among the modules


def _remove_empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    if not any(folder.iterdir()):
        folder.rmdir()

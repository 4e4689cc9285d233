"""What learners would see of a text, as HTML for a frame in which nothing can run."""

from __future__ import annotations

import re

from flask import render_template, url_for

from near_learn.authoring.checking import Checked
from near_learn.authoring.place import Place
from near_learn.content import Question
from near_learn.content.drawing import options, targets
from near_learn.content.links import media_url
from near_learn.player.entry import Entry
from near_learn.player.sheet import Sheet

LINK = re.compile(r'<a href="(?!#)')
# How questions are shown: with what is right, or as learners meet them.
SHOWS = ("trainer", "learner")


def body(place: Place, checked: Checked, show: str) -> str:
    """The page without its frame. Pictures come from the working copy; links open another window."""
    html = render_template(
        "authoring/preview.html", place=place, checked=checked, answers=show != "learner", sheet=sheet
    )
    if checked.module_id:
        ours = media_url(checked.course_id, checked.module_id, "")
        desk = url_for("authoring.media", course=place.course, folder=place.module, name="")
        html = html.replace(f'"{ours}', f'"{desk}')
    return LINK.sub('<a target="_blank" href="', html)


def sheet(question: Question) -> Sheet:
    """The question with nothing filled in; what is mixed for every learner is mixed here in one way."""
    seed = "preview"
    return Sheet(question, options(question, seed), targets(question, seed), Entry())


def document(html: str, language: str) -> str:
    """The whole document that stands in the frame."""
    return render_template("authoring/frame.html", html=html, language=language)

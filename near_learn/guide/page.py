"""The guide as an HTML page that stands alone: style and pictures are in it."""

from __future__ import annotations

import base64
from datetime import datetime
from pathlib import Path

from flask import render_template
from flask_babel import gettext

from near_learn.content.media import TYPES
from near_learn.guide.edition import Guide

STYLE = Path(__file__).with_name("guide.css")


def html(guide: Guide, made: datetime) -> str:
    """The document, in the language of the guide, which must be the one in force for messages and dates."""
    return render_template(
        "guide/guide.html", guide=guide, title=title(guide), made=made, style=STYLE.read_text("utf-8")
    )


def title(guide: Guide) -> str:
    """The course's title, or what the collection is called."""
    if len(guide.courses) == 1:
        return guide.named(dict(guide.courses[0].title))
    return str(gettext("Towards person-centred, community-based services: the courses"))


def embedded(picture: Path) -> str:
    """The picture itself as an address, so that the page needs no other file."""
    data = base64.b64encode(picture.read_bytes()).decode()
    return f"data:{TYPES[picture.suffix.lower()]};base64,{data}"

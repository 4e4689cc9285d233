"""What a mail says: written once, in the reader's language, as text and as simple HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flask import current_app, render_template
from flask_babel import force_locale

from near_learn.config import Settings
from near_learn.languages import LANGUAGES


@dataclass(frozen=True)
class Link:
    """What the reader is to do, and the whole address where."""

    label: str
    address: str


@dataclass(frozen=True)
class Letter:
    """A mail in one language. In the transaction: outbox.put(…, **letter.parts())."""

    language: str
    subject: str
    text: str
    html: str

    def parts(self) -> dict[str, str]:
        """What `outbox.put` takes."""
        return {"subject": self.subject, "text": self.text, "html": self.html}


@contextmanager
def in_language(language: str) -> Iterator[str]:
    """Every gettext and every date in the block is in LANGUAGE, or in the site's for one we do not have."""
    settings: Settings = current_app.extensions["settings"]
    known = language if language in LANGUAGES else settings.language
    with force_locale(LANGUAGES[known][1]):
        yield known


def written(
    language: str, subject: str, blocks: Sequence[str | Sequence[str] | Link], *, closing: Sequence[str] = ()
) -> Letter:
    """The letter. Call it inside `in_language`, with texts that were translated there.

    `closing` stands in small letters below: why the reader got this, how to end it.
    """
    values = {"language": language, "subject": subject, "blocks": [_named(each) for each in blocks]}
    return Letter(
        language,
        subject,
        text=render_template("mail/letter.txt", **values, closing=closing),
        html=render_template("mail/letter.html", **values, closing=closing),
    )


def absolute(path: str) -> str:
    """The whole address of a path of this site: mails are read elsewhere, and commands have no request."""
    settings: Settings = current_app.extensions["settings"]
    return settings.base_url + path


def _named(block: str | Sequence[str] | Link) -> tuple[str, object]:
    if isinstance(block, Link):
        return "link", block
    return ("text", block) if isinstance(block, str) else ("list", list(block))

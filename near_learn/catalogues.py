"""Brings the translation catalogues up to date with the code: `make catalogues`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from near_learn.config import PACKAGE
from near_learn.languages import LANGUAGES

ROOT = PACKAGE.parent
TRANSLATIONS = PACKAGE / "translations"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
SOURCES = ((PACKAGE, [("**.py", "python")]), (ROOT / "templates", [("**.html", "jinja2")]))
OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}}


def extracted() -> Catalog:
    """All messages of the code and the templates, in English."""
    catalogue = Catalog(project="NEAR Learn", version="0", charset="utf-8")
    for folder, methods in SOURCES:
        for name, line, message, comments, context in extract_from_dir(
            folder, methods, OPTIONS, KEYWORDS, comment_tags=["Translators:"]
        ):
            place = (Path(folder) / name).relative_to(ROOT).as_posix()
            catalogue.add(message, None, [(place, line)], auto_comments=comments, context=context)
    return catalogue


def catalogues() -> Iterator[tuple[str, Path]]:
    """(language, file) of every catalogue; English is the source and needs none."""
    for language in LANGUAGES:
        if language != "en":
            yield language, TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def update() -> None:
    """Adds new messages to every catalogue and drops those that are no longer used."""
    template = extracted()
    for language, path in catalogues():
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            with path.open("rb") as file:
                catalogue = read_po(file, locale=language)
        else:
            catalogue = Catalog(locale=language, project="NEAR Learn", charset="utf-8")
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        with path.open("wb") as file:
            write_po(
                file, catalogue, width=110, sort_by_file=True, ignore_obsolete=True, include_lineno=False
            )


if __name__ == "__main__":
    update()

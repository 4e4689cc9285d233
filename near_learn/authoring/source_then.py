"""The English text as it was at an earlier version: what a translation was made from."""

from __future__ import annotations

from collections.abc import Iterator

from near_learn.authoring.history import History, What
from near_learn.authoring.place import Place
from near_learn.content.course_folder import MAIN
from near_learn.content.earlier import Earlier, in_git, in_releases
from near_learn.content.places import identifier
from near_learn.content.releases import Releases
from near_learn.content.wording import version


def at_version(place: Place, wanted: int, history: History, releases: Releases) -> str | None:
    """The newest English text that had this version: from the desk's history, a release, or git."""
    kept = sorted([*_kept(place, history), *_published(place, releases)], key=lambda each: each.at)
    for each in reversed(kept):
        if version(each.text) == wanted:
            return each.text
    return next((each.text for each in in_git(place.english.path) if version(each.text) == wanted), None)


def _kept(place: Place, history: History) -> Iterator[Earlier]:
    for entry in history.entries(place.course, place.english.file):
        if entry.what is not What.ASIDE:
            yield Earlier(entry.text, entry.at, entry.id)


def _published(place: Place, releases: Releases) -> Iterator[Earlier]:
    yield from in_releases(releases, identifier(place.folder / MAIN), place.english.file)

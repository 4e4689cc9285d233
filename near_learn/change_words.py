"""The changes of a course in words: what learners notice, sentence by sentence, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_babel import gettext, lazy_gettext, ngettext

from near_learn.content.changes import Changes, Lists, ModuleChange
from near_learn.languages import LANGUAGES

# By the names that trainers write in the front matter.
SETTINGS = {
    "kind": lazy_gettext("the kind"),
    "minutes": lazy_gettext("the time needed"),
    "pass_mark": lazy_gettext("the pass mark"),
    "attempts": lazy_gettext("the number of attempts"),
    "cool_down": lazy_gettext("the pause between attempts"),
    "shuffle": lazy_gettext("whether answers are shuffled"),
    "draw": lazy_gettext("how many questions are drawn"),
    "weeks": lazy_gettext("the weeks until it is asked"),
}


def sentences(changes: Changes, language: str) -> list[str]:
    """All that learners will notice, for the person who publishes; titles are in LANGUAGE if they can be."""
    if changes.first:
        return [gettext("The course is new to learners.")]
    if not changes:
        return [gettext("Learners will notice nothing.")]
    return [*_effect(changes), *_all(changes, language)]


def structural(changes: Changes, language: str) -> list[str]:
    """What a learner should know before choosing between the course as it was and the new one."""
    found = list(_order(changes))
    for change in changes.modules:
        if change.what != "changed" or _structural(change):
            found += _module(change, language, sections_only=True)
    return found


def _structural(change: ModuleChange) -> bool:
    return bool(change.sections) or change.quiz_came or change.quiz_went or change.quiz_moved


def _effect(changes: Changes) -> Iterator[str]:
    """What happens to people who are in the middle of the course."""
    if changes.structure:
        yield gettext(
            "The course is built differently: people in the middle of it are asked whether they go on as it "
            "was, or take the new one and keep what they have passed."
        )
    if changes.quizzes:
        yield ngettext(
            "%(num)s quiz is another one for new attempts; attempts that were begun stay as they are.",
            "%(num)s quizzes are others for new attempts; attempts that were begun stay as they are.",
            len(changes.quizzes),
        )
    if not changes.structure and not changes.quizzes:
        yield gettext("Everybody sees this at once, without being asked.")


def _all(changes: Changes, language: str) -> Iterator[str]:
    if changes.page:
        yield gettext(
            "The page of the course reads differently in: %(languages)s.", languages=_named(changes.page)
        )
    yield from _order(changes)
    for change in (*changes.modules, *changes.instruments):
        yield from _module(change, language)


def _order(changes: Changes) -> Iterator[str]:
    if changes.order:
        yield gettext("The modules stand in another order.")


def _module(change: ModuleChange, language: str, *, sections_only: bool = False) -> Iterator[str]:
    title = change.module.text(language).title
    if change.what == "added":
        yield gettext("New: “%(title)s”.", title=title)
        return
    if change.what == "removed":
        yield gettext("No longer part of the course: “%(title)s”. What was done in it is kept.", title=title)
        return
    parts = list(_sections(change, language))
    if not sections_only:
        parts += _details(change)
    if parts:
        yield gettext("In “%(title)s”: %(changes)s.", title=title, changes="; ".join(parts))


def _sections(change: ModuleChange, language: str) -> Iterator[str]:
    found = change.sections

    def titles(ids: Iterable[str]) -> str:
        return ", ".join(f"“{change.section(each, language)}”" for each in ids)

    if found.added:
        number = len(found.added)
        yield ngettext("new page %(titles)s", "new pages %(titles)s", number, titles=titles(found.added))
    if found.removed:
        number = len(found.removed)
        yield ngettext(
            "without the page %(titles)s",
            "without the pages %(titles)s",
            number,
            titles=titles(found.removed),
        )
    if found.moved:
        yield gettext("the pages stand in another order")
    if change.quiz_came:
        yield gettext("there is a quiz now")
    if change.quiz_went:
        yield gettext("there is no quiz any more")
    if change.quiz_moved and not found:
        yield gettext("the quiz stands in another place")


def _details(change: ModuleChange) -> Iterator[str]:
    yield from _questions(change.quiz, gettext("quiz"))
    yield from _questions(change.checks, gettext("questions in the text"))
    if change.settings:
        names = ", ".join(str(SETTINGS[name]) for name in change.settings)
        yield gettext("another value for %(names)s", names=names)
    if change.languages.added:
        yield gettext("now also in %(languages)s", languages=_named(change.languages.added))
    if change.languages.removed:
        yield gettext("no longer in %(languages)s", languages=_named(change.languages.removed))
    if change.media:
        yield gettext("other pictures, sounds or files")
    if change.wording:
        yield gettext("reads differently in %(languages)s", languages=_named(change.wording))


def _questions(found: Lists, where: str) -> Iterator[str]:
    parts = []
    if found.added:
        parts.append(ngettext("%(num)s new", "%(num)s new", len(found.added)))
    if found.changed:
        parts.append(ngettext("%(num)s changed", "%(num)s changed", len(found.changed)))
    if found.removed:
        parts.append(ngettext("%(num)s taken away", "%(num)s taken away", len(found.removed)))
    if found.moved:
        parts.append(gettext("in another order"))
    if parts:
        yield f"{where}: {', '.join(parts)}"


def _named(codes: Iterable[str]) -> str:
    """Languages by their own names."""
    return ", ".join(LANGUAGES[code][0] if code in LANGUAGES else code for code in codes)

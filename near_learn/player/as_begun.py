"""A quiz as it was when an attempt at it was begun, in the middle of a course that has changed since."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from near_learn.content import Course, Module, ModuleText
from near_learn.content_library import shelf
from near_learn.languages import current_language
from near_learn.player import draft
from near_learn.player.visit import Visit


def attempt_being_made(here: Visit) -> Visit:
    """The visit with the quiz of the attempt that is being made: answers keep the questions they answer."""
    if not here.begun or not here.here.drafted:
        return here
    return as_of(here, draft.begun_on(here.registration, here.module.id, here.number))


def as_of(here: Visit, release: str) -> Visit:
    """The visit with the quiz of this release, in the words of the newest release that asks the same.

    With the quiz of today when the release is not known, or its files are gone.
    """
    course, module = here.standing.course, here.here.module
    if release == course.release:
        return _visit(here, course, module)
    then = shelf().with_quiz(course.id, module.id, release)
    if then is None or then.module(module.id).quiz_key == module.quiz_key:
        return _visit(here, course, module)
    merged = with_quiz_of(module, then.module(module.id))
    return _visit(here, _with(course, then.release, merged), merged)


def with_quiz_of(module: Module, then: Module) -> Module:
    """The module with all that makes the quiz of THEN what it is."""
    texts = {
        language: _text(text, then.texts[language])
        for language, text in module.texts.items()
        if language in then.texts
    }
    return replace(
        module,
        texts=MappingProxyType(texts),
        media=MappingProxyType({**then.media, **module.media}),
        pass_mark=then.pass_mark,
        draw=then.draw,
        shuffle=then.shuffle,
    )


def _text(text: ModuleText, then: ModuleText) -> ModuleText:
    return replace(
        text,
        quiz=then.quiz,
        quiz_title=then.quiz_title,
        quiz_html=then.quiz_html,
        objectives=then.objectives,  # questions name theirs by its number
    )


def _with(course: Course, release: str, module: Module) -> Course:
    """The course with this module in its place; its statements name the release of the quiz."""

    def put(modules: tuple[Module, ...]) -> tuple[Module, ...]:
        return tuple(module if each.id == module.id else each for each in modules)

    return replace(course, release=release, modules=put(course.modules), instruments=put(course.instruments))


def _visit(here: Visit, course: Course, module: Module) -> Visit:
    if course is here.course and module is here.module:
        return here  # with what it has asked for already
    return replace(here, course=course, module=module, text=module.text(current_language()))

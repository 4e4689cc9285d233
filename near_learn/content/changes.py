"""What learners will notice when one state of a course takes the place of another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from near_learn.content.course import SOURCE_LANGUAGE, Course, Module, ModuleText
from near_learn.content.question import Question

What = Literal["added", "removed", "changed"]

# Of a module: what its front matter says, under the names that trainers write there.
SETTINGS = ("kind", "minutes", "pass_mark", "attempts", "cool_down", "shuffle", "draw", "weeks")


@dataclass(frozen=True)
class Lists:
    """What a list has gained and lost, and what has changed in it; ids, each in the order of the list."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: bool = False  # what was and is there stands in another order

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moved)


@dataclass(frozen=True)
class ModuleChange:
    """One module: new, taken away, or changed. `old` and `new` are the module before and after, if any."""

    what: What
    old: Module | None
    new: Module | None
    wording: tuple[str, ...] = ()  # languages in which a text reads differently
    languages: Lists = Lists()
    sections: Lists = Lists()
    checks: Lists = Lists()  # questions in the text; a changed one means something else
    quiz: Lists = Lists()
    media: bool = False  # other pictures, sounds or files
    settings: tuple[str, ...] = ()  # names of SETTINGS
    new_attempts: bool = False  # who tries the quiz again gets another one; begun attempts stay as they are
    quiz_came: bool = False
    quiz_went: bool = False
    quiz_moved: bool = False  # it stands in another place among the sections

    @property
    def module(self) -> Module:
        """The module as it is now, or was last."""
        found = self.new or self.old
        assert found is not None  # noqa: S101 (one of the two is there)
        return found

    def section(self, section_id: str, language: str) -> str:
        """The title of a section, of the new state if it is there."""
        for module in (self.new, self.old):
            for section in module.text(language).sections if module else ():
                if section.id == section_id:
                    return section.title
        return section_id


@dataclass(frozen=True)
class Changes:
    """All that differs between two states of a course. Nothing differs: false."""

    first: bool  # there was nothing before
    structure: bool  # who is in the middle is asked whether to go on as before
    page: tuple[str, ...] = ()  # languages in which the course's own page reads differently
    order: bool = False  # modules that were and are there stand in another order
    modules: tuple[ModuleChange, ...] = ()
    instruments: tuple[ModuleChange, ...] = ()

    def __bool__(self) -> bool:
        return self.first or bool(self.page or self.order or self.modules or self.instruments)

    @property
    def quizzes(self) -> tuple[str, ...]:
        """The modules whose quiz is another one for new attempts."""
        return tuple(each.module.id for each in self.modules if each.new_attempts)

    def as_json(self) -> dict[str, Any]:
        """The changes as plain values, for programs."""
        return {
            "first": self.first,
            "structure": self.structure,
            "page": list(self.page),
            "order": self.order,
            "modules": [_plain(each) for each in self.modules],
            "instruments": [_plain(each) for each in self.instruments],
        }


def compare(old: Course | None, new: Course) -> Changes:
    """What differs; of a course that was never published, everything is new."""
    if old is None:
        return Changes(
            True, False, modules=_modules((), new.modules), instruments=_modules((), new.instruments)
        )
    order = _lists([module.id for module in old.modules], [module.id for module in new.modules]).moved
    return Changes(
        first=False,
        structure=old.structure != new.structure,
        page=_page(old, new),
        order=order,
        modules=_modules(old.modules, new.modules),
        instruments=_modules(old.instruments, new.instruments),
    )


def _page(old: Course, new: Course) -> tuple[str, ...]:
    """Languages in which the title, the summary or the description is another one, or new."""
    parts = ("title", "summary", "description_html")
    languages = dict.fromkeys([*new.title, *new.description_html, *old.title, *old.description_html])
    return tuple(
        language
        for language in languages
        if any(getattr(old, part).get(language) != getattr(new, part).get(language) for part in parts)
    )


def _modules(old: Sequence[Module], new: Sequence[Module]) -> tuple[ModuleChange, ...]:
    before, after = {module.id: module for module in old}, {module.id: module for module in new}
    found = []
    for module in new:
        if module.id not in before:
            found.append(ModuleChange("added", None, module))
        elif (change := _module(before[module.id], module)) is not None:
            found.append(change)
    gone = [ModuleChange("removed", module, None) for module in old if module.id not in after]
    return (*found, *gone)


def _module(old: Module, new: Module) -> ModuleChange | None:
    """What differs in a module; None when nothing does that anybody could notice."""
    first, then = old.texts[SOURCE_LANGUAGE], new.texts[SOURCE_LANGUAGE]
    both = [language for language in new.texts if language in old.texts]
    change = ModuleChange(
        "changed",
        old,
        new,
        wording=tuple(language for language in both if old.texts[language] != new.texts[language]),
        languages=_lists(old.languages, new.languages),
        sections=_lists(_ids(first.sections), _ids(then.sections)),
        checks=_questions(first.checks, then.checks),
        quiz=_questions(first.quiz, then.quiz),
        media=_media(old) != _media(new),
        settings=tuple(name for name in SETTINGS if getattr(old, name, None) != getattr(new, name, None)),
        new_attempts=old.quiz_key != new.quiz_key and bool(first.quiz) and bool(then.quiz),
        quiz_came=bool(then.quiz) and not first.quiz,
        quiz_went=bool(first.quiz) and not then.quiz,
        quiz_moved=bool(first.quiz) and bool(then.quiz) and _before_quiz(first) != _before_quiz(then),
    )
    seen = (change.wording, change.languages, change.sections, change.checks, change.quiz, change.settings)
    quiz = change.new_attempts or change.quiz_came or change.quiz_went or change.quiz_moved
    return change if any(seen) or quiz or change.media else None


def _before_quiz(text: ModuleText) -> list[str]:
    return _ids(text.sections[: text.quiz_position])


def _media(module: Module) -> dict[str, int]:
    """The files beside the text, by name, with their size: enough to notice another picture, mostly."""
    return {name: path.stat().st_size if path.is_file() else 0 for name, path in module.media.items()}


def _questions(old: Iterable[Question], new: Iterable[Question]) -> Lists:
    before, after = {each.id: each for each in old}, {each.id: each for each in new}
    changed = [each for each in after if each in before and _meaning(before[each]) != _meaning(after[each])]
    lists = _lists(list(before), list(after))
    return Lists(lists.added, lists.removed, tuple(changed), lists.moved)


def _meaning(question: Question) -> tuple[object, ...]:
    """What an answer is measured by: with the same, only words have changed."""
    options = tuple((option.id, option.correct) for option in question.options)
    return (question.kind, question.multiple, options, question.right, question.weight, question.range)


def _lists(old: Iterable[str], new: Iterable[str]) -> Lists:
    before, after = list(old), list(new)
    return Lists(
        tuple(each for each in after if each not in before),
        tuple(each for each in before if each not in after),
        moved=[each for each in before if each in after] != [each for each in after if each in before],
    )


def _ids(parts: Iterable[Any]) -> list[str]:
    return [part.id for part in parts]


def _plain(change: ModuleChange) -> dict[str, Any]:
    def lists(found: Lists) -> dict[str, Any]:
        return {
            "added": list(found.added),
            "removed": list(found.removed),
            "changed": list(found.changed),
            "moved": found.moved,
        }

    return {
        "module": change.module.id,
        "title": change.module.text(SOURCE_LANGUAGE).title,
        "what": change.what,
        "wording": list(change.wording),
        "languages": lists(change.languages),
        "sections": lists(change.sections),
        "checks": lists(change.checks),
        "quiz": lists(change.quiz),
        "settings": list(change.settings),
        "media": change.media,
        "new_attempts": change.new_attempts,
        "quiz_came": change.quiz_came,
        "quiz_went": change.quiz_went,
        "quiz_moved": change.quiz_moved,
    }

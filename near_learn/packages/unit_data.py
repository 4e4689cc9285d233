"""A module as a packaged unit: everything its page needs to be played without a server, as JSON.

The shape, as `unit` makes it and the scripts in `unit/` read it (a question mark: may be missing):

    format      1
    kind        of the package, as in kind.py: which script reports
    course      iri, title (by language)
    module      id, iri, kind, instrument, release, minutes, passMark, attempts (null: no limit),
                coolDown (seconds or null), shuffle, draw (null, a number, or numbers by objective)
    terms       what the IRIs of our own extensions begin with
    way         the ids of the sections that lead to the quiz
    language    the one that is shown when nothing else is asked for
    texts       by language, in the order of the switch:
      name, decimal       of the language: its own name, its decimal sign
      title, summary, objectives
      pages     id, title, blocks (HTML, or {"question": id}); the page "quiz" has `html` and no blocks
      checks, quiz        ids of questions, in order
      questions by id: see `question_data`
      words     by the keys of wording.py
    about       what each statement says of where it belongs: region and nuts, in a package for a region
    activities  by question id: its definition as an xAPI interaction, in every language
    definition  of the module as an xAPI activity
    home?       where somebody goes who leaves, in a package without a platform
    reading?    true: the page is only there to be looked at from another unit; nothing is kept

Links within the unit are `#/page` or `#/page/element`, where an element of the page is meant by its id.
Whoever makes the package hands in `mend`, which gives every address in a piece of HTML its place there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel.numbers import get_decimal_symbol
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from near_learn.content import Course, Module, ModuleText, Question
from near_learn.content.draft import QUIZ
from near_learn.languages import LANGUAGES
from near_learn.packages import wording
from near_learn.packages.edition import Edition
from near_learn.packages.kind import Kind
from near_learn.player import path
from near_learn.records.activity import Activities

FORMAT = 1
EDITION = "2024"  # of NUTS
Json = dict[str, Any]
Mend = Callable[[str], str]

FOLDER = Path(__file__).parent / "unit"
STATIC = Path(__file__).parents[1] / "static"

# Of each kind the scripts that report what was done.
REPORTING: Mapping[Kind, tuple[str, ...]] = {
    Kind.CMI5: ("queue.js", "cmi5.js"),
    Kind.SCORM12: ("scorm.js",),
    Kind.SCORM2004: ("scorm.js",),
    Kind.HTML: ("alone.js",),
}
# In the order in which the page loads them.
BEFORE = (
    *("grading.js", "drawing.js", "parts.js", "question.js", "review.js"),
    *("place.js", "check.js", "quiz.js"),
)
STYLES = ("style.css", "unit.css")
LAST = "unit.js"


def scripts(kind: Kind) -> tuple[str, ...]:
    """The names of the scripts, in the order in which the page loads them."""
    return (*BEFORE, *REPORTING[kind], LAST)


def files(kind: Kind) -> dict[str, Path]:
    """What all units of a package share, by name: the styles and scripts."""
    return {"style.css": STATIC / "style.css", "unit.css": FOLDER / "unit.css"} | {
        name: FOLDER / name for name in scripts(kind)
    }


def unit(found: Edition, module: Module, activities: Activities, mend: Mend) -> Json:
    """The data of a unit in the languages of its package.

    Needs an application context, for the words of the interface.
    """
    course = found.course
    languages = found.languages_of(module)
    return {
        "format": FORMAT,
        "kind": str(found.kind),
        "course": {
            "iri": activities.iris.course(course.id),
            "title": {language: course.title.get(language, course.title["en"]) for language in languages},
        },
        "module": _module(course, module, activities),
        "about": {"region": found.region, "nuts": EDITION} if found.region else {},
        "terms": activities.iris.term(""),
        "way": _way(module.texts["en"]),
        "language": languages[0],
        "texts": {language: _text(module, module.texts[language], mend) for language in languages},
        "activities": {
            question.id: activities.question(course, module, question.id)["definition"]
            for question in module.texts["en"].questions
        },
        "definition": activities.module(course, module)["definition"],
    }


def page(data: Json, root: str) -> str:
    """The page of a unit as HTML. ROOT leads from it to the scripts and styles, with a slash at its end."""
    return _template().render(
        data=data,
        text=data["texts"][data["language"]],
        root=root,
        styles=STYLES,
        scripts=scripts(Kind(data["kind"])),
        json=script_text(data),
    )


def script_text(data: Json) -> Markup:
    """JSON that can stand in a script element: nothing in it can end the element or begin a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 (no sign is left in it that HTML would read)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("page.html")


def _module(course: Course, module: Module, activities: Activities) -> Json:
    draw = module.draw
    return {
        "id": module.id,
        "iri": activities.iris.module(course.id, module.id),
        "kind": module.kind,
        "instrument": module.instrument,
        "release": course.release,
        "minutes": module.minutes,
        "passMark": module.pass_mark,
        "attempts": module.attempts,
        "coolDown": module.cool_down.total_seconds() if module.cool_down else None,
        "shuffle": module.shuffle,
        "draw": {str(key): value for key, value in draw.items()} if isinstance(draw, Mapping) else draw,
    }


def _way(text: ModuleText) -> list[str]:
    sections = text.sections[: text.quiz_position] if text.quiz else text.sections
    return [section.id for section in sections]


def _text(module: Module, text: ModuleText, mend: Mend) -> Json:
    name, locale = LANGUAGES.get(text.language, (text.language, "en"))
    questions = {each.id: question_data(each, mend) for each in text.questions}
    most = max(
        [len(questions), len(path.pages(text)), *(len(q.gaps) + len(q.options) for q in text.questions)]
    )
    return {
        "name": name,
        "decimal": get_decimal_symbol(locale),
        "title": text.title,
        "summary": text.summary,
        "objectives": list(text.objectives),
        "pages": [_page(text, each, mend) for each in path.pages(text)],
        "checks": [each.id for each in text.checks],
        "quiz": [each.id for each in text.quiz],
        "questions": questions,
        "words": wording.words(locale, most + (module.attempts or 0)),
    }


def _page(text: ModuleText, page: path.Page, mend: Mend) -> Json:
    if page.is_quiz:
        return {"id": QUIZ, "title": page.title, "html": mend(text.quiz_html)}
    blocks = [
        {"question": block.id} if isinstance(block, Question) else mend(block)
        for block in text.section(page.id).blocks
    ]
    return {"id": page.id, "title": page.title, "blocks": blocks}


def question_data(question: Question, mend: Mend) -> Json:
    """A question with what is right. Of the lists, those that its kind has are not empty."""
    found: Json = {
        "id": question.id,
        "kind": question.kind,
        "title": question.title,
        "stem": [mend(part) for part in question.stem_parts],  # cut at the gaps
        "multiple": question.multiple,
        "graded": question.graded,
        "private": question.private,
        "weight": question.weight,
        "objective": question.objective,
        "see": list(question.see),
        "fixed": question.fixed,
        "hint": mend(question.hint_html),
        "explanation": mend(question.explanation_html),
        "right": list(question.right),
        "options": [
            {
                "id": option.id,
                "text": option.text,
                "html": mend(option.html),
                "correct": option.correct,
                "feedback": mend(option.feedback_html),
            }
            for option in question.options
        ],
        "targets": [
            {"id": target.id, "text": target.text, "html": mend(target.html)} for target in question.targets
        ],
        "matches": dict(question.matches),
        "gaps": [{"id": gap.id, "accepted": list(gap.accepted)} for gap in question.gaps],
        "range": None,
    }
    if question.range:
        found["range"] = {
            "low": question.range.low,
            "high": question.range.high,
            "value": question.range.value,
        }
    return found

"""New files that the checker accepts at once: a course, a module, the beginning of a translation.

`*_text` and `with_module` are pure: texts in, text out. `new_course`, `new_module` and `new_translation`
write them into a courses folder, and never over a file that is there.
"""

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from near_learn.content import entries, language, places, writing
from near_learn.content.course import SOURCE_LANGUAGE
from near_learn.content.course_folder import MAIN
from near_learn.content.entries import CannotWrite
from near_learn.content.frontmatter import Items, Scalar, Table
from near_learn.content.values import ID, INSTRUMENTS, KINDS, LONGEST_ID, TESTS

SKELETONS = Path(__file__).parent / "skeletons"
NUMBERED = re.compile(r"(\d{1,4})-")
FRONT = re.compile(r"\A\ufeff?---[ \t]*\n.*?^---[ \t]*\n", re.DOTALL | re.MULTILINE)
# What a heading holds in braces besides the id and the kind; a translation takes it from the English file.
ATTRIBUTES = re.compile(
    r"^(#{2,6} .*\{#[a-z0-9-]+(?: \.[a-z-]+)?)(?: [a-z]+(?:=[^ {}]+)?)+\}[ \t]*$", re.MULTILINE
)
# English may leave out the id of its quiz, a translation may not.
BARE_QUIZ = re.compile(r"^## +quiz *$", re.MULTILINE | re.IGNORECASE)
OBJECTIVES = "objectives:\n  - Begin with a verb and say what people can do afterwards.\n"
ASKED = frozenset(INSTRUMENTS) - frozenset(TESTS)  # instruments that test nothing
# Two tests of one course ask the same number of questions, but not the same questions.
_SKELETON = {kind: kind if kind in TESTS else "survey" for kind in INSTRUMENTS}
FIRST_MODULE = "first-module"


def title_of(identifier: str) -> str:
    """A title made from an id, for when none was given: `first-visit` becomes `First visit`."""
    return identifier.replace("-", " ").capitalize()


def course_text(identifier: str, title: str, modules: Iterable[str]) -> str:
    """course.md of a new course, a draft, with these module folders. Raises CannotWrite for a bad id."""
    _check_id(identifier)
    listed = "".join(f"  - {folder}\n" for folder in modules)
    return (
        f"---\nid: {identifier}\ndraft: true\ntitle:\n  en: {entries.value(title)}\n"
        "summary:\n  en: Say in one or two sentences what people learn here.\n"
        f"modules:\n{listed}version: 1\n---\n{_skeleton('course')}"
    )


def module_text(identifier: str, title: str, kind: str = "skill") -> str:
    """en.md of a new module or instrument with examples to write over.

    Raises CannotWrite for a bad id or kind.
    """
    _check_id(identifier)
    if kind not in KINDS + INSTRUMENTS:
        there = ", ".join(KINDS + INSTRUMENTS)
        raise CannotWrite(f"there is no kind of module {kind!r}; use one of {there}")
    return (
        f"---\nid: {identifier}\nlanguage: en\ntitle: {entries.value(title)}\n"
        "summary: Say in one or two sentences what this module is about.\n"
        f"kind: {kind}\nminutes: {20 if kind in KINDS else 5}\n"
        f"{'weeks: 8' + chr(10) if kind == 'follow-up' else ''}"
        f"{'' if kind in ASKED else OBJECTIVES}"
        f"version: 1\n---\n{_skeleton(_SKELETON.get(kind, 'module'))}"
    )


def module_folder(identifier: str, taken: Collection[str]) -> str:
    """The name of a new module's folder: numbered when the folders that are there are: `03-season`."""
    numbers = [int(match[1]) for name in taken if (match := NUMBERED.match(name))]
    return f"{max(numbers, default=0) + 1:02}-{identifier}" if numbers or not taken else identifier


def with_module(course: str, folder: str, kind: str = "skill") -> str:
    """The text of course.md with one more module or instrument at the end of its list.

    Every other byte stays the same. Raises CannotWrite when the front matter is broken.
    """
    return entries.with_item(course, "instruments" if kind in INSTRUMENTS else "modules", folder)


def translation_text(english: str, code: str) -> str:
    """The beginning of a translation: the English text with its ids, kinds and right answers, to write over.

    Entries that count for all languages are left out, source_version is the English version. Raises
    CannotWrite when the front matter of the English text is broken, or `code` is no code of a language.
    """
    _check_language(code)
    english = english.replace("\r\n", "\n").replace("\r", "\n")
    table = entries.read(english)
    front = [f"id: {_scalar(table, 'id')}", f"language: {code}"]
    front += [
        f"{key}: {entries.value(_scalar(table, key))}" for key in ("title", "summary") if key in table.values
    ]
    objectives = table.values.get("objectives")
    if isinstance(objectives, Items) and objectives.values:
        front.append("objectives:")
        front += [f"  - {entries.value(item.text)}" for item in objectives.values if isinstance(item, Scalar)]
    front.append(f"source_version: {_scalar(table, 'version') or 1}")
    body = ATTRIBUTES.sub(r"\1}", FRONT.sub("", english, count=1))
    body = BARE_QUIZ.sub("## Quiz {#quiz}", body, count=1)
    return "---\n" + "\n".join(front) + "\n---\n" + body


def course_translation_text(course: str, code: str) -> str:
    """The beginning of a translation of course.md, its description in English, to write over."""
    _check_language(code)
    course = course.replace("\r\n", "\n").replace("\r", "\n")
    version = _scalar(entries.read(course), "version") or "1"
    return f"---\nsource_version: {version}\n---\n" + FRONT.sub("", course, count=1)


def new_course(courses: Path, identifier: str, title: str = "") -> list[Path]:
    """Writes a new course with one module; the files, course.md first. Raises CannotWrite."""
    _check_id(identifier)
    folder, first = courses / identifier, module_folder(FIRST_MODULE, ())
    if folder.exists() or identifier in _ids(path / MAIN for path in _folders(courses)):
        raise CannotWrite(f"there is a course {identifier} already; choose another id")
    texts = {
        folder / MAIN: course_text(identifier, title or title_of(identifier), [first]),
        folder / first / places.ENGLISH: module_text(FIRST_MODULE, title_of(FIRST_MODULE)),
    }
    for path, text in texts.items():
        writing.create(path, text)
    return list(texts)


def new_module(course: Path, identifier: str, title: str = "", kind: str = "skill") -> list[Path]:
    """Writes a new module and adds it to the course's list; en.md, then course.md. Raises CannotWrite."""
    folders = places.module_folders(course)
    if identifier in _ids(folder / places.ENGLISH for folder in folders):
        raise CannotWrite(f"there is a module {identifier} in this course already; choose another id")
    main = course / MAIN
    before = writing.text(main)
    taken = {*entries.items(before, "modules"), *(path.name for path in folders)}
    # Instruments stand beside the modules and have no number among them.
    name = identifier if kind in INSTRUMENTS else module_folder(identifier, taken)
    text = module_text(identifier, title or title_of(identifier), kind)
    changed = with_module(before, name, kind)
    writing.create(course / name / places.ENGLISH, text)
    writing.replace(main, changed)
    return [course / name / places.ENGLISH, main]


def new_translation(folder: Path, code: str) -> Path:
    """Writes the beginning of a translation of a module, or of a course's page. Raises CannotWrite."""
    if (folder / MAIN).exists():
        path, text = folder / f"course.{code}.md", course_translation_text(writing.text(folder / MAIN), code)
    else:
        path, text = folder / f"{code}.md", translation_text(writing.text(folder / places.ENGLISH), code)
    writing.create(path, text)
    return path


def _skeleton(name: str) -> str:
    return (SKELETONS / f"{name}.md").read_text("utf-8")


def _check_id(identifier: str) -> None:
    if not ID.match(identifier) or len(identifier) > LONGEST_ID:
        raise CannotWrite(
            f"{identifier[:80]!r} cannot be an id; use small letters a to z, digits and hyphens, "
            "for example model-change"
        )


def _check_language(code: str) -> None:
    if not language.known(code):
        raise CannotWrite(f"{code[:40]!r} is not the code of a language; {language.advice(code)}")
    if code == SOURCE_LANGUAGE:
        raise CannotWrite("en is the language that the others are translated from; choose another one")


def _scalar(table: Table, key: str) -> str:
    node = table.values.get(key)
    return node.text if isinstance(node, Scalar) else ""


def _folders(courses: Path) -> list[Path]:
    return [path for path in courses.iterdir() if path.is_dir()] if courses.is_dir() else []


def _ids(files: Iterable[Path]) -> set[str]:
    return {places.identifier(file) for file in files}

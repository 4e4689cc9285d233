"""A course's folder: course.md, its translations and its modules become a Course that is fit to be shown."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from near_learn.content import blueprint, frontmatter, glossary, language
from near_learn.content.course import SOURCE_LANGUAGE, Course, Module
from near_learn.content.draft import Prose
from near_learn.content.fields import COURSE, COURSE_TRANSLATION, Field, Front, read_fields
from near_learn.content.links import Links, ModulePlace
from near_learn.content.markup import Renderer
from near_learn.content.media import visible
from near_learn.content.module import ModuleFolder, build, open_folder
from near_learn.content.problem import Problem, Report
from near_learn.content.rendering import page
from near_learn.content.source import Source, inside, read

MAIN = "course.md"
TRANSLATED = re.compile(r"course\.(.*)\.md\Z")


def open_course(path: Path, root: Path) -> tuple[Course | None, list[Problem]]:
    """The course, or None when it cannot be shown, and every problem in it."""
    folder = _CourseFolder(path, path.relative_to(root).as_posix())
    return folder.course(), folder.problems + glossary.problems(root, [path], folder.sources)


def release(folder: Path) -> str:
    """The first 12 hexadecimal digits of a SHA-256 over the names and the bytes of all files of a course."""
    digest = hashlib.sha256()
    files = [path for path in _walk(folder) if inside(path, folder) and path.is_file()]
    for path in sorted(files, key=lambda path: path.relative_to(folder).as_posix()):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\n{len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()[:12]


def _walk(folder: Path) -> Iterator[Path]:
    for path in visible(folder):
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path


class _CourseFolder:
    """Reads one course and collects what is wrong with it."""

    def __init__(self, path: Path, where: str) -> None:
        self.path = path
        self.where = where
        self.problems: list[Problem] = []
        self.sources: dict[Path, Source | None] = {}  # the texts that were read; None where one cannot be

    def course(self) -> Course | None:
        """The course; None when its page is broken or none of its modules can be shown."""
        report = self.report(MAIN)
        front, body = self.page(self.path / MAIN, COURSE, report)
        # Not in `report`: a module that is missing does not make the others unfit to be shown.
        missing = self.report(MAIN)
        folders = self.folders(front, missing)
        self.problems += missing.problems
        blueprint.placed(folders, front["instruments"] if front else None)
        course_id = front["id"] if front else ""
        places = {folder.path.name: folder.place for folder in folders if folder.place}
        shown = self.modules(folders, course_id, places)
        modules = [module for module in shown if not module.instrument]
        renderer = Renderer(Links(course_id, "", places, {}))
        title = front["title"][SOURCE_LANGUAGE] if front else ""
        descriptions = {SOURCE_LANGUAGE: page(body, title, renderer, report)} | self.translations(
            front, renderer
        )
        if front:
            self.untitled(front, shown, report)
            if not modules:
                report.error(
                    front.line("modules"), "no module of the course can be shown; mend the errors in them"
                )
        self.problems += report.problems
        if front is None or report.broken:
            return None
        return Course(
            id=course_id,
            title=MappingProxyType(front["title"]),
            summary=MappingProxyType(front["summary"]),
            description_html=MappingProxyType(descriptions),
            origin=front["origin"],
            order=front["order"],
            modules=tuple(modules),
            release=release(self.path),
            folder=self.path,
            contributors=front["contributors"],
            licence=front["licence"],
            instruments=tuple(module for module in shown if module.instrument),
            draft=front["draft"],
            closed=front["enrolment"] == "closed",
        )

    def report(self, name: str) -> Report:
        """A new report for a file of the course."""
        return Report(f"{self.where}/{name}")

    def page(self, path: Path, schema: Mapping[str, Field], report: Report) -> tuple[Front | None, Prose]:
        """The front matter and the text of course.md or a translation of it."""
        if not path.exists():
            report.error(1, f"the course has no {MAIN}; add one with its id, title, summary and modules")
            return None, Prose()
        source = self.sources[path] = read(path, self.path, report)
        if source is None:
            return None, Prose()
        table, body = frontmatter.split(source.lines, report)
        return (read_fields(table, schema, report) if table else None), Prose(list(body))

    def folders(self, front: Front | None, report: Report) -> list[ModuleFolder]:
        """The module folders in the order of the course; all that are there when course.md cannot be read."""
        there = [path.name for path in visible(self.path) if path.is_dir() and any(path.glob("*.md"))]
        named: Mapping[str, int] = dict.fromkeys(there, 1)
        if front:
            named = front["modules"] | front["instruments"]
            for name in front["modules"].keys() & front["instruments"].keys():
                report.error(
                    front["instruments"][name],
                    f"the folder {name} is among the modules too; name it in one of the two lists",
                )
        for name in there:
            if name not in named:
                line = front.line("modules") if front else 1
                report.warning(
                    line,
                    f"the folder {name} is not among the modules, so nobody sees it; add it or move it away",
                )
        folders = []
        for name, line in named.items():
            path = self.path / name
            if not path.is_dir():
                report.error(
                    line, f"there is no folder {name} beside course.md; correct the name, or take it out"
                )
            elif not inside(path, self.path):
                report.error(
                    line, f"the folder {name} is a symbolic link to another place; put the folder itself here"
                )
            else:
                folders.append(open_folder(path, self.path, f"{self.where}/{name}"))
                self.sources |= folders[-1].sources
        return folders

    def modules(
        self, folders: list[ModuleFolder], course_id: str, places: Mapping[str, ModulePlace]
    ) -> list[Module]:
        """The modules that can be shown; of two with the same id the first."""
        found: dict[str, ModuleFolder] = {}
        modules = []
        for folder in folders:
            module = build(folder, course_id, places)
            if folder.english:
                identifier = folder.english.front["id"]
                first = found.setdefault(identifier, folder)
                if first is not folder:
                    folder.reports[SOURCE_LANGUAGE].error(
                        folder.english.front.line("id"),
                        f"the module in {first.path.name} has the id {identifier} too; change one of them",
                    )
                    module = None
            self.problems += folder.problems
            for report in folder.reports.values():
                self.problems += report.problems
            if module:
                modules.append(module)
        return modules

    def translations(self, front: Front | None, renderer: Renderer) -> dict[str, str]:
        """The descriptions in other languages; broken ones are left out."""
        found = {}
        for path in visible(self.path):
            match = TRANSLATED.match(path.name)
            if not match:
                if path.suffix == ".md" and path.name != MAIN and path.stem.casefold() != "readme":
                    report = self.report(path.name)
                    report.error(1, "this file is not read; name it course.es.md and so on, or take it away")
                    self.problems += report.problems
                continue
            report, code = self.report(path.name), match[1]
            own, body = self.page(path, COURSE_TRANSLATION, report)
            if not language.known(code):
                report.error(
                    1, f"the middle of the file's name is not a language code; {language.advice(code)}"
                )
            if own and own["language"] not in {None, code}:
                report.error(own.line("language"), f"the file is named {path.name}; write language: {code}")
            if own and front:
                self.stale(front, own, report)
                if language.known(code) and code not in front["title"]:
                    report.warning(
                        1, f"the title of the course is missing in this language; add `{code}: …` in {MAIN}"
                    )
            text = page(body, front["title"].get(code, "") if front else "", renderer, report, code)
            if own and not report.broken:
                found[code] = text
            self.problems += report.problems
        return found

    def stale(self, front: Front, own: Front, report: Report) -> None:
        """Notes a description that is older than the English one."""
        if own["source_version"] != front["version"]:
            report.warning(
                own.line("source_version"),
                f"the translation stands for version {own['source_version']} and {MAIN} is at "
                f"{front['version']}; bring it up to date, then write source_version: {front['version']}",
            )

    def untitled(self, front: Front, modules: list[Module], report: Report) -> None:
        """Notes languages in which a module can be read but the catalogue cannot name the course."""
        for entry in ("title", "summary"):
            for code in sorted({code for module in modules for code in module.texts} - set(front[entry])):
                report.warning(
                    front.line(entry),
                    f"modules are translated into {code}, but the {entry} is not; add `  {code}: …`",
                )

"""A module's folder: one file a language and a media folder become a Module that is fit to be shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from near_learn.content import blueprint, frontmatter, language, media, parity
from near_learn.content.course import SOURCE_LANGUAGE, Module, ModuleText
from near_learn.content.definitions import take
from near_learn.content.draft import Draft
from near_learn.content.fields import INSTRUMENT, MODULE, TRANSLATION, Field, read_fields
from near_learn.content.links import Links, ModulePlace
from near_learn.content.markup import Renderer
from near_learn.content.problem import Problem, Report
from near_learn.content.rendering import module_text
from near_learn.content.sections import sections
from near_learn.content.source import Source, read
from near_learn.content.values import INSTRUMENTS

# How often an instrument is answered, where it is not once: a diagnosis at the start and at the end.
ATTEMPTS = {"diagnosis": 2}
# When a follow-up is asked, unless it says otherwise.
WEEKS = 8


@dataclass
class ModuleFolder:
    """A module as it was found: taken apart but not rendered, because links need the other modules first."""

    path: Path
    where: str  # relative to the courses folder
    drafts: dict[str, Draft] = field(default_factory=dict)  # by language, English first
    reports: dict[str, Report] = field(default_factory=dict)
    sources: dict[Path, Source | None] = field(default_factory=dict)  # None for a text that cannot be read
    media: Mapping[str, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As course.md names it."""
        return self.path.name

    @property
    def report(self) -> Report:
        """What is wrong with the English text."""
        return self.reports[SOURCE_LANGUAGE]

    @property
    def english(self) -> Draft | None:
        """The English text, which gives the module its id."""
        return self.drafts.get(SOURCE_LANGUAGE)

    @property
    def place(self) -> ModulePlace | None:
        """What links may name in it."""
        if self.english is None:
            return None
        questions = frozenset(q.id for section in self.english.sections for q in section.questions)
        return ModulePlace(self.english.front["id"], self.english.anchors, questions, frozenset(self.reports))


def open_folder(path: Path, course: Path, where: str) -> ModuleFolder:
    """Reads every language of a module."""
    found = ModuleFolder(path, where)
    found.media, found.problems = media.files(path, course, where)
    for file in _files(found):
        code = file.stem
        report = found.reports[code] = Report(f"{where}/{file.name}")
        source = found.sources[file] = read(file, course, report)
        draft = _draft(source, file.name, code, report) if source else None
        if draft:
            found.drafts[code] = draft
    if SOURCE_LANGUAGE not in found.reports:
        found.problems.append(
            Problem(where, 1, "error", "there is no English text; write it in the file en.md of this folder")
        )
    return found


def _files(found: ModuleFolder) -> list[Path]:
    """The texts in the folder, English first; what is none of them is noted."""
    texts = []
    for file in media.visible(found.path):
        report = Report(f"{found.where}/{file.name}")
        if file.suffix.lower() not in {".md", ".markdown"}:
            if file.name != media.FOLDER:
                report.warning(
                    1, f"this is no text of the module, so nobody sees it; put it into {media.FOLDER}"
                )
        elif file.suffix != ".md" or not language.known(file.stem):
            advice = language.advice(file.stem) if file.suffix == ".md" else "end it with .md"
            report.error(1, f"the file's name is not a language code and .md; {advice}")
        else:
            texts.append(file)
        found.problems += report.problems
    return sorted(texts, key=lambda file: (file.stem != SOURCE_LANGUAGE, file.name))


def _draft(source: Source, name: str, code: str, report: Report) -> Draft | None:
    table, body = frontmatter.split(source.lines, report)
    schema = _schema(table) if code == SOURCE_LANGUAGE else TRANSLATION
    front = read_fields(table, schema, report) if table else None
    if front and front["language"] != code:
        report.error(
            front.line("language"),
            f"the file is named {name}; write language: {code}, or rename the file",
        )
    nothing = table is None and not any(line.text.strip() for line in body)
    body, definitions = take(body, report)
    found = [] if nothing else sections(body, code, report)
    if front is None:
        return None
    draft = Draft(report.path, code, front, found, definitions)
    if code == SOURCE_LANGUAGE:
        blueprint.check(draft, report)
    return draft


def _schema(table: frontmatter.Table | None) -> Mapping[str, Field]:
    """The entries of an English text: those of an instrument if its kind is one."""
    kind = table.values.get("kind") if table else None
    return INSTRUMENT if isinstance(kind, frontmatter.Scalar) and kind.text in INSTRUMENTS else MODULE


def render(found: ModuleFolder, code: str, renderer: Renderer) -> ModuleText:
    """The text in this language, whatever is wrong with it; what is wrong is in its report."""
    report = found.reports[code]
    if code != SOURCE_LANGUAGE and found.english:
        parity.compare(found.english, found.drafts[code], report)
        parity.complete(found.english, found.drafts[code])
    return module_text(found.drafts[code], renderer, report)


def build(found: ModuleFolder, course_id: str, modules: Mapping[str, ModulePlace]) -> Module | None:
    """The module without its broken translations; None when its English text is broken."""
    renderer = Renderer(Links(course_id, found.path.name, modules, found.media))
    texts: dict[str, ModuleText] = {}
    for code in found.drafts:
        text = render(found, code, renderer)
        if not found.reports[code].broken:
            texts[code] = text
    if SOURCE_LANGUAGE not in texts or found.english is None:
        return None
    front = found.english.front
    kind, hours, draw = front["kind"], front["cool_down_hours"], front["draw"]
    return Module(
        id=front["id"],
        course_id=course_id,
        kind=kind,
        minutes=front["minutes"],
        pass_mark=front["pass_mark"] or 0.0,
        attempts=ATTEMPTS.get(kind, 1) if kind in INSTRUMENTS else front["attempts"],
        version=front["version"],
        texts=MappingProxyType(texts),
        folder=found.path,
        media=MappingProxyType(dict(found.media)),
        cool_down=timedelta(hours=hours) if hours else None,
        shuffle=front["shuffle"],
        draw=MappingProxyType(draw) if isinstance(draw, dict) else draw,
        weeks=(front["weeks"] or WEEKS) if kind == "follow-up" else None,
    )

"""The body of a module text, split at its headings into sections, prose and questions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from near_learn.content import kinds
from near_learn.content.draft import QUIZ, DraftSection, Heading, Prose
from near_learn.content.fences import Fences
from near_learn.content.headings import heading
from near_learn.content.problem import Report
from near_learn.content.source import Line


@dataclass
class _Chunk:
    """A heading with its line, and the lines up to the next one."""

    heading: Heading
    first: Line
    lines: list[Line] = field(default_factory=list)


def sections(lines: Iterable[Line], language: str, report: Report) -> list[DraftSection]:
    """The sections of a module text. Mistakes in its structure are in the report."""
    before, chunks = _chunks(lines, report)
    found: list[DraftSection] = []
    for chunk in chunks:
        if chunk.heading.level <= 2:
            found.append(_begin(chunk.heading, language, report))
            _add_prose(found[-1], chunk.lines, report)
        elif found:
            _add(found[-1], chunk, report)
        else:
            before += [chunk.first, *chunk.lines]
    if text := [line.number for line in before if line.text.strip()]:
        report.error(text[0], "there is text before the first section; put a line `## Title {#id}` above it")
    elif not found:
        report.error(1, "the text has no section; begin one with `## Title {#id}`")
    _check_ids(found, report)
    for section in found:
        if (
            section.heading.level == 2
            and section.id != QUIZ
            and all(isinstance(part, Prose) and part.blank for part in section.parts)
        ):
            report.error(section.heading.line, "the section is empty; write its text or take the heading out")
    return found


def _chunks(lines: Iterable[Line], report: Report) -> tuple[list[Line], list[_Chunk]]:
    """The lines before the first heading, and each heading with its lines."""
    before: list[Line] = []
    chunks: list[_Chunk] = []
    fences, opened = Fences(), 0
    for line in lines:
        opened = opened if fences.open else line.number
        found = None if fences.covers(line.text) else heading(line, report)
        if found:
            chunks.append(_Chunk(found, line))
        else:
            (chunks[-1].lines if chunks else before).append(line)
    if fence := fences.open:
        report.error(
            opened, f"the block that {fence} opens here is never closed; add a line {fence} after it"
        )
    return before, chunks


def unfenced(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines outside the blocks between ``` or ~~~, where nothing has a meaning."""
    fences = Fences(lenient=True)
    for line in lines:
        if not fences.covers(line.text):
            yield line


def _begin(found: Heading, language: str, report: Report) -> DraftSection:
    if found.id is None and language == "en" and found.title.casefold() == QUIZ:
        found.id = QUIZ
    if found.id is None and found.level == 2:
        report.error(
            found.line, "the section has no id; write {#an-id} after its title, the same in all languages"
        )
    if found.kind or found.attributes:
        report.error(
            found.line,
            "a section has an id only; the kind and the attributes belong to a question, under ###",
        )
    return DraftSection(found)


def _add(section: DraftSection, chunk: _Chunk, report: Report) -> None:
    """Puts a chunk under ### or deeper into the section: as a question when it is one, else as prose."""
    found, kind = chunk.heading, _kind(chunk, section.id == QUIZ, report)
    if kind and found.level > 3:
        report.error(found.line, f"a question begins with ###; write it instead of {'#' * found.level}")
    if kind:
        if found.id is None:
            report.error(
                found.line, "the question has no id; write {#an-id} after it, the same in all languages"
            )
        question, tail = kinds.read(found, kind, chunk.lines, report)
        section.parts.append(question)
        if section.id == QUIZ and not tail.blank:
            report.error(
                next(line.number for line in tail.lines if line.text.strip()),
                "in the quiz, text can stand before the first question only; make it part of the explanation "
                "by putting > before each line, or move it to another section",
            )
        _add_prose(section, tail.lines, report)
    elif section.id == QUIZ:
        report.error(
            found.line,
            "the question has no options; write them as `- [ ] …`, the right one as `- [x] …`",
        )
    elif found.attributes:
        report.error(
            found.line, "a heading that is no question has an id only; take the rest out of the braces"
        )
    else:
        section.headings.append(found)
        _check_level(section, found, report)
        _add_prose(section, [chunk.first, *chunk.lines], report)


def _kind(chunk: _Chunk, quiz: bool, report: Report) -> str:
    """The kind of question a chunk is; empty when it is none, or of a kind that does not exist."""
    found = chunk.heading
    if found.kind in kinds.KINDS:
        return found.kind
    written = kinds.like(unfenced(chunk.lines), question=quiz or bool(found.kind))
    if found.kind:
        report.error(found.line, kinds.no_kind(found.kind))
        return written or kinds.open_answer.SHORT.name
    if written not in {"", kinds.choice.KIND.name}:
        report.error(
            found.line,
            f"the lines under this heading are written like a question of the kind {written}; "
            f"if it is one, write {{#{found.id or 'an-id'} .{written}}}",
        )
    return written


def _check_level(section: DraftSection, found: Heading, report: Report) -> None:
    above = section.headings[-2].level if len(section.headings) > 1 else 2
    if found.level > above + 1:
        report.error(found.line, f"the heading skips a level; write {'#' * (above + 1)} here")


def _add_prose(section: DraftSection, lines: Sequence[Line], report: Report) -> None:
    for line in unfenced(lines):
        if wrong := kinds.stray(line.text):
            report.error(line.number, wrong)
    if not lines:
        return
    if section.parts and isinstance(section.parts[-1], Prose):
        section.parts[-1].lines.extend(lines)
    else:
        section.parts.append(Prose(list(lines)))


def _check_ids(found: Sequence[DraftSection], report: Report) -> None:
    """No id may stand twice in a file: links and records could not tell the places apart."""
    lines: dict[str, int] = {}
    for section in found:
        questions = [question.heading for question in section.questions]
        for place in sorted([section.heading, *section.headings, *questions], key=lambda place: place.line):
            if not place.id:
                continue
            if place.id in lines:
                report.error(
                    place.line, f"the id {place.id} is also in line {lines[place.id]}; change one of them"
                )
            lines.setdefault(place.id, place.line)

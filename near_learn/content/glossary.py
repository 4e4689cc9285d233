"""The glossary of a courses folder: which word stands for a term in each language, and which ones must not.

    professional:
      en: professional
      es: profesional
      not:
        es: [trabajador*, operario]

A star at the end of a word stands for any ending, for languages that bend their words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from near_learn.content import frontmatter, language
from near_learn.content.course import SOURCE_LANGUAGE
from near_learn.content.frontmatter import Items, Node, Scalar, Table
from near_learn.content.media import visible
from near_learn.content.problem import Problem, Report
from near_learn.content.source import Line, Source, read

FILE = "glossary.yaml"
NOT = "not"
# What learners don't read: ids, addresses, code.
UNREAD = re.compile(r"\{#[^{}]*\}|(?<=\])\([^()\s]*\)|<?https?://\S+|`[^`]*`")
COURSE_PAGE = re.compile(r"course\.(.+)\.md\Z")


@dataclass(frozen=True)
class Term:
    """One entry of the glossary."""

    id: str
    words: Mapping[str, str]  # by language
    wrong: Mapping[str, tuple[str, ...]]  # by language, the words that must not be used for it

    @cached_property
    def beginnings(self) -> Mapping[str, tuple[str, ...]]:
        """Of those words, each with its own beginning: what a text without it cannot have."""
        first = {code: [word.rstrip("*").split()[0] for word in words] for code, words in self.wrong.items()}
        return {code: tuple(map(_folded, words)) for code, words in first.items()}


@dataclass(frozen=True)
class Glossary:
    """All entries, and what to look for in a text of each language."""

    terms: tuple[Term, ...] = ()
    patterns: Mapping[str, tuple[tuple[re.Pattern[str], Term], ...]] = field(default_factory=dict)

    def findings(self, lines: Sequence[Line], code: str, report: Report) -> None:
        """Notes, as warnings, the words that the glossary has other words for; not in titles of sources."""
        patterns = self.patterns.get(code, ())
        whole = _folded("\n".join(line.text for line in lines)) if patterns else ""
        # A quick look: a text without the beginning of a word has not the word.
        patterns = tuple(each for each in patterns if _has(whole, each[1].beginnings[code]))
        beginnings = tuple(each for _, term in patterns for each in term.beginnings[code] if each in whole)
        sources = False
        for line, folded in zip(lines, whole.split("\n"), strict=True) if patterns else ():
            if line.text.startswith("## "):
                sources = "{#sources" in line.text
            if sources or not _has(folded, beginnings):
                continue
            text = UNREAD.sub(" ", line.text)
            for pattern, term in patterns:
                if found := pattern.search(text):
                    report.warning(line.number, _message(found[0], code, term))


def problems(
    courses: Path, folders: Iterable[Path], sources: Mapping[Path, Source | None] = MappingProxyType({})
) -> list[Problem]:
    """What the glossary of the courses folder says about these courses, and what is wrong with itself.

    SOURCES are texts of them that were read already.
    """
    file = courses / FILE
    if not file.is_file():
        return []
    report = Report(FILE)
    glossary = open_glossary(file, report)
    found = list(report.problems)
    for path, code in _texts(folders) if glossary.patterns else ():
        # A file that cannot be read is reported where it is loaded.
        source = sources[path] if path in sources else read(path, courses, Report(""))
        own = Report(path.relative_to(courses).as_posix())
        glossary.findings(source.lines if source else (), code, own)
        found += own.problems
    return found


def open_glossary(file: Path, report: Report) -> Glossary:
    """The glossary in a file; entries with mistakes, which are in the report, are left out."""
    source = read(file, file.parent, report)
    own = Report(report.path)
    tree = (
        frontmatter.parse(source.lines, own)
        if source and any(ln.text.strip() for ln in source.lines)
        else None
    )
    for problem in own.problems:
        report.error(problem.line, problem.message.replace("the front matter", "the glossary"))
    terms = (
        [_term(name, node, tree.key_lines[name], report) for name, node in tree.values.items()]
        if tree
        else []
    )
    found: dict[str, list[tuple[re.Pattern[str], Term]]] = {}
    for term in filter(None, terms):
        for code, words in term.wrong.items():
            found.setdefault(code, []).append((_pattern(words), term))
    return Glossary(
        tuple(term for term in terms if term), {code: tuple(patterns) for code, patterns in found.items()}
    )


def _term(name: str, node: Node, line: int, report: Report) -> Term | None:
    if not isinstance(node, Table):
        report.warning(line, f"the term {name[:40]!r} needs a line for each language under it, `  en: …`")
        return None
    words: dict[str, str] = {}
    wrong: dict[str, tuple[str, ...]] = {}
    for key, value in node.values.items():
        at = node.key_lines[key]
        if key == NOT:
            wrong = dict(_wrong(value, at, report))
        elif not language.known(key):
            report.warning(at, f"{key[:40]!r} is not the code of a language; {language.advice(key)}")
        elif not isinstance(value, Scalar) or not value.text:
            report.warning(at, f"write one word or phrase after `{key}:`")
        else:
            words[key] = value.text
    for code in [code for code, listed in wrong.items() if words.get(code) in listed]:
        report.warning(
            node.key_lines[NOT], f"{words[code]!r} is the word for {name} and also one not to use; choose"
        )
        del wrong[code]
    return Term(name, words, wrong)


def _wrong(node: Node, line: int, report: Report) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The words not to use, by language."""
    if not isinstance(node, Table):
        report.warning(line, f"write the words not to use by language under `{NOT}:`, `    es: [word, word]`")
        return
    for code, value in node.values.items():
        at = node.key_lines[code]
        listed = value.values if isinstance(value, Items) else [value]
        words = tuple(each.text for each in listed if isinstance(each, Scalar) and each.text.strip("* "))
        if not language.known(code):
            report.warning(at, f"{code[:40]!r} is not the code of a language; {language.advice(code)}")
        elif len(words) != len(listed) or not words:
            report.warning(at, "write the words in brackets, with commas between them: [word, word]")
        else:
            yield code, words


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the words as whole words; with a star at the end, as the beginning of a word."""
    parts = []
    for word in words:
        escaped = r"\s+".join(re.escape(part) for part in word.rstrip("*").split())
        parts.append(escaped + (r"\w*" if word.endswith("*") else ""))
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


def _has(folded: str, beginnings: Iterable[str]) -> bool:
    return any(beginning in folded for beginning in beginnings)


def _folded(text: str) -> str:
    """Equal for texts that are equal to an expression without case; that knows these two letters i, too."""
    return text.casefold().replace("i\u0307", "i").replace("\u0131", "i")


def _message(found: str, code: str, term: Term) -> str:
    word = term.words.get(code)
    name = term.words.get(SOURCE_LANGUAGE, term.id)
    advice = f"the glossary has “{word}” for “{name}”" if word else f"the glossary keeps it from “{name}”"
    return f"“{found}” is not the word that we use; {advice}"


def _texts(folders: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Every text of the courses, with its language."""
    for course in folders:
        for path in visible(course):
            if page := COURSE_PAGE.match(path.name):
                yield path, page[1]
            elif path.is_dir() and not path.is_symlink():
                yield from ((text, text.stem) for text in visible(path) if text.suffix == ".md")

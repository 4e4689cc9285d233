"""The glossary: words that a translation should not use, and mistakes in the glossary itself."""

from pathlib import Path

import pytest

from near_learn.content import load
from near_learn.content.glossary import Glossary, Term, _pattern
from near_learn.content.problem import Report
from near_learn.content.source import Line
from tests.content.world import GOOD, SPANISH, found, write

GLOSSARY = """\
# The words of this house
professional:
  en: professional
  es: profesional
  not:
    es: [trabajador*, "asistente social"]
    fi: [ammatti*]
case:
  es: situación
  not:
    en: [client]
    es: [caso]
"""


def findings(folder: Path, spanish: str, glossary: str = GLOSSARY) -> str:
    """What the checker prints."""
    texts = {"c/01-one/es.md": SPANISH.replace("Text.", spanish), "glossary.yaml": glossary}
    return found(load(write(folder, GOOD | texts)))


WORDS = [
    ("La profesional escucha.", ""),
    (
        "Los trabajadores.",
        "“trabajadores” is not the word that we use; the glossary has “profesional” for “professional”",
    ),
    (
        "Una Asistente  Social.",
        "“Asistente  Social” is not the word that we use; the glossary has “profesional” for “professional”",
    ),
    ("El caso.", "“caso” is not the word that we use; the glossary has “situación” for “case”"),
    ("Casona, acaso, ocaso.", ""),
    ("[Lea](https://example.org/caso) `caso` <https://example.org/trabajador>", ""),
]


@pytest.mark.parametrize(("text", "message"), WORDS)
def test_words(text: str, message: str, tmp_path: Path) -> None:
    expected = f"warning: c/01-one/es.md:14: {message}\n" if message else ""
    assert findings(tmp_path, text) == expected


def test_the_english_text_too(tmp_path: Path) -> None:
    write(tmp_path, GOOD | {"glossary.yaml": GLOSSARY, "c/course.md": GOOD["c/course.md"]})
    write(tmp_path, {"c/02-other/en.md": str(GOOD["c/02-other/en.md"]).replace("Text.", "A client.")})
    assert found(load(tmp_path)) == (
        "warning: c/02-other/en.md:14: “client” is not the word that we use; "
        "the glossary keeps it from “case”\n"
    )


def test_titles_of_sources_stay_as_they_are(tmp_path: Path) -> None:
    sources = str(GOOD["c/02-other/en.md"]) + "\n## Sources {#sources}\n\nClient work.\n"
    write(tmp_path, GOOD | {"glossary.yaml": GLOSSARY, "c/02-other/en.md": sources})
    assert found(load(tmp_path)) == ""


MISTAKES = [
    ("term: word\n", 1, "the term 'term' needs a line for each language under it, `  en: …`"),
    ("term:\n  cz: word\n", 2, "'cz' is not the code of a language; did you mean cs?"),
    ("term:\n  es: [a, b]\n", 2, "write one word or phrase after `es:`"),
    ("term:\n  not: [a]\n", 2, "write the words not to use by language under `not:`, `    es: [word, word]`"),
    (
        "term:\n  not:\n    es: [[a]]\n",
        3,
        "write the words in brackets, with commas between them: [word, word]",
    ),
    ("term:\n  not:\n    sp: [a]\n", 3, "'sp' is not the code of a language; did you mean es?"),
    ("term:\n  es: a\n  not:\n    es: [a]\n", 3, "'a' is the word for term and also one not to use; choose"),
    ("- a list\n", 1, "the glossary is empty or no list of entries; write one `key: value` a line"),
    ("a: &x b\n", 1, "& and * have a special meaning in YAML; put the text in double quotes"),
    ("a:\n  not:\n    es: ['*']\n", 3, "write the words in brackets, with commas between them: [word, word]"),
]


@pytest.mark.parametrize(("glossary", "line", "message"), MISTAKES)
def test_mistakes_in_the_glossary(glossary: str, line: int, message: str, tmp_path: Path) -> None:
    problems = findings(tmp_path, "Nada.", glossary)
    assert f": glossary.yaml:{line}: {message}\n" in problems
    assert len(problems.splitlines()) == 1


def test_an_empty_glossary(tmp_path: Path) -> None:
    assert findings(tmp_path, "Nada.", "") == ""


def test_words_are_found_in_whatever_case_they_are_written() -> None:
    term = Term("professional", {"en": "professional"}, {"en": ("Kirjailija*", "two words")})
    glossary = Glossary((term,), {"en": ((_pattern(term.wrong["en"]), term),)})
    report = Report("en.md")
    texts = ["nothing", "KIRJAILIJAT", "K\u0131rja\u0131l\u0131ja", "Two  Words", "twowords", "`two words`"]
    glossary.findings([Line(number, text) for number, text in enumerate(texts)], "en", report)
    assert [problem.line for problem in report.problems] == [1, 2, 3]

"""near-learn questions: import into a quiz, export, and what is said on the way."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from near_learn.content import load
from near_learn.exchange.command import questions
from near_learn.exchange.inserting import into_quiz
from near_learn.exchange.naming import Ids, slug
from tests.content.world import ENGLISH, GOOD, SPANISH, write

BANK = Path(__file__).parent / "banks" / "kitchen.gift"


def run(*arguments: str | Path) -> Result:
    """The command's result."""
    return CliRunner().invoke(questions, [str(argument) for argument in arguments])


def test_import_into_a_quiz(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    result = run("import", BANK, "--into", "c/m", "--in", tmp_path)
    assert result.exit_code == 0, result.output
    assert f"13 added to {tmp_path}/c/01-one/en.md" in result.output
    library = load(tmp_path)
    assert [str(problem) for problem in library.errors] == []
    assert [each.id for each in library.courses["c"].module("m").text("en").quiz][:3] == [
        "what",
        "key",
        "the-soup-is-today",
    ]
    text = (tmp_path / "c/01-one/en.md").read_text("utf-8")
    assert text.startswith(ENGLISH.rstrip("\n"))


def test_imported_twice_the_ids_are_new(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    for _ in range(2):
        assert run("import", BANK, "--into", "c/m", "--in", tmp_path).exit_code == 0
    library = load(tmp_path)
    assert [str(problem) for problem in library.errors] == []
    assert "key-2" in {each.id for each in library.courses["c"].module("m").text("en").quiz}


def test_one_category(tmp_path: Path) -> None:
    result = run("import", BANK, "--category", "kitchen/start")
    assert result.output.count("### ") == 5
    assert run("import", BANK, "--category", "kitchen").output.count("### ") == 13
    assert run("import", BANK, "--category", "kit").exit_code == 1


def test_notes_name_file_and_line() -> None:
    assert (
        f"{BANK}:25: “Herb”: “Mint” gave 50% of the marks; here it is not accepted"
        in run("import", BANK).output
    )
    assert "categories: kitchen/start (5), kitchen/numbers (8)" in run("import", BANK).output


def test_nothing_is_written_when_nothing_can_be_taken_over(tmp_path: Path) -> None:
    write(tmp_path, GOOD | {"bad.gift": "What {#x}"})
    assert run("import", tmp_path / "bad.gift", "--into", "c/m", "--in", tmp_path).exit_code == 1
    assert (tmp_path / "c/01-one/en.md").read_text("utf-8") == ENGLISH


@pytest.mark.parametrize("form", ["gift", "moodle"])
def test_export(form: str, tmp_path: Path) -> None:
    write(tmp_path, GOOD | {"c/01-one/es.md": SPANISH.replace("Which?", "¿Cuál?")})
    english = run("export", "c/m", "--format", form, "--in", tmp_path)
    assert english.exit_code == 0
    assert "Which?" in english.output
    spanish = run("export", "c/m", "--format", form, "--in", tmp_path, "--language", "es")
    assert "¿Cuál?" in spanish.output
    file = tmp_path / "bank"
    run("export", "c/m", "--format", form, "--in", tmp_path, "--output", file)
    assert run("import", file).output.count("### ") == 2


def test_a_picture_goes_along_in_xml_and_is_told_of_in_gift(tmp_path: Path) -> None:
    text = ENGLISH.replace("### Which? {#which}\n", "### Which? {#which}\n\n![A plan](media/plan.svg)\n")
    write(tmp_path, GOOD | {"c/01-one/en.md": text})
    xml = run("export", "c/m", "--format", "moodle", "--in", tmp_path).output
    assert '<file name="plan.svg" path="/" encoding="base64">PHN2Zy' in xml
    assert "@@PLUGINFILE@@/plan.svg" in xml
    gift = run("export", "c/m", "--format", "gift", "--in", tmp_path).output
    assert "the picture plan.svg does not go along, its description does: which" in gift
    assert "[A plan]" in gift


REFUSED = [
    (("export", "c/x", "--format", "gift"), "there is no module 'x'"),
    (("export", "c/m", "--format", "gift", "--language", "fi"), "cannot be read in 'fi'; there are en"),
    (("import", str(BANK), "--into", "c/x"), "there is no module 'x'"),
    (("import", str(BANK), "--into", "m"), "write it as COURSE/MODULE"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_refused(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    result = run(*arguments, "--in", write(tmp_path, GOOD))
    assert result.exit_code == 1
    assert message in result.output


PLACES = [
    ("## Why {#why}\n\nText.\n", "## Why {#why}\n\nText.\n\n## Quiz {#quiz}\n\nQ\n"),
    ("## Quiz\n\nA\n\n\n## More {#m}\n\nB\n", "## Quiz\n\nA\n\nQ\n\n## More {#m}\n\nB\n"),
    ("## Q {#quiz}\n\n```\n## no\n```\n", "## Q {#quiz}\n\n```\n## no\n```\n\nQ\n"),
    ("## Quiz {#quiz}\r\n\r\nA\r\n", "## Quiz {#quiz}\r\n\r\nA\r\n\r\nQ\r\n"),
]


@pytest.mark.parametrize(("before", "after"), PLACES)
def test_where_questions_go(before: str, after: str) -> None:
    assert into_quiz(before, "Q\n") == after


NAMES = [
    ("Who may open a file?", "who-may-open-a-file"),
    ("Ποιος έχει το κλειδί;", "poios-echei-to-kleidi"),
    ("¿Quién? – L’àrea d'Ávila", "quien-larea-davila"),
    ("日本", ""),
    ("a" * 100, "a" * 56),
    ("word " * 30, "word-word-word-word-word-word-word-word-word-word-word"),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_ids_are_made_from_names(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_ids_are_given_once() -> None:
    ids = Ids({"key"})
    assert [ids.of(name) for name in ("Key", "Key", "Quiz", "日本", "日本")] == [
        "key-2",
        "key-3",
        "quiz-2",
        "question",
        "question-2",
    ]

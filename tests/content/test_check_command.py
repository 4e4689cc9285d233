"""near-learn check: what a trainer sees on the terminal."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from near_learn.content.check_command import check
from tests.content.world import ENGLISH, GOOD, SPANISH, write


@pytest.fixture(autouse=True)
def _own_data(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEAR_LEARN_DATA", str(tmp_path_factory.mktemp("data")))


def run(*arguments: str) -> Result:
    """The command's result."""
    return CliRunner().invoke(check, arguments)


def test_clean_courses(tmp_path: Path) -> None:
    result = run(str(write(tmp_path, GOOD | {"c/01-one/es.md": SPANISH})))
    assert (result.exit_code, result.output) == (0, "2 modules in 2 languages: no problems\n")


def test_errors_end_with_status_1_and_are_all_shown(tmp_path: Path) -> None:
    bad = ENGLISH.replace("- [x] That", "- [ ] That").replace("{#what}", "")
    result = run(str(write(tmp_path, GOOD | {"c/01-one/en.md": bad})))
    assert result.exit_code == 1
    file = f"{tmp_path}/c/01-one/en.md"
    assert result.output.splitlines() == [
        f"{file}:18: error: no option is marked as right; put an x in its brackets: `- [x] …`",
        f"{file}:28: error: the question has no id; write {{#an-id}} after it, the same in all languages",
        "1 module in 1 language: 2 errors",
    ]


def test_warnings_alone_end_with_status_0(tmp_path: Path) -> None:
    stale = SPANISH.replace("source_version: 2", "source_version: 1")
    result = run(str(write(tmp_path, GOOD | {"c/01-one/es.md": stale})))
    assert result.exit_code == 0
    assert ": warning: the translation stands for version 1" in result.output
    assert result.output.endswith("2 modules in 2 languages: 1 warning\n")


def test_a_single_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, GOOD | {"c/01-one/en.md": ENGLISH.replace("Text.", "<b>"), "d/course.md": ""})
    monkeypatch.chdir(tmp_path / "c")
    result = run(".")
    assert result.exit_code == 1
    assert result.output.startswith("01-one/en.md:16: error: HTML cannot be used in courses (<b>)")
    assert "d/course.md" not in result.output


@pytest.mark.parametrize("path", ["c", "c/01-one", "c/01-one/en.md", "c/course.md"])
def test_whatever_belongs_to_a_course_stands_for_it(path: str, tmp_path: Path) -> None:
    write(tmp_path, GOOD | {"c/01-one/en.md": "", "d/course.md": ""})
    result = run(str(tmp_path / path))
    assert result.output.splitlines()[-1] == "1 module in 1 language: 1 error"


def test_without_a_path_the_setting_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEAR_LEARN_COURSES", str(write(tmp_path, GOOD)))
    assert run().output == "2 modules in 1 language: no problems\n"


def test_paths_are_those_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "courses", GOOD | {"c/01-one/en.md": ""})
    monkeypatch.chdir(tmp_path)
    assert run("courses").output.startswith("courses/c/01-one/en.md:1: error: the file has no front matter")


def test_brackets_in_messages_are_text_and_not_style(tmp_path: Path) -> None:
    text = ENGLISH.replace("Text.", "[bold](bold[red].md)")
    assert "'bold[red].md'" in run(str(write(tmp_path, GOOD | {"c/01-one/en.md": text}))).output


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    result = run(str(tmp_path / "nowhere"))
    assert result.exit_code == 1
    assert "there is no such folder" in result.output


def test_checking_does_not_wait_for_the_application(tmp_path: Path) -> None:
    code = (
        "import sys; from near_learn.entry import main\n"
        "try: main()\n"
        "except SystemExit: print(sorted({'flask', 'sqlalchemy'} & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", code, "check", str(write(tmp_path, GOOD))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "2 modules in 1 language: no problems\n[]\n", done.stderr

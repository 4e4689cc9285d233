"""near-learn translations: what is missing, stale, broken or unfinished, and since which change."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from near_learn.content.releases import Releases
from near_learn.content.translations_command import translations
from tests.content.world import COURSE, ENGLISH, GOOD, SPANISH, write

SPANISH_TEXT = SPANISH.replace("About Maite.", "Sobre Maite.")
GIT = shutil.which("git")


@pytest.fixture
def courses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small course, with nothing published yet."""
    monkeypatch.setenv("NEAR_LEARN_DATA", str(tmp_path / "instance"))
    return write(tmp_path / "courses", GOOD | {"c/01-one/es.md": SPANISH_TEXT})


def run(*arguments: str | Path) -> Result:
    """The command's result."""
    return CliRunner().invoke(translations, [str(argument) for argument in arguments])


def states(courses: Path, *arguments: str) -> dict[str, str]:
    """The state of each text by file."""
    return {each["file"]: each["state"] for each in json.loads(run(courses, "--json", *arguments).output)}


def test_every_text_in_every_language_of_the_course(courses: Path) -> None:
    assert states(courses) == {
        "c/course.es.md": "missing",
        "c/01-one/es.md": "current",
        "c/02-other/es.md": "missing",
    }
    assert run(courses).exit_code == 1


def test_one_language_only(courses: Path) -> None:
    assert set(states(courses, "--language", "fi").values()) == {"missing"}


def test_nothing_left_to_do(courses: Path) -> None:
    write(courses, {"c/course.md": COURSE.replace(", es: Un curso", "").replace(", es: Sobre ello.", "")})
    (courses / "c/01-one/es.md").unlink()
    result = run(courses)
    assert (result.exit_code, result.output) == (0, "There is nothing to translate.\n")


def test_broken_parity_is_shown_with_its_line(courses: Path) -> None:
    write(courses, {"c/01-one/es.md": SPANISH_TEXT.replace("- [ ] Two", "- [x] Two")})
    assert states(courses)["c/01-one/es.md"] == "broken"
    assert "line 29: in English this option is not right" in " ".join(run(courses).output.split())


def test_a_text_that_is_still_english(courses: Path) -> None:
    long = "These are more than eight words that somebody should translate."
    texts = {
        f"c/01-one/{code}.md": text.replace("Text.", long)
        for code, text in (("en", ENGLISH), ("es", SPANISH_TEXT))
    }
    write(courses, dict(texts))
    assert states(courses)["c/01-one/es.md"] == "unfinished"
    assert "still in English: detail" in run(courses).output


NEXT = ENGLISH.replace("version: 2", "version: 3").replace("Text.", "Another text.") + (
    "\n### Where? {#where}\n\n- [ ] Here\n- [x] There\n"
)


def changed(courses: Path) -> tuple[list[tuple[str, str]], str]:
    """What the command says has changed in English for the Spanish text, and since what."""
    (found,) = (
        each for each in json.loads(run(courses, "--json").output) if each["file"] == "c/01-one/es.md"
    )
    assert found["state"] in {"stale", "broken"}
    assert (found["version"], found["source_version"]) == (3, 2)
    return [(each["what"], each["place"]) for each in found["changes"]], found["since"]


CHANGED = [("changed", "detail"), ("added", "where")]


def test_stale_since_a_release(courses: Path, tmp_path: Path) -> None:
    published = Releases(tmp_path / "instance" / "releases").publish(courses / "c")
    write(courses, {"c/01-one/en.md": NEXT})
    assert changed(courses) == (CHANGED, f"release {published.id} ({published.published_at:%Y-%m-%d})")


@pytest.mark.skipif(GIT is None, reason="git is missing")
def test_stale_since_a_commit(courses: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(courses), *arguments], check=True, capture_output=True)

    def commit(message: str) -> None:
        git("add", ".")
        git("-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-q", "-m", message)

    git("init", "-q")
    commit("version 2")
    write(courses, {"c/01-one/en.md": ENGLISH.replace("Text.", "A better text.")})
    commit("a slip mended, still version 2")
    write(courses, {"c/01-one/en.md": NEXT})
    found, since = changed(courses)
    assert found == CHANGED
    assert since.startswith("commit ")
    write(courses, {"c/01-one/en.md": NEXT.replace("Another text.", "A better text.")})
    assert changed(courses)[0] == [("added", "where")]


def test_stale_without_any_history(courses: Path) -> None:
    write(courses, {"c/01-one/en.md": NEXT})
    assert changed(courses) == ([], "")
    assert "it stands for version 2, English is at 3" in " ".join(run(courses).output.split())


def test_one_course(courses: Path) -> None:
    shutil.copytree(courses / "c", courses / "d")
    assert {name.partition("/")[0] for name in states(courses)} == {"c", "d"}
    assert {name.partition("/")[0] for name in states(courses / "d")} == {"d"}


def test_an_unknown_language(courses: Path) -> None:
    result = run(courses, "--language", "cz")
    assert result.exit_code == 1
    assert "did you mean cs?" in result.output

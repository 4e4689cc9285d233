"""What learners see of the courses, and when they see something else."""

from __future__ import annotations

import logging
import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from near_learn import Settings, create_app
from near_learn.content import working_copy as working
from near_learn.content.releases import Releases
from near_learn.content_library import at_release, library, releases, shelf, working_copy

GARDEN = Path(__file__).parent / "records" / "courses" / "garden"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GARDEN, tmp_path / "courses" / "garden"))


@pytest.fixture
def settings(tmp_path: Path, folder: Path) -> Settings:
    return Settings(data=tmp_path / "data", courses=folder.parent, secret_key="a-secret-for-tests-only")


@pytest.fixture
def app(settings: Settings) -> Flask:
    return create_app(settings)


@pytest.fixture(autouse=True)
def in_it(app: Flask) -> object:
    with app.app_context():
        yield


def other_process(settings: Settings) -> Releases:
    return Releases(settings.data / "releases")


def edit(folder: Path, before: str, after: str, file: str = "01-soil/en.md") -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def restructure(folder: Path) -> None:
    edit(folder, "[01-soil, 02-water]", "[02-water, 01-soil]", "course.md")


def first_words() -> str:
    return library().courses["garden"].module("soil").text("en").sections[0].html


def test_a_course_that_was_never_published_is_shown_as_it_is(folder: Path) -> None:
    assert list(library().courses) == ["garden"]
    assert not library().problems


def test_a_draft_is_the_trainers_alone(settings: Settings, folder: Path) -> None:
    edit(folder, "order: 1", "order: 1\ndraft: true", "course.md")
    with create_app(settings).app_context():
        assert list(library().courses) == []
        assert list(working_copy().courses) == ["garden"]


def test_what_is_published_is_shown_and_not_what_is_written_since(folder: Path) -> None:
    releases().publish(folder)
    edit(folder, "Some words", "Other words")
    assert "Some words" in first_words()
    assert "Other words" in working_copy().courses["garden"].module("soil").text("en").sections[0].html


def test_a_release_of_another_process_is_picked_up(settings: Settings, folder: Path) -> None:
    other_process(settings).publish(folder)
    assert "Some words" in first_words()
    edit(folder, "Some words", "Other words")
    other_process(settings).publish(folder)
    assert "Other words" in first_words()


def test_a_published_course_stays_when_its_folder_goes(settings: Settings, folder: Path) -> None:
    releases().publish(folder)
    shutil.rmtree(folder)
    assert list(library().courses) == ["garden"]
    with create_app(settings).app_context():
        assert list(library().courses) == ["garden"]
        assert list(working_copy().courses) == []


def test_a_course_is_taken_from_the_learners(settings: Settings, folder: Path) -> None:
    made = releases().publish(folder)
    assert list(library().courses) == ["garden"]
    edit(folder, "order: 1", "order: 1\ndraft: true", "course.md")
    (made.folder.parent / "current").unlink()
    assert list(library().courses) == []
    with create_app(settings).app_context():
        assert list(library().courses) == []


def test_nothing_is_read_while_nothing_changes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    releases().publish(folder)
    seen = library()
    monkeypatch.setattr(Path, "read_bytes", None)
    monkeypatch.setattr(Path, "read_text", None)
    monkeypatch.setattr(Path, "open", None)
    assert library() is seen


def test_the_working_copy_is_read_again_where_it_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(folder, folder.parent / "second")
    edit(folder.parent / "second", "id: garden", "id: second", "course.md")
    read: list[str] = []
    original = working.read_course

    def counting(path: Path, root: Path) -> object:
        read.append(path.name)
        return original(path, root)

    monkeypatch.setattr(working, "read_course", counting)
    assert set(working_copy().courses) == {"garden", "second"}
    read.clear()
    working_copy()
    assert read == []
    edit(folder, "Some words", "Other words")
    assert "Other words" in working_copy().courses["garden"].module("soil").text("en").sections[0].html
    assert read == ["garden"]
    read.clear()
    (folder / "01-soil" / "es.md").unlink()
    assert working_copy().courses["garden"].module("soil").languages == ("en",)
    shutil.rmtree(folder.parent / "second")
    assert set(working_copy().courses) == {"garden"}
    assert read == ["garden"]


# --- at a release ------------------------------------------------------------------------------------


def test_a_registration_gets_the_newest_wording_of_its_structure(folder: Path) -> None:
    first = releases().publish(folder, at=NOON)
    edit(folder, "Some words", "Better words")
    second = releases().publish(folder, at=NOON + timedelta(hours=1))
    restructure(folder)
    third = releases().publish(folder, at=NOON + timedelta(hours=2))
    for begun in (first, second):
        shown = at_release("garden", begun.id)
        assert (shown.release, [module.id for module in shown.modules]) == (second.id, ["soil", "water"])
    assert at_release("garden", third.id).release == third.id
    assert library().courses["garden"].release == third.id


@pytest.mark.parametrize("release", ["", "zzz", "0123456789ab", "../../etc", "x" * 64])
def test_a_release_that_nobody_knows_gets_the_current_one(folder: Path, release: str) -> None:
    made = releases().publish(folder)
    assert at_release("garden", release).release == made.id


def test_an_unknown_course_is_a_key_error(folder: Path) -> None:
    with pytest.raises(KeyError):
        at_release("no-such", "0123456789ab")


def test_a_publication_that_was_cut_off_before_it_took_effect_is_shown_to_nobody(
    settings: Settings, folder: Path
) -> None:
    """The folder is in its place, `current` still names the one before."""
    first = releases().publish(folder, at=NOON)
    current = (first.folder.parent / "current").read_text()
    restructure(folder)
    second = releases().publish(folder, at=NOON + timedelta(hours=1))
    edit(folder, "[02-water, 01-soil]", "[01-soil, 02-water]", "course.md")
    edit(folder, "Some words", "Half published words")
    releases().publish(folder, at=NOON + timedelta(hours=2))
    (first.folder.parent / "current").write_text(f"{second.id}\n")
    assert current == f"{first.id}\n"
    with create_app(settings).app_context():
        assert at_release("garden", first.id).release == first.id
        assert library().courses["garden"].release == second.id


def test_a_release_that_is_gone_gives_way_to_the_next_with_its_structure(
    settings: Settings, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = releases().publish(folder, at=NOON)
    edit(folder, "Some words", "Better words")
    second = releases().publish(folder, at=NOON + timedelta(hours=1))
    restructure(folder)
    third = releases().publish(folder, at=NOON + timedelta(hours=2))
    shutil.rmtree(second.files)
    with create_app(settings).app_context(), caplog.at_level(logging.ERROR):
        assert at_release("garden", first.id).release == first.id
        assert second.id in caplog.text
        shutil.rmtree(first.files)
    with create_app(settings).app_context():
        for _ in range(3):
            assert at_release("garden", first.id).release == third.id
        assert caplog.text.count(f"release {first.id} of garden is damaged") == 1


@pytest.mark.parametrize("what", ["current", "release.json", "files", "everything"])
def test_whatever_is_deleted_by_hand_there_is_something_to_learn(
    settings: Settings, folder: Path, what: str
) -> None:
    made = releases().publish(folder)
    gone = {
        "current": made.folder.parent / "current",
        "release.json": made.folder / "release.json",
        "files": made.files,
        "everything": made.folder,
    }[what]
    if gone.is_dir():
        shutil.rmtree(gone)
    else:
        gone.unlink()
    with create_app(settings).app_context():
        assert library().courses["garden"].release == made.id
        assert at_release("garden", made.id).release == made.id


@pytest.mark.parametrize("text", ["", "\n", "nonsense", "0123456789ab", "../../..", "\x00" * 9, "\udcff"])
def test_a_current_that_says_nonsense(settings: Settings, folder: Path, text: str) -> None:
    made = releases().publish(folder)
    (made.folder.parent / "current").write_bytes(text.encode("utf-8", "surrogateescape"))
    edit(folder, "Some words", "Unpublished words")
    with create_app(settings).app_context():
        assert library().courses["garden"].release == made.id


def test_the_release_with_the_same_quiz(folder: Path) -> None:
    first = releases().publish(folder, at=NOON)
    edit(folder, "What is soil for?", "What for is soil?")
    second = releases().publish(folder, at=NOON + timedelta(hours=1))
    for language in ("en", "es"):
        edit(folder, "pass_mark: 0.6", "pass_mark: 0.9", f"01-soil/{language}.md")
    releases().publish(folder, at=NOON + timedelta(hours=2))
    found = shelf().with_quiz("garden", "soil", first.id)
    assert found is not None
    assert found.release == second.id
    assert shelf().with_quiz("garden", "soil", "0123456789ab") is None
    assert shelf().with_quiz("garden", "no-such", first.id) is None


# --- threads -----------------------------------------------------------------------------------------


def test_threads_read_while_others_publish(app: Flask, settings: Settings, folder: Path) -> None:
    known = {releases().publish(folder).id}
    stop, seen, failed = threading.Event(), set(), []

    def read() -> None:
        with app.app_context():
            try:
                while not stop.is_set():
                    seen.add(library().courses["garden"].release)
                    seen.add(at_release("garden", next(iter(known))).release)
                    assert working_copy().courses
            except Exception as error:
                failed.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    other = other_process(settings)
    for number in range(6):
        edit(folder, "words about soil.", f"words about soil {number}, words about soil.")
        known.add(other.publish(folder).id)
    last = other.current("garden")
    stop.set()
    for thread in threads:
        thread.join()
    assert not failed
    assert seen <= known
    assert last is not None
    assert library().courses["garden"].release == last.id


def test_a_course_of_which_every_file_is_broken_is_told_and_left_out(
    settings: Settings, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "course.md").write_text("nothing")
    with caplog.at_level(logging.WARNING), create_app(settings).app_context():
        assert list(library().courses) == []
    assert "course problem: garden/course.md" in caplog.text


def test_other_settings_other_shelves(settings: Settings, tmp_path: Path, folder: Path) -> None:
    releases().publish(folder)
    with create_app(replace(settings, data=tmp_path / "elsewhere")).app_context():
        assert releases().courses() == []

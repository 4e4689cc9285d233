"""Saving: what is written, what is kept, and what happens when two people write."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from near_learn.authoring import course_file
from near_learn.authoring.history import History, What
from near_learn.authoring.place import Place, place
from near_learn.authoring.saving import Changed, Writer

NOW = datetime(2026, 11, 22, 5, 15, tzinfo=UTC)
ELINA, JEF = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def here(courses: Path) -> Place:
    return place(courses / "garden", "02-season/en.md")


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history")


def kept(history: History, file: str = "02-season/en.md") -> list[tuple[What, str, str]]:
    return [(each.what, each.account, each.text) for each in history.entries("garden", file)]


def test_the_first_saving_keeps_what_was_there_before_too(here: Place, history: History) -> None:
    before = course_file.read(here.path)
    os.utime(here.path, (NOW.timestamp() - 60, NOW.timestamp() - 60))
    saved = Writer(history, ELINA, NOW).save(here, "new\r\n", before.digest)
    assert (saved.text, here.path.read_text()) == ("new\n", "new\n")
    assert kept(history) == [(What.SAVED, ELINA, "new\n"), (What.FOUND, "", before.text)]
    assert [each.at for each in history.entries("garden", here.file)] == [NOW, NOW - timedelta(minutes=1)]


def test_saving_the_same_text_changes_nothing(here: Place, history: History) -> None:
    before = here.path.stat().st_mtime_ns
    text = here.path.read_text()
    Writer(history, ELINA, NOW).save(here, text, course_file.read(here.path).digest)
    assert here.path.stat().st_mtime_ns == before
    assert kept(history) == []


def test_what_git_or_an_editor_changed_in_between_is_kept(here: Place, history: History) -> None:
    digest = course_file.read(here.path).digest
    Writer(history, ELINA, NOW).save(here, "one\n", digest)
    here.path.write_text("by git\n")
    Writer(history, ELINA, NOW).save(here, "two\n", course_file.read(here.path).digest)
    assert [(what, text) for what, _, text in kept(history)][:3] == [
        (What.SAVED, "two\n"),
        (What.FOUND, "by git\n"),
        (What.SAVED, "one\n"),
    ]


def test_the_second_of_two_is_refused_and_nothing_is_lost(here: Place, history: History) -> None:
    base = course_file.read(here.path)
    Writer(history, ELINA, NOW).save(here, "elina\n", base.digest)
    with pytest.raises(Changed) as caught:
        Writer(history, JEF, NOW + timedelta(minutes=1)).save(here, "jef\n", base.digest)
    assert (caught.value.theirs.text, caught.value.base) == ("elina\n", base.text)
    assert here.path.read_text() == "elina\n"
    assert (What.ASIDE, JEF, "jef\n") in kept(history)
    # Sent again, it is refused again, and not kept twice.
    with pytest.raises(Changed):
        Writer(history, JEF, NOW + timedelta(minutes=2)).save(here, "jef\n", base.digest)
    assert kept(history).count((What.ASIDE, JEF, "jef\n")) == 1
    newest = history.newest("garden", here.file)
    assert newest is not None
    assert newest.what is What.SAVED


def test_of_many_at_once_one_wins_and_all_are_kept(here: Place, history: History) -> None:
    base = course_file.read(here.path).digest
    texts = [f"writer {number}\n" for number in range(8)]
    outcomes: list[str] = []

    def write(text: str) -> None:
        try:
            Writer(history, ELINA, NOW).save(here, text, base)
            outcomes.append("saved")
        except Changed:
            outcomes.append("refused")

    threads = [threading.Thread(target=write, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 7 + ["saved"]
    assert here.path.read_text() in texts
    assert {text for _, _, text in kept(history)} >= set(texts)


def test_a_text_taken_away_meanwhile(here: Place, history: History) -> None:
    base = course_file.read(here.path).digest
    Writer(history, ELINA, NOW).delete(here.folder, here.file)
    with pytest.raises(Changed) as caught:
        Writer(history, JEF, NOW).save(here, "jef\n", base)
    assert not caught.value.theirs.there
    Writer(history, JEF, NOW).save(here, "jef\n", caught.value.theirs.digest)
    assert here.path.read_text() == "jef\n"
    assert [what for what, _, _ in kept(history)] == [What.SAVED, What.ASIDE, What.DELETED, What.FOUND]


def test_versions_are_in_order_whatever_the_clock_says(here: Place, history: History) -> None:
    digest = course_file.read(here.path).digest
    for number, at in enumerate([NOW, NOW - timedelta(days=400), NOW - timedelta(days=400)]):
        digest = Writer(history, ELINA, at).save(here, f"{number}\n", digest).digest
    assert [text for _, _, text in kept(history)][:3] == ["2\n", "1\n", "0\n"]


def test_other_files_in_the_history_are_no_versions(here: Place, history: History) -> None:
    Writer(history, ELINA, NOW).save(here, "one\n", course_file.read(here.path).digest)
    folder = history.root / "garden" / here.file
    (folder / "notes.txt").write_text("x")
    (folder / "20261122T051500000000Z.eaten.").write_text("x")
    assert len(history.entries("garden", here.file)) == 2
    assert history.files("garden") == [here.file]

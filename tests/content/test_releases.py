"""Publishing: a course is frozen whole, by however many at once, and whatever happens in the middle."""

from __future__ import annotations

import json
import logging
import multiprocessing
import multiprocessing.synchronize
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from near_learn.content import snapshot
from near_learn.content.library import load_course
from near_learn.content.releases import NoRelease, Refused, Releases

GARDEN = Path(__file__).parents[1] / "records" / "courses" / "garden"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GARDEN, tmp_path / "courses" / "garden"))


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path / "data" / "releases")


def write(folder: Path, words: str, file: str = "01-soil/en.md") -> None:
    """Changes the wording of a text."""
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").replace("Some words", words), encoding="utf-8")


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_course_that_was_never_published_has_no_release(releases: Releases) -> None:
    assert releases.courses() == []
    assert releases.current("garden") is None
    assert releases.history("garden") == ()
    assert releases.stamp() == ()


def test_a_release_is_the_files_and_who_published_them(releases: Releases, folder: Path) -> None:
    made = releases.publish(folder, author="an-account", note="  for\nspring ", at=NOON)
    course = load_course(folder).courses["garden"]
    assert made == releases.current("garden")
    assert (made.id, made.course, made.author, made.note) == (
        course.release,
        "garden",
        "an-account",
        "for spring",
    )
    assert made.published_at == NOON
    assert made.structure == course.structure
    assert made.modules == ("soil", "water")
    assert everything(made.files) == everything(folder)
    assert json.loads((made.folder / "release.json").read_text())["author"] == "an-account"
    assert releases.courses() == ["garden"]


def test_what_is_published_stays_when_the_working_copy_changes(releases: Releases, folder: Path) -> None:
    made = releases.publish(folder)
    write(folder, "Other words")
    shown = releases.course("garden", made.id)
    assert shown.release == made.id
    assert "Some words" in shown.module("soil").text("en").sections[0].html
    assert not os.access(made.files / "course.md", os.W_OK) or os.geteuid() == 0
    assert (made.files / "course.md").stat().st_mode & 0o222 == 0


def test_publishing_twice_is_publishing_once(releases: Releases, folder: Path) -> None:
    first = releases.publish(folder, author="one", at=NOON)
    stamp = releases.stamp()
    assert releases.publish(folder, author="two", at=NOON + timedelta(days=1)) == first
    assert releases.stamp() == stamp
    assert [each.author for each in releases.history("garden")] == ["one"]


def test_history_has_the_current_one_first(releases: Releases, folder: Path) -> None:
    made = []
    for day in range(3):
        made.append(releases.publish(folder, at=NOON + timedelta(days=day)))
        write(folder, f"Some words of day {day}")
    assert [each.id for each in releases.history("garden")] == [each.id for each in reversed(made)]
    assert len({each.id for each in made}) == 3


def test_going_back_to_an_earlier_state_makes_it_current(releases: Releases, folder: Path) -> None:
    first = releases.publish(folder, at=NOON)
    write(folder, "Other words")
    second = releases.publish(folder, at=NOON + timedelta(hours=1))
    write(folder, "No", "course.md")
    shutil.rmtree(folder)
    shutil.copytree(GARDEN, folder)
    back = releases.publish(folder, note="better before", at=NOON + timedelta(hours=2))
    assert back.id == first.id
    assert releases.current("garden") == back
    assert [(each.id, each.published_at) for each in releases.history("garden")] == [
        (first.id, NOON + timedelta(hours=2)),
        (second.id, NOON + timedelta(hours=1)),
    ]


def test_what_nobody_sees_is_not_copied(releases: Releases, folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("secret")
    (folder / "01-soil" / "en.md~").write_text("old")
    made = releases.publish(folder)
    assert everything(made.files) == everything(GARDEN)


# --- refused -----------------------------------------------------------------------------------------


def test_a_course_with_errors_is_refused_with_all_of_them(releases: Releases, folder: Path) -> None:
    (folder / "01-soil" / "en.md").write_text("no front matter")
    (folder / "02-water" / "es.md").write_text("ni aquí")
    with pytest.raises(Refused) as refused:
        releases.publish(folder)
    assert {problem.path for problem in refused.value.problems} >= {
        "garden/01-soil/en.md",
        "garden/02-water/es.md",
    }
    assert set(refused.value.problems) == set(load_course(folder).errors)
    assert releases.current("garden") is None
    assert everything(releases.root) == {}


def test_a_folder_without_a_course_is_refused(releases: Releases, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refused, match=r"empty/course\.md"):
        releases.publish(tmp_path / "empty")


def link_inside(folder: Path) -> None:
    (folder / "01-soil" / "fi.md").symlink_to(folder / "01-soil" / "es.md")


def link_outside(folder: Path) -> None:
    (folder / "01-soil" / "media").mkdir()
    (folder / "01-soil" / "media" / "notes.txt").symlink_to("/etc/passwd")


def link_to_folder(folder: Path) -> None:
    (folder / "03-more").symlink_to(folder / "01-soil", target_is_directory=True)


def broken_link(folder: Path) -> None:
    (folder / "01-soil" / "nothing").symlink_to("nowhere")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "01-soil" / "pipe")


def heavy(folder: Path) -> None:
    with (folder / "recording.wav").open("wb") as file:
        file.truncate(11 * 1024 * 1024)


@pytest.mark.parametrize("spoil", [link_inside, link_outside, link_to_folder, broken_link, pipe, heavy])
def test_links_and_odd_files_are_refused(
    releases: Releases, folder: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(folder)
    with pytest.raises(Refused, match="garden/"):
        releases.publish(folder)
    assert everything(releases.root) == {}


def test_a_link_that_took_a_files_place_meanwhile_is_not_followed(tmp_path: Path, folder: Path) -> None:
    link_outside(folder)
    with pytest.raises(OSError, match="notes"):
        snapshot.copy(folder, tmp_path / "copy")


def test_who_reads_while_current_is_written_reads_the_old_or_the_new(tmp_path: Path) -> None:
    current = tmp_path / "current"
    snapshot.write(current, "old")
    with current.open() as reader:
        snapshot.write(current, "new")
        assert reader.read() == "old"
    assert current.read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["current"]


@pytest.mark.parametrize(
    ("course", "release"),
    [
        ("garden", "../../../x"),
        ("../garden", "0123456789ab"),
        ("garden", ""),
        ("garden", "0123456789ab"),
        ("garden", "A" * 5000),
        ("no-such", "0123456789ab"),
        ("..", "current"),
    ],
)
def test_unknown_names_are_no_paths(releases: Releases, folder: Path, course: str, release: str) -> None:
    releases.publish(folder)
    with pytest.raises(NoRelease):
        releases.course(course, release)
    assert course == "garden" or releases.current(course) is None


# --- damage ------------------------------------------------------------------------------------------


def test_a_current_release_that_is_gone_gives_way_to_the_one_before(
    releases: Releases, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = releases.publish(folder, at=NOON)
    write(folder, "Other words")
    second = releases.publish(folder, at=NOON + timedelta(hours=1))
    shutil.rmtree(second.folder)
    with caplog.at_level(logging.ERROR):
        assert releases.current("garden") == first
    assert second.id in caplog.text


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"id": 1}', "\x00", '{"digests": 1}'])
def test_an_unreadable_description_is_as_good_as_none(
    releases: Releases, folder: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    made = releases.publish(folder)
    (made.folder / "release.json").unlink()
    (made.folder / "release.json").write_text(text)
    assert releases.history("garden") == ()
    assert made.id in caplog.text
    with pytest.raises(NoRelease):
        Releases(releases.root).course("garden", made.id)


def test_publishing_again_mends_a_damaged_release(releases: Releases, folder: Path) -> None:
    made = releases.publish(folder)
    shutil.rmtree(made.files / "02-water")
    with pytest.raises(NoRelease, match="damaged"):
        releases.course("garden", made.id)
    assert releases.publish(folder).id == made.id
    assert everything(made.files) == everything(folder)
    assert releases.course("garden", made.id).release == made.id


def test_a_file_changed_by_hand_is_reported_and_keeps_its_release(
    releases: Releases, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = releases.publish(folder)
    text = made.files / "01-soil" / "en.md"
    text.chmod(0o644)
    text.write_text(text.read_text().replace("Some words", "Bad words"))
    assert releases.course("garden", made.id).release == made.id
    assert "somebody has changed" in caplog.text


# --- at the same time, and in the middle -------------------------------------------------------------

PUBLISHER = """
import sys
from pathlib import Path
from near_learn.content.releases import Releases
print("ready", flush=True)
sys.stdin.readline()
print(Releases(Path(sys.argv[1])).publish(Path(sys.argv[2])).id)
"""


def publisher(root: Path, folder: Path) -> subprocess.Popen[str]:
    """A process that publishes when it is sent a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", PUBLISHER, str(root), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def test_two_who_publish_the_same_make_one_release(releases: Releases, folder: Path) -> None:
    processes = [publisher(releases.root, folder) for _ in range(3)]
    for process in processes:
        go(process)
    made = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0]
    (release,) = releases.history("garden")
    assert made == {release.id}
    assert everything(release.files) == everything(folder)


def test_two_who_publish_different_states_leave_both_whole(releases: Releases, folder: Path) -> None:
    other = Path(shutil.copytree(folder, folder.parent / "garden2"))
    write(other, "Other words")
    processes = [publisher(releases.root, folder), publisher(releases.root, other)]
    for process in processes:
        go(process)
    made = {process.communicate(timeout=60)[0].strip() for process in processes}
    history = releases.history("garden")
    assert {each.id for each in history} == made
    assert len(made) == 2
    for each in history:
        assert releases.course("garden", each.id).release == each.id


def test_killed_in_the_middle_the_earlier_release_stays_or_the_new_one_is_whole(
    releases: Releases, folder: Path
) -> None:
    first = releases.publish(folder)
    (folder / "01-soil" / "media").mkdir()
    for number in range(40):
        (folder / "01-soil" / "media" / f"{number}.txt").write_bytes(os.urandom(100_000))
    whole = load_course(folder).courses["garden"].release
    outcomes = set()
    for step in range(12):
        process = publisher(releases.root, folder)
        go(process)
        time.sleep(0.02 * step)
        process.send_signal(signal.SIGKILL)
        process.wait()
        current = Releases(releases.root).current("garden")
        assert current is not None
        assert current.id in {first.id, whole}
        for found in Releases(releases.root).history("garden"):
            # Read from the files themselves: nothing is half there.
            assert load_course(found.files).courses["garden"].release == found.id
        outcomes.add(current.id)
        if current.id == whole:
            break
    assert first.id in outcomes
    # Whatever was left behind does not stand in the way.
    assert releases.publish(folder).id == whole
    assert everything(releases.course("garden", whole).folder) == everything(folder)


def test_leftovers_of_the_dead_are_cleared_away_and_those_of_the_living_are_not(
    releases: Releases, folder: Path
) -> None:
    dead, living = releases.root / ".publishing-dead", releases.root / ".publishing-living"
    for unfinished in (dead, living):
        (unfinished / "files").mkdir(parents=True)
    os.utime(dead, (1, 1))
    releases.publish(folder)
    assert not dead.exists()
    assert living.exists()


def test_somebody_writes_while_it_is_published(releases: Releases, folder: Path) -> None:
    """The release is what was copied, and its name is the hash of that."""
    stop = multiprocessing.Event()
    writer = multiprocessing.Process(target=_write_on, args=(folder / "01-soil" / "en.md", stop))
    writer.start()
    try:
        for _ in range(5):
            made = releases.publish(folder)
            assert load_course(made.files).courses["garden"].release == made.id
    finally:
        stop.set()
        writer.join()


def _write_on(path: Path, stop: multiprocessing.synchronize.Event) -> None:
    text, number = path.read_text(), 0
    while not stop.is_set():
        number += 1
        beside = path.with_name(".beside")
        beside.write_text(text.replace("Some words", f"Words {number}"))
        beside.replace(path)
        time.sleep(0.001)

"""Processes that write to one SQLite file: each is called when the one before it has left."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.waiting import until
from xapi.lrs import LRS
from xapi.sql import line, sqlite
from xapi.sql.line import BESIDE, Line
from xapi.sql.tables import create

# Goes to the front, says so, and stays until its input ends.
OTHER = """
import sys
import sqlalchemy as sa
from xapi.sql.line import Line

with Line(sa.create_engine(sys.argv[1])).at_the_front():
    print("there", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'store.sqlite'}")
    sqlite.configure(engine, synchronous="NORMAL")
    yield engine
    engine.dispose()


@contextmanager
def other(engine: sa.Engine) -> Iterator[subprocess.Popen[str]]:
    """Another process that is at the front."""
    command = [sys.executable, "-c", OTHER, engine.url.render_as_string(hide_password=False)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        try:
            yield process
        finally:
            process.kill()


def let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()


def taken(engine: sa.Engine) -> bool:
    """Whether somebody is at the front."""
    place = os.open(f"{engine.url.database}{BESIDE}", os.O_RDONLY | os.O_CREAT)
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(place)
    return False


def come(engine: sa.Engine) -> tuple[threading.Thread, list[str]]:
    """Somebody here who wants to the front; and what happened."""
    happened: list[str] = []

    def work() -> None:
        with Line(engine).at_the_front():
            happened.append("there")

    thread = threading.Thread(target=work)
    thread.start()
    return thread, happened


def waiting() -> bool:
    return any(thread.name == "line" for thread in threading.enumerate())


def test_who_writes_is_at_the_front_for_the_length_of_the_transaction(engine: sa.Engine) -> None:
    create(engine)
    lrs = LRS(engine)
    for _ in range(2):
        with lrs.writing():
            assert taken(engine)
        assert not taken(engine)
    with pytest.raises(ZeroDivisionError), lrs.writing():
        raise ZeroDivisionError
    assert not taken(engine)


@pytest.mark.parametrize("end", [let_go, lambda process: process.send_signal(signal.SIGKILL)])
def test_who_comes_later_waits_until_the_other_process_has_left_or_is_dead(
    engine: sa.Engine, end: object
) -> None:
    assert callable(end)
    with other(engine) as process:
        thread, happened = come(engine)
        until(waiting)
        assert not happened
        end(process)
        thread.join(30)
    assert happened == ["there"]
    assert not waiting()
    assert not taken(engine)


def test_who_does_not_leave_is_not_waited_for_for_ever(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "PATIENCE", 0.05)
    with other(engine) as process:
        thread, happened = come(engine)
        thread.join(30)
        assert happened == ["there"]
        assert waiting()
        let_go(process)
        # The place that comes too late is given away at once.
        until(lambda: not waiting())
    assert not taken(engine)


def test_a_process_that_was_begun_meanwhile_does_not_keep_the_place(engine: sa.Engine) -> None:
    context = multiprocessing.get_context("fork")
    done = context.Event()
    process = context.Process(target=done.wait)
    try:
        with Line(engine).at_the_front():
            process.start()
            assert taken(engine)
        assert not taken(engine)
    finally:
        done.set()
        process.join()


def test_where_no_file_can_be_made_nobody_waits(tmp_path: Path) -> None:
    nowhere = sa.create_engine(f"sqlite:///{tmp_path / 'nowhere' / 'store.sqlite'}")
    with Line(nowhere).at_the_front(), Line(nowhere).at_the_front():
        assert not (tmp_path / "nowhere").exists()


def test_a_database_in_memory_has_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for address in ("sqlite://", "sqlite:///:memory:", "sqlite:///file:x.sqlite?uri=true"):
        engine = sa.create_engine(address)
        with Line(engine).at_the_front(), Line(engine).at_the_front():
            assert not list(tmp_path.iterdir())

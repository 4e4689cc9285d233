"""The folder of a process goes with it; nobody else's is touched."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from near_learn.spool import PREFIX, Spool

PROGRAM = """
import sys, time
from pathlib import Path
from near_learn.spool import Spool
spool = Spool(Path(sys.argv[1]))
(spool.path / "an answer").write_text("long")
print(spool.path, flush=True)
time.sleep(600)
"""


@contextmanager
def living(parent: Path) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """Another process's folder, and the process, which is killed at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(parent)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        try:
            yield Path(other.stdout.readline().strip()), other
        finally:
            other.send_signal(signal.SIGKILL)


def test_it_is_nobody_elses_and_goes_at_the_end(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    assert spool.path.stat().st_mode & 0o777 == 0o700
    (spool.path / "an answer").write_text("long")
    spool.close()
    assert not list(tmp_path.iterdir())


def test_a_living_process_keeps_its_folder_and_a_killed_one_leaves_none(tmp_path: Path) -> None:
    with living(tmp_path) as (path, _):
        Spool(tmp_path).close()
        assert (path / "an answer").read_text() == "long"
    assert path.exists()
    Spool(tmp_path).close()
    assert not list(tmp_path.iterdir())


def test_what_is_not_ours_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    for path in (elsewhere, tmp_path / "near-learn-desk-1", tmp_path / f"{PREFIX}of-another"):
        path.mkdir()
        (path / "a file").touch()
    (tmp_path / f"{PREFIX}link").symlink_to(elsewhere)
    (tmp_path / f"{PREFIX}file").touch()
    before = sorted(tmp_path.rglob("*"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
        Spool(tmp_path).close()
        assert sorted(tmp_path.rglob("*")) == before
    Spool(tmp_path).close()
    assert not (tmp_path / f"{PREFIX}of-another").exists()
    assert (elsewhere / "a file").exists()


def test_who_loses_the_folder_before_it_is_locked_makes_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[Path] = []
    flock = fcntl.flock

    def slow(number: int, how: int) -> None:
        if not lost:
            lost.extend(tmp_path.iterdir())
            lost[0].rmdir()
        flock(number, how)

    monkeypatch.setattr(fcntl, "flock", slow)
    spool = Spool(tmp_path)
    assert spool.path.is_dir()
    assert spool.path != lost[0]
    spool.close()

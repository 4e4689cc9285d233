"""Requests that come at the same time are stored together, and what is wrong with one stays its own."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from tests.waiting import PATIENCE, until
from xapi.store import Record
from xapi.together import Together
from xapi.turn import Turn


class Disk:
    """Keeps the first write waiting until `go`, so that others gather behind it. "bad" cannot be written."""

    def __init__(self) -> None:
        self.turn = Turn(several=False)
        self.together = Together(self.turn, self.write)
        self.writes: list[list[Any]] = []
        self.began, self.go = Event(), Event()

    def write(self, batches: Sequence[Sequence[Record]]) -> list[list[str]]:
        self.writes.append([list(batch) for batch in batches])
        self.began.set()
        with self.turn.left():
            assert self.go.wait(PATIENCE)
        if any("bad" in batch for batch in self.writes[-1]):
            raise ValueError("bad")
        return [[f"id of {one}" for one in batch] for batch in batches]

    def save(self, *records: Any) -> list[str]:
        with self.turn.taken():
            return self.together.save(records)


@pytest.fixture
def disk() -> Disk:
    return Disk()


def gathered(disk: Disk, *batches: str) -> list[Future[list[str]]]:
    """One save for each; all but the first wait together."""
    with ThreadPoolExecutor(len(batches)) as pool:
        first = pool.submit(disk.save, batches[0])
        assert disk.began.wait(PATIENCE)
        others = [pool.submit(disk.save, batch) for batch in batches[1:]]
        until(lambda: len(disk.together._waiting) == len(others))
        disk.go.set()
    return [first, *others]


def test_who_waits_is_written_at_once_and_each_gets_its_own_ids(disk: Disk) -> None:
    done = gathered(disk, "a", "b", "c")
    assert [one.result() for one in done] == [["id of a"], ["id of b"], ["id of c"]]
    assert len(disk.writes) == 2
    assert sorted(disk.writes[1]) == [["b"], ["c"]]


def test_what_is_wrong_with_one_is_raised_there_and_nowhere_else(disk: Disk) -> None:
    fine, also_fine, bad = gathered(disk, "a", "b", "bad")
    assert (fine.result(), also_fine.result()) == (["id of a"], ["id of b"])
    with pytest.raises(ValueError, match="bad"):
        bad.result()


def test_after_everybody_has_been_written_the_next_one_writes(disk: Disk) -> None:
    gathered(disk, "a", "b")
    assert disk.save("c") == ["id of c"]


def test_nobody_waits_for_ever_when_the_one_who_writes_is_stopped(disk: Disk) -> None:
    def stopped(_batches: object) -> list[list[str]]:
        raise KeyboardInterrupt

    disk.together._write = stopped
    with pytest.raises(KeyboardInterrupt):
        disk.save("a")
    disk.together._write = disk.write
    disk.go.set()
    assert disk.save("b") == ["id of b"]


def test_a_turn_is_left_only_by_whoever_has_it(disk: Disk) -> None:
    def leaves() -> bool:
        with disk.turn.left():
            return disk.turn.held

    with ThreadPoolExecutor(1) as pool, disk.turn.taken():
        assert pool.submit(leaves).result(PATIENCE)
        assert not leaves()

"""Requests that come at the same time are stored together, and what is wrong with one stays its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest

from tests.waiting import PATIENCE, until
from xapi import together
from xapi.message import Response
from xapi.store import Record
from xapi.together import Job, Steps, Together
from xapi.turn import Turn


class Disk:
    """Keeps the first write waiting until `go`, so that others gather behind it. "bad" cannot be written."""

    def __init__(self) -> None:
        self.turn = Turn(several=False)
        self.together = Together(self.turn, self.write)
        self.writes: list[list[Any]] = []
        self.began, self.go = Event(), Event()

    def write(self, batches: Sequence[Sequence[Record]]) -> list[list[str]]:
        assert self.turn.held
        self.writes.append([list(batch) for batch in batches])
        self.began.set()
        with self.turn.left():
            assert self.go.wait(PATIENCE)
        if any("bad" in batch for batch in self.writes[-1]):
            raise ValueError("bad")
        return [[f"id of {one}" for one in batch] for batch in batches]

    def save(self, *records: Any) -> str:
        return self.join(stored(records))

    def join(self, steps: Steps) -> str:
        job = Job(steps)
        self.together.join(job)
        return job.answer().body.decode()


def stored(records: Any) -> Steps:
    ids = yield records
    return answered(" ".join(ids))


def answered(text: str) -> Response:
    return Response(200, (), text.encode())


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has just been answered is waited for, however long they take."""
    monkeypatch.setattr(together, "_PAUSE", 1e6)


@contextmanager
def behind(disk: Disk, first: str) -> Iterator[tuple[ThreadPoolExecutor, Future[str]]]:
    """While the first is being written."""
    with ThreadPoolExecutor(8) as pool:
        one = pool.submit(disk.save, first)
        assert disk.began.wait(PATIENCE)
        try:
            yield pool, one
        finally:
            disk.go.set()


def gathered(disk: Disk, *batches: str) -> list[Future[str]]:
    """One save for each; all but the first wait together."""
    with behind(disk, batches[0]) as (pool, first):
        others = [pool.submit(disk.save, batch) for batch in batches[1:]]
        until(lambda: disk.together._here == len(batches))
    return [first, *others]


def test_who_waits_is_written_at_once_and_each_gets_its_own_ids(disk: Disk) -> None:
    done = gathered(disk, "a", "b", "c")
    assert [one.result() for one in done] == ["id of a", "id of b", "id of c"]
    assert len(disk.writes) == 2
    assert sorted(disk.writes[1]) == [["b"], ["c"]]


def test_what_is_wrong_with_one_is_raised_there_and_nowhere_else(disk: Disk) -> None:
    fine, also_fine, bad = gathered(disk, "a", "b", "bad")
    assert (fine.result(), also_fine.result()) == ("id of a", "id of b")
    with pytest.raises(ValueError, match="bad"):
        bad.result()


def test_a_request_hears_what_went_wrong_and_may_answer_it(disk: Disk) -> None:
    def refused() -> Steps:
        try:
            yield ["bad"]  # type: ignore[list-item]
        except ValueError as error:
            return answered(f"refused: {error}")
        return answered("stored")

    disk.go.set()
    assert disk.join(refused()) == "refused: bad"


def test_after_everybody_has_been_written_the_next_one_writes(disk: Disk) -> None:
    gathered(disk, "a", "b")
    assert disk.save("c") == "id of c"
    assert disk.together._here == 0


def test_who_stores_nothing_does_not_wait_for_the_disk(disk: Disk) -> None:
    def wrong() -> Steps:
        return answered("no")
        yield

    with behind(disk, "a") as (pool, first):
        assert pool.submit(disk.join, wrong()).result(PATIENCE) == "no"
        assert not first.done()


def test_what_is_nobody_elses_business_comes_back_to_whoever_brought_it(disk: Disk) -> None:
    def alone() -> Steps:
        yield None
        return answered("alone")

    job = Job(alone())
    disk.together.join(job)
    assert not job.done
    job.go_on()
    assert job.answer() == answered("alone")


def test_who_has_just_been_answered_is_waited_for(disk: Disk, patient: None) -> None:
    with behind(disk, "a") as (pool, first):
        others = [pool.submit(disk.save, batch) for batch in "bc"]
        until(lambda: disk.together._here == 3)
        disk.go.set()
        assert first.result(PATIENCE) == "id of a"
        until(lambda: disk.together._full is not None)
        again = pool.submit(disk.save, "d")
        assert [one.result(PATIENCE) for one in [*others, again]] == ["id of b", "id of c", "id of d"]
    assert [sorted(batches) for batches in disk.writes] == [[["a"]], [["b"], ["c"], ["d"]]]


def test_nobody_waits_for_ever_when_the_one_who_leads_is_stopped(disk: Disk) -> None:
    def stopped() -> Steps:
        raise KeyboardInterrupt
        yield

    with behind(disk, "a") as (pool, first):
        leading = pool.submit(disk.join, stopped())
        with pytest.raises(KeyboardInterrupt):
            leading.result(PATIENCE)
        other = pool.submit(disk.save, "b")
    assert (first.result(PATIENCE), other.result(PATIENCE)) == ("id of a", "id of b")


def test_nobody_waits_for_ever_when_the_one_who_writes_is_stopped(disk: Disk) -> None:
    def stopped(_batches: object) -> list[list[str]]:
        raise KeyboardInterrupt

    disk.together._write = stopped
    with pytest.raises(KeyboardInterrupt):
        disk.save("a")
    disk.together._write = disk.write
    disk.go.set()
    assert disk.save("b") == "id of b"


def test_a_turn_is_left_only_by_whoever_has_it(disk: Disk) -> None:
    def leaves() -> bool:
        with disk.turn.left():
            return disk.turn.held

    with ThreadPoolExecutor(1) as pool, disk.turn.taken():
        assert pool.submit(leaves).result(PATIENCE)
        assert not leaves()

"""Whose turn it is: who is quick goes first, but shuts nobody out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from tests.waiting import PATIENCE, until
from xapi.turn import _IN_A_ROW, Turn


@pytest.fixture
def turn() -> Turn:
    return Turn(several=False)


def waiting(turn: Turn) -> int:
    return sum(map(len, turn._lines))


def order(turn: Turn, names: str, *, within: Callable[[], None] = lambda: None) -> str:
    """In which order those get in who come in the order of NAMES, while this thread has the turn, is not
    quick and does WITHIN. Capital letters are quick."""
    came: list[str] = []

    def come(name: str) -> None:
        with turn.taken(quick=name.isupper()):
            came.append(name)

    with ThreadPoolExecutor(len(names)) as pool:
        with turn.taken():
            done: list[Future[None]] = []
            for number, name in enumerate(names, start=1):
                done.append(pool.submit(come, name))
                until(lambda number=number: waiting(turn) == number)  # type: ignore[misc]
            within()
            came.append("|")
        for one in done:
            one.result(PATIENCE)
    return "".join(came)


def test_who_is_quick_goes_first_and_each_line_keeps_its_order(turn: Turn) -> None:
    assert order(turn, "abXcYZ") == "|XYZabc"


def test_quick_ones_shut_nobody_out(turn: Turn) -> None:
    quick = "ABCDEFGHIJKLMNOP"[: _IN_A_ROW + 2]
    assert order(turn, "ab" + quick) == f"|{quick[:_IN_A_ROW]}a{quick[_IN_A_ROW:]}b"


def test_who_is_not_quick_lets_the_quick_in_between(turn: Turn) -> None:
    assert order(turn, "aXY", within=turn.let_in) == "XY|a"


def test_who_is_quick_lets_nobody_in_between(turn: Turn) -> None:
    met = Event()
    with ThreadPoolExecutor(1) as pool:
        with turn.taken(quick=True):
            other = pool.submit(lambda: order_of(turn, met))
            until(lambda: waiting(turn) == 1)
            turn.let_in()
            assert not met.is_set()
        other.result(PATIENCE)
    assert met.is_set()


def order_of(turn: Turn, met: Event) -> None:
    with turn.taken(quick=True):
        met.set()


def test_a_turn_that_is_left_is_somebody_elses_and_comes_back(turn: Turn) -> None:
    with ThreadPoolExecutor(1) as pool, turn.taken():
        with turn.left():
            assert pool.submit(lambda: order_of(turn, Event())).result(PATIENCE) is None
        assert turn._whose == threading.get_ident()
    assert not turn.held


def test_one_at_a_time(turn: Turn) -> None:
    inside, most = 0, 0

    def compute() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        inside -= 1

    def work() -> None:
        for number in range(200):
            with turn.taken(quick=number % 2 == 0):
                compute()
                with turn.left():
                    pass
                compute()

    with ThreadPoolExecutor(8) as pool:
        for one in [pool.submit(work) for _ in range(8)]:
            one.result(PATIENCE)
    assert most == 1


def test_one_writer_at_a_time_and_none_waits_for_itself(turn: Turn) -> None:
    began, wrote = Event(), Event()

    def write() -> None:
        with turn.taken():
            began.set()
            with turn.alone():
                wrote.set()

    with ThreadPoolExecutor(1) as pool:
        with turn.alone():
            other = pool.submit(write)
            assert began.wait(PATIENCE)
            until(lambda: not turn.held)  # it left its turn to wait
            assert not wrote.is_set()
            with pytest.raises(RuntimeError), turn.alone():
                pass
        other.result(PATIENCE)
    assert wrote.is_set()

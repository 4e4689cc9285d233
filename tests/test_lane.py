"""One after the other, but nobody waits for what is slow."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from near_learn.lane import Lane
from tests.waiting import PATIENCE, in_a_loop


def in_lane(*work: Callable[[], object]) -> list[object]:
    """What comes of each, when all are there at once; an exception where one was raised."""

    async def together() -> list[object]:
        with ThreadPoolExecutor(8) as pool:
            lane = Lane(pool)
            return await asyncio.gather(*map(lane.run, work), return_exceptions=True)

    return in_a_loop(together())


def test_one_is_done_after_the_other() -> None:
    alone = threading.Lock()
    done: list[int] = []

    def work(number: int) -> int:
        assert alone.acquire(blocking=False)
        done.append(number)
        alone.release()
        return number

    assert in_lane(*[lambda number=number: work(number) for number in range(50)]) == list(range(50))
    assert done == list(range(50))


def test_nobody_waits_for_what_is_slow() -> None:
    others = threading.Event()

    def slow() -> str:
        return "in the end" if others.wait(PATIENCE) else "too late"

    assert in_lane(slow, slow, lambda: others.set()) == ["in the end", "in the end", None]


def test_what_is_raised_is_raised() -> None:
    def bad() -> None:
        raise ValueError("bad")

    first, second = in_lane(bad, lambda: "good")
    assert isinstance(first, ValueError)
    assert second == "good"


def test_who_has_gone_away_is_forgotten() -> None:
    began, go = threading.Event(), threading.Event()

    def waits() -> bool:
        began.set()
        return go.wait(PATIENCE)

    async def main() -> object:
        with ThreadPoolExecutor(2) as pool:
            lane = Lane(pool)
            gone = asyncio.ensure_future(lane.run(waits))
            await asyncio.to_thread(began.wait, PATIENCE)
            gone.cancel()
            with suppress(asyncio.CancelledError):
                await gone
            go.set()
            return await lane.run(lambda: "next")

    assert in_a_loop(main()) == "next"


def test_after_a_pause_it_goes_on() -> None:
    async def main() -> list[str]:
        with ThreadPoolExecutor(2) as pool:
            lane = Lane(pool)
            first = await lane.run(lambda: "first")
            await asyncio.sleep(0.1)
            return [first, await lane.run(lambda: "second")]

    assert in_a_loop(main()) == ["first", "second"]

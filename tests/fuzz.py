"""The property tests again and again until the time is up, and what became of all that was tried."""

from __future__ import annotations

import argparse
import functools
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from xapi.lrs import LRS, Authenticate, Request, Response

PLACES = ("tests/xapi", "tests/conformance", "tests/content", "tests/records")
EXAMPLES_A_TURN = 100
"""Of each test, before the next has its turn: what the time may be overdrawn by."""


class Turns:
    """A pytest plugin: only tests with generated examples, each in turn until the time is up."""

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        self.examples: Counter[str] = Counter()
        self.answers: Counter[tuple[str, int]] = Counter()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if hasattr(getattr(item, "obj", None), "hypothesis")]
        # Those on a whole store come first, in case the time is short.
        items.sort(key=lambda item: not {"engine", "store"} & set(getattr(item, "fixturenames", ())))
        for item in items:
            generated = item.obj.hypothesis  # type: ignore[attr-defined]
            generated.inner_test = self._counting(item.name, generated.inner_test)

    def _counting(self, name: str, test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def counted(*arguments: Any, **named: Any) -> None:
            self.examples[name] += 1
            test(*arguments, **named)

        return counted

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = session.items
        place = 0
        while items and not session.testsfailed:
            last = time.monotonic() > self.until
            following = None if last else items[(place + 1) % len(items)]
            items[place].config.hook.pytest_runtest_protocol(item=items[place], nextitem=following)
            if last:
                break
            place = (place + 1) % len(items)
        return True

    def watch(self) -> None:
        """Counts what the record store answers."""
        answered = LRS.handle

        def handle(lrs: LRS, request: Request, authenticate: Authenticate) -> Response:
            response = answered(lrs, request, authenticate)
            kind = "statements sent" if _sends_statements(request) else "other requests"
            self.answers[kind, response.status] += 1
            return response

        LRS.handle = handle  # type: ignore[method-assign]

    def tell(self) -> None:
        """Prints the counts."""
        print(f"\n{sum(self.examples.values())} examples")
        for name, number in sorted(self.examples.items()):
            print(f"  {number:>8}  {name}")
        for kind in ("statements sent", "other requests"):
            counts = {status: number for (of, status), number in self.answers.items() if of == kind}
            accepted = sum(number for status, number in counts.items() if status < 300)
            print(f"{kind}: {sum(counts.values())}\n  {accepted:>8}  accepted")
            for status, number in sorted(counts.items()):
                if status >= 300:
                    print(f"  {number:>8}  refused with {status}")


def _sends_statements(request: Request) -> bool:
    return request.path == "/statements" and request.method in ("POST", "PUT")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="[default: 5]")
    minutes = parser.parse_args().minutes
    os.environ["NEAR_LEARN_EXAMPLES"] = str(EXAMPLES_A_TURN)
    turns = Turns(minutes * 60)
    turns.watch()
    quiet = ["-q", "-p", "no:xdist", "--no-header", "-o", "console_output_style=classic"]
    status = pytest.main([*PLACES, *quiet], plugins=[turns])
    turns.tell()
    return int(status)


if __name__ == "__main__":
    sys.exit(main())

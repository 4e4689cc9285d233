"""Pages of learners take the turn, and leave it while they wait."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from typing import Any

from flask import Flask

from near_learn.db import writing
from near_learn.in_turn import LONGEST_FORM, InTurn
from tests.waiting import until
from xapi.lrs import LRS


def held(store: LRS) -> bool:
    return store.turn.held


def asked(app: Flask, path: str, body: bytes = b"", **more: str) -> tuple[bool, bytes]:
    """Whether the turn is taken while the page is made; the body that it finds."""
    store: LRS = app.extensions["lrs"]
    found: list[tuple[bool, bytes]] = []

    def beneath(environ: dict[str, Any], _: Any) -> Iterable[bytes]:
        found.append((held(store), environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))))
        return []

    environ = {"PATH_INFO": path, "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)} | more
    InTurn(store, beneath)(environ, lambda *_: None)  # type: ignore[arg-type]
    assert not held(store)
    return found[0]


def test_pages_that_take_long_and_long_forms_take_no_turn(app: Flask) -> None:
    several = app.extensions["lrs"].turn.several
    assert asked(app, "/courses/x/modules/y", b"a=b") == (not several, b"a=b")
    assert asked(app, "/")[0] is asked(app, "/my-record")[0] is not several
    assert not asked(app, "/reports/")[0]
    assert not asked(app, "/", HTTP_TRANSFER_ENCODING="chunked")[0]
    assert asked(app, "/courses/x", b"x" * (LONGEST_FORM + 1)) == (False, b"x" * (LONGEST_FORM + 1))


def test_who_waits_to_write_leaves_the_turn(app: Flask) -> None:
    store: LRS = app.extensions["lrs"]
    if store.turn.several:
        return
    began = threading.Event()

    def write() -> None:
        with app.app_context(), store.turn.taken():
            began.set()
            with writing():
                assert held(store)

    other = threading.Thread(target=write)
    with store.turn._writer:
        other.start()
        assert began.wait(10)
        until(lambda: not held(store))
    other.join(10)
    assert not other.is_alive()
    assert not held(store)

"""A page of a learner tells of one moment, although others write meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event

from near_learn.db import db
from tests.player.visitor import Visitor


@pytest.fixture
def other_moments(app: Flask) -> list[object]:
    """The transactions that SQLAlchemy's session begins: each is of a moment of its own, beside the one as of
    which a page reads."""
    if app.extensions["settings"].database.startswith("postgresql"):
        pytest.skip("there the request reads in the session's own transaction")
    begun: list[object] = []
    with app.app_context():
        event.listen(db.session.session_factory, "after_begin", lambda *what: begun.append(what))
    return begun


def test_everything_on_a_page_is_of_one_moment(
    arrive: Callable[..., Visitor], other_moments: list[object]
) -> None:
    learner = arrive()
    learner.go("/courses/visits").press("Start this course")
    learner.go("/courses/visits/modules/door").press("Start this module")
    other_moments.clear()
    for path in ("", "/modules/door", "/modules/door/quiz", "/modules/door/quiz/1"):
        assert learner.client.get(f"/courses/visits{path}").status_code == 200, path
    for path in ("/", "/my-record", "/my-record/statements"):
        assert learner.client.get(path).status_code == 200, path
    assert not other_moments

"""The small course of these tests, and a record store that knows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from near_learn.content import Library, load
from tests.records.garden import Place, make_place


@pytest.fixture(scope="session")
def garden() -> Library:
    library = load(Path(__file__).parent / "courses")
    assert not library.problems
    return library


@pytest.fixture
def records_url(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if request.config.getoption("database") == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path / 'records.sqlite'}"


@pytest.fixture
def place(records_url: str, garden: Library) -> Iterator[Place]:
    made = make_place(records_url, garden)
    yield made
    made.engine.dispose()

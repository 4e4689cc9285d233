"""The world, built once for each test module."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from near_learn import Settings
from near_learn.db import db
from tests.conftest import SECRET, new_database
from tests.members.world import World, build


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    data = tmp_path_factory.mktemp("members")
    if request.config.getoption("database") == "postgresql":
        template = request.getfixturevalue("migrated_database")
        with new_database(request.getfixturevalue("postgresql_server"), template=template) as url:
            yield from built(Settings(data=data, secret_key=SECRET, database_url=url))
    else:
        shutil.copy(request.getfixturevalue("migrated_file"), data / "near-learn.sqlite")
        yield from built(Settings(data=data, secret_key=SECRET))


def built(settings: Settings) -> Iterator[World]:
    made = build(settings)
    yield made
    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()

"""An empty application on a socket, credentials for it, and the clients of npm, installed once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from near_learn import Settings, create_app
from near_learn.db import writing
from near_learn.people import credential
from tests import npm
from tests.conftest import SECRET, LiveApp, served

HERE = Path(__file__).parent
Issue = Callable[..., credential.Issued]


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder with the clients of npm."""
    return npm.installed(HERE, "An xAPI client of tests/clients/package.json")


@pytest.fixture(scope="module")
def clean_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes folders with an empty, migrated database in each."""

    def make() -> Path:
        folder = tmp_path_factory.mktemp("clients")
        shutil.copy(migrated_file, folder / "near-learn.sqlite")
        return folder

    return make


@pytest.fixture(scope="module")
def serve(clean_file: Callable[[], Path]) -> Callable[[], Iterator[LiveApp]]:
    """Serves a new application on an empty database."""
    return lambda: served(create_app(Settings(data=clean_file(), secret_key=SECRET)))


def issue(live: LiveApp, scopes: list[str], **bound: Any) -> credential.Issued:
    """A credential for the served application."""
    with live.app.app_context(), writing() as connection:
        return credential.add(connection, "a client elsewhere", scopes, **bound)

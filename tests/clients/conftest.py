"""An empty application on a socket, credentials for it, and the clients of npm, installed once."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from near_learn import Settings, create_app
from near_learn.db import writing
from near_learn.people import credential
from tests.conftest import SECRET, LiveApp, missing, served

HERE = Path(__file__).parent
Issue = Callable[..., credential.Issued]


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder with the locked packages: from an earlier run of the same lock, else installed now."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        missing("Node.js", "Install it (Debian: apt-get install nodejs npm).")
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:12]
    ready = Path(tempfile.gettempdir()) / f"near-learn-clients-{os.getuid()}-{lock}"
    if not ready.is_dir():
        # Installed beside and then renamed, so that nobody ever sees half of it.
        folder = Path(tempfile.mkdtemp(prefix="near-learn-clients-"))
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            shutil.rmtree(folder)
            why = done.stderr.strip().splitlines()[-1]
            missing("An xAPI client of tests/clients/package.json", f"npm ci could not install it: {why}")
        try:
            folder.rename(ready)
        except OSError:  # another process was faster
            shutil.rmtree(folder)
    return ready / "node_modules"


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

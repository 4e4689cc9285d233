"""The wheel works where nothing of the checkout is: built, installed in an empty environment, started."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, cwd: Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the wheel and its locked dependencies only."""
    folder = tmp_path_factory.mktemp("wheel")
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        folder,
        ROOT,
        cwd=folder,
    )
    (wheel,) = folder.glob("near_learn-*.whl")
    # Python's own pip fills it: the environment needs none. What is never imported needs no bytecode.
    venv.create(folder / "venv")
    programs = folder / "venv" / "bin"
    pip = (sys.executable, "-m", "pip", "--python", programs / "python")
    run(*pip, "install", "-q", "--no-compile", wheel, "-c", constraints(folder), cwd=folder)
    return programs


def constraints(folder: Path) -> Path:
    """The locked versions without their hashes, so that only what the wheel needs is installed."""
    lines = [
        line.rstrip(" \\")
        for line in (ROOT / "requirements.lock").read_text().splitlines()
        if line[:1].isalnum()
    ]
    path = folder / "constraints.txt"
    path.write_text("\n".join(lines))
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answer(url: str, seconds: float = 90) -> tuple[int, str]:
    """The first answer of URL, waited for."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return response.status, response.read().decode()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def test_the_installed_wheel_checks_migrates_and_serves(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "NEAR_LEARN_DATA": str(tmp_path / "data"),
        "NEAR_LEARN_SECRET_KEY": "a-long-secret-for-this-test-only",
        "NEAR_LEARN_PORT": str(port),
    }
    assert "no problems" in run(installed / "near-learn", "check", cwd=tmp_path, environment=environment)
    run(installed / "near-learn", "db", "upgrade", cwd=tmp_path, environment=environment)
    server = subprocess.Popen([installed / "near-learn", "serve"], cwd=tmp_path, env=environment)
    try:
        assert answer(f"http://127.0.0.1:{port}/healthz") == (200, "ok\n")
        status, page = answer(f"http://127.0.0.1:{port}/sign-in?language=es")
        assert status == 200
        assert "<form" in page
    finally:
        server.terminate()
        server.wait(timeout=15)


def test_the_installed_program_has_its_translations(installed: Path, tmp_path: Path) -> None:
    code = (
        "from near_learn.config import PACKAGE; from near_learn.languages import LANGUAGES\n"
        "folder = PACKAGE / 'translations'\n"
        "there = {path.parent.parent.name for path in folder.glob('*/LC_MESSAGES/messages.mo')}\n"
        "assert there == set(LANGUAGES) - {'en'}, there"
    )
    run(installed / "python", "-c", code, cwd=tmp_path)

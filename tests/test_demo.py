"""near-learn demo as a newcomer starts it: a fresh folder, a second start, a port that is taken.

With one small course: the world of the shipped ones is looked at in tests/demo and served to many browsers.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

from tests.test_wheel import answer, free_port

PROGRAM = Path(sys.executable).parent / "near-learn"
COURSES = Path(__file__).parent / "records" / "courses"


def start(folder: Path, port: int) -> subprocess.Popen[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NEAR_LEARN_")}
    return subprocess.Popen(
        [PROGRAM, "demo"],
        cwd=folder,
        env={
            **environment,
            "NEAR_LEARN_PORT": str(port),
            "NEAR_LEARN_COURSES": str(COURSES),
            "PYTHONUNBUFFERED": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def stop(server: subprocess.Popen[str]) -> str:
    server.terminate()
    output, _ = server.communicate(timeout=30)
    return output


def test_it_starts_prints_sign_ins_and_starts_again_in_seconds(tmp_path: Path) -> None:
    port = free_port()
    server = start(tmp_path, port)
    try:
        assert answer(f"http://127.0.0.1:{port}/healthz") == (200, "ok\n")
    finally:
        output = stop(server)
    assert f"http://127.0.0.1:{port}" in output
    for role in ("professional", "trainer", "manager", "operator"):
        assert re.search(rf"{role}\S* +\S+@demo\.example +\S+", output), output
    assert (tmp_path / "instance" / "near-learn.sqlite").is_file()

    server = start(tmp_path, port)
    try:
        answer(f"http://127.0.0.1:{port}/healthz")
    finally:
        assert "Building" not in stop(server)


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        server = start(tmp_path, port)
        output, _ = server.communicate(timeout=30)
    assert server.returncode == 1
    assert f"Port {port} on 127.0.0.1 is taken" in output
    assert "NEAR_LEARN_PORT=" in output


def test_serving_refuses_a_default_secret(tmp_path: Path) -> None:
    """Which ones is told by tests/test_config.py."""
    done = subprocess.run(
        [PROGRAM, "serve"],
        cwd=tmp_path,
        env={**os.environ, "NEAR_LEARN_SECRET_KEY": "secret"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert "NEAR_LEARN_SECRET_KEY is missing, too short or a known default" in done.stderr


def test_serving_an_empty_database_says_what_to_run(tmp_path: Path) -> None:
    done = subprocess.run(
        [PROGRAM, "serve"],
        cwd=tmp_path,
        env={**os.environ, "NEAR_LEARN_SECRET_KEY": "a-long-secret-for-this-test-only"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert "near-learn db upgrade" in done.stderr

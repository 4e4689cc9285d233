"""near-learn preview: what it says when it cannot begin."""

import socket
from pathlib import Path

from click.testing import CliRunner

from near_learn.preview.command import preview
from tests.content.world import GOOD, write


def test_without_a_course(tmp_path: Path) -> None:
    result = CliRunner().invoke(preview, [str(tmp_path)])
    assert result.exit_code == 1
    assert f"there is no course in {tmp_path}; begin one: near-learn new course ID" in result.output


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = CliRunner().invoke(preview, [str(write(tmp_path, GOOD)), "--port", str(port)])
    assert result.exit_code == 1
    assert f"Port {port} is taken by another program; choose another" in result.output

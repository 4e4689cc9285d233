"""The commands that begin without the application: the same as the others, and light."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from near_learn.cli import cli
from near_learn.entry import LIGHT

PROGRAM = Path(sys.executable).parent / "near-learn"


@pytest.mark.parametrize("name", LIGHT)
def test_a_light_command_is_one_of_all(name: str) -> None:
    assert getattr(import_module(LIGHT[name]), name) is cli.commands[name]


@pytest.mark.parametrize("name", LIGHT)
def test_it_does_not_bring_the_application_along(name: str) -> None:
    heavy = "{'sqlalchemy', 'near_learn.application', 'near_learn.cli'}"
    code = f"import sys, {LIGHT[name]}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", ["serve", "person"])
def test_each_has_the_same_ways_to_ask_for_help(name: str) -> None:
    asked = [[PROGRAM, name, word] for word in ("-h", "--help")]
    done = [subprocess.run(each, capture_output=True, text=True, check=True).stdout for each in asked]
    assert done[0] == done[1]
    assert done[0].startswith(f"Usage: near-learn {name} ")

"""Where the near-learn command begins. Some commands need none of the application, or not in this process."""

from __future__ import annotations

import sys
from importlib import import_module

# By name: the module with the command. The others come with the whole application.
LIGHT = {
    "check": "near_learn.content.check_command",
    "demo": "near_learn.demo.command",
    "serve": "near_learn.serve_command",
}


def main() -> None:
    """The entry point of the installed command."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name in LIGHT:
        command = getattr(import_module(LIGHT[name]), name)
        command(args=sys.argv[2:], prog_name=f"near-learn {name}", help_option_names=["-h", "--help"])
    from near_learn.cli import main as every_command

    every_command()

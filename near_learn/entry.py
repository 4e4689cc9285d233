"""Where the near-learn command begins. Checking courses needs none of the application and does not wait."""

from __future__ import annotations

import sys


def main() -> None:
    """The entry point of the installed command."""
    if sys.argv[1:2] == ["check"]:
        from near_learn.content.check_command import check

        check(args=sys.argv[2:], prog_name="near-learn check")
    from near_learn.cli import main as every_command

    every_command()

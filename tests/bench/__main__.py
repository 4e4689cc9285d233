"""python -m tests.bench [table | reports | soak | peer | corpus | document]: each has its own --help."""

from __future__ import annotations

import sys
from importlib import import_module

COMMANDS = ("table", "reports", "soak", "peer", "corpus", "document")


def main() -> None:
    arguments = sys.argv[1:]
    name = arguments.pop(0) if arguments and arguments[0] in COMMANDS else "table"
    import_module(f"tests.bench.{name}").main(arguments)


if __name__ == "__main__":
    main()

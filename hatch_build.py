"""Compiles the translation catalogues when the package is built or installed for development."""

import os
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc,type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for source in Path(self.root, "near_learn", "translations").glob("*/LC_MESSAGES/*.po"):
            compiled = source.with_suffix(".mo")
            # Whole at once: a server of this checkout may read it just now.
            beside = source.with_suffix(f".{os.getpid()}")
            with source.open("rb") as catalogue, beside.open("wb") as output:
                write_mo(output, read_po(catalogue, locale=source.parent.parent.name))
            beside.replace(compiled)
            build_data["artifacts"].append(str(compiled.relative_to(self.root)))

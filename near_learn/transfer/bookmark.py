"""How far an import has come: a small file beside what is imported, so that it can go on after a break."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from near_learn.transfer.digest import Digest
from near_learn.transfer.taking import Count

SUFFIX = ".import-progress"


@dataclass(frozen=True)
class Bookmark:
    """Written after each batch that is stored: what is lost with a break is only done again."""

    path: Path

    def read(self, source: Mapping[str, Any]) -> tuple[dict[str, Any], Count]:
        """Where to go on and what was counted; the beginning when SOURCE is not what it was written for."""
        try:
            kept = json.loads(self.path.read_text())
            if kept["source"] != dict(source):
                return {}, Count()
            digest = Digest(int(kept["digest"], 16))
            return dict(kept["mark"]), Count(kept["new"], kept["known"], kept["rejected"], digest)
        except (OSError, ValueError, KeyError, TypeError):
            return {}, Count()

    def write(self, source: Mapping[str, Any], mark: Mapping[str, Any], count: Count) -> None:
        """Puts the new file in the place of the old one, whole."""
        values = {
            "source": dict(source),
            "mark": dict(mark),
            "new": count.new,
            "known": count.known,
            "rejected": count.rejected,
            "digest": str(count.digest),
        }
        unfinished = self.path.with_name(self.path.name + ".new")
        unfinished.write_text(json.dumps(values))
        unfinished.replace(self.path)

    def remove(self) -> None:
        """The import is complete."""
        self.path.unlink(missing_ok=True)

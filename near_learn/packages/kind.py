"""The kinds of package there are."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a package is made for. The value is what the command and the addresses say."""

    CMI5 = "cmi5"
    SCORM12 = "scorm12"
    SCORM2004 = "scorm2004"
    HTML = "html"

    @property
    def scorm(self) -> bool:
        """Whether it is for a system that speaks SCORM."""
        return self in {Kind.SCORM12, Kind.SCORM2004}

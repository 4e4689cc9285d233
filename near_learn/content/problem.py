"""A problem in a course file: where it is, how bad it is, and how to mend it."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Problem:
    """One finding of the checker. An error keeps its module or translation from the learners."""

    path: str  # relative to the courses folder, with forward slashes
    line: int  # counted from 1, as editors do
    severity: Severity
    message: str  # what is wrong, and how to mend it

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"

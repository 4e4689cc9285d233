"""A problem in a course file: where it is, how bad it is, and how to mend it."""

from dataclasses import dataclass, field
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


@dataclass
class Report:
    """Collects the problems of one file while it is read."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def error(self, line: int, message: str) -> None:
        """Notes something that must be mended before learners see the file."""
        self.problems.append(Problem(self.path, line, "error", message))

    def warning(self, line: int, message: str) -> None:
        """Notes something that a trainer should look at."""
        self.problems.append(Problem(self.path, line, "warning", message))

    @property
    def broken(self) -> bool:
        """Whether learners must not see this file."""
        return any(problem.severity == "error" for problem in self.problems)

"""A problem in a course file: where it is, how bad it is, and how to mend it."""

from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]

MOST = 100  # in one file


@dataclass(frozen=True, order=True)
class Problem:
    """One finding of the checker. An error keeps its module or translation from the learners."""

    path: str  # relative to the courses folder, with forward slashes
    line: int  # counted from 1, as editors do
    severity: Severity
    message: str  # what is wrong, and how to mend it

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Findings:
    """How many of its problems are of each kind; for everything that shows them to trainers."""

    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        """How many problems keep something from the learners."""
        return sum(problem.severity == "error" for problem in self.problems)

    @property
    def warnings(self) -> int:
        """How many problems harm nobody."""
        return len(self.problems) - self.errors


@dataclass
class Report:
    """Collects the problems of one file while it is read."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def error(self, line: int, message: str) -> None:
        """Notes something that must be mended before learners see the file."""
        self._note(line, "error", message)

    def warning(self, line: int, message: str) -> None:
        """Notes something that a trainer should look at."""
        self._note(line, "warning", message)

    def _note(self, line: int, severity: Severity, message: str) -> None:
        # A file of the wrong kind would fill the screen many times over.
        if len(self.problems) == MOST:
            severity, message = "error", "there are more problems from here on; mend those above first"
        if len(self.problems) <= MOST:
            self.problems.append(Problem(self.path, line, severity, message))

    @property
    def broken(self) -> bool:
        """Whether learners must not see this file."""
        return any(problem.severity == "error" for problem in self.problems)

"""Earlier states of a course file: in its published releases, and in the history that git keeps."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import which

from near_learn.content.releases import Releases

MOST_COMMITS = 200
SECONDS = 10


@dataclass(frozen=True)
class Earlier:
    """What a file held at some time."""

    text: str
    at: datetime
    origin: str  # for people: `release 1a2b3c4d5e6f`, `commit 1a2b3c4d5e`


def in_releases(releases: Releases, course_id: str, name: str) -> Iterator[Earlier]:
    """The states of the file NAME (relative to the course's folder) that were published, newest first."""
    history = sorted(releases.history(course_id), key=lambda each: each.published_at, reverse=True)
    for release in history:
        try:
            text = (release.files / name).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        yield Earlier(text, release.published_at, f"release {release.id}")


def in_git(file: Path) -> Iterator[Earlier]:
    """The committed states of a file, newest first; none without git or outside a work tree."""
    log = _git(file, "log", f"--max-count={MOST_COMMITS}", "--format=%H %cI", "--", file.name)
    for line in log.splitlines():
        commit, _, at = line.partition(" ")
        if text := _git(file, "show", f"{commit}:./{file.name}"):
            yield Earlier(text, datetime.fromisoformat(at), f"commit {commit[:10]}")


def _git(file: Path, *arguments: str) -> str:
    """What git prints, with the file's folder as its place; empty when it fails in any way."""
    program = which("git")
    if program is None:
        return ""
    try:
        # Nothing here comes from outside: the program is git, the arguments are ours and a file's name.
        done = subprocess.run(  # noqa: S603
            [program, "--no-pager", "-C", str(file.parent), *arguments],
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        return done.stdout.decode() if done.returncode == 0 else ""
    except (OSError, UnicodeDecodeError, subprocess.TimeoutExpired):
        return ""

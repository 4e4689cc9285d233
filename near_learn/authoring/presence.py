"""Who has a file open at the desk right now: a small file each, touched while the page is open."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

# The page asks for a check at least once a minute while it is open.
STILL_HERE = 150  # seconds
FORGOTTEN = 24 * 3600


def seen(root: Path, where: str, account: str) -> list[str]:
    """Notes that ACCOUNT has the file open; the accounts of the others who have. Raises OSError."""
    folder = root / hashlib.sha256(where.encode()).hexdigest()[:32]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / account).touch()
    now = time.time()
    others = []
    for path in sorted(folder.iterdir()):
        try:
            age = now - path.stat().st_mtime
        except FileNotFoundError:
            continue
        if age > FORGOTTEN:
            path.unlink(missing_ok=True)
        elif path.name != account and age < STILL_HERE:
            others.append(path.name)
    return others


def left(root: Path, where: str, account: str) -> None:
    """Notes that ACCOUNT has saved or gone."""
    folder = root / hashlib.sha256(where.encode()).hexdigest()[:32]
    (folder / account).unlink(missing_ok=True)

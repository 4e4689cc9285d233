"""Packages of npm that tests need: those of a folder's lock file, installed once and then kept."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.conftest import missing


def installed(folder: Path, what: str) -> Path:
    """The folder with the packages that FOLDER locks: from an earlier run of the same lock, else installed
    now. Skips, in CI fails, with one line about WHAT when that cannot be done."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        missing("Node.js", "Install it (Debian: apt-get install nodejs npm).")
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()[:12]
    ready = Path(tempfile.gettempdir()) / f"near-learn-{folder.name}-{os.getuid()}-{lock}"
    if not ready.is_dir():
        # Installed beside and then renamed, so that nobody ever sees half of it.
        made = Path(tempfile.mkdtemp(prefix=f"near-learn-{folder.name}-"))
        for name in ("package.json", "package-lock.json"):
            shutil.copy(folder / name, made)
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=made,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            shutil.rmtree(made)
            missing(what, f"npm ci could not install it: {done.stderr.strip().splitlines()[-1]}")
        try:
            made.rename(ready)
        except OSError:  # another process was faster
            shutil.rmtree(made)
    return ready / "node_modules"

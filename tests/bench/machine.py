"""On what something was measured: the machine, the versions, the commit."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path


def about() -> dict[str, str]:
    """What stands beside every figure that is kept."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _git("rev-parse", "HEAD")
        + (" and changes" if _git("status", "--porcelain", "-uno") else ""),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        "processor": _processor(),
        "python": platform.python_version(),
    }


def load() -> float:
    """How many processes wanted the processor in the last minute, on average; 0 where nobody tells."""
    try:
        return os.getloadavg()[0]
    except OSError:
        return 0.0


def _git(*arguments: str) -> str:
    git = shutil.which("git") or "git"
    return subprocess.run([git, *arguments], capture_output=True, text=True, check=False).stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")

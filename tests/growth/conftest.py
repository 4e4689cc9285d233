"""Applications on PostgreSQL: with a small course, in several processes, with a copy for reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_learn import Settings
from tests.conftest import SECRET


@pytest.fixture
def settings(tmp_path: Path, migrated_url: str) -> Settings:
    """On PostgreSQL, whatever the run's own database is."""
    courses = Path(__file__).parents[1] / "records" / "courses"
    data = tmp_path / "instance"
    data.mkdir()
    return Settings(data=data, secret_key=SECRET, courses=courses, database_url=migrated_url, small_group=1)

"""Applications on PostgreSQL: with a small course, in several processes, with a copy for reports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from near_learn import Settings
from tests.conftest import SECRET


def small_course(data: Path) -> Settings:
    """Settings with a small course and a new data folder."""
    data.mkdir()
    courses = Path(__file__).parents[1] / "records" / "courses"
    return Settings(data=data, secret_key=SECRET, courses=courses, small_group=1)


@pytest.fixture
def settings(tmp_path: Path, migrated_url: str) -> Settings:
    """On PostgreSQL, whatever the run's own database is."""
    return replace(small_course(tmp_path / "instance"), database_url=migrated_url)

"""The example course of the trainer's guide as packages, and the files of a package."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from flask import Flask

from near_learn import Settings, create_app
from near_learn.content import Course
from near_learn.content.library import load_course
from near_learn.packages.archive import packed
from near_learn.packages.contents import contents
from near_learn.packages.edition import ALL, edition
from near_learn.packages.kind import Kind
from near_learn.records.iris import Iris
from tests.conftest import SECRET

GARDEN = Path(__file__).parents[1] / "content/examples/garden"
BASE = "https://learn.example"
HERE = Path(__file__).parent

Packed = Mapping[str, bytes]
Pack = Callable[..., bytes]


@pytest.fixture(scope="session")
def wordy(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application for its words; no test here asks its database."""
    return create_app(Settings(data=tmp_path_factory.mktemp("packages"), secret_key=SECRET), serving=False)


@pytest.fixture(scope="session")
def garden() -> Course:
    """The example course."""
    return load_course(GARDEN).courses["garden"]


@pytest.fixture(scope="session")
def pack(wordy: Flask, garden: Course) -> Pack:
    """Makes the zip of a kind of package, each once."""
    made: dict[tuple[str, str], bytes] = {}

    def one(kind: Kind, language: str = ALL) -> bytes:
        if (kind, language) not in made:
            with wordy.app_context():
                files = contents(edition(garden, kind, Iris(BASE), language))
            made[kind, language] = b"".join(packed(files))
        return made[kind, language]

    return one


def files_in(zipped: bytes) -> Packed:
    """The files of a package by path."""
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}

"""near-learn export, and the trainers' page: a release as a file, and clear words when there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient

from near_learn import Settings, create_app
from near_learn.content_library import releases
from near_learn.db import db, writing
from near_learn.packages.command import export
from near_learn.people import password, person
from near_learn.people.role import Role
from tests.conftest import SECRET
from tests.packages.conftest import GARDEN, files_in

PASSWORD = "a short sentence about rain"


@pytest.fixture(scope="module")
def app(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with the example course as the only one, which can be changed."""
    folder = tmp_path_factory.mktemp("export")
    shutil.copy(migrated_file, folder / "near-learn.sqlite")
    shutil.copytree(GARDEN, folder / "courses/garden")
    made = create_app(Settings(data=folder, secret_key=SECRET, courses=folder / "courses"))
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def published(app: Flask) -> str:
    """The name of the release of the example course."""
    with app.app_context():
        return releases().publish(app.extensions["settings"].courses / "garden").id


def test_a_course_that_was_never_published_is_packed_as_it_is_and_that_is_said(app: Flask) -> None:
    status, written, said = exported(app, "garden", "--format", "html")
    assert (status, said) == (0, "garden: never published; these are the files as they are now\n")
    assert "index.html" in files_in(written)


def exported(app: Flask, *words: str) -> tuple[int, bytes, str]:
    """The status, the standard output and what was said beside it."""
    done = app.test_cli_runner().invoke(export, words)
    return done.exit_code, done.stdout_bytes, done.stderr


def test_a_package_is_what_was_published_and_not_what_is_being_written(
    app: Flask, published: str, tmp_path: Path
) -> None:
    target = tmp_path / "garden.zip"
    words = ("garden", "--format", "cmi5", "--output", str(target))
    assert exported(app, *words) == (0, b"", "")
    first = target.read_bytes()
    text = app.extensions["settings"].courses / "garden/01-first-visit/en.md"
    written = text.read_text()
    text.write_text(written.replace("People come for the tomatoes", "People come for the beans"))
    assert exported(app, *words)[0] == 0
    assert target.read_bytes() == first
    assert b"tomatoes" in files_in(first)["units/first-visit/index.html"]
    with app.app_context():
        later = releases().publish(text.parents[1]).id
    assert exported(app, *words)[0] == 0
    assert target.read_bytes() != first
    assert exported(app, *words, "--release", published)[0] == 0
    assert target.read_bytes() == first
    assert later != published
    with app.app_context():  # as it was, for the tests below
        text.write_text(written)
        releases().publish(text.parents[1])
    assert [each.name for each in tmp_path.iterdir() if "garden" in each.name] == ["garden.zip"]


def test_without_a_file_it_goes_to_standard_output(app: Flask, published: str) -> None:
    status, written, said = exported(app, "garden", "--format", "scorm12", "--language", "es")
    assert (status, said) == (0, "")
    assert "imsmanifest.xml" in files_in(written)


def test_a_package_for_a_region_says_so_in_each_unit(app: Flask, published: str) -> None:
    status, written, _ = exported(app, "garden", "--format", "cmi5", "--region", "FI1C1")
    pages = [text for name, text in files_in(written).items() if name.endswith("/index.html")]
    assert status == 0
    assert pages
    assert all(b'"about":{"region":"FI1C1","nuts":"2024"}' in text for text in pages)


def test_a_pipe_is_written_to_and_stays_a_pipe(app: Flask, published: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    assert exported(app, "garden", "--format", "html", "--output", str(pipe)) == (0, b"", "")
    assert pipe.is_fifo()
    reader.join(20)
    assert "index.html" in files_in(read[0])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere", "--format", "html"), "there is no course 'nowhere'; there are: garden"),
        (("garden", "--format", "html", "--language", "xx"), "'xx': the course is in en, es; or choose all"),
        (("garden", "--format", "html", "--release", "../.."), "there is no release '../..' of garden"),
        (("garden", "--format", "cmi5", "--region", "FI1C0"), "region 'FI1C0': expected a code of NUTS 2024"),
        (("garden", "--format", "html", "--region", "FI1C1"), "--region is for cmi5"),
        (("garden", "--format", "zip"), "'zip' is not one of 'cmi5', 'scorm12', 'scorm2004', 'html'"),
        (("garden", "--format", "html", "--output", "/nowhere/a.zip"), "No such file or directory"),
    ],
)
def test_what_is_wrong_is_told(app: Flask, published: str, words: tuple[str, ...], told: str) -> None:
    status, written, said = exported(app, *words)
    assert status != 0
    assert told in said
    assert written == b""


# --- the page ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trainer(app: Flask) -> FlaskClient:
    """A trainer's browser."""
    with app.app_context(), writing() as connection:
        hashed = password.hashed(PASSWORD)
        person.add(
            connection, email="t@x.example", name="T", role=Role.TRAINER, region="ES220", password_hash=hashed
        )
    client = app.test_client()
    assert client.post("/sign-in", data={"email": "t@x.example", "password": PASSWORD}).status_code == 302
    return client


def test_a_trainer_comes_from_the_desk_and_downloads_what_the_command_writes(
    app: Flask, published: str, trainer: FlaskClient
) -> None:
    assert 'href="/packages/garden"' in trainer.get("/desk/garden/").text
    page = trainer.get("/packages/garden").text
    for words in ("The right answers are in the package", "SCORM 1.2", "All, with a switch", "Español"):
        assert words in page
    answer = trainer.get("/packages/garden/scorm12.zip?language=es")
    assert answer.mimetype == "application/zip"
    name = f"garden-scorm12-es-{published}.zip"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.data == exported(app, "garden", "--format", "scorm12", "--language", "es")[1]


def test_a_language_that_is_not_there_is_said_next_to_the_field(published: str, trainer: FlaskClient) -> None:
    answer = trainer.get("/packages/garden/html.zip?language=xx")
    assert answer.status_code == 422
    assert "The course is not in this language." in answer.text
    assert trainer.get("/packages/nowhere").status_code == 404
    assert trainer.get("/packages/garden/zip.zip").status_code == 404

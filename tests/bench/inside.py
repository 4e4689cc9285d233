"""What is measured in this process: the projection's share of storing, rebuilding, reports, checking."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from near_learn.config import beside_package
from near_learn.db import writing
from near_learn.people import credential
from tests.bench import floor, load
from tests.bench.installation import Installation
from tests.bench.row import Row
from tests.bench.server import Server

BATCH = 50
BATCHES = 20
OPERATOR = 1  # the number of the person
REPORT = "/reports/?level=2"
MODULES, LANGUAGES = 200, ("cs", "el", "es", "fi", "it", "nl", "ro")  # and English


def projection(here: Installation, size: int) -> list[Row]:
    """The part of taking statements in, from request to answer, that the progress rows cost, in processor
    time; how fast all rows are made again."""
    with here.app.app_context():
        alone = _share(here, [1] * BATCH * 4)
        batches = _share(here, [BATCH] * BATCHES)
        began = time.perf_counter()
        with writing() as connection:
            number = here.app.extensions["projection"].rebuild(connection)
        seconds = time.perf_counter() - began
    return [
        Row("projection, share of one statement", size, alone, goal=20.0, least=False, unit="%"),
        Row("projection, share of batches of 50", size, batches, goal=20.0, least=False, unit="%"),
        Row("progress rows made again", size, number / seconds, goal=20_000.0),
    ]


def _share(here: Installation, sizes: list[int]) -> float:
    """Per cent of the processor time of requests with so many statements each, one request after another."""
    lrs = here.lrs
    project, spent = lrs.on_saved, [0.0]
    assert project is not None

    def timed(*arguments: Any) -> None:
        began = time.process_time()
        project(*arguments)
        spent[0] += time.process_time() - began

    requests = [here.received(islice(here.texts, number)) for number in sizes]
    authenticate = partial(credential.authenticate, here.app)
    lrs.on_saved = timed
    began = time.process_time()
    for request in requests:
        response = lrs.handle(request, authenticate)
        assert response.status == 200, response.body
    whole = time.process_time() - began
    lrs.on_saved = project
    return 100 * spent[0] / whole


def raw(here: Installation, size: int, after: int, row: Row) -> Row | None:
    """The rate of ROW (statements in batches) against rows of the same statements that SQLite alone takes."""
    if here.database:
        return None
    bare = floor.raw_inserts(here.folder / "near-learn.sqlite", after, BATCH * 100, BATCH)
    if not bare:
        return None
    return Row(f"{row.name} / bare SQLite", size, row.ours, bare, row.ours / bare, goal=0.5)


def report(here: Installation, server: Server, size: int) -> list[Row]:
    """A report after everything that has just been stored, and again."""
    request = load.request("GET", REPORT, here.visitor(OPERATOR, "operator").headers())
    taken = []
    for _ in range(4):
        began = time.perf_counter()
        status, _, _ = load.one(server.port, request)
        taken.append(1000 * (time.perf_counter() - began))
        assert status == 200, f"{REPORT}: {status}; {server.log.read_text()[-2000:]}"
    return [
        Row("report, counted anew", size, taken[0], least=False, unit="ms"),
        Row("report", size, min(taken[1:]), goal=1000.0, least=False, unit="ms"),
    ]


def checks(modules: int = MODULES) -> list[Row]:
    """Seconds of `near-learn check` over so many modules in eight languages: the first time, and again."""
    with tempfile.TemporaryDirectory(prefix="near-learn-bench-") as folder:
        courses = Path(folder) / "courses"
        copies(courses, modules)
        taken = []
        for _ in range(2):
            began = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", "from near_learn.entry import main; main()", "check", str(courses)],
                capture_output=True,
                text=True,
                check=False,
                env={"NEAR_LEARN_DATA": folder, "PATH": ""},
            )
            taken.append(time.perf_counter() - began)
            assert f"{modules} modules in 8 languages" in done.stdout, done.stdout[-500:] + done.stderr[-500:]
    names = ("check of all courses, first", "check of all courses, again")
    goals = (10.0, 1.0)
    return [
        Row(name, modules, seconds, goal=goal, least=False, unit="s")
        for name, seconds, goal in zip(names, taken, goals, strict=True)
    ]


def copies(folder: Path, modules: int) -> None:
    """A courses folder of so many modules: the one shipped course that is there in every language, without
    its tests and surveys."""
    source = beside_package("courses")
    folder.mkdir()
    shutil.copy(source / "glossary.yaml", folder)
    for number in range(modules // 4):
        copy = folder / f"copy-{number}"
        shutil.copytree(source / "accompaniment", copy)
        main = copy / "course.md"
        kept = [line for line in main.read_text().splitlines(True) if not line.startswith("instruments:")]
        main.write_text("".join(kept).replace("id: accompaniment", f"id: copy-{number}"))
        for name in ("pre-test", "post-test", "survey", "follow-up"):
            shutil.rmtree(copy / name)

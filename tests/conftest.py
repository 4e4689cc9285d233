"""What every test may use: the application on a fresh database, PostgreSQL, Chromium, a served demo world."""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.serving import make_server

from near_learn import Settings, create_app, schema
from near_learn.db import Base, db
from near_learn.people import password
from tests import citus, kept, postgresql
from tests.postgresql import Servers

# How long an example takes is nobody's business here: machines are busy.
hypothesis.settings.register_profile("near-learn", deadline=None)
hypothesis.settings.load_profile("near-learn")

IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-gpu-rasterization",  # Debian turns it on, and without a GPU it only costs time
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECRET = "a-secret-for-tests-only-0123456789"

BuiltOnce = Callable[[str, Callable[[Path], None]], Path]

# Passwords are hashed by the same algorithm at a low cost: hundreds of sign-ins take seconds. Done here and
# not in a fixture, because other modules hash a password while they are imported.
password.HASHER = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1)
password.NOBODYS = password.HASHER.hash("nobody knows this one")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=("sqlite", "postgresql", "citus"), default="sqlite", help="what `app` runs on"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Citus is PostgreSQL for every test; only where databases are made there is a difference."""
    config.option.on_citus = config.getoption("database") == "citus"
    if config.option.on_citus:
        config.option.database = "postgresql"
        if citus.programs() is None:
            raise pytest.UsageError(
                "Citus is not installed here, so nothing was run: install it for PostgreSQL 15."
            )


# What takes longest, so that it does not begin when everything else is done. Those that need the demo world,
# which is built by one process while others wait for it, take turns with those that do not.
LONGEST = (
    "e2e/test_every_language.py",
    "e2e/test_kinds.py",
    "e2e/test_player.py",
    "e2e/test_desk.py",
    "test_wheel.py",
    "durability/",
    "e2e/test_learner_access.py",
    "e2e/",
    "reports/test_days.py",
    "test_demo.py",
    "demo/",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files first; the Makefile has pytest-xdist keep this order.

    With `--database postgresql` without what runs on both databases in any case; with `--database citus`
    without SQLite, and without what needs a database that is not distributed yet.
    """
    elsewhere = {"empty_app", "sqlite_engine"} if config.option.on_citus else {"citus_cluster"}
    if config.getoption("database") == "postgresql" and not config.option.on_citus:
        elsewhere.add("empty_tables")
    out = [
        item
        for item in items
        if elsewhere.intersection(getattr(item, "fixturenames", ()))
        or (config.option.on_citus and _on_sqlite(item))
    ]
    if out:
        config.hook.pytest_deselected(items=out)
        known = set(out)
        items[:] = [item for item in items if item not in known]
    tests = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        name = item.path.relative_to(tests).as_posix()
        return next((at for at, start in enumerate(LONGEST) if name.startswith(start)), len(LONGEST))

    items.sort(key=place)


def _on_sqlite(item: pytest.Item) -> bool:
    """Whether this is the half for SQLite of a test that runs on both databases."""
    call = getattr(item, "callspec", None)
    return call is not None and "sqlite" in map(str, call.params.values())


def missing(what: str, how: str) -> None:
    """Skips with one line that says how to get WHAT; in CI that is a failure."""
    message = f"{what} is missing, so this did not run. {how}"
    if IN_CI:
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """pytest-flask's own fixture keeps one request context around a test, and with it who is signed in."""
    return


@pytest.fixture(scope="session", autouse=True)
def _what_never_changes_is_kept() -> Iterator[None]:
    """Hundreds of applications are made here; what they would all make alike is made once."""
    with pytest.MonkeyPatch.context() as patch:
        kept.keep(patch)
        yield


# --- databases ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def citus_cluster() -> Iterator[citus.Cluster]:
    """A coordinator and two workers. Only with `--database citus`."""
    found = citus.programs()
    assert found is not None
    with Servers.within(found, "near-learn-citus-") as servers, citus.cluster(servers) as running:
        yield running


@pytest.fixture(scope="session")
def postgresql_server(request: pytest.FixtureRequest) -> Iterator[sa.URL]:
    """A PostgreSQL server: the one NEAR_LEARN_TEST_POSTGRESQL names, else a private one on a local socket."""
    if request.config.option.on_citus:
        yield request.getfixturevalue("citus_cluster").coordinator.url()
        return
    named = os.environ.get("NEAR_LEARN_TEST_POSTGRESQL")
    if named:
        yield sa.make_url(named)
        return
    found = postgresql.programs()
    if not found:
        missing(
            "PostgreSQL",
            "Install it (Debian: apt-get install postgresql) or name a server in NEAR_LEARN_TEST_POSTGRESQL.",
        )
    with Servers.within(found[0], "near-learn-postgresql-") as servers:
        folder = str(servers.folder)
        servers.create()
        servers.start(f"-k {folder} -h '' -c max_connections=200 -c fsync=off")
        try:
            yield sa.URL.create(
                "postgresql+psycopg", username="postgres", database="postgres", query={"host": folder}
            )
        finally:
            servers.stop()


@pytest.fixture
def postgresql_url(postgresql_server: sa.URL) -> Iterator[str]:
    """The address of an empty PostgreSQL database, dropped afterwards."""
    with new_database(postgresql_server) as url:
        yield url


@contextmanager
def new_database(server: sa.URL, template: str = "template1") -> Iterator[str]:
    """A new database on SERVER, a copy of TEMPLATE; its address. On Citus it has our tables, distributed."""
    running = citus.at(server)
    if running:
        with running.database(template if template != "template1" else running.with_tables()) as url:
            yield url
        return
    name = f"near_learn_{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        admin.dispose()


def migrate(settings: Settings) -> None:
    """Brings the database of SETTINGS to the newest version."""
    app = create_app(settings)
    with app.app_context():
        schema.upgrade()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> BuiltOnce:
    """A folder by its name, built by whichever of the parallel processes asks first."""
    base = tmp_path_factory.getbasetemp()
    common = base if worker_id == "master" else base.parent

    def built(name: str, build: Callable[[Path], None]) -> Path:
        folder, whole = common / name, common / f"{name}.whole"
        with (common / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not whole.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                build(folder)
                whole.touch()
        return folder

    return built


@pytest.fixture(scope="session")
def migrated_file(built_once: BuiltOnce) -> Path:
    """A migrated SQLite file that tests copy, so that none waits for the migrations."""
    folder = built_once("migrated", lambda folder: migrate(Settings(data=folder, secret_key=SECRET)))
    return folder / "near-learn.sqlite"


@pytest.fixture(scope="session")
def migrated_database(postgresql_server: sa.URL) -> Iterator[str]:
    """The name of a migrated PostgreSQL database that tests copy likewise."""
    running = citus.at(postgresql_server)
    with running.database() if running else new_database(postgresql_server) as url:
        migrate(Settings(secret_key=SECRET, database_url=url))
        name = str(sa.make_url(url).database)
        if running:
            running.distribute(name)
        yield name


@pytest.fixture
def migrated_url(postgresql_server: sa.URL, migrated_database: str) -> Iterator[str]:
    """The address of a fresh, migrated PostgreSQL database, dropped afterwards."""
    with new_database(postgresql_server, template=migrated_database) as url:
        yield url


def migrated(made: Settings, kind: str, request: pytest.FixtureRequest) -> Settings:
    """MADE on a fresh, migrated database of this KIND, for a single test."""
    if kind == "postgresql":
        return replace(made, database_url=request.getfixturevalue("migrated_url"))
    shutil.copy(request.getfixturevalue("migrated_file"), made.data / "near-learn.sqlite")
    return made


@pytest.fixture(scope="session")
def sqlite_tables() -> Iterator[sa.Engine]:
    """A SQLite database in memory with our tables. They are empty: whoever writes rolls back."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_tables(postgresql_server: sa.URL) -> Iterator[sa.Engine]:
    """The same on PostgreSQL."""
    with new_database(postgresql_server) as url:
        engine = sa.create_engine(url)
        Base.metadata.create_all(engine)
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_tables(request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    """Our tables, empty, on both databases; what is written is rolled back."""
    engine: sa.Engine = request.getfixturevalue(f"{request.param}_tables")
    with engine.connect() as connection:
        begun = connection.begin()
        yield connection
        begun.rollback()


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Settings on a fresh, migrated database. Override this fixture to change one of them."""
    data = tmp_path / "instance"
    data.mkdir()
    return migrated(Settings(data=data, secret_key=SECRET), request.config.getoption("database"), request)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application on a fresh, migrated database."""
    made = create_app(settings)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    yield made
    made.extensions["courier"].stop()
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


# --- the demo world, served --------------------------------------------------------------------------


@dataclass(frozen=True)
class LiveApp:
    """A served application: its address and itself."""

    url: str
    app: Flask


def served(app: Flask) -> Iterator[LiveApp]:
    """Serves APP in threads on a free port, until the caller is done."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield LiveApp(f"http://127.0.0.1:{server.server_port}", app)
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def demo_file(built_once: BuiltOnce, migrated_file: Path) -> Path:
    """A SQLite file with the demo world."""
    from near_learn.demo import world

    def build(folder: Path) -> None:
        shutil.copy(migrated_file, folder)
        app = create_app(Settings(data=folder, secret_key=SECRET))
        with app.app_context():
            world.build(app, datetime.now(UTC))
            db.session.remove()
            db.engine.dispose()

    return built_once("demo-world", build) / "near-learn.sqlite"


@pytest.fixture(scope="module")
def live_app(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    """The demo world served on loopback, fresh for each test module."""
    folder = tmp_path_factory.mktemp("live")
    shutil.copy(demo_file, folder / "near-learn.sqlite")
    app = create_app(Settings(data=folder, secret_key=SECRET, demo=True))
    app.config.update(RATELIMIT_ENABLED=False)
    yield from served(app)


# --- Chromium ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium instead of a downloaded one."""
    if CHROMIUM is None:
        missing("Chromium", "Install it (Debian: apt-get install chromium).")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": CHROMIUM_FLAGS}

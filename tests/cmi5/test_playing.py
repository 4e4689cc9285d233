"""The exported package of a course of ours, imported again and played to its end in Chromium, sandboxed."""

from __future__ import annotations

import io
import shutil
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from near_learn import Settings, create_app
from near_learn.cmi5.session import registrations
from near_learn.content.library import load_course
from near_learn.db import db, writing
from near_learn.packages.archive import packed
from near_learn.packages.contents import contents
from near_learn.packages.edition import edition
from near_learn.packages.kind import Kind
from near_learn.people import device, person
from near_learn.people.person import by_email
from near_learn.records.iris import Iris
from tests.cmi5.conftest import told
from tests.conftest import SECRET, LiveApp

pytestmark = pytest.mark.browser
GARDEN = Path(__file__).parents[1] / "content/examples/garden"


@pytest.fixture
def live(migrated_file: Path, tmp_path: Path) -> Iterator[LiveApp]:
    """An installation that knows its own address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shutil.copy(migrated_file, tmp_path / "near-learn.sqlite")
    url = f"http://127.0.0.1:{port}"
    app = create_app(Settings(data=tmp_path, secret_key=SECRET, base_url=url), serving=False)
    app.config.update(RATELIMIT_ENABLED=False, WTF_CSRF_ENABLED=False)
    server = make_server("127.0.0.1", port, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield LiveApp(url, app)
    server.shutdown()
    with app.app_context():
        db.engine.dispose()


def cookie(live: LiveApp, role: str) -> str:
    """The session of somebody new with this role."""
    client = live.app.test_client()
    with live.app.app_context():
        with writing() as connection:
            person.add(connection, email=f"{role}@example.org", name=role, role=role, region="ES22")  # type: ignore[arg-type]
        found = by_email(f"{role}@example.org")
        assert found is not None
        number = found.id
        with writing() as connection:
            token = device.opened(connection, number, datetime.now(UTC))
    with client.session_transaction() as session:
        session.update({"_user_id": str(number), "_fresh": True, "session": token})
    kept = client.get_cookie("near_learn")
    assert kept is not None
    return kept.value


def imported(live: LiveApp) -> str:
    """The id of the example course, exported and imported again by a trainer on the page."""
    with live.app.app_context():
        course = load_course(GARDEN).courses["garden"]
        package = b"".join(packed(contents(edition(course, Kind.CMI5, Iris("https://learn.example")))))
    client = live.app.test_client()
    client.set_cookie("near_learn", cookie(live, "trainer"))
    answer = client.post("/imported/", data={"file": (io.BytesIO(package), "garden.zip")})
    assert answer.status_code == 302, answer.text
    return str(answer.location.rpartition("/")[2])


def test_a_package_of_ours_comes_back_and_is_played_to_the_end(page: Page, live: LiveApp) -> None:
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    id_ = imported(live)
    page.context.add_cookies([{"name": "near_learn", "value": cookie(live, "professional"), "url": live.url}])
    page.goto(f"{live.url}/imported/{id_}")
    page.get_by_role("button", name="Start The first visit").click()
    # An origin of its own: the unit sees neither the learner's session nor any page of this site.
    expect(page.get_by_role("button", name="Start this module")).to_be_visible()
    assert page.evaluate("window.origin") == "null"
    reading = "fetch('/account').then(answer => answer.status, () => 'refused')"
    assert page.evaluate(reading) == "refused"
    page.get_by_role("button", name="Start this module").click()
    page.get_by_label("The press").check()
    page.get_by_role("button", name="Check my answer").click()
    page.get_by_role("button", name="Next: the quiz").click()
    page.get_by_role("button", name="Begin the quiz").click()
    for words in ("Something to draw with", "Time"):
        page.get_by_label(words, exact=True).check()
    page.get_by_role("button", name="Next question").click()
    page.get_by_label("False", exact=True).check()
    page.get_by_role("button", name="To the overview").click()
    page.get_by_role("button", name="Send the quiz").click()
    expect(page.get_by_role("heading", name="You have passed")).to_be_visible()
    page.get_by_role("button", name="Module overview").click()
    page.get_by_role("button", name="Leave for now").click()
    # The way home (10.2.6), where the unit is done now.
    expect(page).to_have_url(f"{live.url}/imported/{id_}")
    expect(page.get_by_role("button", name="Look again at The first visit")).to_be_visible()
    with live.app.app_context(), db.engine.connect() as connection:
        registration = connection.scalar(select(registrations.c.registration))
    said = [one["verb"]["id"].rpartition("/")[2] for one in told(live.app, str(registration))]
    assert said[-1] == "terminated"
    assert {"launched", "initialized", "answered", "passed", "completed"} <= set(said)
    assert wrong == []

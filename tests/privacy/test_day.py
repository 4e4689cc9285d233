"""A day of the application: no name and no address in the log, in an address of a page, or in a statement."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa

from near_learn.db import db, writing
from near_learn.people.person import Person
from tests.privacy.conftest import EMAIL, NAME, World

MOST_PAGES = 30
ADDRESS = re.compile(r'(?:href|src|action|formaction)="([^"]*)"')
NEEDLES = [*NAME.lower().split(), "quillfeather.example"]
# What a form is posted to when somebody looks for a person, and with which field.
SEARCHES = (
    ("/admin/people", {"text": NAME}),
    ("/people", {"text": NAME}),
    ("/admin/audit", {"email": EMAIL, "action": ""}),
    ("/admin/erasures", {"email": EMAIL}),
    ("/sign-in", {"email": EMAIL, "password": "not it at all"}),
    ("/account/erase", {"proof": EMAIL, "sure": "y"}),
    ("/certificates/0123456789ABCDEFGHJKMNPQRSTV", {"name": NAME}),
)


class Day:
    """Everybody's browsers, and every address that they ask for or are shown."""

    def __init__(self, sign_in: Callable[[str], Any]) -> None:
        self.sign_in = sign_in
        self.addresses: list[str] = []

    def ask(self, browser: Any, address: str, data: dict[str, str] | None = None) -> str:
        self.addresses.append(address)
        answer = browser.post(address, data=data) if data else browser.get(address)
        self.addresses.append(answer.location or "")
        assert answer.status_code != 500, address
        page = answer.text if answer.mimetype == "text/html" else ""
        found = [unescape(each) for each in ADDRESS.findall(page)]
        self.addresses += found
        return page if not answer.location else f'href="{answer.location}"'

    def wander(self, browser: Any, start: str) -> None:
        """Opens what a page leads to, and what that leads to, but no file of the site's own."""
        waiting, seen = [start], {start}
        while waiting and len(seen) < MOST_PAGES:
            here = waiting.pop(0)
            for each in ADDRESS.findall(self.ask(browser, here)):
                parts = urlsplit(urljoin(here, unescape(each)))
                address = parts.path + (f"?{parts.query}" if parts.query else "")
                kind = re.sub(r"[0-9a-f-]{36}|\d+", "*", parts.path)
                skipped = parts.path.startswith(("/static", "/sign-out", "/media")) or parts.netloc
                if not skipped and kind not in seen:
                    seen.add(kind)
                    waiting.append(address)


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Everything that is logged, by whomever, at whatever level."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    keep, root = Keep(), logging.getLogger()
    level = root.level
    root.addHandler(keep)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(keep)
    root.setLevel(level)


def test_a_day(world: World, sign_in: Callable[[str], Any], log: list[str]) -> None:
    app = world.app

    @app.route("/breaks", methods=["POST"])
    def breaks() -> str:
        with writing() as connection:
            row = {"account": world.bo, "email": EMAIL, "name": NAME, "searched": NAME.lower()}
            connection.execute(
                sa.insert(Person), [row | {"role": "trainer", "region": "ES220", "active": True}]
            )
        return ""

    app.config["PROPAGATE_EXCEPTIONS"] = False
    with writing() as connection:
        connection.execute(
            sa.update(Person).where(Person.email == "oskar@example.org").values(role="manager")
        )
        connection.execute(sa.update(Person).where(Person.email == "oskar@example.org").values(region="ES"))
    day = Day(sign_in)
    starts = {EMAIL: "/", "tess@example.org": "/desk/", "olga@example.org": "/admin/"}
    for email, start in (starts | {"oskar@example.org": "/reports/"}).items():
        browser = sign_in(email)
        day.wander(browser, start)
        for address, data in SEARCHES:
            day.ask(browser, address, data)
        assert browser.post("/breaks", data={"name": NAME, "email": EMAIL}).status_code == 500
    assert len(day.addresses) > 200
    written = "\n".join(log).lower()
    assert "failed: post /breaks" in written
    assert "integrityerror" in written
    # What outside programs sent with a name was sent by them; ours are those with the system's authority.
    ours = [
        text.lower()
        for text in world.texts()
        if '"authority":{"account":{"homepage":"https://lms' not in text.lower()
    ]
    assert len(ours) > 30
    spoken = [text for text in ours if "i heard nothing" not in text]
    shown = "\n".join(day.addresses).lower()
    for needle in NEEDLES:
        assert needle not in shown, [each for each in day.addresses if needle in each.lower()]
        assert needle not in written, [line for line in log if needle in line.lower()]
        assert not any(needle in text for text in spoken)
    db.session.rollback()

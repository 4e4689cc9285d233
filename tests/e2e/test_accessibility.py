"""Every page of each role, on a phone in light and on a desktop in dark colours: axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from near_learn.demo import world
from tests.e2e.axe import findings
from tests.e2e.pages import PAGES, sign_in

pytestmark = pytest.mark.browser

SIZES = {"phone": (320, 640), "desktop": (1280, 800)}
# The other two pairs, and the languages, are looked at in test_every_language.py.
LOOKS = [("phone", "light"), ("desktop", "dark")]


@pytest.fixture(
    scope="module",
    # A professional's pages are looked at in test_every_language.py, in all languages.
    params=[(role, *LOOKS[place % 2]) for place, role in enumerate(PAGES) if role != "professional"],
    ids="-".join,
)
def visit(request: pytest.FixtureRequest, browser: Browser, live_app: Any) -> Iterator[tuple[str, Page]]:
    """A signed-in browser page of one role, width and colour scheme."""
    role, size, scheme = request.param
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        base_url=live_app.url,
        locale="en-IE",
    )
    page = context.new_page()
    if role != "nobody":
        sign_in(page, next(each.email for each in world.SIGN_INS if each.role == role), world.PASSWORD)
    yield role, page
    context.close()


def test_pages_are_accessible(visit: tuple[str, Page]) -> None:
    role, page = visit
    problems = []
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    for address in PAGES[role]:
        response = page.goto(address)
        assert response is not None
        expected = 404 if "nowhere" in address else 200
        assert response.status == expected, f"{address}: {response.status}"
        problems += [f"{address}: {each}" for each in findings(page)]
    assert not problems, "\n".join(problems)
    origin = page.evaluate("location.origin")
    assert [url for url in requests if not url.startswith(origin)] == []


def test_a_learners_pages_are_light(browser: Browser, live_app: Any) -> None:
    context = browser.new_context(base_url=live_app.url)
    page = context.new_page()
    sign_in(page, "professional@demo.example", world.PASSWORD)
    heavy = {}
    for address in PAGES["professional"]:
        fresh = browser.new_context(base_url=live_app.url, storage_state=context.storage_state())
        tab = fresh.new_page()
        session = fresh.new_cdp_session(tab)
        session.send("Network.enable")
        weights: list[float] = []
        session.on(
            "Network.loadingFinished",
            lambda event, weights=weights: weights.append(event["encodedDataLength"]),
        )
        tab.goto(address, wait_until="networkidle")
        if sum(weights) > 60_000:
            heavy[address] = sum(weights)
        fresh.close()
    context.close()
    assert not heavy

"""A learner's pages on a slow line: 400 kbit/s, 400 ms. The first useful view, what moves, what is sent."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser

from tests.e2e import graduate
from tests.e2e.graduate import Graduate
from tests.e2e.pages import sign_in

pytestmark = pytest.mark.browser

LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
FIRST_VIEW = 3000  # milliseconds
WEIGHT = 60_000  # bytes, without media
TRIES = 3  # a machine that is busy with other tests makes a page later, never sooner
PAGES = ("catalogue", "course", "module", "section", "quiz", "question", "result", "certificate", "my record")
MEDIA = ("image/jpeg", "image/png", "image/webp", "image/avif", "audio/", "video/")


class Seen(NamedTuple):
    """What a first visit to a page took."""

    first_view: float
    shift: float
    weight: float


@pytest.fixture(scope="module")
def somebody(live_app: Any) -> Graduate:
    return graduate.make(live_app)


@pytest.fixture(scope="module")
def session(browser: Browser, live_app: Any, somebody: Graduate) -> Any:
    """The cookies of the graduate."""
    context = browser.new_context(base_url=live_app.url)
    sign_in(context.new_page(), graduate.EMAIL, graduate.PASSWORD)
    state = context.storage_state()
    context.close()
    return state


def visit(browser: Browser, url: str, address: str, state: Any) -> Seen:
    """Opens the page with nothing kept from before."""
    context = browser.new_context(
        base_url=url, viewport={"width": 390, "height": 800}, locale="en-IE", storage_state=state
    )
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    media: set[str] = set()
    weights: list[float] = []
    line.on(
        "Network.responseReceived",
        lambda event: event["response"]["mimeType"].startswith(MEDIA) and media.add(event["requestId"]),
    )
    line.on(
        "Network.loadingFinished",
        lambda event: event["requestId"] in media or weights.append(event["encodedDataLength"]),
    )
    page.goto(address, wait_until="networkidle")
    first, shift = page.evaluate("""() => new Promise(resolve => {
      let first = 0, shift = 0;
      new PerformanceObserver(list => { for (const each of list.getEntries()) first = each.startTime; })
        .observe({type: 'largest-contentful-paint', buffered: true});
      new PerformanceObserver(list => { for (const each of list.getEntries()) shift += each.value; })
        .observe({type: 'layout-shift', buffered: true});
      setTimeout(() => resolve([first, shift]), 200);
    })""")
    context.close()
    return Seen(first, shift, sum(weights))


@pytest.mark.parametrize("name", PAGES)
def test_a_first_visit(browser: Browser, live_app: Any, somebody: Graduate, session: Any, name: str) -> None:
    for _ in range(TRIES):
        seen = visit(browser, live_app.url, somebody.main[name], session)
        assert seen.shift == 0, seen
        assert seen.weight < WEIGHT, seen
        if 0 < seen.first_view < FIRST_VIEW:
            return
    raise AssertionError(seen)

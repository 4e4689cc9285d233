"""A platform that serves packages, and pages that may not complain."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.packages.unit.stage import Stage, served

# Many tests share two processors.
expect.set_options(timeout=15_000)

# A lost line, as tests make it, and a place that is not kept yet.
EXPECTED = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "status of 404")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with served() as made:
        yield made


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Opens pages on a small screen. What a page complains of fails the test."""
    said: list[str] = []
    pages = []

    def open_() -> Page:
        context = browser.new_context(viewport={"width": 320, "height": 640}, locale="en-IE")
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.context.close()
    assert [line for line in said if not any(each in line for each in EXPECTED)] == []

"""Every page of a learner, the main ones in four languages each: axe finds nothing to mend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from near_learn.languages import LANGUAGES
from tests.e2e import graduate
from tests.e2e.axe import findings
from tests.e2e.graduate import Graduate
from tests.e2e.pages import sign_in

pytestmark = pytest.mark.browser

# What a language is looked at in; each pair of width and colours comes twice.
LOOKS = [(320, "light"), (1280, "dark"), (320, "dark"), (1280, "light")] * 2


@pytest.fixture(scope="module")
def somebody(live_app: Any) -> Graduate:
    return graduate.make(live_app)


@pytest.fixture(params=list(enumerate(LANGUAGES)), ids=lambda each: str(each[1]))
def tour(
    request: pytest.FixtureRequest, browser: Browser, live_app: Any, somebody: Graduate
) -> Iterator[tuple[str, Page, dict[str, str]]]:
    """A language, a browser in it, and half of the main pages with an eighth of the others."""
    place, language = request.param
    graduate.speak(live_app, language)
    width, scheme = LOOKS[place]
    context = browser.new_context(
        base_url=live_app.url,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        locale=language,
        reduced_motion="reduce",
    )
    page = context.new_page()
    further = list(somebody.further.items())[place :: len(LANGUAGES)]
    main = list(somebody.main.items())[place % 2 :: 2]
    yield language, page, dict([*main, *further])
    context.close()


def test_pages_are_accessible_in_every_language(
    tour: tuple[str, Page, dict[str, str]], somebody: Graduate
) -> None:
    language, page, addresses = tour
    place = list(LANGUAGES).index(language)
    problems = []
    for name, address in list(somebody.strangers.items())[place :: len(LANGUAGES)]:
        problems += look(page, language, name, address)
    sign_in(page, graduate.EMAIL, graduate.PASSWORD)
    for name, address in addresses.items():
        problems += look(page, language, name, address)
    assert not problems, "\n".join(problems)


def look(page: Page, language: str, name: str, address: str) -> list[str]:
    """What is wrong with the page."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == (404 if name == "no such code" else 200), f"{name}: {address} {answer.status}"
    assert page.url.endswith(address), f"{name}: {address} led to {page.url}"
    found = findings(page, targets=True)
    if page.locator("html").get_attribute("lang") != language:
        found.append("is in another language")
    return [f"{name} ({address}) in {language}: {each}" for each in found]

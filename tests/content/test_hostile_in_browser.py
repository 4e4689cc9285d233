"""The hostile texts once more, as a real browser parses what is made of them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from near_learn.content.sanitising import Sanitiser
from tests.content.test_hostile_markdown import HOSTILE, assert_known, rendered

pytestmark = pytest.mark.browser

# Puts a text into the page and tells what is there: every element with its attributes, and whether writing
# the page down and reading it again would change it, as some attacks need.
LOOK = """html => {
  document.body.innerHTML = html;
  const seen = [];
  for (const element of document.body.querySelectorAll("*")) {
    seen.push([element.localName, "", ""]);
    for (const { name, value } of element.attributes) seen.push([element.localName, name, value]);
  }
  const once = document.body.innerHTML;
  document.body.innerHTML = once;
  return { seen, stable: document.body.innerHTML === once };
}"""


@pytest.fixture
def acts() -> list[str]:
    """What a page did that no text of a course may make it do."""
    return []


@pytest.fixture
def page(browser: Browser, acts: list[str]) -> Iterator[Page]:
    """A page without any of our protections, which tells what it is made to do."""
    made = browser.new_page()
    made.on("dialog", lambda dialog: (acts.append(dialog.message), dialog.dismiss()))
    made.route("**/*", lambda route: (asked(route.request.url, acts), route.abort()))
    made.set_content("<!doctype html><title>x</title>")
    yield made
    made.close()


def asked(url: str, acts: list[str]) -> None:
    """Media of our own may be loaded; anything else is an act."""
    if "/courses/c/m/media/" not in url:
        acts.append(url)


def test_nothing_acts_in_a_browser(page: Page, acts: list[str]) -> None:
    for text in HOSTILE:
        found = page.evaluate(LOOK, rendered(text))
        assert_known((tag, name, value) for tag, name, value in found["seen"])
        assert found["stable"], text
        assert page.evaluate(LOOK, Sanitiser().clean(text))["stable"], text
    page.wait_for_timeout(200)
    assert acts == []


def test_the_look_would_see_an_attack(page: Page, acts: list[str]) -> None:
    found = page.evaluate(LOOK, "<img src=x onerror=alert(1)>")
    with pytest.raises(AssertionError):
        assert_known((tag, name, value) for tag, name, value in found["seen"])
    page.wait_for_timeout(200)
    assert "1" in acts

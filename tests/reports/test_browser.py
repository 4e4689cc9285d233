"""A manager's way in a browser: report, list, registration, statement; accessible on phone and desk."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from near_learn.demo import world
from tests.e2e.pages import sign_in

pytestmark = pytest.mark.browser


def check(page: Page) -> None:
    """Nothing for axe to find, nothing that scrolls sideways."""
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_from_the_report_to_a_statement(browser: Browser, live_app: Any, width: int, scheme: Any) -> None:
    context = browser.new_context(
        base_url=live_app.url, viewport={"width": width, "height": 800}, color_scheme=scheme, locale="en-IE"
    )
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    sign_in(page, "manager@demo.example", world.PASSWORD)
    page.goto("/reports/")
    bar = page.locator("svg.stacked rect.fill.completed").first
    assert bar.evaluate("element => getComputedStyle(element).fill") != "rgb(0, 0, 0)"

    page.get_by_label("A row for each").select_option("module")
    page.get_by_label("From").fill("2026-01-01")
    page.get_by_role("button", name="Count").click()
    expect(page).to_have_url(re.compile("by=module"))
    check(page)

    completed = page.locator("tr.total td a[href*='what=completed']")
    number = completed.inner_text()
    completed.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{number} ")
    check(page)

    page.locator("tbody th a").first.click()
    page.locator(".statements summary").first.click()
    expect(page.locator(".statements pre").first).to_contain_text('"registration"')
    check(page)
    page.get_by_label("You are here").get_by_role("link", name="Registrations").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{number} ")

    page.goto("/reports/?region=XX")
    expect(page.get_by_role("alert")).to_contain_text("XX")
    check(page)
    page.goto("/reports/?basis=happened")
    check(page)
    assert not [
        text for text in refused if "Content Security" in text or ("rror" in text and "400" not in text)
    ]
    context.close()


def test_the_file_is_saved(browser: Browser, live_app: Any) -> None:
    context = browser.new_context(base_url=live_app.url, locale="en-IE")
    page = context.new_page()
    sign_in(page, "manager@demo.example", world.PASSWORD)
    page.goto("/reports/?level=2")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download as CSV").click()
    assert saved.value.suggested_filename.startswith("near-learn-completion-by-region-")
    assert saved.value.path().read_bytes().startswith(b"\xef\xbb\xbfrow_type,")
    context.close()

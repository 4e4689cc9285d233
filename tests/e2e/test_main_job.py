"""The main job in one story: a professional takes a module, the manager's figures grow by exactly that."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from near_learn.content import Module
from near_learn.content_library import library
from near_learn.db import writing
from near_learn.demo import world
from near_learn.people import password, person
from tests.e2e.answering import answer
from tests.e2e.pages import MODULE, sign_in_by_form

pytestmark = pytest.mark.browser

NAME = "Uxue Beraza"
EMAIL = "uxue.beraza@example.org"
SECRET = "a-quiet-cup-of-tea"
REPORT = "/reports/?by=module&course=accompaniment&module=accompaniment/model-change"


@pytest.fixture(scope="module")
def module(live_app: Any) -> Module:
    with live_app.app.app_context():
        return library().courses["accompaniment"].module("model-change")


def new_person(live_app: Any) -> None:
    with live_app.app.app_context(), writing() as connection:
        person.add(
            connection,
            email=EMAIL,
            name=NAME,
            role=person.Role.PROFESSIONAL,
            region="ES220",
            language="en",
            password_hash=password.hashed(SECRET),
        )


def arrive(browser: Browser, live_app: Any, email: str, secret: str, **settings: Any) -> Page:
    """Somebody comes in by the door: the form."""
    page = browser.new_context(base_url=live_app.url, locale="en-IE", **settings).new_page()
    page.set_default_timeout(20_000)
    sign_in_by_form(page, email, secret)
    return page


def take(page: Page, module: Module) -> None:
    """Every page of the module in reading order, every answer right."""
    text = module.text("en")
    page.goto(MODULE)
    page.get_by_role("button", name="Start this module").click()
    for section in text.sections[: text.quiz_position]:
        page.wait_for_url(f"**/sections/{section.id}")
        page.locator("main form .button:not(.quiet)").last.click()
    page.wait_for_url("**/quiz*")
    for number, question in enumerate(text.quiz, 1):
        page.goto(f"{MODULE}/quiz/{number}")
        answer(page, question, question.right)
        page.locator("button[name=to][value=next]").click()
    page.wait_for_url("**/quiz")
    page.get_by_role("button", name="Send the quiz").click()
    page.wait_for_url("**/attempts/1")


def figures(page: Page) -> dict[str, int]:
    """The total row of the report, by its column headings."""
    page.goto(REPORT)
    heads = [text.strip() for text in page.locator("#completion thead th").all_inner_texts()]
    cells = [text.strip() for text in page.locator("#completion tr.total > *").all_inner_texts()]
    named = dict(zip(heads, cells, strict=True))
    return {name: int(named[name]) for name in ("Enrolled", "Started", "Completed", "Passed")}


def test_a_module_is_taken_recorded_and_reported(browser: Browser, live_app: Any, module: Module) -> None:
    new_person(live_app)
    manager = arrive(browser, live_app, "manager@demo.example", world.PASSWORD)
    before = figures(manager)

    # Without JavaScript on one device, until the quiz; the result is seen on another.
    learner = arrive(browser, live_app, EMAIL, SECRET, java_script_enabled=False)
    learner.goto("/courses/accompaniment")
    learner.get_by_role("button", name="Start this course").click()
    take(learner, module)
    phone = arrive(browser, live_app, EMAIL, SECRET, viewport={"width": 360, "height": 740})
    phone.goto(f"{MODULE}/attempts/1")
    assert "100%" in phone.locator("main").inner_text()

    after = figures(manager)
    assert after == {name: number + 1 for name, number in before.items()}

    # Behind the figure stand as many registrations as it says, this one among them.
    manager.locator("#completion tr.total a", has_text=str(after["Passed"])).last.click()
    manager.wait_for_url(lambda url: "/reports/registrations?" in url)
    assert str(after["Passed"]) in manager.locator("h1").inner_text()
    manager.get_by_role("link", name=NAME).click()
    manager.wait_for_url(lambda url: "/reports/registrations/" in url)
    recorded = [json.loads(text) for text in manager.locator(".statements pre").all_text_contents()]
    verbs = [statement["verb"]["id"].rsplit("/", 1)[1] for statement in recorded]
    assert verbs[:3] == ["registered", "initialized", "initialized"]
    assert verbs.count("answered") == len(module.text("en").quiz)
    assert verbs[-3:] == ["passed", "completed", "terminated"]
    assert NAME not in json.dumps(recorded)
    assert EMAIL not in json.dumps(recorded)

    # The file holds the same numbers as the page.
    manager.goto(REPORT)
    with manager.expect_download() as download:
        manager.get_by_role("link", name="Download as CSV for a spreadsheet").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(
        csv.DictReader(io.StringIO(text), delimiter="," if text.split("\n")[0].count(",") > 5 else ";")
    )
    total = next(row for row in rows if row["row_type"] == "total")
    assert {name: int(total[name.lower()]) for name in after} == after
    for page in (manager, learner, phone):
        page.context.close()

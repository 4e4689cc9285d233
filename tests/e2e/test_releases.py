"""A release changes under a learner, in the browser: by keyboard, on a phone, without JavaScript."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from near_learn import Settings, create_app, publishing
from near_learn.db import writing
from near_learn.people import password, person
from tests.conftest import SECRET, LiveApp, served
from tests.e2e.axe import findings
from tests.e2e.pages import sign_in

pytestmark = pytest.mark.browser

COURSES = Path(__file__).parents[1] / "player" / "courses"
COURSE, DOOR = "/courses/visits", "/courses/visits/modules/door"
WORDS = "a-quiet-cup-of-tea"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course while trainers work in it."""
    courses = tmp_path_factory.mktemp("work") / "courses"
    shutil.copytree(COURSES / "visits", courses / "visits")
    return courses / "visits"


@pytest.fixture(scope="module")
def live(migrated_file: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    data = tmp_path_factory.mktemp("data")
    shutil.copy(migrated_file, data / "near-learn.sqlite")
    app = create_app(Settings(data=data, secret_key=SECRET, courses=folder.parent))
    app.config.update(RATELIMIT_ENABLED=False)
    publishing.publish_first(app)
    with app.app_context(), writing() as connection:
        for name in ("maite", "anna"):
            person.add(
                connection,
                email=f"{name}@example.org",
                name=name.title(),
                role=person.Role.PROFESSIONAL,
                region="ES220",
                password_hash=password.hashed(WORDS),
            )
    yield from served(app)


def learner(browser: Browser, live: LiveApp, name: str, **more: Any) -> Page:
    context = browser.new_context(base_url=live.url, viewport={"width": 320, "height": 640}, **more)
    page = context.new_page()
    page.set_default_timeout(15_000)
    sign_in(page, f"{name}@example.org", WORDS)
    page.goto(COURSE)
    page.get_by_role("button", name="Start this course").click()
    page.get_by_role("button", name="Start this module").click()
    return page


def changed(live: LiveApp, folder: Path, title: str, identifier: str) -> None:
    """A trainer adds a section and publishes it."""
    for language in ("en", "es"):
        path = folder / f"01-door/{language}.md"
        head, heading, rest = path.read_text().partition("\n## ")
        path.write_text(f"{head}\n## {title} {{#{identifier}}}\n\nCall first.\n{heading}{rest}")
    with live.app.app_context():
        publishing.publish(folder)


def test_a_learner_is_asked_and_answers_by_keyboard(browser: Browser, live: LiveApp, folder: Path) -> None:
    page = learner(browser, live, "maite", java_script_enabled=True)
    page.goto(f"{DOOR}/quiz/1")
    page.get_by_label("Who you are").check()
    page.get_by_role("button", name="See all answers").click()
    changed(live, folder, "Before you go", "before")

    page.goto(COURSE)
    question = page.get_by_role("region", name="There is a new version of this course")
    expect(question).to_contain_text("new page “Before you go”")
    assert findings(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    page.goto(DOOR)
    expect(question).to_be_visible()
    assert findings(page) == []

    keep = page.get_by_role("button", name="Continue as it was")
    keep.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You go on with the course as it was.")).to_be_visible()
    expect(keep).to_have_count(0)
    assert findings(page) == []

    new = page.get_by_role("button", name="Start the new one and keep what I have passed")
    new.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You are in the new version of the course now.")).to_be_visible()
    expect(question).to_have_count(0)
    # The half made attempt is still there, on another page of what is now another release.
    page.goto(f"{DOOR}/quiz")
    expect(page.get_by_text("1 of 2 questions answered")).to_be_visible()
    page.context.close()


def test_without_javascript(browser: Browser, live: LiveApp, folder: Path) -> None:
    page = learner(browser, live, "anna", java_script_enabled=False)
    changed(live, folder, "On the way", "way")
    page.goto(DOOR)
    page.get_by_role("button", name="Start the new one and keep what I have passed").click()
    expect(page.get_by_text("You are in the new version of the course now.")).to_be_visible()
    page.goto(f"{DOOR}/sections/way")
    expect(page.get_by_role("heading", name="On the way")).to_be_visible()
    page.context.close()

"""Which pages each role's tour visits, and how a browser signs in."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, Page

from near_learn.db import writing
from near_learn.people import password as passwords
from near_learn.people import person
from tests.conftest import LiveApp

WORD = "a-quiet-cup-of-tea"
HASH = passwords.hashed(WORD)

MODULE = "/courses/accompaniment/modules/model-change"

LEARNING = [
    "/",
    "/courses/accompaniment",
    MODULE,
    f"{MODULE}/sections/why",
    f"{MODULE}/sections/ideas",
    f"{MODULE}/sections/case",
    f"{MODULE}/sections/sources",
    "/account",
]

PAGES: dict[str, list[str]] = {
    "nobody": ["/", "/sign-in", "/terms", "/terms/region", "/nowhere"],
    "professional": LEARNING,
    "trainer": [
        *LEARNING,
        "/desk/",
        "/desk/accompaniment/",
        "/packages/accompaniment",
        "/desk/accompaniment/edit/01-model-change/el.md",
    ],
    "manager": [
        "/",
        "/reports/",
        "/reports/?level=0",
        "/reports/?level=3&from=2026-01-01",
        "/reports/registrations",
        "/admin/people",
        "/admin/groups/navarra-autumn",
        "/account",
    ],
    "operator": [
        "/",
        "/reports/",
        "/admin/",
        "/admin/people/new",
        "/admin/organisations",
        "/admin/credentials",
        "/admin/statements",
        "/account",
    ],
}


def add_person(live: LiveApp, email: str, *, role: str = "professional", language: str = "en") -> None:
    """Puts somebody into the served application, who signs in with WORD."""
    with live.app.app_context(), writing() as connection:
        person.add(
            connection,
            email=email,
            name="Ane Etxeberria",
            role=person.Role(role),
            region="ES220",
            language=language,
            password_hash=HASH,
        )


def newcomer(browser: Browser, live: LiveApp, language: str = "en", **settings: Any) -> Page:
    """A browser in which a new professional is signed in; settings are those of its context."""
    email = f"{uuid4()}@example.org"
    add_person(live, email, language=language)
    return signed_in(browser, live, email, **settings)


def signed_in(browser: Browser, live: LiveApp, email: str, password: str = WORD, **settings: Any) -> Page:
    """A browser in which this person is signed in."""
    page = browser.new_context(**{"base_url": live.url, "locale": "en-IE", **settings}).new_page()
    page.set_default_timeout(20_000)
    sign_in(page, email, password)
    return page


def sign_in(page: Page, email: str, password: str = WORD) -> None:
    """Signs in by what the form sends, without a look at the form or at the page that follows."""
    form = page.request.get("/sign-in").text()
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', form)
    assert token
    sent = {"csrf_token": token[1], "email": email, "password": password}
    answer = page.request.post("/sign-in", form=sent, max_redirects=0)
    assert answer.status == 302, f"{answer.status}: {email} cannot sign in"


def sign_in_by_form(page: Page, email: str, password: str = WORD) -> None:
    """Signs in as a person does."""
    page.goto("/sign-in")
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)

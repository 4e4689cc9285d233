"""Which pages each role's tour visits, and how a browser signs in."""

from __future__ import annotations

from playwright.sync_api import Page

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
        "/desk/accompaniment/edit/01-model-change/el.md",
    ],
    "manager": [
        "/",
        "/reports/",
        "/reports/?level=0",
        "/reports/?level=3&from=2026-01-01",
        "/reports/registrations",
        "/account",
    ],
    "operator": [
        "/",
        "/reports/",
        "/admin/",
        "/admin/people",
        "/admin/credentials",
        "/admin/statements",
        "/account",
    ],
}


def sign_in(page: Page, email: str, password: str) -> None:
    """Signs in by the form, as a person does."""
    page.goto("/sign-in")
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)

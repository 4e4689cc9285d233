"""Makes pictures of the main pages from the demo world, the one of the README among them."""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from near_learn import Settings, create_app, schema
from near_learn.demo import world

MODULE = "/courses/accompaniment/modules/model-change"
PAGES = {
    "professional": {
        "catalogue": "/",
        "course": "/courses/accompaniment",
        "module": MODULE,
        "section": f"{MODULE}/sections/ideas",
        "quiz": f"{MODULE}/quiz/1",
        "result": f"{MODULE}/attempts/1",
        "test": "/courses/person/modules/pre-test",
        "record": "/my-record",
    },
    "trainer": {
        "desk": "/desk/",
        "desk-course": "/desk/accompaniment/",
        "editor": "/desk/accompaniment/edit/01-model-change/en.md",
        "translating": "/desk/accompaniment/edit/01-model-change/el.md",
    },
    "manager": {"report": "/reports/"},
    "operator": {"people": "/admin/people"},
}
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}


def main(folder: Path) -> None:
    """Builds the demo world in a scratch folder, serves it and photographs its pages."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        app = create_app(Settings(data=Path(scratch), secret_key="only-for-these-pictures", demo=True))  # noqa: S106
        app.config.update(RATELIMIT_ENABLED=False)
        with app.app_context():
            schema.upgrade()
            world.build(app, datetime.now(UTC))
        photograph(app, folder)
    shutil.copy(
        folder / "professional-section-desktop-light-en.png", Path(__file__).parent / "screenshot.png"
    )


def photograph(app: Flask, folder: Path) -> None:
    """Visits each page as each role in both widths and colour schemes, and learning pages in Greek too."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for role, pages in PAGES.items():
            for size in SIZES:
                for scheme, language in (("light", "en"), ("dark", "en"), ("light", "el")):
                    visit(
                        browser,
                        f"http://127.0.0.1:{server.server_port}",
                        folder,
                        role,
                        pages,
                        size,
                        scheme,
                        language,
                    )
        browser.close()
    server.shutdown()


def visit(
    browser: Browser,
    url: str,
    folder: Path,
    role: str,
    pages: dict[str, str],
    size: str,
    scheme: str,
    language: str,
) -> None:
    """One role's pages in one width, colour scheme and language."""
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale=language,
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.locator("#email").fill(next(each.email for each in world.SIGN_INS if each.role == role))
    page.locator("#password").fill(world.PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/sign-in" not in address)
    page.locator("details:has(button[name=language]) summary").click()
    page.locator(f"button[name=language][value={language}]").click()
    for name, address in pages.items():
        page.goto(address)
        page.screenshot(
            path=folder / f"{role}-{name}-{size}-{scheme}-{language}.png", full_page=size == "phone"
        )
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/screenshots"))

"""The preview in Chromium: a page that nobody touches follows every save, and names the line of a mistake."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from near_learn.preview.app import create_preview
from near_learn.preview.work import Work
from tests.e2e.axe import findings

pytestmark = pytest.mark.browser

GARDEN = Path(__file__).parents[1] / "content" / "examples" / "garden"


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A module of the garden course, to be written in."""
    shutil.copytree(GARDEN, tmp_path / "garden")
    return tmp_path / "garden" / "01-first-visit"


@pytest.fixture
def address(module: Path) -> Iterator[str]:
    """The preview of that module, served."""
    server = make_server("127.0.0.1", 0, create_preview(Work.of(module)), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()


@pytest.fixture
def shown(browser: Browser, address: str) -> Iterator[Page]:
    """The page of the module, with every message of the browser kept."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(15_000)
    said: list[str] = []
    # That a file is gone for a moment is told by its status.
    page.on("console", lambda message: None if "404" in message.text else said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    yield page
    assert said == []
    context.close()


def test_a_page_follows_every_save(shown: Page, module: Path) -> None:
    text = module / "en.md"
    good = text.read_text("utf-8")
    expect(shown.locator("#state")).to_have_text("Follows every save", timeout=15_000)
    expect(shown.locator("#reload")).to_be_hidden()
    shown.evaluate("window.untouched = true")
    shown.locator("[data-piece=why] .prose").first.evaluate("each => each.dataset.kept = '1'")

    text.write_text(good.replace("### Whom do you ask first?", "### Who comes first?"), "utf-8")
    expect(shown.get_by_role("heading", name="Who comes first?")).to_be_visible(timeout=15_000)

    broken = good.replace(
        "### Whom do you ask first? {#ask-first}", "### Whom do you ask first? {#Ask First}"
    )
    line = broken[: broken.index("{#Ask First}")].count("\n") + 1
    text.write_text(broken, "utf-8")
    finding = shown.locator(f"#line-{line}")
    expect(finding).to_be_visible(timeout=15_000)
    expect(finding).to_contain_text(f"Error in line {line}")
    expect(finding.locator("pre")).to_have_text("### Whom do you ask first? {#Ask First}")

    text.write_text("no front matter at all", "utf-8")
    expect(shown.locator(".finding").first).to_contain_text("the file has no front matter", timeout=15_000)

    text.write_text(good, "utf-8")
    expect(shown.get_by_role("heading", name="Whom do you ask first?")).to_be_visible(timeout=15_000)
    expect(shown.locator(".finding")).to_have_count(0)
    assert shown.evaluate("window.untouched"), "the page was loaded anew"


def test_only_the_pieces_that_changed_are_put_in_anew(shown: Page, module: Path) -> None:
    text = module / "en.md"
    good = text.read_text("utf-8")
    expect(shown.locator("#state")).to_have_text("Follows every save", timeout=15_000)
    shown.locator("[data-piece=why]").evaluate("each => each.marked = true")
    text.write_text(good.replace("### Which two belong in your bag", "### What belongs in your bag"), "utf-8")
    expect(shown.get_by_role("heading", name="What belongs in your bag")).to_be_visible(timeout=15_000)
    assert shown.locator("[data-piece=why]").evaluate("each => each.marked === true")


def test_a_file_that_is_gone_for_a_while(shown: Page, module: Path) -> None:
    expect(shown.locator("#state")).to_have_text("Follows every save", timeout=15_000)
    text = module / "en.md"
    kept = text.read_bytes()
    text.unlink()
    expect(shown.get_by_role("heading", name="There is nothing to show here")).to_be_visible(timeout=15_000)
    text.write_bytes(kept)
    expect(shown.get_by_role("heading", name="Whom do you ask first?")).to_be_visible(timeout=15_000)


def test_without_a_script_there_is_a_link(browser: Browser, address: str, module: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    text = module / "en.md"
    text.write_text(
        text.read_text("utf-8").replace("### Whom do you ask first?", "### Who comes first?"), "utf-8"
    )
    page.get_by_role("link", name="Load again").click()
    expect(page.get_by_role("heading", name="Who comes first?")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible_with_problems_too(browser: Browser, address: str, module: Path, scheme: str) -> None:
    text = module / "en.md"
    text.write_text(text.read_text("utf-8").replace("{#ask-first}", "{#Ask First}"), "utf-8")
    context = browser.new_context(color_scheme=scheme, viewport={"width": 320, "height": 640})  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    assert findings(page) == []
    context.close()

"""Everything that a text can hold, in a browser: it is accessible, fits, plays, and leads back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from near_learn import Settings, create_app
from tests.conftest import SECRET, LiveApp, served
from tests.e2e.axe import SIDEWAYS, findings
from tests.e2e.pages import newcomer

pytestmark = pytest.mark.browser

EXAMPLES = Path(__file__).parents[1] / "content" / "examples"
MODULE = "/courses/garden/modules/summer-evening"
UNFOLD = "for (const each of document.querySelectorAll('.prose details')) each.open = true"
# What somebody sets who needs more room to read (WCAG 1.4.12).
SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }"
)

STYLE = (
    "css => { const own = new CSSStyleSheet(); own.replaceSync(css); document.adoptedStyleSheets = [own]; }"
)


@pytest.fixture(scope="module")
def garden(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    """The course of the trainer's guide, served."""
    folder = tmp_path_factory.mktemp("garden")
    shutil.copy(migrated_file, folder / "near-learn.sqlite")
    app = create_app(Settings(data=folder, secret_key=SECRET, courses=EXAMPLES))
    app.config.update(RATELIMIT_ENABLED=False)
    yield from served(app)


def learner(browser: Browser, garden: LiveApp, code: str, **settings: Any) -> Page:
    """A signed-in learner who has begun the module."""
    page = newcomer(browser, garden, code, locale=code, **settings)
    page.goto(MODULE)
    page.locator("form[action$='/open'] button").first.click()
    return page


@pytest.mark.parametrize(
    ("code", "scheme", "width"),
    [("en", "light", 320), ("es", "dark", 320), ("es", "light", 1280), ("en", "dark", 1280)],
)
def test_the_sections_are_accessible(
    browser: Browser, garden: LiveApp, code: str, scheme: Any, width: int
) -> None:
    page = learner(browser, garden, code, color_scheme=scheme, viewport={"width": width, "height": 720})
    for section in ("inviting", "counting"):
        page.goto(f"{MODULE}/sections/{section}")
        for unfolded in (False, True):
            if unfolded:
                page.evaluate(UNFOLD)
            assert findings(page) == []
        page.evaluate(STYLE, SPACING)
        assert not page.evaluate(SIDEWAYS)
    page.context.close()


def test_a_film_plays_with_captions_from_the_place_one_goes_to(browser: Browser, garden: LiveApp) -> None:
    page = learner(browser, garden, "es")
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    page.goto(f"{MODULE}/sections/inviting")
    film = page.locator("video")
    state = film.evaluate(
        """async film => {
             film.muted = true;
             await film.play();
             await new Promise(done => { film.onseeked = done; film.currentTime = 4; });
             return [film.currentTime >= 4, [...film.textTracks].map(each => [each.label, each.mode])];
           }"""
    )
    assert state == [True, [["Español", "showing"], ["English", "disabled"]]]
    assert film.evaluate("film => [...film.textTracks[0].cues].map(cue => cue.text)")[1].startswith(
        "<v Narrador>"
    )
    assert page.locator("audio").evaluate(
        "async sound => { sound.muted = true; await sound.play(); return 1 }"
    )
    assert errors == []
    page.context.close()


def test_nothing_heavy_is_loaded_before_somebody_asks_and_nothing_jumps(
    browser: Browser, garden: LiveApp
) -> None:
    page = learner(browser, garden, "en")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{MODULE}/sections/inviting", wait_until="networkidle")
    assert not [url for url in asked if url.endswith((".webm", ".mp3"))]
    shifts = page.evaluate(
        """() => new Promise(done => new PerformanceObserver(list => done(
             list.getEntries().reduce((sum, each) => sum + each.value, 0)
           )).observe({ type: "layout-shift", buffered: true }) || setTimeout(() => done(0), 300))"""
    )
    assert shifts < 0.02
    page.context.close()


def test_a_footnote_and_back_by_keyboard(browser: Browser, garden: LiveApp) -> None:
    page = learner(browser, garden, "es")
    page.goto(f"{MODULE}/sections/inviting")
    mark = page.get_by_role("link", name="1", exact=True).first
    mark.focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#n-1")
    page.keyboard.press("Tab")
    back = page.locator(":focus")
    assert back.get_attribute("aria-label") == "Volver al texto (1)"
    page.keyboard.press("Enter")
    assert page.url.endswith("#n-1-mark")
    page.context.close()


def test_a_text_unfolds_by_keyboard(browser: Browser, garden: LiveApp) -> None:
    page = learner(browser, garden, "en")
    page.goto(f"{MODULE}/sections/inviting")
    title = page.locator("summary", has_text="What if it rains?")
    assert not page.get_by_text("a kettle").is_visible()
    title.focus()
    page.keyboard.press("Enter")
    assert page.get_by_text("a kettle").is_visible()
    page.context.close()


def test_on_paper_everything_is_unfolded_and_abbreviations_are_explained(
    browser: Browser, garden: LiveApp
) -> None:
    page = learner(browser, garden, "en")
    page.goto(f"{MODULE}/sections/inviting")
    page.emulate_media(media="print")
    assert page.get_by_text("a kettle").is_visible()
    shown = page.locator("abbr").first.evaluate("abbr => getComputedStyle(abbr, '::after').content")
    assert "non-governmental" in shown
    assert not page.locator("video").is_visible()
    page.context.close()

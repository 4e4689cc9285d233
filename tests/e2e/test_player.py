"""Learners in Chromium: with and without JavaScript, by keyboard only, and every state as axe sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle, permutations
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from near_learn.content import Module, Question
from near_learn.content_library import library
from tests.e2e import answering
from tests.e2e.axe import findings
from tests.e2e.pages import MODULE, newcomer

pytestmark = pytest.mark.browser

expect.set_options(timeout=15_000)
SIZES = ((320, 640), (1280, 800))
Learner = Callable[..., Page]


@pytest.fixture
def learner(browser: Browser, live_app: Any) -> Iterator[Learner]:
    """Signs a new person in; further arguments are those of a browser context."""
    pages = []

    def make(language: str = "en", **settings: Any) -> Page:
        pages.append(newcomer(browser, live_app, language, **settings))
        return pages[-1]

    yield make
    for page in pages:
        page.context.close()


@pytest.fixture(scope="module")
def module(live_app: Any) -> Module:
    """The module that these learners take."""
    with live_app.app.app_context():
        return library().courses["accompaniment"].module("model-change")


def begin(page: Page) -> Page:
    page.goto(MODULE)
    page.get_by_role("button", name="Start this module").click()
    page.wait_for_url("**/sections/*")
    return page


def checks(module: Module) -> tuple[str, Question]:
    """The first section with a knowledge check of more than two options, and that check."""
    return next(
        (section.id, question)
        for section in module.text("en").sections
        for question in section.questions
        if len(question.options) > 2 and not question.multiple
    )


def wrong(question: Question) -> str:
    return next(option.id for option in question.options if not option.correct)


def take_quiz(page: Page, module: Module, *, right: bool) -> None:
    """Answers every question and stops at the overview."""
    page.goto(f"{MODULE}/quiz/1")
    for question in module.text("en").quiz:
        answering.answer(page, question, question.right if right else answering.wrong(question))
        page.locator(".thumb-bar button").first.click()
    page.wait_for_url("**/quiz")


def test_without_javascript(learner: Learner, module: Module) -> None:
    page = begin(learner(java_script_enabled=False, viewport={"width": 390, "height": 800}))
    section, question = checks(module)
    page.goto(f"{MODULE}/sections/{section}")
    box = page.locator(f"#q-{question.id}")
    box.locator(f"input[value={wrong(question)}]").check()
    box.get_by_role("button", name="Check my answer").click()
    assert page.url.endswith(f"/sections/{section}#q-{question.id}")
    expect(box).to_contain_text("try once more")
    box.locator(f"input[value={question.right[0]}]").check()
    box.get_by_role("button", name="Check again").click()
    expect(box).to_contain_text("That is right.")
    expect(box).to_contain_text("Right answer")
    take_quiz(page, module, right=True)
    page.get_by_role("button", name="Send the quiz").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have passed")
    page.locator("summary", has_text="English").click()
    page.get_by_role("button", name="Suomi").click()
    assert page.locator("html").get_attribute("lang") == "fi"


def test_with_javascript_a_check_is_answered_in_place(learner: Learner, module: Module) -> None:
    page = begin(learner())
    section, question = checks(module)
    page.goto(f"{MODULE}/sections/{section}")
    page.evaluate("""() => {
      window.samePage = true;
      window.said = [];
      new MutationObserver(() => window.said.push(document.getElementById('announcer').textContent))
        .observe(document.getElementById('announcer'), {childList: true});
    }""")
    box = page.locator(f"#q-{question.id}")
    box.get_by_role("button", name="Check my answer").click()
    expect(box.locator(".error")).to_have_text("Choose an answer first.")
    box.locator(f"input[value={wrong(question)}]").check()
    box.get_by_role("button", name="Check my answer").click()
    expect(box).to_contain_text("try once more")
    expect(box).to_be_focused()
    box.locator(f"input[value={question.right[0]}]").check()
    box.get_by_role("button", name="Check again").click()
    expect(box).to_contain_text("That is right.")
    expect(box).to_be_focused()
    assert page.evaluate("window.samePage")
    said = page.evaluate("window.said")
    assert len(said) == 3, said
    assert said[0] == "Choose an answer first."
    assert said[2].startswith("That is right.")


def test_a_check_after_signing_out_elsewhere_says_so(learner: Learner, module: Module) -> None:
    page = begin(learner())
    section, question = checks(module)
    page.goto(f"{MODULE}/sections/{section}")
    page.context.clear_cookies()
    box = page.locator(f"#q-{question.id}")
    box.locator(f"input[value={question.right[0]}]").check()
    box.get_by_role("button", name="Check my answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This form is out of date")


def tab_to(page: Page, words: str, key: str = "Tab", limit: int = 60) -> None:
    """Presses Tab until the focus is on something with these words; every stop on the way must be seen."""
    page.wait_for_load_state()
    for _ in range(limit):
        page.keyboard.press(key)
        stop = page.evaluate("""() => {
          const here = document.activeElement;
          if (here === document.body) return null;
          const label = here.closest('label') || here;
          const outline = [label, here].some(each => getComputedStyle(each).outlineStyle !== 'none');
          const box = label.getBoundingClientRect();
          const bar = document.querySelector('.thumb-bar');
          const covered = bar && !bar.contains(here) && getComputedStyle(bar).position === 'sticky'
            && box.top >= bar.getBoundingClientRect().top && box.bottom <= bar.getBoundingClientRect().bottom;
          return {text: label.innerText || '', outline, covered: Boolean(covered)};
        }""")
        if stop is None:
            continue
        assert stop["outline"], f"the focus on {stop['text']!r} cannot be seen"
        assert not stop["covered"], f"{stop['text']!r} is behind the bar"
        if words in " ".join(stop["text"].split()):
            return
    raise AssertionError(f"{words!r} cannot be reached with {key}")


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_by_keyboard_only(learner: Learner, module: Module, size: tuple[int, int]) -> None:
    page = learner(viewport={"width": size[0], "height": size[1]})
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    tab_to(page, "From expert to accompaniment")
    page.keyboard.press("Enter")
    page.wait_for_url("**/courses/accompaniment")
    tab_to(page, "Start this course")
    page.keyboard.press("Enter")
    page.wait_for_url("**/modules/pre-test/quiz")
    tab_to(page, "Skip this: to the first module")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{MODULE}")
    tab_to(page, "Start this module")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sections/*")
    section, question = checks(module)
    page.goto(f"{MODULE}/sections/{section}")
    tab_to(page, question.options[0].text)
    keyboard_choose(page, question)
    tab_to(page, "Check my answer")
    page.keyboard.press("Enter")
    expect(page.locator(f"#q-{question.id}")).to_contain_text("That is right.")
    tab_to(page, "Next")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: section not in url)
    page.goto(f"{MODULE}/quiz")
    tab_to(page, "Begin the quiz")
    page.keyboard.press("Enter")
    for number, each in enumerate(module.text("en").quiz, start=1):
        page.wait_for_url(f"**/quiz/{number}")
        if each.kind == "choice":
            tab_to(page, each.options[0].text)
            keyboard_choose(page, each)
            page.keyboard.press("Enter")  # sends the form with its first button: onwards
        else:  # the keys for these are tested with every kind of question
            answering.answer(page, each, each.right)
            page.locator(".thumb-bar button").first.press("Enter")
    page.wait_for_url("**/quiz")
    tab_to(page, "Send the quiz")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You have passed")
    tab_to(page, "English" if size[0] > 400 else "EN", key="Shift+Tab")
    page.keyboard.press("Enter")
    tab_to(page, "Ελληνικά")
    page.keyboard.press("Escape")
    expect(page.locator("details.menu[open]")).to_have_count(0)
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def keyboard_choose(page: Page, question: Question) -> None:
    """With the focus on the first option: chooses the right ones."""
    for option in question.options:
        if option.correct:
            page.keyboard.press("Space")
            if not question.multiple:
                return
        page.keyboard.press("Tab" if question.multiple else "ArrowDown")
    # An option of a multiple choice is left behind by Tab; Enter must be pressed in the form.
    page.keyboard.press("Shift+Tab")


def test_every_state_is_accessible(learner: Learner, module: Module) -> None:
    problems: list[str] = []
    page = learner(reduced_motion="reduce")  # colours that fade would be measured half-way

    schemes = cycle(permutations(("light", "dark")))

    def look(state: str) -> None:
        """In each width and each colours; which go together takes turns."""
        for (width, height), scheme in zip(SIZES, next(schemes), strict=True):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            problems.extend(f"{state} {width} {scheme}: {each}" for each in findings(page))
        page.emulate_media(forced_colors="active")
        problems.extend(f"{state} forced colours: {each}" for each in findings(page))
        page.emulate_media(forced_colors="none")

    page.goto("/courses/accompaniment")
    look("course not started")
    begin(page)
    section, question = checks(module)
    page.goto(f"{MODULE}/sections/{section}")
    box = page.locator(f"#q-{question.id}")
    look("check open")
    box.get_by_role("button", name="Check my answer").click()
    expect(box.locator(".error")).to_be_visible()
    look("check without an answer")
    box.locator(f"input[value={wrong(question)}]").check()
    box.get_by_role("button", name="Check my answer").click()
    expect(box).to_contain_text("try once more")
    look("check wrong")
    box.locator(f"input[value={question.right[0]}]").check()
    box.get_by_role("button", name="Check again").click()
    expect(box).to_contain_text("That is right.")
    look("check right")
    page.goto(f"{MODULE}/quiz")
    look("quiz introduction")
    page.get_by_role("link", name="Begin the quiz").click()
    first = module.text("en").quiz[0]
    answering.answer(page, first, (first.options[0].id,))
    look("question")
    page.get_by_role("button", name="See all answers").click()
    page.wait_for_url("**/quiz")
    look("overview")
    page.get_by_role("button", name="Send the quiz").click()
    expect(page.locator(".error-summary")).to_be_visible()
    look("overview refused")
    take_quiz(page, module, right=False)
    page.get_by_role("button", name="Send the quiz").click()
    page.wait_for_url("**/attempts/1")
    look("failed")
    for closed in page.locator("details.answered:not([open]) summary").all():
        closed.click()
    page.goto(MODULE)
    look("module with attempts")
    take_quiz(page, module, right=True)
    page.get_by_role("button", name="Send the quiz").click()
    page.wait_for_url("**/attempts/2")
    page.locator("details.answered summary").first.click()
    look("passed")
    page.locator("summary", has_text="English").first.click()
    look("menu open")
    assert not problems, "\n".join(problems)


def test_what_is_pressed_is_large_enough(learner: Learner, module: Module) -> None:
    page = begin(learner(viewport={"width": 320, "height": 640}))
    section, _ = checks(module)
    small = set()
    for address in (
        "/",
        "/courses/accompaniment",
        MODULE,
        f"{MODULE}/sections/{section}",
        f"{MODULE}/quiz/1",
    ):
        page.goto(address)
        small |= {
            f"{address}: {each}"
            for each in page.evaluate("""() => [...document.querySelectorAll(
            'button, summary, label.option, a:not(.prose a, .card-link, .skip)')]
          .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 44)
          .map(each => each.textContent.trim() + ' ' + each.getBoundingClientRect().height)""")
        }
    assert small == set()


def test_wide_text_spacing_loses_nothing(learner: Learner, module: Module) -> None:
    """WCAG 2.2, 1.4.12: with the reader's own spacing nothing is cut off, on a narrow phone, in Greek."""
    page = learner(language="el", viewport={"width": 320, "height": 640})
    page.goto(MODULE)
    page.locator(".actions button").first.click()
    page.wait_for_url("**/sections/*")
    section, _ = checks(module)
    for address in ("/", MODULE, f"{MODULE}/sections/{section}", f"{MODULE}/quiz", f"{MODULE}/quiz/1"):
        page.goto(address)
        page.evaluate("""() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important;'
            + ' word-spacing: .16em !important } p { margin-bottom: 2em !important }');
          document.adoptedStyleSheets.push(sheet);
        }""")
        wide = page.evaluate("""() => [...document.querySelectorAll('body *')]
          .filter(each => each.checkVisibility() && each.getBoundingClientRect().right > 320.5)
          .map(each => each.outerHTML.slice(0, 120))""")
        assert page.evaluate("document.documentElement.scrollWidth") == 320, f"{address}: {wide}"
        cut = page.evaluate("""() => [...document.querySelectorAll('main *')]
          .filter(each => each.checkVisibility()
            && !each.matches('.visually-hidden, .visually-hidden *, progress, svg *')
            && getComputedStyle(each).overflow === 'hidden' && each.scrollWidth > each.clientWidth + 1)
          .map(each => each.outerHTML.slice(0, 80))""")
        assert cut == [], address


def test_the_next_page_is_where_the_thumb_is(learner: Learner) -> None:
    page = begin(learner(viewport={"width": 390, "height": 800}))
    box = page.locator(".thumb-bar button").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] > 740
    assert box["width"] > 150


def test_nothing_moves_while_the_page_loads(learner: Learner, module: Module) -> None:
    page = begin(learner(viewport={"width": 390, "height": 800}))
    section, _ = checks(module)
    page.goto(f"{MODULE}/sections/{section}", wait_until="networkidle")
    shift = page.evaluate("""() => new Promise(resolve => {
      let total = 0;
      new PerformanceObserver(list => { for (const entry of list.getEntries()) total += entry.value; })
        .observe({type: 'layout-shift', buffered: true});
      setTimeout(() => resolve(total), 300);
    })""")
    assert shift < 0.02


def test_the_outline_tells_where_you_are(learner: Learner) -> None:
    page = begin(learner())
    current = page.locator(".outline [aria-current=page]")
    expect(current).to_have_count(1)
    page.locator(".thumb-bar button").click()
    expect(page.locator(".outline .done")).to_have_count(1)
    assert page.locator("progress").first.get_attribute("value") == "1"

"""Every kind of question in Chromium, in Greek: with and without a script, by keyboard, and seen by axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from near_learn import Settings, create_app
from near_learn.content import Module, Question
from near_learn.content_library import library
from near_learn.db import writing
from near_learn.records import release
from tests.conftest import SECRET, LiveApp, served
from tests.e2e.answering import answer
from tests.e2e.axe import findings
from tests.e2e.pages import newcomer

pytestmark = pytest.mark.browser

BREWING = "/courses/tea/modules/brewing"
SIZES = ((320, 640), (1280, 800))
Learner = Callable[..., Page]


@pytest.fixture(scope="module")
def tea_app(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    """The course with every kind of question, served."""
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "near-learn.sqlite").write_bytes(migrated_file.read_bytes())
    courses = Path(__file__).parent.parent / "player" / "kinds"
    app = create_app(Settings(data=folder, secret_key=SECRET, courses=courses))
    app.config.update(RATELIMIT_ENABLED=False)
    with app.app_context(), writing() as connection:
        release.register(connection, library())
    yield from served(app)


@pytest.fixture
def learner(browser: Browser, tea_app: LiveApp) -> Iterator[Learner]:
    """A new person, who reads Greek and is in the module; arguments are those of a browser context."""
    pages = []

    def make(**settings: Any) -> Page:
        page = newcomer(browser, tea_app, "el", locale="el-GR", **settings)
        pages.append(page)
        page.goto(BREWING)
        page.locator(".actions form button").first.click()
        page.wait_for_url("**/sections/water")
        return page

    yield make
    for page in pages:
        page.context.close()


@pytest.fixture(scope="module")
def brewing(tea_app: LiveApp) -> Module:
    with tea_app.app.app_context():
        return library().courses["tea"].module("brewing")


def fill(page: Page, question: Question) -> None:
    """Answers the question rightly, as a person with a pointer does who writes as people in Greece do."""
    response = question.right or ("o2",)
    if question.kind == "gap":
        response = tuple(gap.accepted[0].upper() for gap in question.gaps)
    elif question.kind == "numeric":
        assert question.range
        response = (f"{question.range.value:g}".replace(".", ","),)
    elif question.private:
        response = ("Με τη Νεφέλη, την Παρασκευή.",)
    answer(page, question, response)


def order(box: Locator) -> list[str]:
    return [each.input_value() for each in box.locator("[name=order]").all()]


def finish(page: Page, brewing: Module) -> None:
    """Answers every question of the text and the quiz; ends on the result."""
    for section in brewing.text("el").sections:
        page.goto(f"{BREWING}/sections/{section.id}")
        for question in section.questions:
            fill(page, question)
            page.locator(f"#q-{question.id} button.button").click()
            expect(page.locator(f"#q-{question.id} .verdict.good")).to_be_visible()
    page.goto(f"{BREWING}/quiz/1")
    for number, question in enumerate(brewing.text("el").quiz, start=1):
        page.wait_for_url(lambda url, number=number: f"/quiz/{number}" in url)  # type: ignore[misc]
        fill(page, question)
        page.locator(".thumb-bar button").first.click()
    page.wait_for_url("**/quiz")
    page.locator(".thumb-bar button").click()
    page.wait_for_url("**/attempts/1")
    expect(page.locator(".score strong")).to_contain_text("100")
    assert page.locator("html").get_attribute("lang") == "el"


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_every_kind_of_question(learner: Learner, brewing: Module, script: bool) -> None:
    page = learner(java_script_enabled=script, viewport={"width": 390, "height": 800})
    finish(page, brewing)


def test_an_item_that_moves_keeps_the_focus_and_is_announced_once(learner: Learner) -> None:
    page = learner()
    page.evaluate("""() => {
      window.samePage = true;
      window.said = [];
      new MutationObserver(() => window.said.push(document.getElementById('announcer').textContent))
        .observe(document.getElementById('announcer'), {childList: true});
    }""")
    box = page.locator("#q-order")
    before = order(box)
    down = box.locator(f'[value="{before[0]}:down"]')
    down.focus()
    page.keyboard.press("Enter")
    assert order(box) == [before[1], before[0], *before[2:]]
    expect(down).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # it is the last now: nothing happens, and the focus stays
    assert order(box)[-1] == before[0]
    expect(down).to_be_focused()
    assert down.get_attribute("aria-disabled") == "true"
    said = page.evaluate("window.said")
    assert len(said) == 3, said
    text = box.locator("li").last.locator(".order-text").inner_text()
    assert text in said[2]
    assert "4" in said[2]
    assert page.evaluate("window.samePage")


# --- by keyboard only ----------------------------------------------------------------------------------


def tab_to(page: Page, selector: str, limit: int = 80) -> None:
    """Presses Tab until the focus is on this element; wherever it stops on the way, it can be seen."""
    page.wait_for_load_state()
    for _ in range(limit):
        page.keyboard.press("Tab")
        here, seen = page.evaluate(
            """selector => {
          const here = document.activeElement;
          const label = here.closest('label') || here;
          const seen = [label, here].some(each => getComputedStyle(each).outlineStyle !== 'none');
          return [here.matches(selector), seen || here === document.body];
        }""",
            selector,
        )
        assert seen, "the focus cannot be seen"
        if here:
            return
    raise AssertionError(f"{selector} cannot be reached with Tab")


def type_answer(page: Page, box: str, question: Question) -> None:
    """Answers the question rightly with keys alone."""
    if question.kind == "gap":
        for gap in question.gaps:
            tab_to(page, f"{box} [name=gap-{gap.id}]")
            page.keyboard.insert_text(gap.accepted[0])
    elif question.kind == "matching":
        for name in page.locator(f"{box} select").evaluate_all("all => all.map(each => each.name)"):
            right = question.matches[name.removeprefix("match-")]
            tab_to(page, f"{box} [name={name}]")
            while page.evaluate("document.activeElement.value") != right:
                page.keyboard.press("ArrowDown")
    elif question.kind == "ordering":
        for place, option in enumerate(question.options):
            at = order(page.locator(box)).index(option.id)
            if at > place:
                page.locator(box).evaluate("box => { box.tabIndex = -1; box.focus() }")
                tab_to(page, f'{box} [value="{option.id}:up"]')
                for _ in range(at - place):
                    page.keyboard.press("Enter")
        assert order(page.locator(box)) == [option.id for option in question.options]
    elif question.kind == "numeric":
        assert question.range
        tab_to(page, f"{box} [name=answer]")
        page.keyboard.insert_text(f"{question.range.value:g}")
    elif question.private:
        tab_to(page, f"{box} textarea")
        page.keyboard.insert_text("Με τη Νεφέλη.")
    elif question.multiple:
        for name in page.locator(f"{box} [name=answer]").evaluate_all("all => all.map(each => each.value)"):
            tab_to(page, f'{box} [value="{name}"]')
            if name in question.right:
                page.keyboard.press("Space")
    else:
        tab_to(page, f"{box} [name=answer]")
        page.keyboard.press("Space")
        wanted = question.right[0] if question.right else "o2"
        for _ in question.options:
            if page.evaluate("document.activeElement.value") == wanted:
                return
            page.keyboard.press("ArrowDown")


def test_by_keyboard_only(learner: Learner, brewing: Module) -> None:
    page = learner(viewport={"width": 1280, "height": 800})
    for section in brewing.text("el").sections:
        page.goto(f"{BREWING}/sections/{section.id}")
        for question in section.questions:
            box = f"#q-{question.id}"
            type_answer(page, box, question)
            tab_to(page, f"{box} button.button")
            page.keyboard.press("Enter")
            expect(page.locator(f"{box} .verdict.good")).to_be_visible()
            expect(page.locator(box)).to_be_focused()
    page.goto(f"{BREWING}/quiz/1")
    for number, question in enumerate(brewing.text("el").quiz, start=1):
        page.wait_for_url(lambda url, number=number: url.endswith(f"/quiz/{number}"))  # type: ignore[misc]
        type_answer(page, f"#q-{question.id}", question)
        tab_to(page, ".thumb-bar button")
        page.keyboard.press("Enter")
    page.wait_for_url("**/quiz")
    tab_to(page, ".thumb-bar button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/attempts/1")
    expect(page.locator(".score strong")).to_contain_text("100")


# --- as axe sees it ------------------------------------------------------------------------------------


def test_every_state_is_accessible(learner: Learner, brewing: Module) -> None:
    page = learner(reduced_motion="reduce")  # colours that fade would be measured half-way
    problems: list[str] = []

    def look(state: str) -> None:
        for (width, height), scheme in zip(SIZES, ("light", "dark"), strict=True):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            problems.extend(f"{state} {width}: {each}" for each in findings(page))

    def press_all() -> None:
        for name in page.locator(".check").evaluate_all("all => all.map(each => each.id)"):
            button = page.locator(f"#{name} button.button")
            if button.count():
                button.click()
                expect(page.locator(f"#{name} .error, #{name} .verdict").first).to_be_visible()

    for section in ("water", "people"):
        page.goto(f"{BREWING}/sections/{section}")
        look(f"{section} open")
        press_all()
        look(f"{section} empty")
    page.goto(f"{BREWING}/sections/people")
    for question in brewing.text("el").section("people").questions:
        fill(page, question)
        page.locator(f"#q-{question.id} button.button").click()
        expect(page.locator(f"#q-{question.id} .verdict.good")).to_be_visible()
    look("people answered")
    page.goto(f"{BREWING}/sections/water")
    page.locator("#q-leaves [value=o1]").check()
    page.locator("#q-boiling [value=true]").check()
    page.locator("#q-fill [name=gap-g1]").fill("κόκκινο")
    page.locator("#q-together select").first.select_option(index=1)
    page.locator("#q-grams [name=answer]").fill("99")
    press_all()
    look("water wrong")
    press_all()
    look("water told")
    page.goto(f"{BREWING}/quiz/6")
    page.locator("[name=answer]").fill("πολλούς")
    page.locator(".thumb-bar button").first.click()
    expect(page.locator(".error-summary")).to_be_visible()
    look("no number")
    page.goto(f"{BREWING}/quiz/1")
    for number, question in enumerate(brewing.text("el").quiz, start=1):
        page.wait_for_url(lambda url, number=number: f"/quiz/{number}" in url)  # type: ignore[misc]
        look(f"quiz {question.kind}")
        if question.kind in ("choice", "true-false"):
            page.locator("[name=answer]").last.check()
        elif question.kind == "matching":
            page.locator("select").first.select_option(index=2)
        else:
            fill(page, question)
        page.locator(".thumb-bar button").first.click()
    page.wait_for_url("**/quiz")
    look("overview")
    page.locator(".thumb-bar button").click()
    page.wait_for_url("**/attempts/1")
    page.locator("details.answered").evaluate_all("all => all.forEach(each => { each.open = true })")
    look("result")
    page.locator('a[href$="/practice"]').click()
    page.wait_for_url("**/practice")
    look("practice")
    press_all()
    look("practice empty")
    page.goto(f"{BREWING}/quiz")
    look("quiz after the attempt")
    page.goto("/courses/tea")
    look("course with its tests")
    page.goto("/courses/tea/modules/after/quiz")
    look("a test that waits")
    assert not problems, "\n".join(problems)


def test_nothing_is_wider_than_a_narrow_phone_with_wide_spacing(learner: Learner) -> None:
    """WCAG 2.2, 1.4.12 and 1.4.10: with the reader's own spacing nothing is cut off at 320 pixels."""
    page = learner(viewport={"width": 320, "height": 640})
    for address in ("sections/water", "sections/people", *(f"quiz/{number}" for number in range(1, 9))):
        page.goto(f"{BREWING}/{address}")
        page.evaluate("""() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important;'
            + ' word-spacing: .16em !important } p { margin-bottom: 2em !important }');
          document.adoptedStyleSheets.push(sheet);
        }""")
        assert page.evaluate("document.documentElement.scrollWidth") == 320, address
        small = page.evaluate("""() => [...document.querySelectorAll(
            'main :is(button, summary, label.option, select, input:not([type=hidden], label input))')]
          .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 44)
          .map(each => each.outerHTML.slice(0, 100))""")
        assert small == [], address

"""The writing desk in Chromium: written, checked, previewed, published, and then seen by a learner."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from near_learn import Settings, create_app
from near_learn.db import db, writing
from near_learn.people import password, person
from tests.conftest import SECRET, LiveApp, served
from tests.e2e.axe import findings
from tests.e2e.pages import sign_in

pytestmark = pytest.mark.browser

GARDEN = Path(__file__).parents[1] / "content" / "examples" / "garden"
PASSWORD = "a-quiet-cup-of-tea"
ENGLISH = "/desk/garden/edit/01-first-visit/en.md"
PEOPLE = {
    "elina": person.Role.TRAINER,
    "jef": person.Role.TRAINER,
    "maite": person.Role.PROFESSIONAL,
}


@pytest.fixture
def courses(tmp_path: Path) -> Path:
    folder = tmp_path / "courses"
    shutil.copytree(GARDEN, folder / "garden")
    return folder


@pytest.fixture
def desk_app(tmp_path: Path, courses: Path, migrated_file: Path) -> Iterator[LiveApp]:
    """The application with a garden that may be changed, two trainers and a professional."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(migrated_file, data / "near-learn.sqlite")
    app = create_app(Settings(data=data, courses=courses, secret_key=SECRET))
    app.config.update(RATELIMIT_ENABLED=False)
    with app.app_context():
        with writing() as connection:
            for name, role in PEOPLE.items():
                person.add(
                    connection,
                    email=f"{name}@example.org",
                    name=name.title(),
                    role=role,
                    region="ES220",
                    password_hash=password.hashed(PASSWORD),
                )
        db.session.remove()
    yield from served(app)


@pytest.fixture
def arrive(browser: Browser, desk_app: LiveApp) -> Iterator[Callable[..., Page]]:
    """Signs a person in, each in a browser of their own."""
    contexts = []

    def sign(name: str, **settings: Any) -> Page:
        context = browser.new_context(base_url=desk_app.url, locale="en-IE", **settings)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        sign_in(page, f"{name}@example.org", PASSWORD)
        return page

    yield sign
    for context in contexts:
        context.close()


def replace_in_text(page: Page, old: str, new: str) -> None:
    """Changes a word as somebody does who marks it and types over it."""
    found = page.evaluate(
        "old => { const t = document.getElementById('text'); const at = t.value.indexOf(old);"
        " t.focus(); t.setSelectionRange(at, at + old.length); return at }",
        old,
    )
    assert found >= 0, old
    page.keyboard.insert_text(new)


def save(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()


def publish(page: Page) -> None:
    page.goto("/desk/garden/publish")
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("Published as release")).to_be_visible()


def first_page_seen_by(learner: Page) -> str:
    learner.goto("/courses/garden/modules/first-visit")
    if "/sections/" not in learner.url:
        learner.locator("main form .button").first.click()
        learner.wait_for_url("**/sections/**")
    learner.goto("/courses/garden/modules/first-visit/sections/why")
    return learner.locator("main").inner_text()


def test_written_checked_previewed_published_and_seen(arrive: Callable[..., Page], courses: Path) -> None:
    trainer, learner = arrive("elina"), arrive("maite")
    publish(trainer)
    assert "tomatoes" in first_page_seen_by(learner)

    # While typing: the preview follows, the checker speaks at the line, the button moves the caret there.
    trainer.goto(ENGLISH)
    preview = trainer.frame_locator("#preview")
    replace_in_text(trainer, "tomatoes", "aubergines")
    expect(preview.locator("#shown")).to_contain_text("aubergines")
    replace_in_text(trainer, "minutes: 20", "minutes: soon")
    finding = trainer.get_by_role("button", name="Line 7, error")
    expect(finding).to_be_visible()
    expect(trainer.locator("#announcer")).to_have_text("1 error")
    expect(trainer.locator(".mirror > .has-error")).to_have_count(1)
    trainer.locator("#text").evaluate("text => text.setSelectionRange(0, 0)")
    finding.click()
    where = trainer.locator("#text").evaluate(
        "text => text.value.slice(text.selectionStart, text.selectionEnd)"
    )
    assert where == "minutes: soon"
    replace_in_text(trainer, "minutes: soon", "minutes: 25")
    expect(trainer.locator("#summary")).to_have_text("Nothing to mend")

    # What is right is shown to the trainer, or not, as learners see it.
    expect(preview.get_by_text("Right answer").first).to_be_visible()
    trainer.get_by_label("As learners see it").check()
    expect(preview.get_by_text("Right answer")).to_have_count(0)
    expect(preview.get_by_text("aubergines")).to_be_visible()

    save(trainer)
    assert "aubergines" in (courses / "garden/01-first-visit/en.md").read_text()
    assert "tomatoes" in first_page_seen_by(learner)
    trainer.goto("/desk/garden/publish")
    assert "Other wording in" in trainer.locator("main").inner_text()
    publish(trainer)
    assert "aubergines" in first_page_seen_by(learner)


def test_a_question_and_a_picture_go_where_the_caret_is(arrive: Callable[..., Page], courses: Path) -> None:
    page = arrive("elina")
    page.goto(ENGLISH)
    replace_in_text(page, "People come for the tomatoes", "People come for the tomatoes")
    page.get_by_label("Kind").select_option("true-false")
    page.get_by_role("button", name="Fill in a form").click()
    page.get_by_label("What is asked").fill("Gardens are about people.")
    page.get_by_label("True", exact=True).check()
    expect(page.get_by_label("Where")).to_have_value("caret")
    page.get_by_role("button", name="Write it into the text").last.click()
    text = page.locator("#text").input_value()
    assert (
        "side effect.\n\n### Gardens are about people. {#gardens-are-about-people .true-false}\n\n= true\n"
        in text
    )
    expect(page.locator("#text")).to_be_focused()
    expect(page.frame_locator("#preview").get_by_text("Gardens are about people.")).to_be_visible()

    page.locator("#file").set_input_files(
        {
            "name": "Our place.svg",
            "mimeType": "image/svg+xml",
            "buffer": (GARDEN / "01-first-visit/media/plan.svg").read_bytes(),
        }
    )
    page.get_by_label("Description").fill("The place seen from the street")
    page.get_by_role("button", name="Send it and write the line").click()
    page.wait_for_url("**/upload/**")
    assert "![The place seen from the street](media/our-place.svg)" in page.locator("#text").input_value()
    assert (courses / "garden/01-first-visit/media/our-place.svg").is_file()
    picture = page.frame_locator("#preview").get_by_alt_text("The place seen from the street")
    picture.scroll_into_view_if_needed()
    page.wait_for_function(
        "() => [...document.getElementById('preview').contentDocument.images]"
        ".every(image => image.naturalWidth > 0 || !image.complete)"
    )
    save(page)
    assert "our-place.svg" in (courses / "garden/01-first-visit/en.md").read_text()


def test_two_trainers_meet(arrive: Callable[..., Page], courses: Path) -> None:
    elina, jef = arrive("elina"), arrive("jef")
    elina.goto(ENGLISH)
    jef.goto(ENGLISH)
    expect(jef.locator("#others")).to_contain_text("Elina")
    replace_in_text(elina, "tomatoes", "beans")
    save(elina)
    replace_in_text(jef, "Listen first.", "Listen before you speak.")
    expect(jef.locator("#others")).to_contain_text("Elina has saved this text since you opened it")
    with jef.expect_navigation():
        jef.get_by_role("button", name="Save", exact=True).click()
    expect(jef.get_by_role("alert")).to_contain_text("Elina has saved this text while you wrote")
    merged = jef.locator("#text").input_value()
    assert "beans" in merged
    assert "Listen before you speak." in merged
    with jef.expect_navigation():
        jef.get_by_role("button", name="Save this text").click()
    written = (courses / "garden/01-first-visit/en.md").read_text()
    assert written == merged

    # And back to how it was, from the history.
    jef.get_by_role("link", name="History").click()
    jef.wait_for_load_state()
    jef.locator("#entries tbody tr").last.get_by_role("link").click()
    expect(jef.locator(".diff .added").first).to_contain_text("beans")
    jef.get_by_role("button", name="Make this version the text again").click()
    jef.wait_for_url("**/edit/**")
    assert "tomatoes" in (courses / "garden/01-first-visit/en.md").read_text()


def test_without_javascript(arrive: Callable[..., Page], courses: Path) -> None:
    page = arrive("elina", java_script_enabled=False)
    page.goto("/desk/")
    page.get_by_role("link", name="A garden for everybody").click()
    page.wait_for_load_state()
    page.locator(".texts").get_by_role("link", name=re.compile("English")).nth(2).click()
    page.wait_for_load_state()
    text = (
        page.locator("#text")
        .input_value()
        .replace("Somebody waters.", "Pears want water.")
        .replace("minutes: 25", "minutes: ten")
    )
    page.locator("#text").fill(text)
    page.get_by_role("button", name="Check and show").click()
    expect(page.locator("#findings")).to_contain_text("Line ")
    page.locator("#text").fill(text.replace("minutes: ten", "minutes: 10"))
    page.get_by_role("button", name="Check and show").click()
    expect(page.frame_locator("#preview").locator("#shown")).to_contain_text("Pears")
    page.get_by_label("Kind").select_option("ordering")
    page.get_by_role("button", name="Fill in a form").click()
    page.get_by_label("What is asked").fill("In which order?")
    page.get_by_label("The steps in their right order").fill("Listen\nDraw\nAsk")
    page.get_by_label("Where").select_option("water")
    page.get_by_role("button", name="Write it into the text").last.click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. Learners see it")).to_be_visible()
    written = (courses / "garden/02-season/en.md").read_text()
    assert "Pears" in written
    assert "1. Listen\n2. Draw\n3. Ask\n" in written
    publish(page)


def test_with_the_keyboard_alone(arrive: Callable[..., Page], courses: Path) -> None:
    page = arrive("elina")
    page.goto(ENGLISH)

    def tab_to(selector: str, key: str = "Tab") -> None:
        for _ in range(60):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            page.keyboard.press(key)
        raise AssertionError(f"{selector} is not reached by {key}")

    tab_to("#text")
    page.keyboard.press("Control+End")
    page.keyboard.type("\n\n### Nothing here {#nothing}\n\n- [ ] One\n- [ ] Two\n")
    expect(page.locator("#summary")).to_have_text("1 error")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "text"
    tab_to(".finding button")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"
    assert (
        page.locator("#text")
        .evaluate("t => t.value.slice(t.selectionStart, t.selectionEnd)")
        .startswith("### Nothing")
    )
    page.keyboard.type("### Something here {#nothing}")
    page.keyboard.press("Control+End")
    page.keyboard.type("- [x] Three\n")
    expect(page.locator("#summary")).to_have_text("Nothing to mend")
    tab_to("#summary", "Shift+Tab")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    assert "### Something here {#nothing}" in (courses / "garden/01-first-visit/en.md").read_text()


def test_work_that_is_not_saved_is_not_left_by_mistake(arrive: Callable[..., Page]) -> None:
    page = arrive("elina")
    page.goto(ENGLISH)
    replace_in_text(page, "tomatoes", "beans")
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name="History").click()
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert page.locator("#text").input_value().count("beans") == 1


def test_a_session_that_ended_does_not_cost_the_text(arrive: Callable[..., Page], courses: Path) -> None:
    page = arrive("elina")
    page.goto(ENGLISH)
    page.context.clear_cookies()
    replace_in_text(page, "tomatoes", "beans")
    expect(page.locator("#others")).to_contain_text("no longer signed in")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_timeout(1000)
    assert "/edit/" in page.url
    assert "beans" in page.locator("#text").input_value()
    assert "beans" not in (courses / "garden/01-first-visit/en.md").read_text()


def test_nothing_runs_in_the_preview(arrive: Callable[..., Page]) -> None:
    page = arrive("elina")
    page.goto(ENGLISH)
    page.frame_locator("#preview").locator("#shown h1").wait_for()
    page.evaluate(
        """() => {
          const inside = document.getElementById("preview").contentDocument;
          inside.body.insertAdjacentHTML("beforeend", "<img src='/nowhere.png' onerror='parent.ran = 1'>");
          const script = inside.createElement("script");
          script.textContent = "parent.ran = 2";
          inside.body.append(script);
        }"""
    )
    page.evaluate(
        "html => { document.getElementById('preview').srcdoc = html }",
        "<script>parent.ran = 3</script><p id=done>x</p>",
    )
    page.frame_locator("#preview").locator("#done").wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None


SIZES = {"phone": (320, 640), "desktop": (1400, 900)}


@pytest.mark.parametrize(("size", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_every_page_and_state_is_accessible(
    arrive: Callable[..., Page], courses: Path, size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    page = arrive("elina", viewport={"width": width, "height": height}, color_scheme=scheme)
    problems: list[str] = []
    # The pages that refuse something say so with their status; everything else must be there and allowed.
    said = re.compile(r"status of (409|422)")
    page.on(
        "console",
        lambda message: (
            message.type == "error" and not said.search(message.text) and problems.append(message.text)
        ),
    )

    def look(state: str) -> None:
        problems.extend(f"{state}: {each}" for each in findings(page))

    english = courses / "garden/01-first-visit/en.md"
    page.goto(ENGLISH)
    replace_in_text(page, "tomatoes", "beans")
    replace_in_text(page, "\nversion: 1\n", "\nversion: 2\n")
    replace_in_text(page, "minutes: 20", "minutes: soon")
    expect(page.locator("#summary")).to_have_text("1 error")
    look("editor with a finding")
    save(page)
    look("editor after saving")
    for address in (
        "/desk/",
        "/desk/garden/",
        "/desk/new",
        "/desk/garden/edit/course.md",
        "/desk/garden/edit/01-first-visit/es.md",
        "/desk/garden/history",
        "/desk/garden/history/01-first-visit/en.md",
        "/desk/garden/delete/01-first-visit/es.md",
        "/desk/garden/delete-module/02-season",
        "/desk/garden/publish",
    ):
        page.goto(address)
        look(address)
    page.goto("/desk/garden/history/01-first-visit/en.md")
    page.locator("#entries tbody tr").last.get_by_role("link").click()
    look("differences")
    page.goto(ENGLISH)
    english.write_text(english.read_text().replace("minutes: soon", "minutes: 20"))
    replace_in_text(page, "minutes: soon", "minutes: 30")
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    look("conflict")
    for kind in ("choice", "matching", "numeric"):
        page.goto(ENGLISH)
        page.get_by_label("Kind").select_option(kind)
        page.get_by_role("button", name="Fill in a form").click()
        page.wait_for_load_state()
        page.get_by_role("button", name="Write it into the text").last.click()
        look(f"question form, {kind}, with errors")
    page.goto("/desk/garden/publish")
    look("publish")
    for show in ("trainer", "learner"):
        page.goto(f"{ENGLISH}?show={show}")
        preview = page.locator("#preview").get_attribute("srcdoc") or ""
        frame = page.context.new_page()
        frame.goto("/desk/new")
        frame.evaluate("html => { document.documentElement.innerHTML = html }", preview)
        problems.extend(f"preview, {show}: {each}" for each in findings(frame))
        frame.close()
    assert not problems, "\n".join(problems)

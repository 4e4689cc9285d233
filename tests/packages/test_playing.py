"""Packages in Chromium: HTML from a folder without a network, SCORM in the run-time of scorm-again."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree
from playwright.sync_api import Browser, Page, Request, Route, expect

from near_learn.packages.kind import Kind
from near_learn.packages.manifest import ADL12, FILE, SS
from tests import npm
from tests.e2e.axe import findings
from tests.packages.conftest import HERE, Pack, Packed, files_in

pytestmark = pytest.mark.browser

PLATFORM = "http://platform.example"
UNIT = "units/first-visit/index.html"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
MARK = "/* the version's name and what was kept */"


def take_quiz(unit: Any, right: bool) -> None:
    """Answers the two questions of the quiz of the first visit and sends it."""
    unit.get_by_role("button", name="Begin the quiz").click()
    for words in ("Something to draw with", "Time") if right else ("A contract",):
        unit.get_by_label(words, exact=True).check()
    unit.get_by_role("button", name="Next question").click()
    unit.get_by_label("False" if right else "True", exact=True).check()
    unit.get_by_role("button", name="To the overview").click()
    unit.get_by_role("button", name="Send the quiz").click()


def leave(unit: Any) -> None:
    """From the result of the quiz over the first page of the unit out of it."""
    unit.get_by_role("button", name="Module overview").click()
    unit.get_by_role("button", name="Leave for now").click()


# --- HTML --------------------------------------------------------------------------------------------


@pytest.fixture
def folder(pack: Pack, tmp_path: Path) -> Path:
    """The HTML package, unpacked."""
    with zipfile.ZipFile(io.BytesIO(pack(Kind.HTML))) as archive:
        archive.extractall(tmp_path / "stick")
    return tmp_path / "stick"


def test_html_is_read_and_answered_from_a_folder_and_asks_nobody(page: Page, folder: Path) -> None:
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto((folder / "index.html").as_uri())
    assert findings(page) == []
    page.get_by_role("link", name="Español").click()
    page.get_by_role("link", name="La primera visita").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.get_by_label("Idioma").select_option("en")
    page.get_by_role("button", name="Start this module").click()
    # The picture is there, and a link to another module leads to its place.
    assert page.get_by_role("img").first.evaluate("image => image.complete && image.naturalWidth > 0")
    page.get_by_label("The press").check()
    page.get_by_role("button", name="Check my answer").click()
    expect(page.get_by_text("Not quite.").first).to_be_visible()
    page.get_by_role("link", name="the next module").click()
    expect(page).to_have_url((folder / "units/season/index.html").as_uri() + "#/water")
    page.go_back()
    # The place is kept in this browser.
    page.get_by_role("button", name="Next: the quiz").click()
    take_quiz(page, right=True)
    expect(page.get_by_role("heading", name="You have passed")).to_be_visible()
    leave(page)
    expect(page).to_have_url((folder / "index.html").as_uri())
    assert wrong == []
    assert {urlsplit(url).scheme for url in asked} == {"file"}


# --- SCORM -------------------------------------------------------------------------------------------


@dataclass
class Platform:
    """A page that launches a unit in a frame, with what it kept of the session before."""

    browser: Browser
    kind: Kind
    files: Packed
    run_time: bytes
    kept: dict[str, Any]
    wrong: list[str] = field(default_factory=list)

    def launch(self) -> Page:
        """Opens the unit in a new session."""
        page = self.browser.new_context(locale="en-GB").new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.route("**/*", self._answer)
        page.goto(f"{PLATFORM}/")
        return page

    def _answer(self, route: Route, request: Request) -> None:
        path = urlsplit(request.url).path.removeprefix("/")
        if not path:
            host = (HERE / "platform.html").read_text()
            body = host.replace(MARK, json.dumps([self.kind, self.kept]))
            route.fulfill(body=body, content_type="text/html")
        elif path == "run-time.js":
            route.fulfill(body=self.run_time, content_type="text/javascript")
        elif path in self.files:
            route.fulfill(body=self.files[path], content_type=TYPES.get(Path(path).suffix, "image/png"))
        else:
            route.fulfill(status=404)

    def end(self, page: Page) -> dict[str, Any]:
        """Keeps what was reported, as the platform's database would, and closes the page."""
        made: dict[str, Any] = page.evaluate("api.renderCMIToJSONObject().cmi")
        # 403: nothing was kept yet (2004 only). Anything else is a call that the unit should not have made.
        assert [call for call in page.evaluate("calls") if str(call[-1]) not in {"0", "403"}] == []
        self.kept = made
        page.context.close()
        return made


@pytest.fixture(scope="module")
def node_modules() -> Path:
    """The run-time."""
    return npm.installed(HERE, "scorm-again of tests/packages/package.json")


def mastery(kind: Kind, files: Packed) -> dict[str, Any]:
    """What a platform sets before the first session, from the manifest."""
    root = etree.fromstring(files[FILE])
    if kind is Kind.SCORM12:
        score = root.findtext(f".//*[@identifier='item-first-visit']/{{{ADL12}}}masteryscore")
        return {"core": {"credit": "credit"}, "student_data": {"mastery_score": score}}
    primary = f".//*[@objectiveID='objective-first-visit']/{{{SS}}}minNormalizedMeasure"
    return {"credit": "credit", "scaled_passing_score": root.findtext(primary)}


@pytest.fixture(params=[Kind.SCORM12, Kind.SCORM2004])
def platform(
    request: pytest.FixtureRequest, pack: Pack, browser: Browser, node_modules: Path
) -> Iterator[Platform]:
    """A platform with the package in it."""
    kind: Kind = request.param
    run_time = (node_modules / f"scorm-again/dist/{kind}.min.js").read_bytes()
    files = files_in(pack(kind))
    made = Platform(browser, kind, files, run_time, mastery(kind, files))
    yield made
    assert made.wrong == []


def test_scorm_completion_score_interactions_and_the_place_of_the_next_session(platform: Platform) -> None:
    first = platform.launch()
    unit = first.frame_locator("#unit")
    unit.get_by_role("button", name="Start this module").click()
    unit.get_by_label("The press").check()
    unit.get_by_role("button", name="Check my answer").click()
    unit.get_by_role("button", name="Next: the quiz").click()
    take_quiz(unit, right=False)
    unit.get_by_role("heading", name="Not passed yet").wait_for()
    leave(unit)
    unit.get_by_text("You can close this page now.").wait_for()
    told = read(platform.kind, platform.end(first))
    assert told["score"] == 0
    assert told["passed"] is False
    assert told["answers"] == [("ask-first", False), ("bag.1", False), ("gate.1", False)]

    second = platform.launch()
    unit = second.frame_locator("#unit")
    # The session goes on where the first one ended, and knows what was answered.
    expect(unit.get_by_text("Attempt 1")).to_be_visible()
    take_quiz(unit, right=True)
    unit.get_by_role("heading", name="You have passed").wait_for()
    leave(unit)
    unit.get_by_text("You can close this page now.").wait_for()
    told = read(platform.kind, platform.end(second))
    assert told["score"] == 100
    assert told["passed"] is True
    assert told["completed"] is True
    assert ("gate.2", True) in told["answers"]


def read(kind: Kind, cmi: dict[str, Any]) -> dict[str, Any]:
    """What was reported, from either data model."""
    answers = [(each["id"], each["result"] == "correct") for each in cmi["interactions"].values()]
    if kind is Kind.SCORM12:
        status, score = cmi["core"]["lesson_status"], cmi["core"]["score"]["raw"]
        done = status in {"passed", "completed", "failed"}
    else:
        status, score = cmi["success_status"], cmi["score"]["raw"]
        done = cmi["completion_status"] == "completed"
    passed = {"passed": True, "failed": False}.get(status)
    return {"score": float(score), "passed": passed, "completed": done, "answers": answers}

"""A manager's day and an operator's day in a browser, on a phone and at a desk."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from near_learn.demo import world
from tests.conftest import LiveApp
from tests.e2e.pages import signed_in

pytestmark = pytest.mark.browser

NEWCOMERS = """email,name,region,courses
ane.day@people.example,Ane Day,ES220,accompaniment
iker.day@people.example,Iker Day,ES220,accompaniment
"""


def check(page: Page) -> None:
    """Nothing for axe to find, nothing that scrolls sideways."""
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def opened(browser: Browser, live: LiveApp, who: str, **settings: Any) -> tuple[Page, list[str]]:
    """A browser of somebody of the demo, and what its console complains about."""
    page = signed_in(browser, live, f"{who}@demo.example", world.PASSWORD, **settings)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    return page, complaints


def refused(complaints: list[str]) -> list[str]:
    """What the policy of the pages did not allow, which would be a mistake of ours."""
    return [text for text in complaints if "Content Security" in text]


def saved(page: Page, name: str, folder: Path) -> Path:
    """The file behind the link NAME."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_managers_day(browser: Browser, live_app: LiveApp, tmp_path: Path) -> None:
    """On a phone in the dark: how it stands, who is behind it, new people, and paper for the board."""
    page, complaints = opened(
        browser, live_app, "manager", viewport={"width": 320, "height": 800}, color_scheme="dark"
    )
    page.goto("/reports/")
    bar = page.locator("svg.stacked rect.fill.completed").first
    assert bar.evaluate("element => getComputedStyle(element).fill") != "rgb(0, 0, 0)"
    expect(page.locator("svg.tiles")).to_have_count(1)
    check(page)

    # What does this figure say?
    page.get_by_text("What is this? Completed", exact=True).click()
    expect(page.locator(".headline code", has_text="completed").first).to_be_visible()
    page.locator("#completion thead").get_by_role("link", name="Dropped out").click()
    expect(page.locator("#meaning-dropped_out")).to_be_visible()

    # A course, then whom its figure is about, then what was recorded.
    page.get_by_label("A row for each").select_option("course")
    page.get_by_role("button", name="Count").click()
    counted = page.locator("#completion tbody tr:not(.total) a[href*='what=completed']").first
    number = counted.inner_text()
    counted.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{number} ")
    check(page)
    page.locator("tbody th a").first.click()
    page.locator(".statements summary").first.click()
    expect(page.locator(".statements pre").first).to_contain_text('"registration"')
    check(page)

    # Paper for the board, and what cannot be asked.
    page.goto("/reports/?region=ES220")
    paper = saved(page, "One-page summary (PDF)", tmp_path)
    assert "Navarra (ES220)" in PdfReader(paper).pages[0].extract_text()
    page.goto("/reports/?region=FI&from=2026-02-02&to=2026-01-01")
    expect(page.get_by_role("alert")).to_contain_text("ends before it begins")
    check(page)

    # Two new people by a list: first what it would do, then it is done.
    page.goto("/enrolment/")
    page.locator("input[type=file]").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": NEWCOMERS.encode()}
    )
    page.get_by_role("button", name="See what it would do").click()
    expect(page.locator(".figures")).to_contain_text("2new people")
    page.get_by_role("button", name="Do it").click()
    page.goto("/reports/registrations?what=not_started")
    expect(page.locator("#list")).to_contain_text("Ane Day")
    assert not refused(complaints)


def test_an_operators_day(browser: Browser, live_app: LiveApp, tmp_path: Path) -> None:
    """At a desk: Europe at a glance, a workbook, a token for a program, a person, and who looked at what."""
    page, complaints = opened(browser, live_app, "operator", viewport={"width": 1280, "height": 900})
    page.goto("/reports/?level=0")
    for drawing in ("svg.stacked", "svg.tiles", "svg.trend-lines"):
        expect(page.locator(drawing)).to_be_visible()
    expect(page.locator("svg.tiles g.tile-text")).to_have_count(27)
    page.locator("details.numbers summary").click()
    expect(page.locator("#trend-table")).to_be_visible()
    check(page)
    page.get_by_role("link", name="This year").click()
    expect(page).to_have_url(re.compile(r"from=\d{4}-01-01"))

    total = page.locator("#completion tr.total td").first.inner_text().removeprefix("≥ ").replace(",", "")
    book = load_workbook(saved(page, "Download as a workbook (XLSX)", tmp_path))
    sheet = book["Completion"]
    column = [cell.value for cell in sheet[1]].index("enrolled")
    assert sheet[sheet.max_row][column].value == int(total)

    page.get_by_role("link", name="Tokens for programs").click()
    page.get_by_label("What is it for?").fill("Dashboard")
    page.get_by_role("button", name="Make a token").click()
    token = page.locator("pre.token").inner_text()
    check(page)
    request = urllib.request.Request(
        f"{live_app.url}/api/v1/reports/completion?level=0", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["rows"][0]["code"] == "BE"
    page.get_by_role("button", name="Revoke Dashboard").click()
    expect(page.get_by_text("The token is revoked.")).to_be_visible()

    page.goto("/reports/registrations")
    page.locator("#list tbody th a").first.click()
    expect(page.get_by_role("heading", name="Statements")).to_be_visible()
    page.goto("/admin/audit")
    expect(page.locator("main")).to_contain_text("Looked at a learning record with its name")
    check(page)
    assert not refused(complaints)

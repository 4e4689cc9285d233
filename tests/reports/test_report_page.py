"""What the report's page says about itself, with small groups protected as they are from the start."""

from __future__ import annotations

import html
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from near_learn import Settings, create_app
from near_learn.db import db, writing
from near_learn.people import password
from near_learn.people.organisation import Organisation
from near_learn.people.person import Cohort, Role, add
from near_learn.records import due
from near_learn.reports import table
from near_learn.reports.tally import fresh

from .conftest import Rows

PASSWORD = "a short sentence about rain"
TODAY = datetime.now(UTC)
COUNTED = {"ES220": 12, "FI1C6": 8, "BE212": 2, "ITI43": 3}


@dataclass(frozen=True)
class Site:
    app: Flask
    operator: FlaskClient
    manager: FlaskClient

    def page(self, question: str = "", client: FlaskClient | None = None) -> str:
        answer = (client or self.operator).get(f"/reports/?{question}")
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)


@pytest.fixture(scope="module")
def site(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Twelve people in Navarra, eight in Päijät-Häme, and too few to tell in two more regions."""
    folder = tmp_path_factory.mktemp("page")
    shutil.copy(migrated_file, folder / "near-learn.sqlite")
    app = create_app(Settings(data=folder, secret_key="s" * 32))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with app.app_context(), writing() as connection:
        connection.execute(
            Organisation.__table__.insert(), {"id": "o1", "name": "City & Co", "region": "ES220"}
        )
        connection.execute(Cohort.__table__.insert(), {"id": "pilot", "name": "Pilot", "region": "ES220"})
        for name, role, region in (("operator", Role.OPERATOR, "BE"), ("manager", Role.MANAGER, "ES220")):
            known = password.hashed(PASSWORD)
            add(
                connection,
                email=f"{name}@example.org",
                name=name,
                role=role,
                region=region,
                password_hash=known,
            )
        rows = Rows(connection)
        rows.release("accompaniment", ["model-change"])
        for code, number in COUNTED.items():
            for each in range(number):
                at = TODAY - timedelta(days=40)
                done = at + timedelta(days=9) if each % 2 else None
                rows.registration(
                    region=code,
                    organisation="o1" if code == "ES220" else "",
                    cohort="pilot" if code == "ES220" else "",
                    enrolled_at=at,
                    started_at=at,
                    last_at=at + timedelta(days=9),
                    completed_at=done,
                )
    clients = []
    for name in ("operator", "manager"):
        client = app.test_client()
        client.post("/sign-in", data={"email": f"{name}@example.org", "password": PASSWORD})
        clients.append(client)
    yield Site(app, *clients)
    with app.app_context():
        db.engine.dispose()


def row_of(page: str, name: str) -> str:
    table = page[page.index('id="completion"') :]
    return next(row for row in table.split("<tr")[1:] if name in row)


def test_a_row_of_too_few_is_hidden_and_they_are_told_together(site: Site) -> None:
    page = site.page()
    assert "hidden: fewer than 5 persons" in row_of(page, "Mechelen")
    assert '<a href="/reports/registrations' not in row_of(page, "Mechelen")
    assert '<a href="/reports/registrations' in row_of(page, "Navarra")
    assert ">5<" in row_of(page, "Not told apart")
    assert "Nothing is told about fewer than 5 persons" in page
    assert 'class="tile hidden"' in page
    assert re.search(r"Mechelen: hidden", page)


def test_every_heading_leads_to_what_it_says(site: Site) -> None:
    for question in ("", "basis=happened"):
        page = site.page(question)
        table = page[page.index('id="completion"') : page.index("<tbody>", page.index('id="completion"'))]
        targets = re.findall(r'href="#(meaning-[a-z_]+)"', table)
        assert len(targets) >= 4
        for target in targets:
            said = page[page.index(f'id="{target}"') :]
            assert "From statements with the verb:" in said[: said.index("</div>")]
            assert "As of" in said[: said.index("</div>")]
            assert "%(" not in said[: said.index("</div>")]


def test_drawings_have_a_title_a_description_and_no_style(site: Site) -> None:
    page = site.page("level=0")
    drawings = re.findall(r'<svg [^>]*role="img".*?</svg>', page, re.S)
    assert len(drawings) == 3
    for drawing in drawings:
        assert re.search(r"<title [^>]*>\S", drawing)
        assert re.search(r"<desc [^>]*>\S", drawing)
    assert not re.search(r'<style|\sstyle="', page)
    assert 'id="trend-table"' in page


def test_the_headline_is_compared_with_the_period_before(site: Site) -> None:
    first = (TODAY - timedelta(days=10)).date().isoformat()
    assert "in the period before" in site.page(f"from={first}&basis=happened")
    assert "in the period before" not in site.page()


@pytest.mark.parametrize("by", ["organisation", "cohort", "language", "release", "month"])
def test_rows_by_everything(site: Site, by: str) -> None:
    page = site.page(f"by={by}")
    assert f'<option value="{by}" selected>' in page
    assert row_of(page, "Total")


def test_what_can_be_chosen_is_in_the_form_and_kept(site: Site) -> None:
    page = site.page("organisation=o1&cohort=pilot&course_language=es", site.manager)
    assert '<option value="o1" selected>City & Co</option>' in page
    assert '<option value="pilot" selected>Pilot</option>' in page
    assert re.search(r'<li><a href="[^"]*organisation=o1[^"]*from=[^"]*"', page)
    assert site.page("course_language=el").count("Nobody is counted here yet") == 1


def test_periods_are_a_click_away(site: Site) -> None:
    page = site.page(f"from={TODAY.year}-01-01&to={TODAY.year}-12-31")
    assert re.search(r'aria-current="true">This year<', page)
    for name in ("This quarter", "Last quarter", "Everything"):
        assert f">{name}<" in page


def test_a_token_is_made_shown_once_and_revoked_by_its_maker_only(site: Site) -> None:
    made = site.manager.post("/reports/tokens", data={"label": "Dashboard", "days": "30"})
    assert made.status_code == 200
    (token,) = re.findall(r"nlr_[\w-]{43}", made.text)
    page = site.manager.get("/reports/tokens").text
    assert "Dashboard" in page
    assert token not in page
    assert "Dashboard" not in site.operator.get("/reports/tokens").text
    (address,) = re.findall(r'action="(/reports/tokens/[^"]+/revoke)"', page)
    assert site.operator.post(address).status_code == 404
    assert site.manager.post(address).status_code == 302
    assert "Dashboard" not in site.manager.get("/reports/tokens").text.partition("flashes")[0]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"label": "", "days": "30"}, "label-error"),
        ({"label": "x" * 101, "days": "30"}, "label-error"),
        ({"label": "x", "days": "9999"}, "days-error"),
    ],
)
def test_a_token_that_cannot_be_made(site: Site, sent: dict[str, str], words: str) -> None:
    answer = site.manager.post("/reports/tokens", data=sent)
    assert answer.status_code == 422
    assert words in answer.text
    assert "nlr_" not in answer.text


def figures_of(row: str) -> list[int]:
    """The first two counts of a row: enrolled and not started."""
    cells = re.findall(r'<td class="number">(.*?)</td>', row, re.DOTALL)
    return [int(re.sub(r"<[^>]+>|at least|≥|–|hidden", "", cell).strip() or 0) for cell in cells[:2]]


def test_the_rows_of_a_page_and_those_on_others_make_the_total(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "ROWS", 2)
    seen = []
    for number in (1, 2):
        page = site.page(f"level=3&page={number}")
        assert f"Page {number} of 2" in page
        rows = page[page.index('id="completion"') :].split("<tr")[2:]
        told = [figures_of(row) for row in rows if "hidden: fewer" not in row]
        *parts, total = told
        assert [sum(column) for column in zip(*parts, strict=True)] == total
        seen += re.findall(r'class="code">([A-Z0-9]+)<', "".join(rows))
        assert "2 rows on other pages" in page
    assert seen == sorted(COUNTED)
    assert "Page 2 of 2" in site.page("level=3&page=99")
    assert 'rel="next" href="/reports/?page=2#completion"' in site.page("page=1")


def test_a_page_does_not_wait_until_much_is_counted(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    before = figures_of(row_of(site.page(), "Total"))
    monkeypatch.setattr(fresh, "WAITS_FOR", 2)
    with site.app.app_context(), writing() as connection:
        rows = Rows(connection)
        rows.numbers = count(1000)
        due.note(connection, [rows.registration(region="ES220") for _ in range(3)])
    page = site.page()
    assert "being counted: look again in a moment" in page
    assert figures_of(row_of(page, "Total")) == before
    for thread in threading.enumerate():
        if thread.name == "tally":
            thread.join()
    page = site.page()
    assert "being counted" not in page
    assert figures_of(row_of(page, "Total")) == [before[0] + 3, before[1] + 3]

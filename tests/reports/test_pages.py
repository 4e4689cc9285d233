"""The manager's pages: what is shown adds up, leads to its evidence, and ends at the territory."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from near_learn import Settings, create_app
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.people import password
from near_learn.people.person import Cohort, Role, add
from near_learn.records import Learner, Response, Sitting, recorder
from tests.records.garden import HALF, RIGHT
from tests.tokens import without_token

COURSES = Path(__file__).parents[1] / "records" / "courses"
PASSWORD = "a short sentence about rain"
BASE = "http://127.0.0.1:8000"
LINK = re.compile(r'<a href="(/reports/registrations\?[^"]*)" aria-label="([\d,]+) ')
ROW = re.compile(r'<th scope="row"><a href="(/reports/registrations/[^"]+)">([^<]+)</a>')


@dataclass(frozen=True)
class World:
    app: Flask
    registrations: dict[str, str]  # by the name of the person
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def client(self, role: str) -> FlaskClient:
        """A browser in which somebody of this role is signed in; the same one each time."""
        if role not in self.clients:
            self.clients[role] = self.sign_in(role)
        return self.clients[role]

    def sign_in(self, role: str) -> FlaskClient:
        client = self.app.test_client()
        answer = client.post("/sign-in", data={"email": f"{role}@example.org", "password": PASSWORD})
        assert answer.status_code == 302
        return client


# Name, region, edition of its code, modules completed, days since they began.
PEOPLE = [
    ("Ane", "ES220", "2024", ["soil", "water"], 20),
    ("Iker", "ES220", "2024", ["soil"], 20),
    ("Amaia", "ES220", "2024", ["soil"], 100),
    ("Jon", "ES220", "2024", [], 5),
    ("Pilar", "ES", "2024", [], 5),
    ("Aino", "FI1C6", "2024", ["soil", "water"], 20),
    ("Eero", "FI1C3", "2021", ["soil"], 20),
    ("Griet", "BE212", "2024", ["soil"], 20),
    ("Nobody", "", "2024", [], 5),
]


@pytest.fixture(scope="module")
def world(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("reports")
    shutil.copy(migrated_file, folder / "near-learn.sqlite")
    app = create_app(Settings(data=folder, secret_key="s" * 32, courses=COURSES, small_group=1))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with app.app_context(), writing() as connection:
        connection.execute(Cohort.__table__.insert(), {"id": "pilot", "name": "Pilot <1>", "region": "ES220"})
        for role, region in (
            ("operator", "BE"),
            ("manager", "ES"),
            ("navarra", "ES220"),
            ("finland", "FI1C6"),
            ("trainer", "ES"),
            ("professional", "ES"),
        ):
            kind = Role(role) if role in set(Role) else Role.MANAGER
            hash_ = password.hashed(PASSWORD)
            add(
                connection,
                email=f"{role}@example.org",
                name=role,
                role=kind,
                region=region,
                password_hash=hash_,
            )
        registrations = {person[0]: learn(connection, *person) for person in PEOPLE}
    # Outside of the context: an open one would be shared by all requests, and with it who is signed in.
    yield World(app, registrations)
    with app.app_context():
        db.engine.dispose()


def learn(connection: Any, name: str, region: str, nuts: str, modules: list[str], days: int) -> str:
    account = add(
        connection, email=f"{name}@people.example", name=name, role=Role.PROFESSIONAL, region=region
    )
    learner = Learner(account, "es", region, "pilot" if name == "Ane" else "", nuts)
    course = library().courses["garden"]
    at = datetime.now(UTC) - timedelta(days=days)
    registration = recorder().enrol(connection, learner, course, at)
    for id_ in modules:
        module = course.module(id_)
        sitting = Sitting(learner, registration, course, module)
        recorder().open(connection, sitting, at + timedelta(minutes=1))
        for section in module.text("en").sections:
            at += timedelta(minutes=2)
            recorder().progress(connection, sitting, section.id, at)
        for number, answers in enumerate((HALF, RIGHT) if name == "Ane" else (RIGHT,), start=1):
            given = {q.id: answers.get(q.id, Response(())) for q in module.text("en").quiz}
            at += timedelta(minutes=2)
            recorder().submit(connection, sitting, number, given, at)
    return registration


def get(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def rows_of(page: str) -> list[list[str]]:
    """The cells of the table of figures, as text."""
    start = page.index("<tbody>", page.index('id="completion"'))
    table = page[start : page.index("</tbody>", start)]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in table.split("<tr")[1:]]
    return [[" ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in row] for row in cells]


def test_the_figures_of_everybody(world: World) -> None:
    found = {row[0]: row[1:] for row in rows_of(get(world.client("operator"), "/reports/"))}
    # Enrolled, not started, started, active, dropped out, completed, rate, passed, first, best, scored.
    assert found["Navarra ES220"][:8] == ["4", "1", "3", "1", "1", "1", "25% 1 of 4", "1"]
    assert found["Päijät-Häme FI1C6 1 recorded under its NUTS 2021 code"][0] == "2"
    assert found["Spain ES recorded without a finer region"][:2] == ["1", "1"]
    assert found["Not stated"][0] == "1"
    assert found["Total"][:6] == ["9", "3", "6", "3", "1", "2"]


@pytest.mark.parametrize(
    "question",
    [
        "",
        "level=0",
        "level=2&region=ES",
        "by=course",
        "by=module",
        "by=cohort",
        "by=cohort&course=garden&module=garden/soil",
        "module=garden/water&level=1",
        "basis=happened",
        "basis=happened&by=module&from=2026-01-01",
        "from=2020-01-01&to=2099-12-31",
    ],
)
@pytest.mark.parametrize("role", ["operator", "manager"])
def test_every_count_leads_to_exactly_as_many_registrations(world: World, role: str, question: str) -> None:
    client = world.client(role)
    links = LINK.findall(get(client, f"/reports/?{question}"))
    assert links
    for address, number in links:
        page = get(client, html.unescape(address))
        assert len(ROW.findall(page)) == int(number)
        assert re.search(rf": {number} (registration|module)", page)


def test_from_a_figure_to_the_statements(world: World) -> None:
    client = world.client("manager")
    links = LINK.findall(get(client, "/reports/"))
    completed = next(html.unescape(address) for address, _ in links if "what=completed" in address)
    ((address, name),) = ROW.findall(get(client, completed))
    page = get(client, html.unescape(address))
    assert name == "Ane"
    assert world.registrations["Ane"] in page
    assert page.count("<details>") > 20
    assert "&#34;http://adlnet.gov/expapi/verbs/completed&#34;" in page
    statements = page[page.index('class="statements"') :]
    assert "Ane" not in statements


def test_statements_come_in_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("near_learn.reports.drilldown.STATEMENTS", 10)
    client = world.client("manager")
    address, seen = f"/reports/registrations/{world.registrations['Ane']}", []
    while address:
        page = get(client, address)
        seen += re.findall(r"^  &#34;id&#34;: &#34;([^&]+)&#34;", page, re.M)
        more = re.search(r'href="([^"]+after=\d+[^"]*)"', page)
        address = html.unescape(more.group(1)) if more else ""
    with world.app.app_context():
        stored = world.app.extensions["lrs"].read(
            db.session.connection(), registration=world.registrations["Ane"]
        )
        assert seen == [one.id for one in stored]


# --- the territory ---

OTHERS = ("Aino", "Eero", "Griet", "Nobody", "FI1C", "BE2", "Päijät", "Mechelen")
BEYOND = [
    "level=0",
    "level=1",
    "by=course",
    "by=module",
    "by=cohort",
    "region=ES",
    "course=garden",
    "module=garden/soil",
    "from=2020-01-01&to=2099-12-31",
    "basis=happened",
    "territory=&territory=FI",
    "region=&region=FI",
    "level=0&by=region&region=",
]


@pytest.mark.parametrize("question", BEYOND)
@pytest.mark.parametrize("place", ["/reports/", "/reports/registrations", "/reports/completion.csv"])
def test_a_manager_sees_nobody_elsewhere(world: World, place: str, question: str) -> None:
    told = without_token(get(world.client("manager"), f"{place}?{question}"))
    assert not [name for name in OTHERS if name in told]


@pytest.mark.parametrize("group", ["FI1C6", "FI1C3", "BE212", "FI", "", "ES2", "garden", "%", "' OR 1=1 --"])
@pytest.mark.parametrize("what", ["enrolled", "started", "scored"])
def test_no_group_opens_another_territory(world: World, group: str, what: str) -> None:
    client = world.client("manager")
    answer = client.get("/reports/registrations", query_string={"what": what, "group": group})
    assert answer.status_code == 200
    assert ROW.findall(answer.text) == []


@pytest.mark.parametrize("code", ["FI1C6", "FI1C3", "BE212", "BE", "FI", "IT"])
@pytest.mark.parametrize("place", ["/reports/", "/reports/registrations", "/reports/completion.csv"])
def test_a_region_outside_is_refused(world: World, place: str, code: str) -> None:
    assert "outside your territory" in get(world.client("manager"), f"{place}?region={code}", 403)


def test_a_region_above_ones_own_is_refused(world: World) -> None:
    client = world.client("navarra")
    for code in ("ES", "ES2", "ES22"):
        get(client, f"/reports/?region={code}", 403)
    assert [row[0] for row in rows_of(get(client, "/reports/?level=0"))] == ["Navarra ES220", "Total"]


@pytest.mark.parametrize("name", ["Aino", "Eero", "Griet", "Nobody"])
@pytest.mark.parametrize("question", ["", "?region=ES", "?what=enrolled&group=", "?after=0"])
def test_a_registration_elsewhere_does_not_exist(world: World, name: str, question: str) -> None:
    get(world.client("manager"), f"/reports/registrations/{world.registrations[name]}{question}", 404)
    get(world.client("operator"), f"/reports/registrations/{world.registrations[name]}{question}")


def test_a_region_under_its_old_code_belongs_to_its_heirs_territory(world: World) -> None:
    client = world.client("finland")
    page = get(client, "/reports/registrations")
    assert {name for _, name in ROW.findall(page)} == {"Aino", "Eero"}
    assert rows_of(get(client, "/reports/?region=FI1C3"))[-1][1] == "2"


@pytest.mark.parametrize(
    "address", ["/reports/", "/reports/completion.csv", "/reports/registrations", "/reports/registrations/x"]
)
def test_only_managers_and_operators(world: World, address: str) -> None:
    for role in ("trainer", "professional"):
        get(world.client(role), address, 403)
    answer = world.app.test_client().get(address)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")


def test_the_name_of_somebody_who_moved_away_is_not_shown(world: World) -> None:
    from near_learn.people.person import Person

    with world.app.app_context():
        with writing() as connection:
            table = Person.__table__
            connection.execute(table.update().where(table.c.name == "Jon").values(region="FI1C6"))
        page = get(world.client("manager"), "/reports/registrations")
        names = {name for _, name in ROW.findall(page)}
        assert "Jon" not in names
        assert len(names) == 5
        with writing() as connection:
            connection.execute(table.update().where(table.c.name == "Jon").values(region="ES220"))


# --- bad input ---


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("region=XX", "no NUTS region with the code “XX”"),
        ("region=%3Cscript%3E", "“&lt;SCRIPT&gt;”"),
        ("course=lava", "no course “lava”"),
        ("module=garden/lava", "no module “lava”"),
        ("level=9", "expected one of 0, 1, 2, 3"),
        ("from=2026-02-02&to=2026-01-01", "ends before it begins"),
        ("by=person", "expected one of region"),
        ("region=%00", "characters that no name has"),
    ],
)
@pytest.mark.parametrize("place", ["/reports/", "/reports/registrations", "/reports/completion.csv"])
def test_what_cannot_be_answered_is_explained(world: World, place: str, question: str, words: str) -> None:
    assert words in get(world.client("operator"), f"{place}?{question}", 400)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/reports/registrations?what=everything", 400),
        ("/reports/registrations?what=active&basis=happened", 400),
        ("/reports/registrations?page=x", 404),
        ("/reports/registrations?page=-1", 404),
        ("/reports/registrations?page=999999999999999999", 200),
        ("/reports/registrations?page=9999999999999999999999", 404),
        ("/reports/registrations/nothing", 404),
        ("/reports/registrations/%00", 404),
        ("/reports/completion.csv?language=xx", 400),
    ],
)
def test_odd_addresses(world: World, address: str, status: int) -> None:
    get(world.client("operator"), address, status)


# --- the file ---


def test_the_file_has_the_figures_of_the_page(world: World) -> None:
    client = world.client("manager")
    page = rows_of(get(client, "/reports/?by=module"))
    answer = client.get("/reports/completion.csv?by=module&language=en")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="near-learn-completion-by-module-\d{4}-\d\d-\d\d\.csv"',
        answer.headers["Content-Disposition"],
    )
    found = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["name"] for row in found] == [row[0] for row in page] == ["Soil", "Water", "Total"]
    for name, place in (
        ("enrolled", 1),
        ("not_started", 2),
        ("active", 4),
        ("dropped_out", 5),
        ("completed", 6),
    ):
        assert [row[name] for row in found] == [row[place] for row in page]
    assert {row["territory"] for row in found} == {"ES"}


def test_the_file_comes_in_the_readers_language(world: World) -> None:
    client = world.sign_in("operator")
    client.post("/language", data={"language": "es"})
    text = client.get("/reports/completion.csv?level=0").data.decode("utf-8-sig")
    assert text.startswith("row_type;by;code;name;")
    assert ";España;" in text
    assert ";0,2000;" in text


# --- hostile content ---


def test_what_came_from_outside_is_shown_as_text(world: World) -> None:
    evil = "<script>alert(1)</script>"
    statement = {
        "actor": {"mbox": "mailto:x@elsewhere.example"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/commented", "display": {"en": evil}},
        "object": {"id": f"{BASE}/courses/garden", "definition": {"name": {"en": f"{evil}\u202etxt"}}},
        "context": {"registration": world.registrations["Pilar"], "extensions": {"http://x.example/e": evil}},
        "result": {"score": {"scaled": 0.5}, "success": True},
    }
    with world.app.app_context(), writing() as connection:
        authority = {"account": {"homePage": "https://lms.example", "name": "client"}}
        world.app.extensions["lrs"].save(connection, [statement], authority=authority)
    page = get(world.client("manager"), f"/reports/registrations/{world.registrations['Pilar']}")
    assert evil not in page
    assert html.escape(evil) in page
    assert "\\u202etxt" in page


def test_names_of_cohorts_are_escaped(world: World) -> None:
    page = get(world.client("manager"), "/reports/?by=cohort")
    assert "Pilot &lt;1&gt;" in page
    assert "<1>" not in page


def test_no_page_needs_an_inline_style(world: World) -> None:
    client = world.client("operator")
    for address in ("/reports/", "/reports/?basis=happened", "/reports/registrations"):
        page = get(client, address)
        assert not re.search(r'<style|\sstyle="|<script(?! src)', page)


def test_releases_are_chosen_shown_and_kept_on_the_way_down(world: World) -> None:
    with world.app.app_context():
        release = library().courses["garden"].release
    operator = world.client("operator")
    assert 'name="release"' not in get(operator, "/reports/")
    page = get(operator, f"/reports/?course=garden&release={release}")
    assert f'<option value="{release}" selected>' in page
    assert re.search(rf'href="/reports/registrations\?[^"]*release={release}', page)
    assert release in get(operator, f"/reports/registrations?course=garden&release={release}&what=enrolled")
    detail = get(operator, f"/reports/registrations/{world.registrations['Ane']}")
    results = detail[detail.index('id="results"') : detail.index("</table>", detail.index('id="results"'))]
    assert results.count(f"<code>{release}</code>") == results.count("<tr>") - 1 > 1
    csv = get(operator, f"/reports/completion.csv?course=garden&release={release}")
    assert "filter_release" in csv
    assert release in csv
    assert "nowhere-to-be-found" in get(operator, "/reports/?course=garden&release=nowhere-to-be-found", 400)
    assert 'role="alert"' in get(operator, f"/reports/?release={release}", 400)

"""The API: read as its document says, with tokens that open what their makers may see and no more."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from near_learn import Settings, create_app
from near_learn.db import db, writing
from near_learn.people.person import Person, Role, add, by_email
from near_learn.reports import register
from near_learn.reports import token as tokens
from near_learn.reports.columns import NAMES
from near_learn.reports.token import ReportToken, Scope
from tests.conftest import SECRET

from .conftest import Rows

GUIDE = (Path(__file__).parents[2] / "docs" / "reports-api.md").read_text(encoding="utf-8")
HOST = "https://learn.example.org"
PEOPLE = {"operator": ("BE", Role.OPERATOR), "manager": ("ES", Role.MANAGER), "trainer": ("ES", Role.TRAINER)}

# What a manager may have; the other scopes are for operators only.
READING = (Scope.FIGURES, Scope.REGISTRATIONS)


@dataclass(frozen=True)
class Api:
    app: Flask
    client: FlaskClient
    tokens: dict[str, str]

    def get(self, address: str, token: str = "operator", **headers: str) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.tokens[token]}"} if token else {}
        return self.client.get(address.removeprefix(HOST), headers={**sent, **headers})

    def figures(self, question: str = "", token: str = "operator") -> Any:
        answer = self.get(f"/api/v1/reports/completion?{question}", token)
        assert answer.status_code == 200, answer.text
        return answer.json


@pytest.fixture(scope="module")
def api(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Six people of Navarra and seven of Päijät-Häme; tokens of an operator and of Spain's manager."""
    folder = tmp_path_factory.mktemp("api")
    (folder / "near-learn.sqlite").write_bytes(migrated_file.read_bytes())
    app = create_app(Settings(data=folder, secret_key=SECRET))
    app.config.update(TESTING=True, RATELIMIT_ENABLED=False)
    made = {}
    now = datetime.now(UTC)
    with app.app_context():
        with writing() as connection:
            for name, (region, role) in PEOPLE.items():
                add(connection, email=f"{name}@example.org", name=name, role=role, region=region)
            rows = Rows(connection)
            for number, code in enumerate(["ES220"] * 6 + ["FI1C6"] * 7):
                at = now - timedelta(days=number)
                rows.registration(
                    region=code, last_at=at, enrolled_at=at, completed_at=at if number % 2 else None
                )
        for name in ("operator", "manager"):
            person = by_email(f"{name}@example.org")
            assert person
            with writing() as connection:
                made[name] = tokens.add(connection, person, "all", list(READING), days=30, now=now)
                made[f"{name} figures"] = tokens.add(
                    connection, person, "figures", [Scope.FIGURES], days=30, now=now
                )
                made[f"{name} old"] = tokens.add(
                    connection, person, "old", list(READING), days=1, now=now - timedelta(days=2)
                )
    yield Api(app, app.test_client(), made)
    with app.app_context():
        db.engine.dispose()


def examples() -> list[tuple[str, str]]:
    """The address of each example of the document, and the answer it shows."""
    found = re.findall(r'^curl [^\n]*"(https:[^"]+)"\n```\n\n```json\n(.*?)\n```', GUIDE, re.M | re.S)
    assert len(found) == 3
    return found


@pytest.mark.parametrize(("address", "shown"), examples())
def test_the_documents_examples(api: Api, address: str, shown: str) -> None:
    answer = api.get(address)
    if "error" in shown:
        assert (answer.status_code, answer.json) == (400, json.loads(shown))
    elif "registrations" in address:
        lines = [json.loads(line) for line in answer.text.splitlines()]
        assert len(lines) == 6
        assert set(json.loads(shown)) <= set(lines[0])
        assert {line["state"] for line in lines} == {"completed"}
    else:
        row = json.loads(shown)["rows"][0]
        assert answer.json is not None
        assert set(row) <= set(answer.json["rows"][0])
        assert answer.json["rows"][0]["code"] == row["code"]


def test_every_kind_has_the_same_figures(api: Api) -> None:
    found = api.figures("level=0")
    text = api.get("/api/v1/reports/completion.csv?level=0").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == list(found["rows"][0]) == list(NAMES)
    assert [row["enrolled"] for row in rows] == ["6", "7", "13"]
    assert [row["enrolled"] for row in [*found["rows"], found["total"]]] == [6, 7, 13]
    assert api.get("/api/v1/reports/completion.json?level=0").json["rows"][0]["name"] == "Spain"
    assert api.figures("level=0&language=es")["rows"][0]["name"] == "España"
    assert api.get("/api/v1/reports/completion.xlsx").data.startswith(b"PK")


def test_a_token_ends_at_its_makers_territory(api: Api) -> None:
    assert api.figures("level=0", "manager")["total"]["enrolled"] == 6
    lines = api.get("/api/v1/reports/registrations", "manager").text.splitlines()
    assert {json.loads(line)["region"] for line in lines} == {"ES220"}
    answer = api.get("/api/v1/reports/completion?region=FI1C6", "manager")
    assert (answer.status_code, answer.json["error"]["problems"][0]["parameter"]) == (403, "region")


def test_a_token_goes_with_its_maker(api: Api) -> None:
    """Their territory and their standing count at the moment of the request."""

    def as_it_is(**values: object) -> TestResponse:
        with api.app.app_context(), writing() as connection:
            connection.execute(update(Person).where(Person.name == "manager").values(**values))
        return api.get("/api/v1/reports/completion", "manager")

    try:
        assert as_it_is(region="FI").json["total"]["enrolled"] == 7
        assert as_it_is(active=False).status_code == 401
        assert as_it_is(active=True, role="professional").status_code == 401
    finally:
        assert as_it_is(active=True, role="manager", region="ES").json["total"]["enrolled"] == 6


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("", 401),
        ("Basic abc", 401),
        ("Bearer", 401),
        ("Bearer nlr_", 401),
        ("Bearer nlr_" + "x" * 43, 401),
        ("Bearer nlr_\u00fc", 401),
    ],
)
def test_without_a_good_token_nothing(api: Api, header: str, status: int) -> None:
    answer = api.get("/api/v1/reports/completion", "", Authorization=header)
    assert answer.status_code == status
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json["error"]["status"] == status


def test_expired_revoked_and_narrow_tokens(api: Api) -> None:
    assert api.get("/api/v1/reports/completion", "operator old").status_code == 401
    assert api.get("/api/v1/reports/completion", "operator figures").status_code == 200
    assert api.get("/api/v1/reports/registrations", "operator figures").status_code == 403
    with api.app.app_context():
        person = by_email("operator@example.org")
        assert person
        with writing() as connection:
            api.tokens["gone"] = tokens.add(
                connection, person, "gone", [Scope.FIGURES], days=1, now=datetime.now(UTC)
            )
        id_ = db.session.scalar(select(ReportToken.id).where(ReportToken.label == "gone"))
    assert api.get("/api/v1/reports/completion", "gone").status_code == 200
    with api.app.app_context(), writing() as connection:
        assert not tokens.revoke(connection, str(id_), person_id=0)
        assert tokens.revoke(connection, str(id_))
    assert api.get("/api/v1/reports/completion", "gone").status_code == 401


def test_no_token_is_kept_and_its_use_is_noted(api: Api) -> None:
    api.figures()
    with api.app.app_context():
        rows = db.session.execute(select(*ReportToken.__table__.columns)).all()
    for text in api.tokens.values():
        assert not any(text in str(value) for row in rows for value in row)
    assert any(row.used_at for row in rows)
    assert not any(row.used_at for row in rows if row.label == "old")


@pytest.mark.parametrize(
    ("question", "parameters"),
    [
        ("region=XX&course=lava", {"course", "region"}),
        ("by=person&level=9&from=x", {"by", "level", "from"}),
        ("from=2026-02-01&to=2026-01-01", {"to"}),
        ("form=2026-02-01", {"form"}),
        ("region=ES&region=FI", {"region"}),
        ("language=xx", {"language"}),
        ("what=enrolled", {"what"}),
    ],
)
@pytest.mark.parametrize("ending", ["", ".csv", ".xlsx"])
def test_errors_name_the_parameter(api: Api, question: str, parameters: set[str], ending: str) -> None:
    answer = api.get(f"/api/v1/reports/completion{ending}?{question}")
    assert answer.status_code == 400
    assert {problem["parameter"] for problem in answer.json["error"]["problems"]} == parameters
    assert answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/reports/registrations?what=x", 400),
        ("/api/v1/reports/completion?region=%00", 400),
        ("/api/v1/reports/completion.pdf", 404),
    ],
)
def test_other_errors(api: Api, address: str, status: int) -> None:
    assert api.get(address).status_code == status


def test_a_wrong_method_is_answered_as_json(api: Api) -> None:
    answer = api.client.post("/api/v1/reports/completion", data={"x": 1})
    assert answer.status_code in (400, 405)


def test_errors_are_in_english_whatever_the_browser_reads(api: Api) -> None:
    answer = api.get("/api/v1/reports/completion?region=XX", **{"Accept-Language": "es"})
    assert answer.json["error"]["message"].startswith("There is no NUTS region")


def test_the_registrations_as_csv(api: Api) -> None:
    text = api.get("/api/v1/reports/registrations.csv?region=FI").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == list(register.COLUMNS)
    assert len(rows) == 7
    assert {row["recorded_region"] for row in rows} == {"FI1C6"}
    assert [row["registration"] for row in rows] == sorted(row["registration"] for row in rows)


@pytest.mark.parametrize("column", register.COLUMNS)
def test_every_column_is_documented(column: str) -> None:
    assert f"| `{column}` | {register.COLUMNS[column]} |" in GUIDE


def test_too_many_requests(migrated_file: Path, tmp_path: Path) -> None:
    (tmp_path / "near-learn.sqlite").write_bytes(migrated_file.read_bytes())
    app = create_app(Settings(data=tmp_path, secret_key=SECRET))
    client = app.test_client()
    wrong = {"Authorization": "Bearer nlr_wrong"}
    found = [client.get("/api/v1/reports/completion", headers=wrong) for _ in range(32)]
    assert [answer.status_code for answer in found] == [401] * 30 + [429] * 2
    assert found[-1].json["error"]["status"] == 429
    with app.app_context():
        db.engine.dispose()

"""The pages and files as a manager and an operator meet them, and what people tell about themselves."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from near_learn import Settings, create_app
from near_learn.db import db, writing
from near_learn.outcomes import participant
from near_learn.outcomes.asking import asking
from near_learn.outcomes.blueprint import options
from near_learn.outcomes.participant import About
from near_learn.people import person
from near_learn.people.person import by_email
from near_learn.people.role import Role
from near_learn.reports.reader import Reader
from tests.outcomes.conftest import Programme
from tests.people.test_access import browser_of

PAGES = ("gain", "diagnosis", "participants", "targets")
PEOPLE = {
    "operator": (Role.OPERATOR, "BE212"),
    "manager": (Role.MANAGER, "ES22"),
    "learner": (Role.PROFESSIONAL, "ES220"),
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Flask]:
    """The application with one course, and people of two regions who have taken its tests."""
    data = tmp_path_factory.mktemp("outcomes")
    shutil.copy(migrated_file, data / "near-learn.sqlite")
    shutil.copytree(Settings().courses / "transfer", data / "courses" / "transfer")
    made = create_app(
        replace(
            Settings(data=data, secret_key="a-secret-for-tests-only-0123456789"), courses=data / "courses"
        )
    )
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with made.app_context():
        with writing() as connection:
            for name, (role, region) in PEOPLE.items():
                person.add(connection, email=f"{name}@x.example", name=name, role=role, region=region)
            programme = Programme(connection)
            now = datetime.now(UTC)
            for number in range(20):
                id_ = programme.person(
                    course="transfer",
                    region="ES220" if number < 12 else "FI1C6",
                    enrolled_at=now - timedelta(days=9),
                    last_at=now,
                    completed_at=now - timedelta(days=2) if number % 4 else None,
                )
                programme.test(id_, "transfer-pre-test", (number % 4) / 8, now - timedelta(days=8))
                programme.test(id_, "transfer-post-test", (4 + number % 5) / 8, now - timedelta(days=1))
                programme.assessed(
                    id_, "practice-diagnosis", 1, now - timedelta(days=8), {"aim-first": "o2", "room": "o3"}
                )
                if number % 4:
                    programme.assessed(id_, "practice-diagnosis", 2, now, {"aim-first": "o4", "room": "o3"})
                participant.tell(
                    connection, f"person-{id_[-4:]}", {About.GENDER: "woman" if number % 3 else "man"}, now
                )
        db.session.remove()
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def as_(app: Flask) -> Callable[[str], FlaskClient]:
    """A browser in which somebody is signed in."""

    def browser(name: str) -> FlaskClient:
        return browser_of(app, f"{name}@x.example")

    return browser


As = Callable[[str], FlaskClient]


def words(page: str) -> str:
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


@pytest.mark.parametrize("report", PAGES)
@pytest.mark.parametrize("who", ["operator", "manager"])
def test_every_report_opens_and_leads_to_the_others(as_: As, report: str, who: str) -> None:
    answer = as_(who).get(f"/reports/{report}")
    assert answer.status_code == 200
    assert [each for each in PAGES if f'href="/reports/{each}' not in answer.text] == []
    assert answer.text.count('aria-current="page"') == 1


def test_gain_has_a_drawing_a_table_and_says_what_it_does_not_show(as_: As) -> None:
    page = as_("operator").get("/reports/gain").text
    assert re.search(
        r'<svg class="dotted"[^>]+role="img" aria-labelledby="chart-1-title chart-1-description"', page
    )
    assert 'style="' not in page
    text = words(page)
    assert "Integrated services, learning and transfer" in text
    assert re.search(r"Total 20 few 18\.8 75\.0 \+56\.2", text)
    assert "no group that did not take the course" in text


def test_the_diagnosis_is_a_profile_of_dimensions_and_says_that_it_is_a_self_assessment(as_: As) -> None:
    text = words(as_("operator").get("/reports/diagnosis?level=0").text)
    assert "self-assessment" in text
    assert "The person&#39;s own aims and strengths come first" in text
    assert "9 persons at the start, 9 at the end" in text
    assert "from 1 (Never) to 5 (Always)" in text


def test_what_can_be_chosen_stands_in_the_order_of_its_names(app: Flask) -> None:
    names = [f"group {number}" for number in range(20)]
    with app.test_request_context():
        found = options(asking(Reader.unlimited(), "en"), [("2026", "en", "ES220", of, of) for of in names])
    assert list(found["cohort"]) == list(found["organisation"]) == sorted(names)


def test_participants_are_no_official_return(as_: As) -> None:
    page = as_("operator").get("/reports/participants").text
    assert "Not an official return" in words(page)
    rows = [
        row
        for row in files(as_, "participants")[0]
        if row["about"] == "gender" and row["row_type"] == "total"
    ]
    assert {row["note"] for row in rows} == {"ESF+-style statistics; not an official return"}
    (everybody,) = [row for row in rows if row["answer"] == "all" and row["counted"] == "participants"]
    assert everybody["persons"] == "20"


def files(
    as_: As, name: str, query: str = "", who: str = "operator"
) -> tuple[list[dict[str, str]], list[dict[str, object]]]:
    """The rows of the CSV and of the JSON."""
    text, found = as_(who).get(f"/reports/{name}.csv{query}"), as_(who).get(f"/reports/{name}.json{query}")
    assert (text.mimetype, found.mimetype) == ("text/csv", "application/json")
    assert "near-learn-" in text.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(text.get_data(as_text=True).removeprefix("\ufeff"))))
    return rows, json.loads(found.text)["rows"]


@pytest.mark.parametrize("report", PAGES)
def test_both_files_have_the_same_lines_under_the_same_names(as_: As, report: str) -> None:
    rows, objects = files(as_, report)
    assert len(rows) == len(objects)
    for row, each in zip(rows, objects, strict=True):
        assert list(row) == list(each)


def test_a_managers_files_hold_their_territory_only(as_: As) -> None:
    rows, _ = files(as_, "gain", who="manager")
    assert {row["code"] for row in rows if row["row_type"] == "row"} == {"ES220"}
    (total,) = [row for row in rows if row["row_type"] == "total"]
    assert (total["n_matched"], total["territory"]) == ("12", "ES22")
    assert as_("manager").get("/reports/gain?region=FI1C6").status_code == 403


@pytest.mark.parametrize(
    ("query", "words_of_it"),
    [
        ("region=XX9", "no NUTS region with the code “XX9”"),
        ("course=none", "no such course here: “none”"),
        ("year=20x6", "expected a year like 2026, got “20x6”"),
        ("by=shoe-size", "expected one of region"),
        ("level=9", "expected one of 0, 1, 2, 3"),
        ("organisation=none", "none with the id “none”"),
        ("language=xx", "expected one of"),
    ],
)
@pytest.mark.parametrize("ending", ["", ".csv"])
def test_what_cannot_be_asked_is_said(as_: As, query: str, words_of_it: str, ending: str) -> None:
    answer = as_("operator").get(f"/reports/gain{ending}?{query}")
    assert answer.status_code == 400
    assert words_of_it in answer.text


def test_all_problems_are_said_at_once_and_unknown_files_are_not_there(as_: As) -> None:
    text = as_("operator").get("/reports/gain?year=x&course=y&by=z").text
    assert [each for each in ("“x”", "“y”", "“z”") if each not in text] == []
    assert as_("operator").get("/reports/gain.pdf").status_code == 404


# --- targets -----------------------------------------------------------------------------------------

TARGET = {
    "kind": "knowledge-gain",
    "value": "60",
    "course": "transfer",
    "region": "ES22",
    "organisation": "",
    "cohort": "",
    "baseline": "Mean of the pre-test, 19 of 100",
    "instrument": "Pre-test and post-test",
    "due": "2027-01-31",
}


def test_a_target_is_set_shown_changed_and_taken_away(as_: As) -> None:
    manager = as_("manager")
    assert manager.post("/reports/targets/new", data=TARGET).status_code == 302
    page = manager.get("/reports/targets").text
    assert "+60.0 % relative to the mean before" in words(page)
    assert "Reached" in words(page)
    assert "Mean of the pre-test, 19 of 100" in words(manager.get("/reports/gain").text)
    (address,) = set(re.findall(r'href="(/reports/targets/[0-9a-f-]{36})"', page))
    changed = {**TARGET, "value": "900", "due": "2020-01-31"}
    assert manager.post(address, data=changed).status_code == 302
    assert "Not reached" in words(manager.get("/reports/targets").text)
    assert manager.post(f"{address}/delete").status_code == 302
    assert manager.get(address).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("value", "0"),
        ("value", "-5"),
        ("value", "nan"),
        ("value", "inf"),
        ("value", "many"),
        ("baseline", " "),
        ("instrument", ""),
        ("baseline", "x" * 301),
        ("due", "2027-02-30"),
        ("due", "0001-01-01"),
        ("course", "none"),
        ("kind", "happiness"),
        ("region", "FI1C6"),
        ("region", ""),
    ],
)
def test_a_target_that_says_nothing_or_reaches_too_far_is_refused(as_: As, field: str, value: str) -> None:
    answer = as_("manager").post("/reports/targets/new", data={**TARGET, field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "No target is set here" in as_("manager").get("/reports/targets").text


def test_whole_people_and_at_most_all_of_them(as_: As) -> None:
    for kind, value in (("completions", "2.5"), ("completion-rate", "101")):
        answer = as_("operator").post(
            "/reports/targets/new", data={**TARGET, "kind": kind, "value": value, "region": ""}
        )
        assert answer.status_code == 422
        assert 'id="value-error"' in answer.text


def test_another_regions_target_is_not_there(as_: As) -> None:
    operator = as_("operator")
    assert operator.post("/reports/targets/new", data={**TARGET, "region": "FI1C6"}).status_code == 302
    (address,) = set(
        re.findall(r'href="(/reports/targets/[0-9a-f-]{36})"', operator.get("/reports/targets").text)
    )
    for method, path in (("get", address), ("post", address), ("post", f"{address}/delete")):
        assert getattr(as_("manager"), method)(path, data=TARGET).status_code == 404
    assert operator.post(f"{address}/delete").status_code == 302


# --- what people tell --------------------------------------------------------------------------------


def test_somebody_tells_changes_and_deletes(app: Flask, as_: As) -> None:
    learner, address = as_("learner"), "/account/about-you"
    assert "numbers of at least 5 people" in learner.get(address).text
    assert learner.post(address, data={"gender": "woman", "age": "30-54"}).status_code == 302
    page = learner.get(address).text
    assert re.search(r'<input[^>]*checked[^>]*value="woman"', page)
    assert learner.post(address, data={"gender": "", "age": "55-over"}).status_code == 302
    assert kept(app) == {"gender": "", "age": "55-over", "employment": "", "education": ""}
    assert learner.post(f"{address}/delete").status_code == 302
    assert kept(app) is None


def test_telling_nothing_keeps_nothing_and_an_unknown_answer_is_refused(app: Flask, as_: As) -> None:
    learner, address = as_("learner"), "/account/about-you"
    assert learner.post(address, data={"gender": "woman"}).status_code == 302
    answer = learner.post(address, data={"gender": "health", "age": "55-over"})
    assert answer.status_code == 422
    assert 'id="gender-error"' in answer.text
    assert learner.post(address, data={}).status_code == 302
    assert kept(app) is None


def kept(app: Flask) -> dict[str, str] | None:
    with app.app_context():
        found = by_email("learner@x.example")
        assert found is not None
        row = participant.of(db.session.connection(), found.account)
        db.session.remove()
    return row and {about.value: row[about.value] for about in About}


def test_the_account_page_leads_to_it(as_: As) -> None:
    assert 'href="/account/about-you"' in as_("learner").get("/account").text


# --- the command line --------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["gain", "diagnosis", "participants", "targets"])
@pytest.mark.parametrize("format_", ["table", "csv", "json"])
def test_the_command_line_has_the_same_figures(app: Flask, command: str, format_: str) -> None:
    from near_learn.cli import cli

    result = app.test_cli_runner().invoke(cli, ["report", command, "--format", format_])
    assert result.exit_code == 0, result.output
    if format_ == "json":
        assert "rows" in json.loads(result.output)


def test_the_command_says_what_it_does_not_know(app: Flask) -> None:
    from near_learn.cli import cli

    result = app.test_cli_runner().invoke(cli, ["report", "gain", "--region", "XX9"])
    assert result.exit_code == 2
    assert "no NUTS region with the code “XX9”" in result.output

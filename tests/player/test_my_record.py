"""My record: everything stored about a person, for that person alone, to read and to take away."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import insert, update

from near_learn import records
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.people.person import Person
from near_learn.player import draft
from near_learn.player.my_files import COLUMNS
from near_learn.records import Learner, Response, Sitting, private
from near_learn.records.iris import Iris
from near_learn.records.statement import Builder
from tests.player.visitor import Visitor

BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
JSON = "/my-record/near-learn-my-record.json"
CSV = "/my-record/near-learn-my-record.csv"
Arrive = Callable[..., Visitor]
Learn = Callable[..., str]


@pytest.fixture
def learn(app: Flask, course: str) -> Learn:
    """Reads a module, answers a check wrongly and rightly, and takes the quiz; the registration."""

    def take(visitor: Visitor) -> str:
        with app.app_context():
            found = library().courses[course]
            module, learner = found.modules[0], Learner(visitor.account, "en", "ES220")
            with writing() as connection:
                recorder = records.recorder()
                registration = recorder.enrol(connection, learner, found, BEGUN)
                sitting = Sitting(learner, registration, found, module)
                recorder.open(connection, sitting, BEGUN)
                recorder.progress(connection, sitting, "why", BEGUN + timedelta(minutes=3))
                check = module.text("en").checks[0]
                wrong = next(option.id for option in check.options if not option.correct)
                for minutes, given in ((4, (wrong,)), (5, check.right)):
                    answer = Response(given, 20.0)
                    recorder.check(connection, sitting, check.id, answer, BEGUN + timedelta(minutes=minutes))
                answers = {each.id: Response(each.right, 10.0) for each in module.text("en").quiz}
                recorder.submit(connection, sitting, 1, answers, BEGUN + timedelta(minutes=9))
            db.session.remove()
        return registration

    return take


def test_what_a_person_is_called_is_shown_as_it_is(arrive: Arrive, app: Flask, learn: Learn) -> None:
    visitor = arrive()
    learn(visitor)
    with app.app_context(), writing() as connection:
        named = "Maite {email} & {0}"
        connection.execute(update(Person).where(Person.account == visitor.account).values(name=named))
    page = visitor.go("/my-record").text
    assert "Name Maite {email} & {0} E-mail address" in page
    assert page.count("2 March 2026") == 2, "the day of enrolling and the last one"


def test_before_anything_was_learned(arrive: Arrive) -> None:
    page = arrive().go("/my-record")
    assert page.status == 200
    for words in ("Maite", "maite@example.org", "Navarra", page.account, "kept as a hash only"):
        assert words in page.text
    assert "have not started a course" in page.text
    assert page.go("/my-record/statements").status == 200


def test_a_course_in_words(arrive: Arrive, learn: Learn) -> None:
    maite = arrive()
    registration = learn(maite)
    assert "Home visits" in maite.go("/my-record").text
    text = maite.go(f"/my-record/courses/{registration}").text
    for words in (
        "At the door",
        "Who says whether you come in?",
        "The person who lives there",
        "(2 tries)",
        "What do you say first?",
        "Who you are",
        "attempt 1",
        "ES220",
        registration,
    ):
        assert words in text, words


def test_the_steps_as_sentences(arrive: Arrive, learn: Learn) -> None:
    maite = arrive()
    learn(maite)
    text = maite.go("/my-record/statements").text
    for sentence in (
        "You enrolled in “Home visits”.",
        "You opened “At the door”.",
        "You read a page of “At the door”.",
        "You answered “Who says whether you come in?”: The service that sent you",
        "You passed the quiz of “At the door” (100%).",
        "You left “At the door”.",
    ):
        assert sentence in text, sentence
    assert text.index("You left") < text.index("You enrolled")


def test_texts_of_ones_own_and_drafts(app: Flask, arrive: Arrive, learn: Learn) -> None:
    maite = arrive()
    registration = learn(maite)
    with app.app_context(), writing() as connection:
        kept = private.Kept("I was afraid, <b>really</b>.", 1, BEGUN, None)
        private.keep(connection, registration, "door", "first", kept)
        option = library().courses["visits"].module("door").text("en").question("first").options[0]
        row = {"registration": registration, "module": "door", "number": 2, "question": "first"}
        connection.execute(insert(draft.table).values(**row, response=option.id, seconds=1.0, at=BEGUN))
        words = option.text
    page = maite.go(f"/my-record/courses/{registration}")
    assert "I was afraid, &lt;b&gt;really&lt;/b&gt;." in page.html
    assert "Private" in page.text
    assert words in page.text.split("Answers not sent yet")[-1]
    whole = json.loads(maite.client.get(JSON).text)["registrations"][0]
    assert whole["texts"][0]["text"] == "I was afraid, <b>really</b>."
    assert whole["drafts"][0]["response"] == option.id


def test_everything_as_json(app: Flask, arrive: Arrive, learn: Learn) -> None:
    maite, other = arrive(), arrive("other")
    learn(maite)
    learn(other)
    answer = maite.client.get(JSON)
    assert answer.mimetype == "application/json"
    assert "attachment" in answer.headers["Content-Disposition"]
    found = json.loads(answer.text)
    assert found["person"]["email"] == "maite@example.org"
    assert found["person"]["has_password"] is True
    assert "argon2" not in answer.text
    with app.app_context(), db.engine.connect() as connection:
        every = list(app.extensions["lrs"].read(connection))
    mine = [one for one in every if one.statement["actor"]["account"]["name"] == maite.account]
    assert [one["id"] for one in found["statements"]] == [one.id for one in mine]
    assert all(one.text.decode() in answer.text for one in mine)
    assert other.account not in answer.text
    assert found["withdrawn_statements"] == []
    assert found["registrations"][0]["modules"][0]["module"] == "door"


def test_withdrawn_statements_are_told_apart(app: Flask, arrive: Arrive, learn: Learn) -> None:
    maite = arrive()
    learn(maite)
    lrs = app.extensions["lrs"]
    with app.app_context(), writing() as connection:
        builder = Builder(Iris(app.extensions["settings"].base_url))
        first = next(iter(lrs.read(connection)))
        lrs.save(connection, [builder.voiding(first.id, BEGUN)], authority=builder.system)
    found = json.loads(maite.client.get(JSON).text)
    assert [one["id"] for one in found["withdrawn_statements"]] == [first.id]
    assert first.id not in [one["id"] for one in found["statements"]]
    assert "You enrolled" in maite.go("/my-record/statements?withdrawn=1").text
    rows = list(csv.DictReader(io.StringIO(maite.client.get(CSV).text.lstrip("\ufeff"))))
    assert [row["statement"] for row in rows if row["withdrawn"] == "yes"] == [first.id]


def test_the_table(arrive: Arrive, learn: Learn) -> None:
    maite = arrive()
    learn(maite)
    text = maite.client.get(CSV).text
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    answered = [row for row in rows if row["verb"] == "answered"]
    assert [row["answer"] for row in answered][:2] == [
        "The service that sent you",
        "The person who lives there",
    ]
    assert [row["success"] for row in answered][:2] == ["no", "yes"]
    assert (answered[0]["course"], answered[0]["module"], answered[0]["question"]) == (
        "visits",
        "door",
        "who",
    )
    passed = next(row for row in rows if row["verb"] == "passed")
    assert (passed["score"], passed["region"], passed["attempt"]) == ("1.0000", "ES220", "1")
    assert passed["sentence"] == "You passed the quiz of “At the door” (100%)."


def test_the_table_in_another_language(arrive: Arrive, learn: Learn) -> None:
    maite = arrive(language="es")
    learn(maite)
    text = maite.client.get(CSV).text.lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    passed = next(row for row in rows if row["verb"] == "passed")
    assert passed["score"] == "1,0000"
    assert any(row["about"] == "Visitas a casa" for row in rows)


def statement(account: str, base: str, number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": base, "name": account}},
        "verb": {"id": "http://example.org/did", "display": {"en": "did"}},
        "object": {"id": f"http://example.org/{number}", "definition": {"name": {"en": f"thing {number}"}}},
        "timestamp": (BEGUN + timedelta(seconds=number)).isoformat(),
        **more,
    }


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("x")', "+1", "-1", "@SUM(1)", "\tx", "＝1", 'a";"b', "line\nend", "<script>"]
)
def test_nothing_in_the_table_is_a_formula(app: Flask, arrive: Arrive, name: str) -> None:
    maite = arrive()
    base = app.extensions["settings"].base_url
    hostile = statement(
        maite.account, base, 1, object={"id": "http://e.org/1", "definition": {"name": {"en": name}}}
    )
    hostile["verb"] = {"id": "http://e.org/v", "display": {"en": name}}
    hostile["context"] = {"language": "en", "extensions": {f"{base}/terms/release": name}}
    save(app, [hostile])
    (row,) = csv.DictReader(io.StringIO(maite.client.get(CSV).text.lstrip("\ufeff"), newline=""))
    for cell in row.values():
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝")), cell
    assert "<script>" not in maite.go("/my-record/statements").html.split("<main")[1]


def save(app: Flask, statements: list[dict[str, Any]]) -> None:
    with app.app_context(), writing() as connection:
        builder = Builder(Iris(app.extensions["settings"].base_url))
        app.extensions["lrs"].save(connection, statements, authority=builder.system)


def test_thousands_of_statements(app: Flask, arrive: Arrive) -> None:
    maite = arrive()
    base = app.extensions["settings"].base_url
    save(app, [statement(maite.account, base, number) for number in range(3000)])
    page = maite.go("/my-record/statements")
    seen = []
    for _ in range(3):
        seen += [number for number in range(3000) if f"did: thing {number} " in page.text]
        after = next(link for link in page.links if "before=" in link)
        page = page.go(after)
    assert sorted(seen) == list(range(2850, 3000))
    assert len(json.loads(maite.client.get(JSON).text)["statements"]) == 3000
    assert maite.client.get(CSV).text.count("\r\n") == 3001


def test_outside_statements_with_odd_results(app: Flask, arrive: Arrive) -> None:
    maite = arrive()
    base = app.extensions["settings"].base_url
    odd = [
        {"object": {"id": f"{base}/courses/visits"}},
        {"object": {"id": f"{base}/courses/nowhere/modules/x"}},
        {"object": {"objectType": "Agent", "mbox": "mailto:x@example.org"}},
        {"object": {"objectType": "StatementRef", "id": str(uuid4())}},
        {"result": {"response": "a[,]b", "score": {"raw": 3}, "duration": "P1Y"}},
        {"verb": {"id": "http://adlnet.gov/expapi/verbs/passed"}},
        {"verb": {"id": "http://adlnet.gov/expapi/verbs/answered"}, "result": {"response": "true"}},
    ]
    save(app, [statement(maite.account, base, number, **more) for number, more in enumerate(odd)])
    assert maite.go("/my-record/statements").status == 200
    assert len(json.loads(maite.client.get(JSON).text)["statements"]) == len(odd)
    assert len(list(csv.DictReader(io.StringIO(maite.client.get(CSV).text.lstrip("\ufeff"))))) == len(odd)


def test_a_statement_as_it_is_stored(app: Flask, arrive: Arrive, learn: Learn) -> None:
    maite, other = arrive(), arrive("other")
    learn(maite)
    with app.app_context(), db.engine.connect() as connection:
        first = next(iter(app.extensions["lrs"].read(connection)))
    page = maite.go("/my-record/statements")
    assert f"/my-record/statements/{first.id}" in page.links
    text = maite.go(f"/my-record/statements/{first.id}").text
    assert "You enrolled in “Home visits”." in text
    assert first.statement["actor"]["account"]["name"] in text
    assert other.go(f"/my-record/statements/{first.id}").status == 404
    for wrong in (uuid4(), "x", "1" * 40, f"{first.id}x"):
        assert maite.go(f"/my-record/statements/{wrong}").status == 404


def test_nobody_reads_the_record_of_another(arrive: Arrive, learn: Learn) -> None:
    maite, other = arrive(), arrive("other", role="operator")
    registration = learn(maite)
    assert other.go(f"/my-record/courses/{registration}").status == 404
    assert "At the door" not in other.go("/my-record/statements").text
    assert maite.account not in other.client.get(JSON).text


@pytest.mark.parametrize("before", ["x", "-1", "1" * 30, "٣", "1.5"])
def test_places_that_are_none(arrive: Arrive, before: str) -> None:
    assert arrive().go(f"/my-record/statements?before={before}").status == 404


def test_every_column_is_documented() -> None:
    document = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
    assert [name for name in COLUMNS if f"`{name}`" not in document] == []

"""The whole way through a course without JavaScript, and what it leaves in the record store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from near_learn.records.progress import module_progress, registration
from tests.player.visitor import Visitor

Arrive = Callable[..., Visitor]
DOOR = "/courses/visits/modules/door"


def verbs(statements: list[dict[str, Any]]) -> list[str]:
    return [
        f"{one['verb']['id'].rsplit('/', 1)[1]} {one['object']['id'].rsplit('/', 1)[1]}" for one in statements
    ]


def test_the_whole_way(arrive: Arrive, statements: Callable[[], list[dict[str, Any]]], rows: Any) -> None:
    maite = arrive()
    maite.go("/")
    assert "Home visits" in maite.text
    assert "Not started" in maite.text
    maite.go("/courses/visits").press("Start this course")
    assert maite.path == DOOR
    maite.press("Start this module")
    assert maite.path == f"{DOOR}/sections/why"
    assert maite.bar == (0, 4)
    maite.press("Next page")
    assert (maite.path, maite.bar) == (f"{DOOR}/sections/ringing", (1, 4))
    maite.press("Check my answer", choose=("o1",), where="/questions/who")
    assert "That is right." in maite.text
    maite.press("Next: the quiz")
    assert maite.path == f"{DOOR}/quiz"
    maite.go(f"{DOOR}/quiz/1").press("Next question", choose=("o2",))
    assert maite.path == f"{DOOR}/quiz/2"
    maite.press("To the overview", choose=("o1", "o2"))
    maite.press("Send the quiz")
    assert maite.path == f"{DOOR}/attempts/1"
    assert "You have passed" in maite.text
    assert "100%" in maite.text
    maite.go(f"{DOOR}/sections/sources").press("Finish reading")
    assert maite.bar == (4, 4)
    assert "Passed" in maite.text
    (row,) = rows(module_progress)
    assert row["completed_at"]
    assert row["passed_at"]
    assert row["progress"] == 1
    assert verbs(statements()) == [
        "registered visits",
        "initialized visits",
        "initialized door",
        "progressed door",
        "answered who",
        "progressed door",
        "answered first",
        "answered bring",
        "passed door",
        "completed door",
        "terminated door",
        "initialized door",
        "progressed door",
    ]
    for one in statements():
        assert one["actor"] == {
            "objectType": "Agent",
            "account": {"homePage": "http://127.0.0.1:8000", "name": maite.account},
        }
        assert "maite" not in str(one).lower()


def test_the_course_is_passed_with_its_last_module(arrive: Arrive, rows: Any) -> None:
    maite = arrive()
    maite.go("/courses/visits").press("Start this course").press("Start this module")
    for section in ("why", "ringing", "sources"):
        maite.go(f"{DOOR}/sections/{section}").post(maite.path)
    maite.go(f"{DOOR}/quiz/1").press("Next question", choose=("o2",))
    maite.press("To the overview", choose=("o1", "o2")).press("Send the quiz")
    maite.press("Next module")
    assert maite.path == "/courses/visits/modules/table/sections/tea"
    maite.press("Next: the quiz").go("/courses/visits/modules/table/quiz/1")
    maite.press("To the overview", choose=("o1",)).press("Send the quiz")
    assert maite.go("/").text.count("Passed") == 1
    assert "2 of 2 modules passed" in maite.text
    assert "You have passed every module" in maite.go("/courses/visits").text
    (row,) = rows(registration)
    assert row["passed_at"]


def test_looking_at_pages_records_nothing(arrive: Arrive, statements: Any) -> None:
    maite = arrive()
    maite.go("/courses/visits").press("Start this course").press("Start this module")
    before = len(statements())
    pages = ["/", "/courses/visits", DOOR, f"{DOOR}/sections/why", f"{DOOR}/quiz", f"{DOOR}/quiz/1"]
    for page in pages:
        assert maite.go(page).status == 200
    assert len(statements()) == before


def test_a_page_before_the_start_leads_to_the_start(arrive: Arrive, statements: Any) -> None:
    maite = arrive()
    for page in (f"{DOOR}/sections/why", f"{DOOR}/quiz", f"{DOOR}/quiz/1"):
        assert maite.go(page).path == DOOR
        assert "Start the module here" in maite.text
    for page in ("sections/why", "questions/who", "quiz/1", "quiz/submit", "leave"):
        maite.post(f"{DOOR}/{page}", {"answer": "o1", "attempt": "1"})
        assert maite.status == 200
    assert statements() == []


def test_leaving_and_going_on_with_another_device(arrive: Arrive, statements: Any) -> None:
    phone = arrive()
    phone.go("/courses/visits").press("Start this course").press("Start this module").press("Next page")
    phone.press("Leave for now")
    assert phone.path == "/courses/visits"
    assert "Your place is kept" in phone.text
    assert verbs(statements())[-1] == "terminated door"
    desk = arrive()
    assert "Go on where you left off" in desk.go("/").text
    desk.press("Continue")
    assert (desk.path, desk.bar) == (f"{DOOR}/sections/ringing", (1, 4))


def test_leaving_twice_is_recorded_once(arrive: Arrive, statements: Any) -> None:
    maite = arrive()
    maite.go("/courses/visits").press("Start this course").press("Start this module")
    maite.post(f"{DOOR}/leave").post(f"{DOOR}/leave")
    assert verbs(statements()).count("terminated door") == 1


def test_starting_twice_enrols_once(arrive: Arrive, rows: Any) -> None:
    maite = arrive()
    for _ in range(2):
        maite.post("/courses/visits/start").post(f"{DOOR}/open")
    assert len(rows(registration)) == 1


def test_jumping_ahead_never_claims_what_was_not_read(arrive: Arrive) -> None:
    maite = arrive()
    maite.go("/courses/visits").press("Start this course").press("Start this module")
    maite.go(f"{DOOR}/sections/sources").press("Finish reading")
    assert maite.bar == (1, 4)
    maite.post(f"{DOOR}/sections/sources")
    assert maite.bar == (1, 4)
    maite.press("Continue")
    assert maite.path == f"{DOOR}/sections/why"


def test_the_module_follows_the_language_of_the_person(arrive: Arrive, statements: Any) -> None:
    ana = arrive("ana", language="es")
    ana.go("/courses/visits").post("/courses/visits/start").post(f"{DOOR}/open")
    assert "Por qué importa" in ana.text
    assert '<html lang="es">' in ana.html
    assert statements()[-1]["context"]["language"] == "es"


def test_untranslated_text_says_so_and_is_marked(arrive: Arrive) -> None:
    ana = arrive("ana", language="es")
    ana.go("/courses/visits/modules/table")
    assert '<h1 lang="en">At the table</h1>' in ana.html
    assert "Español" in ana.text
    assert "English" in ana.text


@pytest.mark.parametrize("role", ["trainer", "manager", "operator"])
def test_every_role_may_learn(arrive: Arrive, role: str) -> None:
    other = arrive("other", role=role)
    other.go("/courses/visits").press("Start this course").press("Start this module")
    assert other.path == f"{DOOR}/sections/why"


@pytest.mark.parametrize("path", ["/courses/visits", DOOR, f"{DOOR}/quiz/1", f"{DOOR}/questions/who"])
def test_a_stranger_is_asked_to_sign_in(app: Any, course: str, path: str) -> None:
    stranger = Visitor(app.test_client())
    stranger.go(path)
    assert stranger.path == "/sign-in"


def test_a_stranger_sees_what_this_is(app: Any, course: str) -> None:
    stranger = Visitor(app.test_client()).go("/")
    assert stranger.status == 200
    assert "Home visits" in stranger.text
    assert "/sign-in" in stranger.links


@pytest.mark.parametrize(
    "path",
    [
        "/courses/nothing",
        "/courses/visits/modules/nothing",
        f"{DOOR}/sections/nothing",
        f"{DOOR}/sections/quiz",
        f"{DOOR}/questions/nothing",
        f"{DOOR}/quiz/0",
        f"{DOOR}/quiz/3",
        f"{DOOR}/quiz/-1",
        f"{DOOR}/quiz/99999999999999999999",
        f"{DOOR}/attempts/1",
        f"{DOOR}/attempts/0",
        "/courses/visits/door/media/nothing.png",
        "/courses/visits/door/media/..%2Fen.md",
        "/courses/visits/door/media/../en.md",
        "/courses/visits/nothing/media/x.png",
    ],
)
def test_what_does_not_exist_is_not_found(arrive: Arrive, path: str) -> None:
    maite = arrive()
    maite.go("/courses/visits").press("Start this course").press("Start this module")
    assert maite.go(path).status == 404
    assert "There is no page here" in maite.text


def test_pictures_are_served_to_learners_only(arrive: Arrive, app: Any) -> None:
    maite = arrive()
    maite.go("/courses/visits").press("Start this course").press("Start this module")
    address = "/courses/visits/door/media/door.svg"
    assert f'src="{address}"' in maite.html
    answer = maite.client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert app.test_client().get(address).status_code == 302


def test_a_questions_own_address_leads_to_where_it_is_asked(arrive: Arrive) -> None:
    maite = arrive()
    maite.go("/courses/visits").press("Start this course").press("Start this module")
    response = maite.client.get(f"{DOOR}/questions/who")
    assert response.location.endswith(f"{DOOR}/sections/ringing#q-who")
    assert maite.client.get(f"{DOOR}/questions/first").location.endswith(f"{DOOR}/quiz")

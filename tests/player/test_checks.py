"""Knowledge checks: what is told when, and what never is before an answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from itsdangerous import URLSafeTimedSerializer

from near_learn.records.progress import answer
from tests.player.visitor import Visitor

Arrive = Callable[..., Visitor]
DOOR = "/courses/visits/modules/door"
RINGING = f"{DOOR}/sections/ringing"
SECRETS = ("FEEDBACK", "EXPLANATION", "Right answer")


@pytest.fixture
def maite(arrive: Arrive) -> Visitor:
    """A learner on the page with the knowledge checks."""
    visitor = arrive()
    visitor.go("/courses/visits").press("Start this course").press("Start this module")
    return visitor.go(RINGING)


def told(visitor: Visitor) -> set[str]:
    """Which feedback, explanation and verdicts the page shows."""
    known = [
        *("FEEDBACK-PERSON", "FEEDBACK-SERVICE", "FEEDBACK-NAME", "FEEDBACK-FILE"),
        *("EXPLANATION-WHO", "EXPLANATION-HELP", "EXPLANATION-INSPECTION"),
    ]
    return {each for each in known if each in visitor.html}


def test_nothing_is_told_before_the_answer(maite: Visitor) -> None:
    assert not any(secret in maite.html for secret in SECRETS)
    for form in maite.forms:
        assert [value for name, value in form.fields if name == "answer"] == []
        assert len({len(value) for _, value in form.options}) <= 1  # the ids give nothing away


def test_a_right_answer_tells_everything(maite: Visitor) -> None:
    maite.press("Check my answer", choose=("o1",), where="/who")
    assert maite.path == RINGING
    assert "That is right." in maite.text
    assert told(maite) == {"FEEDBACK-PERSON", "FEEDBACK-SERVICE", "EXPLANATION-WHO"}


def test_a_wrong_answer_tells_only_what_it_means(maite: Visitor) -> None:
    maite.press("Check my answer", choose=("o2",), where="/who")
    assert "try once more" in maite.text
    assert told(maite) == {"FEEDBACK-SERVICE"}
    assert "Right answer" not in maite.text


def test_the_second_wrong_answer_tells_everything(maite: Visitor) -> None:
    maite.press("Check my answer", choose=("o2",), where="/who")
    maite.press("Check again", choose=("o3",), where="/who")
    assert "Right answer" in maite.text
    assert told(maite) == {"FEEDBACK-PERSON", "FEEDBACK-SERVICE", "EXPLANATION-WHO"}


def test_with_two_options_the_first_wrong_answer_tells_everything(maite: Visitor) -> None:
    maite.press("Check my answer", choose=("o1",), where="/inspection")
    assert told(maite) == {"EXPLANATION-INSPECTION"}


def test_half_of_several_is_not_right(maite: Visitor, rows: Any) -> None:
    maite.press("Check my answer", choose=("o1",), where="/help")
    assert told(maite) == {"FEEDBACK-NAME"}
    (row,) = rows(answer)
    assert (row["success"], row["score"], row["tries"]) == (False, 0.5, 1)
    maite.press("Check again", choose=("o1", "o2"), where="/help")
    assert "That is right." in maite.text


def test_no_answer_is_asked_for_beside_the_question_and_on_top(maite: Visitor, rows: Any) -> None:
    maite.press("Check my answer", choose=(), where="/who")
    assert maite.status == 422
    assert "<title>Error:" in maite.html
    assert maite.text.count("Choose an answer first.") == 2
    assert 'href="#q-who"' in maite.html
    assert 'aria-describedby="q-who-error"' in maite.html
    assert rows(answer) == []


def test_a_double_click_counts_once(maite: Visitor, rows: Any) -> None:
    form = next(form for form in maite.forms if form.action.endswith("/who"))
    for _ in range(2):
        maite.post(form.action, [*form.fields, ("answer", "o2")])
    (row,) = rows(answer)
    assert row["tries"] == 1
    assert "Right answer" not in maite.text


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param([("answer", "o9")], id="unknown option"),
        pytest.param([("answer", "")], id="empty option"),
        pytest.param([("answer", "o1"), ("answer", "o2")], id="two where one is asked"),
        pytest.param([("answer", "o1[,]o2")], id="joined"),
        pytest.param([("answer", "<script>")], id="markup"),
        pytest.param([("answer", "o1\x00")], id="nul"),
        pytest.param([("answer", "o" * 100_000)], id="very long"),
    ],
)
def test_what_no_form_sends_is_refused(maite: Visitor, rows: Any, sent: list[tuple[str, str]]) -> None:
    maite.post(f"{DOOR}/questions/who", sent)
    assert maite.status == 400
    assert "could not be understood" in maite.text
    assert rows(answer) == []


def test_a_quiz_question_is_not_answered_as_a_check(maite: Visitor, rows: Any) -> None:
    assert maite.post(f"{DOOR}/questions/first", {"answer": "o2"}).status == 404
    assert rows(answer) == []


def token(app: Any, subject: object, secret: str | None = None) -> str:
    serializer = URLSafeTimedSerializer(secret or app.secret_key, salt="near_learn.player.stopwatch")
    return str(serializer.dumps(subject))


def earlier(app: Any, monkeypatch: pytest.MonkeyPatch, ago: timedelta, subject: object) -> str:
    """What the page would have held if it had been made that long ago."""
    with monkeypatch.context() as clock:
        clock.setattr("itsdangerous.timed.time.time", (datetime.now(UTC) - ago).timestamp)
        return token(app, subject)


def test_the_time_is_taken(app: Any, maite: Visitor, rows: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    started = earlier(app, monkeypatch, timedelta(seconds=42), [maite.account, "door", "who"])
    maite.press("Check my answer", choose=("o1",), where="/who", started=started)
    (row,) = rows(answer)
    assert 42 <= row["seconds"] < 60


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(lambda app, account: "", id="missing"),
        pytest.param(lambda app, account: "nonsense", id="nonsense"),
        pytest.param(lambda app, account: token(app, [account, "door", "who"], "other"), id="other secret"),
        pytest.param(lambda app, account: token(app, [account, "door", "help"]), id="another question"),
        pytest.param(lambda app, account: token(app, ["somebody", "door", "who"]), id="another person"),
        pytest.param(lambda app, account: token(app, {"a": 1}), id="another shape"),
    ],
)
def test_a_forged_time_costs_the_duration_and_not_the_answer(
    app: Any, maite: Visitor, rows: Any, forged: Callable[[Any, str], str]
) -> None:
    maite.post(f"{DOOR}/questions/who", {"answer": "o1", "started": forged(app, maite.account)})
    assert "That is right." in maite.text
    (row,) = rows(answer)
    assert row["seconds"] is None


def test_a_page_left_open_counts_fifteen_minutes_and_after_a_day_nothing(
    app: Any, maite: Visitor, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "itsdangerous.timed.time.time", lambda: (datetime.now(UTC) - timedelta(hours=2)).timestamp()
    )
    old = token(app, [maite.account, "door", "who"])
    monkeypatch.setattr(
        "itsdangerous.timed.time.time", lambda: (datetime.now(UTC) - timedelta(days=2)).timestamp()
    )
    ancient = token(app, [maite.account, "door", "help"])
    monkeypatch.undo()
    maite.post(f"{DOOR}/questions/who", {"answer": "o1", "started": old})
    maite.post(f"{DOOR}/questions/help", {"answer": "o1", "started": ancient})
    assert {row["question"]: row["seconds"] for row in rows(answer)} == {"who": 900.0, "help": None}


def test_the_script_gets_the_question_alone(maite: Visitor) -> None:
    answer = maite.client.post(f"{DOOR}/questions/who", data={"answer": "o1"}, headers={"X-Fragment": "1"})
    assert answer.status_code == 200
    assert answer.headers["X-Fragment"] == "1"
    assert answer.text.strip().startswith('<div class="check" id="q-who"')
    assert "FEEDBACK-PERSON" in answer.text
    assert "<html" not in answer.text


def test_the_answer_is_there_after_a_reload_and_on_another_device(maite: Visitor, arrive: Arrive) -> None:
    maite.press("Check my answer", choose=("o1",), where="/who")
    assert "That is right." in arrive().go(RINGING).text


def test_answers_stay_with_their_person(maite: Visitor, arrive: Arrive) -> None:
    maite.press("Check my answer", choose=("o1",), where="/who")
    other = arrive("jan")
    other.go("/courses/visits").press("Start this course").press("Start this module").go(RINGING)
    assert not any(secret in other.html for secret in SECRETS)

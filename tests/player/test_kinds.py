"""Every kind of question in the text: right, partly right, wrong, empty and hostile; and what is recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from near_learn import Settings
from near_learn.records.private import PrivateText
from near_learn.records.progress import answer
from tests.player.visitor import Visitor

Arrive = Callable[..., Visitor]
BREWING = "/courses/tea/modules/brewing"
WATER, PEOPLE = f"{BREWING}/sections/water", f"{BREWING}/sections/people"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, courses=Path(__file__).parent / "kinds")


@pytest.fixture
def maite(arrive: Arrive) -> Visitor:
    """A learner in the module, on its first page."""
    visitor = arrive()
    visitor.post(f"{BREWING}/open")
    assert visitor.path == WATER
    return visitor


def send(visitor: Visitor, question: str, *fields: tuple[str, str]) -> Visitor:
    """Sends a knowledge check with these fields and no others."""
    return visitor.post(f"{BREWING}/questions/{question}", list(fields))


def shown(visitor: Visitor, question: str) -> str:
    """The words of the question's box on the page."""
    start = visitor.html.index(f'id="q-{question}"')
    rest = visitor.html[start:]
    end = rest.find('<div class="check"')
    return " ".join(Visitor(visitor.client, html=rest[:end] if end > 0 else rest).text.split())


def rights(*names: str) -> list[tuple[str, str]]:
    return [("order", name) for name in names]


def order_ids(visitor: Visitor, question: str) -> list[str]:
    """The items as the page offers them."""
    form = next(form for form in visitor.forms if form.action.endswith(f"/{question}"))
    return [value for name, value in form.fields if name == "order"]


RIGHT = {
    "leaves": [("answer", "o2")],
    "boiling": [("answer", "false")],
    "fill": [("gap-g1", "  GREEN tea. "), ("gap-g2", "3")],
    "grams": [("answer", "12,5")],
}


@pytest.mark.parametrize("question", RIGHT)
def test_right_answers(maite: Visitor, rows: Any, question: str) -> None:
    send(maite, question, *RIGHT[question])
    assert maite.path == WATER
    assert "That is right." in shown(maite, question)
    assert f"EXPLANATION-{question.upper()}" in maite.text
    (row,) = rows(answer)
    assert (row["question"], row["success"], row["score"], row["tries"]) == (question, True, 1, 1)


@pytest.mark.parametrize(
    ("question", "fields", "score", "words"),
    [
        ("leaves", [("answer", "o1")], 0, "FEEDBACK-OLD"),
        ("fill", [("gap-g1", "green"), ("gap-g2", "ten")], 0.5, "1 of 2 are right. Try once more."),
        ("fill", [("gap-g2", "ten")], 0, "Not quite. Try once more."),
        ("grams", [("answer", "14")], 0, "Not quite. Try once more."),
    ],
)
def test_a_first_wrong_answer_tells_only_itself(
    maite: Visitor, rows: Any, question: str, fields: list[tuple[str, str]], score: float, words: str
) -> None:
    send(maite, question, *fields)
    assert words in shown(maite, question)
    assert f"EXPLANATION-{question.upper()}" not in maite.html
    assert "Right answer" not in maite.html
    assert rows(answer)[0]["score"] == score
    send(maite, question, *fields)
    assert "See below what fits" in shown(maite, question)
    assert f"EXPLANATION-{question.upper()}" in maite.html


def test_true_false_tells_at_once(maite: Visitor) -> None:
    assert "False" in shown(maite, "boiling")
    send(maite, "boiling", ("answer", "true"))
    assert "EXPLANATION-BOILING" in maite.html, "with two answers, a wrong one tells the right one"


def test_matching_pair_by_pair(maite: Visitor, rows: Any) -> None:
    form = next(form for form in maite.forms if "/together" in form.action)
    lefts = [name for name, _ in form.fields if name.startswith("match-")]
    assert len(lefts) == 3
    targets = sorted({value for name, value in form.options if name == lefts[0] and value})
    assert len(targets) == 4, "three right sides and one that fits nothing"
    send(maite, "together", (lefts[0], targets[0]))
    (row,) = rows(answer)
    left = lefts[0].removeprefix("match-")
    assert row["response"] == f"{left}[.]{targets[0]}"
    assert row["score"] in (0, pytest.approx(1 / 3))
    form = next(form for form in maite.forms if "/together" in form.action)
    assert (lefts[0], targets[0]) in form.fields, "what was chosen stands in the form again"
    right = {"Green tea": "80 degrees", "Black tea": "95 degrees", "Rooibos": "100 degrees"}
    send(maite, "together", *_pairs(maite, right))
    assert "That is right." in shown(maite, "together")
    assert "FEEDBACK-ROOIBOS" in maite.text


def _pairs(visitor: Visitor, wanted: dict[str, str]) -> list[tuple[str, str]]:
    """The fields that match these texts, read off the page as a person would."""
    import re

    found = []
    for name, words in re.findall(r'<label for="m-together-([^"]+)">([^<]+)</label>', visitor.html):
        block = visitor.html.split(f'name="match-{name}"', 1)[1].split("</select>", 1)[0]
        options = {text: value for value, text in re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)<', block)}
        found.append((f"match-{name}", options[wanted[words]]))
    return found


def test_ordering_by_buttons_alone(maite: Visitor, rows: Any) -> None:
    texts = ["Heat the water", "Warm the pot", "Put in the leaves", "Pour the water"]
    first = order_ids(maite, "order")
    for place, text in enumerate(texts):
        while True:
            now = [button for form in maite.forms if "/order" in form.action for button in form.buttons]
            ups = [button.removeprefix("Move up: ") for button in now if button.startswith("Move up: ")]
            if ups.index(text) <= place:
                break
            maite.press(f"Move up: {text}", where="/order")
            assert maite.status == 200
    assert rows(answer) == [], "moving is not answering"
    assert order_ids(maite, "order") != first
    maite.press("Check my answer", where="/order")
    assert "That is right." in shown(maite, "order")
    assert len(rows(answer)) == 1


def test_ordering_starts_in_no_right_order_and_always_the_same(maite: Visitor) -> None:
    first = order_ids(maite, "order")
    assert order_ids(maite.go(WATER), "order") == first
    send(maite, "order", *rights(*first))
    assert "Not quite" in shown(maite, "order")


@pytest.mark.parametrize(
    ("question", "fields", "words"),
    [
        ("leaves", [], "Choose an answer first."),
        ("boiling", [], "Choose an answer first."),
        ("fill", [], "Fill in a gap first."),
        ("fill", [("gap-g1", "   ")], "Fill in a gap first."),
        ("together", [], "Choose an answer first."),
        ("grams", [], "Write a number first."),
        ("grams", [("answer", "twelve")], "“twelve” is not a number."),
        ("grams", [("answer", "1.000,5")], "“1.000,5” is not a number."),
        ("grams", [("answer", "1e3")], "is not a number."),
        ("grams", [("answer", "x" * 5000)], "is not a number."),
        ("fill", [("gap-g1", "x" * 201)], "Shorten it to 200 characters."),
    ],
)
def test_what_is_no_answer_is_said_and_kept_in_the_form(
    maite: Visitor, rows: Any, question: str, fields: list[tuple[str, str]], words: str
) -> None:
    send(maite, question, *fields)
    assert maite.status == 422
    assert words in shown(maite, question)
    assert "Please check the form" in maite.text
    assert "<title>Error:" in maite.html
    assert rows(answer) == []
    form = next(form for form in maite.forms if form.action.endswith(f"/{question}"))
    kept = {value for _, value in form.fields}
    assert {value.strip()[:200] for _, value in fields if value.strip()} <= {each[:200] for each in kept}


@pytest.mark.parametrize(
    ("question", "fields"),
    [
        ("leaves", [("answer", "o9")]),
        ("leaves", [("answer", "o1"), ("answer", "o2")]),
        ("leaves", [("answer", "<script>")]),
        ("boiling", [("answer", "maybe")]),
        ("boiling", [("answer", "true"), ("answer", "false")]),
        ("together", [("match-o1", "t9")]),
        ("together", [("match-o1", "[,]")]),
        ("order", []),
        ("order", rights("o1", "o2")),
        ("order", rights("o1", "o1", "o2", "o3")),
        ("order", rights("o1", "o2", "o3", "o4", "o5")),
        ("asking", [("answer", "o1"), ("answer", "o2")]),
        ("asking", [("answer", "often")]),
    ],
)
def test_what_no_form_sends_is_a_bad_request(
    maite: Visitor, rows: Any, question: str, fields: list[tuple[str, str]]
) -> None:
    send(maite, question, *fields)
    assert maite.status == 400
    assert rows(answer) == []


def test_a_joint_in_a_gap_does_not_make_two(maite: Visitor, rows: Any) -> None:
    send(maite, "fill", ("gap-g1", "green[,]red"), ("gap-g2", "3"))
    assert rows(answer)[0]["response"] == "green,red[,]3"


def test_markup_in_an_answer_stays_text(maite: Visitor) -> None:
    send(maite, "fill", ("gap-g1", '"><script>alert(1)</script>'), ("gap-g2", "3"))
    send(maite, "taught", ("answer", "<img src=x onerror=alert(1)>"))
    for page in (WATER, PEOPLE):
        maite.go(page)
        assert "<script>alert" not in maite.html
        assert "<img src=x" not in maite.html


def test_numbers_stand_as_the_language_writes_them(maite: Visitor, rows: Any) -> None:
    send(maite, "grams", ("answer", "14.5"))
    assert rows(answer)[0]["response"] == "14.5"
    maite.post("/language", {"language": "el", "next": WATER})
    assert 'value="14,5"' in maite.html
    send(maite, "grams", ("answer", "14,5"))
    assert rows(answer)[0]["response"] == "14.5"
    assert "10,5" in maite.text
    assert "13,5" in maite.text


def test_a_gap_is_judged_in_the_language_it_was_read_in(maite: Visitor, rows: Any) -> None:
    maite.post("/language", {"language": "el", "next": WATER})
    send(maite, "fill", ("gap-g1", "ΠΡΑΣΙΝΟ"), ("gap-g2", "τρια"))
    assert rows(answer)[0]["score"] == 1


def test_a_hint_stands_folded_in_the_question(maite: Visitor) -> None:
    assert "<summary>Show a hint</summary>" in maite.html
    assert "HINT-FILL" in maite.html


# --- questions without a right answer ------------------------------------------------------------------


def test_a_scale_has_no_right_answer_and_may_be_changed(
    maite: Visitor, rows: Any, statements: Callable[[], list[dict[str, Any]]]
) -> None:
    send(maite, "asking", ("answer", "o2"))
    assert maite.path == PEOPLE
    words = shown(maite, "asking")
    assert "FEEDBACK-SOMETIMES" in words
    assert "EXPLANATION-ASKING" in words
    assert "Right answer" not in words
    (row,) = rows(answer)
    assert (row["response"], row["success"], row["score"]) == ("o2", None, None)
    made = statements()[-1]
    assert made["result"] == {"response": "o2"}
    maite.press("Save again", where="/asking", choose=("o3",))
    assert rows(answer)[0]["response"] == "o3"


def test_a_text_of_ones_own_stays_out_of_the_records(
    maite: Visitor, rows: Any, statements: Callable[[], list[dict[str, Any]]]
) -> None:
    maite.go(PEOPLE)
    send(maite, "listened", ("answer", "  At Nekane's.\r\nShe was tired. "))
    assert "Saved. Only you can read it." in shown(maite, "listened")
    form = next(form for form in maite.forms if "/listened" in form.action)
    assert ("answer", "At Nekane's.\nShe was tired.") in form.fields
    assert "Nekane" not in str(statements())
    assert statements()[-1]["verb"]["id"].endswith("answered")
    (row,) = rows(PrivateText.__table__)
    assert (row["text"], row["statement_id"]) == ("At Nekane's.\nShe was tired.", None)
    assert rows(answer)[0]["response"] == ""


def test_sharing_a_text_and_taking_it_back(
    maite: Visitor, rows: Any, statements: Callable[[], list[dict[str, Any]]]
) -> None:
    send(maite, "listened", ("answer", "At Nekane's."), ("shared", "1"))
    assert "Saved and shared." in shown(maite, "listened")
    (row,) = rows(PrivateText.__table__)
    shared = next(each for each in statements() if each["id"] == row["statement_id"])
    assert shared["result"]["response"] == "At Nekane's."
    assert rows(answer)[0]["response"] == "At Nekane's."
    send(maite, "listened", ("answer", "At Nekane's."))
    assert "Only you can read it." in shown(maite, "listened")
    assert rows(PrivateText.__table__)[0]["statement_id"] is None
    left = statements()
    assert not any("Nekane" in str(each) for each in left), "the voided statement is not read any more"
    voiding = next(each for each in left if each["verb"]["id"].endswith("voided"))
    assert voiding["object"]["id"] == row["statement_id"]
    assert voiding["actor"]["account"]["name"] == "near-learn"
    assert rows(answer)[0]["response"] == ""


def test_sending_nothing_removes_the_text(maite: Visitor, rows: Any) -> None:
    send(maite, "listened", ("answer", ""))
    assert maite.status == 422
    assert "Write something first." in maite.text
    send(maite, "listened", ("answer", "At Nekane's."), ("shared", "1"))
    send(maite, "listened", ("answer", ""))
    assert maite.status == 200
    assert rows(PrivateText.__table__) == []
    assert "Nekane" not in maite.html


def test_a_text_that_is_too_long_is_kept_in_the_form(maite: Visitor, rows: Any) -> None:
    send(maite, "listened", ("answer", "ñ" * 5001))
    assert maite.status == 422
    assert "Shorten it to 5000 characters." in maite.text
    assert "ñ" * 5001 in maite.html
    assert rows(PrivateText.__table__) == []
    send(maite, "listened", ("answer", "ñ" * 5000))
    assert len(rows(PrivateText.__table__)[0]["text"]) == 5000


def test_nobody_sees_the_texts_of_somebody_else(maite: Visitor, arrive: Arrive) -> None:
    send(maite, "listened", ("answer", "At Nekane's."), ("shared", "1"))
    other = arrive("ane")
    other.post(f"{BREWING}/open")
    assert "Nekane" not in other.go(PEOPLE).html


# --- nothing is told before ----------------------------------------------------------------------------


def test_no_page_tells_an_answer_before_it_is_given(maite: Visitor) -> None:
    for page in (WATER, PEOPLE, BREWING, f"{BREWING}/quiz", *(f"{BREWING}/quiz/{n}" for n in range(1, 9))):
        html = maite.go(page).html
        assert maite.status == 200
        for secret in ("EXPLANATION-", "FEEDBACK-", "Right answer", "guarded", "cooks", "checked"):
            assert secret not in html, f"{secret} on {page}"


def test_the_script_gets_the_question_alone(maite: Visitor) -> None:
    answer = maite.client.post(
        f"{BREWING}/questions/grams", data={"answer": "many"}, headers={"X-Fragment": "1"}
    )
    assert answer.headers["X-Fragment"] == "1"
    assert "is not a number" in answer.text
    assert 'value="many"' in answer.text
    assert "<html" not in answer.text

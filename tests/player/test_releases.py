"""A course is improved under its learners: what they notice, what they are asked, and what is never lost."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from near_learn import Settings, create_app, publishing
from near_learn.content.release import Release
from near_learn.content_library import library
from near_learn.db import db
from near_learn.player.draft import QuizDraft
from near_learn.player.renewal import KeptRelease
from near_learn.records.progress import answer, attempt, module_progress, registration
from tests.player.visitor import Visitor

Arrive = Callable[..., Visitor]
COURSE, DOOR, TABLE = "/courses/visits", "/courses/visits/modules/door", "/courses/visits/modules/table"
QUIZ = f"{DOOR}/quiz"
KEEP, START_NEW = "Continue as it was", "Start the new one and keep what I have passed"
ASKED = "There is a new version of this course"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """The courses in a folder that the test may change."""
    copied = shutil.copytree(settings.courses, tmp_path / "courses")
    return replace(settings, courses=copied)


class Trainer:
    """Changes the course and publishes it."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app, self.folder = app, folder

    def publish(self) -> Release:
        with self.app.app_context():
            return publishing.publish(self.folder)

    def edit(self, before: str, after: str, *files: str) -> Release:
        """In every language by default; then publishes."""
        for file in files or ("01-door/en.md", "01-door/es.md"):
            path = self.folder / file
            text = path.read_text(encoding="utf-8")
            assert before in text, (file, before)
            path.write_text(text.replace(before, after), encoding="utf-8")
        return self.publish()

    def turn_quiz_round(self) -> Release:
        """Of the first quiz question, the other answer is right now."""
        for language in ("en", "es"):
            path = self.folder / f"01-door/{language}.md"
            before, heading, quiz = path.read_text(encoding="utf-8").partition("{#first}")
            first, second, rest = quiz.partition("{#bring}")
            first = first.replace("- [ ]", "- [y]").replace("- [x]", "- [ ]").replace("- [y]", "- [x]")
            path.write_text(before + heading + first + second + rest, encoding="utf-8")
        return self.publish()

    def without_table(self) -> Release:
        shutil.rmtree(self.folder / "02-table")
        return self.edit("[01-door, 02-table]", "[01-door]", "course.md")

    def new_section(self) -> Release:
        for language in ("en", "es"):
            path = self.folder / f"01-door/{language}.md"
            text = path.read_text(encoding="utf-8")
            head, heading, rest = text.partition("\n## ")
            path.write_text(f"{head}\n## Before you go {{#before}}\n\nCall first.\n{heading}{rest}")
        return self.publish()


@pytest.fixture
def trainer(app: Flask, course: str, settings: Settings) -> Trainer:
    made = Trainer(app, settings.courses / "visits")
    made.publish()
    return made


@pytest.fixture
def maite(trainer: Trainer, arrive: Arrive) -> Visitor:
    """A learner who has begun the course as it was published first."""
    visitor = arrive()
    return visitor.go(COURSE).press("Start this course").press("Start this module")


def choose(visitor: Visitor, *answers: tuple[str, ...]) -> Visitor:
    for number, chosen in enumerate(answers, start=1):
        visitor.go(f"{QUIZ}/{number}")
        visitor.press("See all answers", choose=chosen)
    return visitor


def send(visitor: Visitor) -> Visitor:
    return visitor.go(QUIZ).press("Send the quiz")


# --- wording -----------------------------------------------------------------------------------------


def test_a_better_wording_reaches_a_learner_in_the_middle_silently(maite: Visitor, trainer: Trainer) -> None:
    maite.go(f"{DOOR}/sections/why")
    assert "The first minute decides much" in maite.text
    trainer.edit("The first minute decides much", "The first minute decides more", "01-door/en.md")
    maite.go(f"{DOOR}/sections/why")
    assert "The first minute decides more" in maite.text
    for page in (COURSE, DOOR, QUIZ):
        assert ASKED not in maite.go(page).text


def test_a_better_wording_of_a_question_reaches_a_begun_attempt(
    maite: Visitor, trainer: Trainer, rows: Any
) -> None:
    choose(maite, ("o2",))
    published = trainer.edit("What do you say first?", "What is your first sentence?", "01-door/en.md")
    assert "What is your first sentence?" in maite.go(f"{QUIZ}/1").text
    assert ("answer", "o2") in maite.forms[-1].fields
    send(choose(maite, ("o2",), ("o1", "o2")))
    (made,) = rows(attempt)
    assert (made["release"], made["success"]) == (published.id, True)


def test_the_registration_stays_where_it_began(maite: Visitor, trainer: Trainer, rows: Any) -> None:
    (before,) = rows(registration)
    trainer.edit("The first minute decides much", "It begins at once", "01-door/en.md")
    maite.go(f"{DOOR}/sections/why").press("Next page")
    (after,) = rows(registration)
    assert after["release"] == before["release"]


# --- a changed question ------------------------------------------------------------------------------


def test_an_attempt_half_made_keeps_its_question_and_its_right_answer(
    maite: Visitor, trainer: Trainer, rows: Any
) -> None:
    begun = library_release(trainer)
    choose(maite, ("o2",))
    trainer.turn_quiz_round()
    choose(maite, ("o2",), ("o1", "o2"))
    send(maite)
    (made,) = rows(attempt)
    assert (made["scaled"], made["success"], made["release"]) == (1.0, True, begun)
    assert {row["release"] for row in rows(answer) if row["attempt"] == 1} == {begun}


def test_a_new_attempt_has_the_new_question(maite: Visitor, trainer: Trainer, rows: Any) -> None:
    begun = library_release(trainer)
    send(choose(maite, ("o1",), ("o3",)))
    newer = trainer.turn_quiz_round()
    send(choose(maite, ("o1",), ("o1", "o2")))
    first, second = sorted(rows(attempt), key=lambda row: row["number"])
    assert (first["release"], first["success"]) == (begun, False)
    assert (second["release"], second["scaled"]) == (newer.id, 1.0)


def test_an_attempt_that_was_only_looked_at_is_a_new_one(maite: Visitor, trainer: Trainer, rows: Any) -> None:
    maite.go(f"{QUIZ}/1")
    newer = trainer.turn_quiz_round()
    maite.press("See all answers", choose=("o1",))
    send(choose(maite, ("o1",), ("o1", "o2")))
    (made,) = rows(attempt)
    assert (made["scaled"], made["release"]) == (1.0, newer.id)


def test_a_question_more_is_not_asked_in_an_attempt_half_made(
    maite: Visitor, trainer: Trainer, rows: Any
) -> None:
    choose(maite, ("o2",))
    more = "### Do you wipe your feet? {#feet}\n\n- [x] Yes\n- [ ] No\n\n## Sources"
    english = trainer.folder / "01-door/en.md"
    english.write_text(english.read_text().replace("## Sources", more))
    (trainer.folder / "01-door/es.md").unlink()
    trainer.publish()
    assert "1 of 2 questions answered" in maite.go(QUIZ).text
    assert maite.go(f"{QUIZ}/3").status == 404
    send(choose(maite, ("o1",), ("o3",)))
    assert "0 of 3 questions answered" not in maite.text
    assert "3 questions" in maite.go(DOOR).text
    assert maite.go(f"{QUIZ}/3").status == 200


def test_the_result_of_an_old_attempt_shows_what_was_asked_then(maite: Visitor, trainer: Trainer) -> None:
    send(choose(maite, ("o2",), ("o1", "o2")))
    assert "100%" in maite.text
    trainer.turn_quiz_round()
    maite.go(f"{DOOR}/attempts/1")
    assert maite.status == 200
    assert "100%" in maite.text
    assert "Not right" not in maite.text


def test_the_result_of_a_quiz_that_is_no_more(maite: Visitor, trainer: Trainer) -> None:
    send(choose(maite, ("o2",), ("o1", "o2")))
    for language in ("en", "es"):
        path = trainer.folder / f"01-door/{language}.md"
        text = path.read_text(encoding="utf-8")
        without = re.sub(r"\n## [^\n]*\{#quiz\}.*?(?=\n## )", "", text, flags=re.S)
        path.write_text(without, encoding="utf-8")
    trainer.publish()
    maite.go(COURSE).press(START_NEW)
    assert maite.go(QUIZ).status == 404
    assert "100%" in maite.go(f"{DOOR}/attempts/1").text


def test_the_language_may_change_in_the_middle_of_such_an_attempt(
    maite: Visitor, trainer: Trainer, arrive: Arrive, rows: Any
) -> None:
    choose(maite, ("o2",))
    trainer.turn_quiz_round()
    maite.post("/language", {"language": "es", "next": f"{QUIZ}/1"})
    assert "¿Qué dice primero?" in maite.text
    assert ("answer", "o2") in maite.forms[-1].fields
    assert [row["response"] for row in rows(QuizDraft.__table__)] == ["o2"]
    maite.post(f"{QUIZ}/2", [("attempt", "1"), ("answer", "o1"), ("answer", "o2"), ("to", "overview")])
    maite.post("/language", {"language": "en", "next": QUIZ}).press("Send the quiz")
    (made,) = rows(attempt)
    assert (made["scaled"], made["success"]) == (1.0, True)


# --- another structure -------------------------------------------------------------------------------


def test_a_new_section_asks_on_the_pages_of_course_and_module(maite: Visitor, trainer: Trainer) -> None:
    trainer.new_section()
    for page in (COURSE, DOOR):
        maite.go(page)
        assert ASKED in maite.text
        assert "“Before you go”" in maite.text
        labels = {label for form in maite.forms for label in form.buttons}
        assert {KEEP, START_NEW} <= labels
    # Until then, everything is as it was.
    assert "Before you go" not in maite.go(f"{DOOR}/sections/why").text
    assert maite.go(f"{DOOR}/sections/before").status == 404


def test_who_begins_now_begins_with_the_new_one(maite: Visitor, trainer: Trainer, arrive: Arrive) -> None:
    trainer.new_section()
    anna = arrive("anna").go(COURSE)
    assert ASKED not in anna.text
    anna.press("Start this course").press("Start this module")
    assert anna.path == f"{DOOR}/sections/before"


def test_continue_as_it_was(maite: Visitor, trainer: Trainer, arrive: Arrive, rows: Any) -> None:
    begun = library_release(trainer)
    newer = trainer.new_section()
    maite.go(COURSE).press(KEEP)
    assert "You go on with the course as it was" in maite.text
    (row,) = rows(registration)
    assert row["release"] == begun
    (kept,) = rows(KeptRelease.__table__)
    assert kept["structure"] == newer.structure
    assert (
        "You went on with the course as it was" in maite.go(f"/my-record/courses/{row['registration']}").text
    )
    # Not asked again, here or on another device, but the offer stays.
    for visitor in (maite, arrive()):
        labels = {label for form in visitor.go(COURSE).forms for label in form.buttons}
        assert KEEP not in labels
        assert START_NEW in labels
    assert "Before you go" not in maite.go(f"{DOOR}/sections/why").text
    send(choose(maite, ("o2",), ("o1", "o2")))
    assert rows(attempt)[0]["release"] == begun


def test_who_stayed_is_asked_again_when_it_changes_again(maite: Visitor, trainer: Trainer) -> None:
    trainer.new_section()
    maite.go(COURSE).press(KEEP)
    trainer.without_table()
    assert KEEP in {label for form in maite.go(COURSE).forms for label in form.buttons}
    assert "No longer part of the course: “At the table”" in maite.text


def test_start_the_new_one_and_keep_what_was_passed(
    maite: Visitor, trainer: Trainer, rows: Any, statements: Callable[[], list[dict[str, Any]]]
) -> None:
    maite.go(f"{DOOR}/sections/why").press("Next page").press("Next: the quiz")
    send(choose(maite, ("o2",), ("o1", "o2")))
    before = rows(module_progress)
    newer = trainer.new_section()
    maite.go(COURSE).press(START_NEW)
    assert "What you had passed is kept" in maite.text
    assert ASKED not in maite.text
    (row,) = rows(registration)
    assert row["release"] == newer.id
    (after,) = rows(module_progress)
    for name in ("passed_at", "completed_at", "best_score", "attempts", "seen"):
        assert after[name] == before[0][name], name
    assert [one["verb"]["id"].rsplit("/", 1)[1] for one in statements()].count("registered") == 2
    assert maite.go(f"{DOOR}/sections/before").status == 200


def test_a_module_taken_away(maite: Visitor, trainer: Trainer, rows: Any) -> None:
    maite.go(TABLE).press("Start this module")
    trainer.without_table()
    assert "No longer part of the course: “At the table”" in maite.go(COURSE).text
    assert maite.go(f"{TABLE}/sections/tea").status == 200
    maite.go(COURSE).press(START_NEW)
    assert "At the table" not in maite.go(COURSE).text
    maite.go(TABLE)
    assert (maite.path, maite.status) == (COURSE, 200)
    assert "What you did in it is kept" in maite.text
    assert {row["module"] for row in rows(module_progress)} == {"door", "table"}


def test_a_link_to_a_new_module_leads_to_the_question(
    trainer: Trainer, settings: Settings, arrive: Arrive
) -> None:
    shutil.move(trainer.folder / "02-table", trainer.folder.parent / ".table")
    trainer.edit("[01-door, 02-table]", "[01-door]", "course.md")
    maite = arrive().go(COURSE).press("Start this course").press("Start this module")
    shutil.move(trainer.folder.parent / ".table", trainer.folder / "02-table")
    trainer.edit("[01-door]", "[01-door, 02-table]", "course.md")
    maite.go(TABLE)
    assert maite.path == COURSE
    assert "New: “At the table”" in maite.text
    assert maite.go("/courses/visits/modules/attic").status == 404


def test_both_answers_are_idempotent_and_checked(maite: Visitor, trainer: Trainer, rows: Any) -> None:
    newer = trainer.new_section()
    answer_to = f"{COURSE}/renewal"
    assert maite.post(answer_to, {"choice": "maybe", "structure": newer.structure}).status == 400
    assert maite.post(answer_to, {}).status == 400
    maite.post(answer_to, {"choice": "new", "structure": "something else"})
    assert "changed once more" in maite.text
    assert rows(registration)[0]["release"] != newer.id
    for _ in range(2):
        assert maite.post(answer_to, {"choice": "new", "structure": newer.structure}).status == 200
    assert rows(registration)[0]["release"] == newer.id


def test_who_has_finished_is_offered_it_but_not_asked(maite: Visitor, trainer: Trainer, rows: Any) -> None:
    trainer.without_table()
    maite.go(COURSE).press(START_NEW)
    maite.go(f"{DOOR}/sections/why").press("Next page").press("Next: the quiz")
    send(choose(maite, ("o2",), ("o1", "o2")))
    assert rows(registration)[0]["completed_at"] is not None
    trainer.new_section()
    labels = {label for form in maite.go(COURSE).forms for label in form.buttons}
    assert START_NEW in labels
    assert KEEP not in labels


def test_moving_in_the_middle_of_an_attempt_keeps_its_answers(
    maite: Visitor, trainer: Trainer, rows: Any
) -> None:
    choose(maite, ("o2",))
    trainer.new_section()
    maite.go(COURSE).press(START_NEW)
    assert "1 of 2 questions answered" in maite.go(QUIZ).text
    send(choose(maite, ("o2",), ("o1", "o2")))
    assert rows(attempt)[0]["success"] is True
    # The new section has not been read, so the module is passed and not yet completed.
    assert rows(module_progress)[0]["completed_at"] is None


# --- files that are gone -----------------------------------------------------------------------------


def test_a_release_deleted_by_hand_is_answered_with_the_next_best(
    maite: Visitor, trainer: Trainer, app: Flask, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    begun = library_release(trainer)
    choose(maite, ("o2",))
    newer = trainer.new_section()
    shutil.rmtree(settings.data / "releases" / "visits" / begun)
    again = create_app(settings)
    again.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    visitor = Visitor(again.test_client())
    visitor.client.post("/sign-in", data={"email": "maite@example.org", "password": "a-quiet-cup-of-tea"})
    for page in (COURSE, DOOR, QUIZ, f"{QUIZ}/1", f"{DOOR}/sections/why", f"{DOOR}/sections/before", "/"):
        assert visitor.go(page).status == 200, page
    assert "1 of 2 questions answered" in visitor.go(QUIZ).text
    # Now everything: the working copy stands in.
    shutil.rmtree(settings.data / "releases" / "visits" / newer.id)
    with caplog.at_level(logging.ERROR):
        last = create_app(settings)
    assert newer.id in caplog.text
    with last.app_context():
        assert library().courses["visits"].release == newer.id
        db.session.remove()


def test_media_that_are_gone_are_not_found(maite: Visitor, trainer: Trainer, settings: Settings) -> None:
    address = "/courses/visits/door/media/door.svg"
    assert maite.go(address).status == 200
    for file in (settings.data / "releases").rglob("door.svg"):
        file.unlink()
    assert maite.go(address).status == 404


def library_release(trainer: Trainer) -> str:
    with trainer.app.app_context():
        return library().courses["visits"].release

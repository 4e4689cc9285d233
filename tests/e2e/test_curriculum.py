"""Modules taken in a browser, all wrong, then all right; `make curriculum` takes all, in every language."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from near_learn import Settings, create_app
from near_learn.content import Library, Module, ModuleText
from near_learn.db import db
from near_learn.people import person
from near_learn.records.progress import attempt, module_progress, registration
from tests.conftest import SECRET, LiveApp, served
from tests.e2e.answering import answer, wrong
from tests.e2e.pages import add_person, signed_in
from tests.kept import shipped

pytestmark = pytest.mark.browser

LIBRARY: Library = shipped()
ALL = [
    (module, text)
    for course in LIBRARY.courses.values()
    for module in course.modules
    for text in module.texts.values()
]


def sample() -> list[tuple[Module, ModuleText]]:
    """The last module of three courses, in the last of its languages."""
    modules = [course.modules[-1] for course in LIBRARY.courses.values()][::2]
    return [(module, list(module.texts.values())[-1]) for module in modules]


# All of them take a quarter of an hour: `make curriculum`.
CHOSEN = ALL if os.environ.get("NEAR_LEARN_TEST_CURRICULUM") == "all" else sample()
TEXTS = [pytest.param(module, text, id=f"{module.id}-{text.language}") for module, text in CHOSEN]
OWN_WORDS = "What I would try on Monday."


@pytest.fixture(scope="module")
def school(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    """The shipped courses, served to one learner a language."""
    folder = tmp_path_factory.mktemp("school")
    shutil.copy(migrated_file, folder / "near-learn.sqlite")
    app = create_app(Settings(data=folder, secret_key=SECRET))
    app.config.update(RATELIMIT_ENABLED=False)
    yield from served(app)


@pytest.fixture(scope="module")
def learners(browser: Browser, school: LiveApp) -> Iterator[dict[str, Page]]:
    """A signed-in page a language, made when it is first asked for."""
    pages: dict[str, Page] = {}
    yield pages
    for page in pages.values():
        page.context.close()


def in_language(pages: dict[str, Page], browser: Browser, school: LiveApp, language: str) -> Page:
    if language not in pages:
        add_person(school, f"{language}@example.org", language=language)
        # Without a script and without style: quicker, and what other tests here look at is left to them.
        pages[language] = signed_in(
            browser, school, f"{language}@example.org", locale=language, java_script_enabled=False
        )
        pages[language].context.route("**/*.{css,js,svg}*", lambda route: route.abort())
    return pages[language]


def read_through(page: Page, where: str, text: ModuleText) -> None:
    """Every section up to the quiz, with each of its knowledge checks answered rightly."""
    page.goto(where)
    page.locator(f"form[action='{where}/open'] button").first.click()
    for section in text.sections[: text.quiz_position]:
        page.wait_for_url(f"**/sections/{section.id}*")
        for question in section.questions:
            answer(page, question, question.right or own(question))
            page.locator(f"#q-{question.id} form[data-check] > button.button").click()
            expect(page.locator(f"#q-{question.id} .verdict").first).to_be_visible(timeout=20_000)
        page.locator(f"form[action='{where}/sections/{section.id}'] button").click()


def own(question: Any) -> tuple[str, ...]:
    """An answer where there is no right one."""
    return (OWN_WORDS,) if question.private else (question.options[-1].id,)


def quiz(page: Page, where: str, text: ModuleText, number: int, *, right: bool) -> None:
    """One attempt, entirely right or entirely wrong."""
    page.goto(f"{where}/quiz/1")
    for question in text.quiz:
        response = (question.right if right else wrong(question)) if question.graded else own(question)
        answer(page, question, response)
        page.locator("button[name=to][value=next]").click()
    page.locator(f"form[action='{where}/quiz/submit'] button").click()
    page.wait_for_url(f"**/attempts/{number}")


@pytest.mark.parametrize(("module", "text"), TEXTS)
def test_a_module_is_taken_all_wrong_then_all_right(
    browser: Browser, school: LiveApp, learners: dict[str, Page], module: Module, text: ModuleText
) -> None:
    page = in_language(learners, browser, school, text.language)
    where = f"/courses/{module.course_id}/modules/{module.id}"
    read_through(page, where, text)
    quiz(page, where, text, 1, right=False)
    quiz(page, where, text, 2, right=True)
    assert page.locator("html").get_attribute("lang") == text.language

    with school.app.app_context():
        (account,) = db.session.execute(
            select(person.Person.account).where(person.Person.email == f"{text.language}@example.org")
        ).one()
        mine = registrations(account, module.course_id)
        statements = [
            stored.statement
            for registration in registrations(account, module.course_id)
            for stored in school.app.extensions["lrs"].read(
                db.session.connection(), registration=registration
            )
        ]
        marks = db.session.execute(
            select(attempt.c.number, attempt.c.scaled, attempt.c.success)
            .where(
                attempt.c.module == module.id,
                attempt.c.registration.in_(mine),
            )
            .order_by(attempt.c.number)
        ).all()
        done = db.session.scalars(
            select(module_progress.c.completed_at).where(
                module_progress.c.module == module.id,
                module_progress.c.registration.in_(mine),
            )
        ).one()
    assert [(each.number, each.scaled, each.success) for each in marks] == [(1, 0.0, False), (2, 1.0, True)]
    assert done is not None
    about = [each for each in statements if where in each["object"]["id"]]
    counts = Counter(each["verb"]["id"].rsplit("/", 1)[1] for each in about)
    assert counts["answered"] == len(text.checks) + 2 * len(text.quiz)
    assert (counts["failed"], counts["passed"], counts["completed"]) == (1, 1, 1)
    assert {each["context"]["language"] for each in about} == {text.language}
    assert OWN_WORDS not in str(about)


def registrations(account: str, course: str) -> list[str]:
    """The learner's registrations in a course; there is one."""
    table = registration
    mine = select(table.c.registration).where(table.c.actor == account, table.c.course == course)
    return list(db.session.scalars(mine))

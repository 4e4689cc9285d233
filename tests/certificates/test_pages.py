"""The pages of certificates: the learner's own, the check by strangers, revoking by who may."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from near_learn import create_app
from near_learn.certificates import certificate as certificates
from near_learn.db import db
from near_learn.people.person import Role
from tests.certificates.conftest import Somebody

Arrive = Callable[..., Somebody]
Learn = Callable[..., str]
OWN = "/courses/visits/certificate"


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&#39;", "'").split())


def code_of(app: Flask, somebody: Somebody) -> str:
    with app.app_context():
        found = certificates.latest(db.session.connection(), somebody.registration)
        assert found is not None
        return found.code


@pytest.fixture
def maite(app: Flask, arrive: Arrive, learn: Learn) -> Somebody:
    """Has completed the course and had the certificate issued."""
    somebody = arrive()
    learn(somebody)
    assert somebody.client.post(OWN).status_code == 302
    return somebody


def test_from_the_course_to_the_certificate(arrive: Arrive, learn: Learn) -> None:
    somebody = arrive()
    learn(somebody)
    assert f'href="{OWN}"' in somebody.client.get("/courses/visits").text
    before = words(somebody.client.get(OWN).text)
    assert "Maite Ibarra" in before
    assert "Issue my certificate" in before
    after = words(somebody.client.post(OWN, follow_redirects=True).text)
    for text in (
        "Certificate of completion",
        "Maite Ibarra",
        "At the door",
        "2 March 2026",
        "not a recognised",
    ):
        assert text in after
    assert re.search(r"https://learn\.example\.org/certificates/[0-9A-Z]{28}", after)


def test_without_completing_there_is_none(app: Flask, arrive: Arrive, learn: Learn) -> None:
    somebody = arrive()
    assert somebody.client.get(OWN).status_code == 404
    learn(somebody, modules=1)
    assert "Issue my certificate" not in somebody.client.get(OWN).text
    assert "when every module of the course is completed" in words(
        somebody.client.post(OWN, follow_redirects=True).text
    )
    assert somebody.client.get(f"{OWN}.pdf").status_code == 404
    assert OWN not in somebody.client.get("/courses/visits").text


def test_the_file_in_every_language(maite: Somebody) -> None:
    for language in ("en", "es", "nl", "cs", "fi", "it", "ro", "el"):
        answer = maite.client.get(f"{OWN}.pdf?language={language}")
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert answer.data.startswith(b"%PDF-1.7")
        assert f'-{language}.pdf"' in answer.headers["Content-Disposition"]
    assert maite.client.get(f"{OWN}.pdf?language=tlh").status_code == 404


def test_a_stranger_checks_it(app: Flask, maite: Somebody) -> None:
    code = code_of(app, maite)
    stranger = app.test_client()
    page = stranger.get(f"/certificates/{code}").text
    text = words(page)
    assert "This certificate holds" in text
    for fact in ("Home visits", "2 March 2026", "At the door", "nothing about competence"):
        assert fact in text
    assert "Maite" not in page
    assert maite.account not in page
    assert maite.registration not in page
    assert '<meta name="robots" content="noindex">' in page


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("Maite Ibarra", "Yes: this"),
        ("  maite   IBARRA ", "Yes: this"),
        ("Maïte Ibarra", "Yes: this"),
        ("Maite", "No: this"),
        ("Maite Ibarra Soto", "No: this"),
        ("<b>x</b>", "No: this"),
        ("", "No: this"),
    ],
)
def test_the_name_is_compared_not_told(app: Flask, maite: Somebody, typed: str, verdict: str) -> None:
    page = app.test_client().post(f"/certificates/{code_of(app, maite)}", data={"name": typed}).text
    assert verdict in words(page)
    assert "<b>x" not in page
    if verdict == "No: this":
        assert "Ibarra”" not in page.replace(typed, "") or "Ibarra" in typed


def test_typed_codes_are_put_right(app: Flask, maite: Somebody) -> None:
    code = code_of(app, maite)
    stranger = app.test_client()
    typed = certificates.grouped(code).lower()
    page = stranger.get("/certificates/", query_string={"code": typed}, follow_redirects=True)
    assert page.request.path == f"/certificates/{code}"
    answer = stranger.get(f"/certificates/{typed}")
    assert (answer.status_code, answer.location) == (308, f"/certificates/{code}")


@pytest.mark.parametrize("code", ["0" * 28, "x", "..", "%3Cscript%3E", "0" * 3000, "a b", "Ω" * 28])
def test_codes_that_were_never_issued(app: Flask, code: str) -> None:
    answer = app.test_client().get(f"/certificates/{code}")
    assert answer.status_code == 404
    assert "<script>" not in answer.text.split("<main")[1]
    assert "There is no" in answer.text


def test_tries_are_limited(app: Flask, settings: object) -> None:
    """With the limits switched on: a machine that tries codes or names is slowed down."""
    limited = create_app(replace(settings, threads=8))  # type: ignore[type-var]
    limited.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    stranger = limited.test_client()
    answers = [stranger.get(f"/certificates/{number:028d}").status_code for number in range(62)]
    assert answers[:60] == [404] * 60
    assert answers[60:] == [429] * 2
    names = [stranger.post(f"/certificates/{0:028d}", data={"name": "x"}).status_code for _ in range(22)]
    assert names == [404] * 20 + [429] * 2


def test_a_manager_revokes_it(app: Flask, arrive: Arrive, maite: Somebody) -> None:
    code = code_of(app, maite)
    manager = arrive("Jon", Role.MANAGER, "ES2")
    page = f"/reports/registrations/{maite.registration}"
    assert "Revoke this certificate" in manager.client.get(page).text
    refused = manager.client.post(f"/certificates/{code}/revoke", data={"reason": " "}, follow_redirects=True)
    assert "Give a reason" in words(refused.text)
    done = manager.client.post(
        f"/certificates/{code}/revoke", data={"reason": "It was a test <i>run</i>"}, follow_redirects=True
    )
    assert "The certificate is revoked" in words(done.text)
    assert "Revoke this certificate" not in done.text

    text = words(app.test_client().get(f"/certificates/{code}").text)
    assert "This certificate was revoked" in text
    assert "test" not in text
    own = maite.client.get(OWN).text
    assert "It was a test &lt;i&gt;run" in own
    assert "Issue my certificate" not in own
    assert maite.client.get(f"{OWN}.pdf").status_code == 404
    maite.client.post(OWN)
    assert code_of(app, maite) == code


def test_a_new_one_after_a_corrected_name(app: Flask, arrive: Arrive, maite: Somebody) -> None:
    code = code_of(app, maite)
    operator = arrive("Olga", Role.OPERATOR)
    operator.client.post(
        f"/certificates/{code}/revoke", data={"reason": "Name was misspelt", "renewable": "1"}
    )
    assert "Issue my certificate" in maite.client.get(OWN).text
    maite.client.post(OWN)
    assert code_of(app, maite) != code
    assert "was revoked" in app.test_client().get(f"/certificates/{code}").text


@pytest.mark.parametrize(
    ("role", "region", "status"),
    [
        (Role.MANAGER, "ES220", 302),
        (Role.MANAGER, "ES", 302),
        (Role.OPERATOR, "BE212", 302),
        (Role.MANAGER, "BE2", 404),
        (Role.TRAINER, "ES220", 403),
        (Role.PROFESSIONAL, "ES220", 403),
    ],
)
def test_who_may_revoke(
    app: Flask, arrive: Arrive, maite: Somebody, role: Role, region: str, status: int
) -> None:
    somebody = arrive("Somebody Else", role, region)
    answer = somebody.client.post(f"/certificates/{code_of(app, maite)}/revoke", data={"reason": "x"})
    assert answer.status_code == status
    holds = "This certificate holds" in app.test_client().get(f"/certificates/{code_of(app, maite)}").text
    assert holds is (status != 302)


def test_nobody_gets_the_certificate_of_another(app: Flask, arrive: Arrive, maite: Somebody) -> None:
    other = arrive("Other Person")
    assert other.client.get(OWN).status_code == 404
    assert other.client.get(f"{OWN}.pdf").status_code == 404
    assert other.client.post(OWN).status_code == 404

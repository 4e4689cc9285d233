"""Who may open what: every address of the application, tried as every role and by nobody in particular.

A new address without a line in the table fails here, until somebody has decided whom it is for.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from near_learn import Settings, records
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.people import device
from near_learn.people.person import by_email
from near_learn.people.role import Role
from near_learn.records.learner import Learner

EVERYBODY = frozenset(Role)
MANAGERS = frozenset({Role.MANAGER, Role.OPERATOR})
OPERATORS = frozenset({Role.OPERATOR})
ORGANISERS = frozenset({Role.TRAINER, Role.MANAGER, Role.OPERATOR})
AUTHORS = frozenset({Role.TRAINER, Role.OPERATOR})
# Also without signing in.
PUBLIC = None

TABLE: dict[str, frozenset[Role] | None] = {
    "static": PUBLIC,
    "pages.health": PUBLIC,
    "pages.terms": PUBLIC,
    "pages.term": PUBLIC,
    # Asks for a credential of its own on every request: tests/conformance.
    "people.sign_in": PUBLIC,
    "people.sign_out": PUBLIC,
    "people.language": PUBLIC,
    "people.account": EVERYBODY,
    "people.change_password": EVERYBODY,
    "people.sign_out_everywhere": EVERYBODY,
    # Who has forgotten a password, came by a link of a mail, or is half way in.
    "people.forgotten": PUBLIC,
    "people.password_from_link": PUBLIC,
    "people.new_password": PUBLIC,
    "people.second_step": PUBLIC,
    "people.to_provider": PUBLIC,
    "people.from_provider": PUBLIC,
    "people.second_factor": EVERYBODY,
    "people.switch_on_factor": EVERYBODY,
    "people.switch_off_factor": EVERYBODY,
    "people.new_recovery_codes": EVERYBODY,
    "people.end_session": EVERYBODY,
    "people.end_other_sessions": EVERYBODY,
    # Greets whoever comes; the courses are shown to people who signed in.
    "player.catalogue": PUBLIC,
    "player.course": EVERYBODY,
    "player.start": EVERYBODY,
    "player.renew": EVERYBODY,
    "player.module": EVERYBODY,
    "player.open_module": EVERYBODY,
    "player.section": EVERYBODY,
    "player.section_read": EVERYBODY,
    "player.leave": EVERYBODY,
    "player.question": EVERYBODY,
    "player.answer": EVERYBODY,
    "player.media": EVERYBODY,
    "player.quiz": EVERYBODY,
    "player.question_page": EVERYBODY,
    "player.question_answered": EVERYBODY,
    "player.submit": EVERYBODY,
    "player.result": EVERYBODY,
    "player.practice": EVERYBODY,
    "player.practised": EVERYBODY,
    "player.share_text": EVERYBODY,
    "player.my_record": EVERYBODY,
    "player.my_course": EVERYBODY,
    "player.my_statement_list": EVERYBODY,
    "player.my_statement": EVERYBODY,
    "player.my_record_json": EVERYBODY,
    "player.my_record_csv": EVERYBODY,
    "certificates.own": EVERYBODY,
    "certificates.issue": EVERYBODY,
    "certificates.own_pdf": EVERYBODY,
    # Whoever holds a certificate shows it to strangers, and they check it.
    "certificates.enter": PUBLIC,
    "certificates.check": PUBLIC,
    "certificates.check_name": PUBLIC,
    "certificates.revoke": MANAGERS,
    "events.listing": ORGANISERS,
    "events.announce": ORGANISERS,
    "events.page": ORGANISERS,
    "events.close": ORGANISERS,
    "events.put_on_list": ORGANISERS,
    "events.take_off": MANAGERS,
    # Whoever was there says so with the code; who may sign in may have been there.
    "events.enter": EVERYBODY,
    "events.confirm": EVERYBODY,
    "events.attend": EVERYBODY,
    "enrolment.upload": MANAGERS,
    "enrolment.sample": MANAGERS,
    "enrolment.plan": MANAGERS,
    "enrolment.plan_csv": MANAGERS,
    "enrolment.apply": MANAGERS,
    "mail_choice.choose": EVERYBODY,
    # Whoever has the signed link of a mail.
    "mail_choice.unsubscribe": PUBLIC,
    "mail_choice.unsubscribed": PUBLIC,
    "reports.completion": MANAGERS,
    "reports.completion_file": MANAGERS,
    "reports.registrations_file": MANAGERS,
    "reports.summary": MANAGERS,
    "reports.tokens_page": MANAGERS,
    "reports.add_token": MANAGERS,
    "reports.revoke_token": MANAGERS,
    # Ask for a token on every request: tests/reports/test_api.py.
    "reports_api.completion": PUBLIC,
    "reports_api.registrations": PUBLIC,
    "reports.registrations": MANAGERS,
    "reports.registration": MANAGERS,
    "insight.overview": AUTHORS,
    "insight.of_module": AUTHORS,
    "insight.questions_csv": AUTHORS,
    "insight.texts": AUTHORS,
    "privacy.seen": EVERYBODY,
    "privacy.everything": EVERYBODY,
    "privacy.erase": EVERYBODY,
    "privacy.ask_to_erase": EVERYBODY,
    "privacy.withdraw": EVERYBODY,
    "privacy.log": OPERATORS,
    "privacy.erasures": OPERATORS,
    "privacy.readmit": OPERATORS,
    "privacy.receipt": OPERATORS,
    "privacy.erase_person": OPERATORS,
    "privacy.erase_now": OPERATORS,
    "privacy.decline": OPERATORS,
    "privacy.everything_of": OPERATORS,
    "outcomes.gain": MANAGERS,
    "outcomes.gain_file": MANAGERS,
    "outcomes.diagnosis": MANAGERS,
    "outcomes.diagnosis_file": MANAGERS,
    "outcomes.gain_registrations": MANAGERS,
    "outcomes.diagnosis_registrations": MANAGERS,
    "outcomes.participant_report": MANAGERS,
    "outcomes.participant_file": MANAGERS,
    "outcomes.target_list": MANAGERS,
    "outcomes.target_file": MANAGERS,
    "outcomes.target_new": MANAGERS,
    "outcomes.target_edit": MANAGERS,
    "outcomes.target_delete": MANAGERS,
    # What people tell about themselves is theirs alone.
    "outcomes.about_you": EVERYBODY,
    "outcomes.about_you_delete": EVERYBODY,
    "authoring.desk": AUTHORS,
    "authoring.course": AUTHORS,
    "authoring.new_course": AUTHORS,
    "authoring.new_module": AUTHORS,
    "authoring.new_translation": AUTHORS,
    "authoring.edit": AUTHORS,
    "authoring.save": AUTHORS,
    "authoring.check_now": AUTHORS,
    "authoring.question": AUTHORS,
    "authoring.send_media": AUTHORS,
    "authoring.media": AUTHORS,
    "authoring.course_history": AUTHORS,
    "authoring.text_history": AUTHORS,
    "authoring.restore": AUTHORS,
    "authoring.delete_text": AUTHORS,
    "authoring.delete_module": AUTHORS,
    "authoring.publish": AUTHORS,
    "authoring.publish_now": AUTHORS,
    # Courses of others. Their units ask with a secret of their own, programs with a token: tests/cmi5.
    "cmi5.listing": AUTHORS,
    "cmi5.take": AUTHORS,
    "cmi5.ask": AUTHORS,
    "cmi5.delete": AUTHORS,
    "cmi5.course": EVERYBODY,
    "cmi5.start": EVERYBODY,
    "cmi5_open.content": PUBLIC,
    "cmi5_open.fetch": PUBLIC,
    "cmi5_api.take": PUBLIC,
    "cmi5_api.listing": PUBLIC,
    "cmi5_api.show": PUBLIC,
    "cmi5_api.delete": PUBLIC,
    "cmi5_api.launched": PUBLIC,
    "cmi5_api.waive": PUBLIC,
    "cmi5_api.abandon": PUBLIC,
    "packages.choose": AUTHORS,
    "packages.download": AUTHORS,
    "admin.overview": OPERATORS,
    "members.people": MANAGERS,
    "members.add_person": MANAGERS,
    "members.person": MANAGERS,
    "members.edit_person": MANAGERS,
    "members.keep_out": MANAGERS,
    "members.let_in": MANAGERS,
    "members.end_sessions": MANAGERS,
    "members.make_password": MANAGERS,
    "members.send_link": MANAGERS,
    "members.leave_group": MANAGERS,
    "members.groups": MANAGERS,
    "members.add_group": MANAGERS,
    "members.group": MANAGERS,
    "members.edit_group": MANAGERS,
    "members.delete_group": MANAGERS,
    "members.add_members": MANAGERS,
    "members.add_course": MANAGERS,
    "members.drop_course": MANAGERS,
    "members.invite": MANAGERS,
    "members.close_invitation": MANAGERS,
    "members.organisations": OPERATORS,
    "members.add_organisation": OPERATORS,
    "members.organisation": OPERATORS,
    "members.edit_organisation": OPERATORS,
    "members.merge_organisation": OPERATORS,
    "members.delete_organisation": OPERATORS,
    "members.join": EVERYBODY,
    "members.join_now": EVERYBODY,
    # Whoever has the link of an invitation.
    "members.invitation": PUBLIC,
    "members.register": PUBLIC,
    "members.confirm": PUBLIC,
    "admin.credentials": OPERATORS,
    "admin.revoke": OPERATORS,
    "admin.statement_list": OPERATORS,
    "admin.statement": OPERATORS,
    "admin.attachment": OPERATORS,
    "admin.void": OPERATORS,
}

# These lead to the sign-in page by their nature, so that nobody can tell a refusal from success.
SIGNS_OUT = {"people.sign_out", "people.sign_out_everywhere", "people.second_step"}

PLACES = {
    "filename": "style.css",
    "path": "about",
    "name": "region",
    "kind": "html",
    "course": "accompaniment",
    "module": "model-change",
    "section": "why",
    "text": "01-model-change/en.md",
    "folder": "01-model-change",
    "question": "acts-on",
    "number": 1,
    "ending": "csv",
    "file": "none.png",
    "id_": "00000000-0000-4000-8000-000000000000",
    "credential_id": "00000000-0000-4000-8000-000000000000",
    "sha2": "0" * 64,
    "code": "0" * 28,
    "invitation_id": "00000000-0000-4000-8000-000000000000",
    "secret": "A" * 28,
    "sealed": "none",
    "token": "x",
    "key": "x",
    "unit": "unit-1",
    "registration": "00000000-0000-4000-8000-000000000000",
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With the shipped courses, so that the addresses of the player lead somewhere."""
    return replace(settings, courses=Settings().courses)


def addresses(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, path) of everything the application answers."""
    return [
        (rule.endpoint, method, path_of(rule))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def path_of(rule: Rule) -> str:
    built = rule.build({name: PLACES[name] for name in rule.arguments}, append_unknown=False)
    assert built is not None, rule
    return built[1]


def browser_of(app: Flask, email: str | None) -> FlaskClient:
    """A browser with a fresh session of this person, or of nobody."""
    client = app.test_client()
    if email is not None:
        with app.app_context():
            person = by_email(email)
            assert person is not None
            number = person.id
            with writing() as connection:
                token = device.opened(connection, number, datetime.now(UTC))
        with client.session_transaction() as session:
            session.update({"_user_id": str(number), "_fresh": True, "session": token})
    return client


def outcome(app: Flask, email: str | None, endpoint: str, method: str, path: str) -> str:
    """What became of the request: "open", "refused", "sign in first" or "fails"."""
    answer = browser_of(app, email).open(path, method=method)
    if answer.status_code >= 500:
        return f"fails: {answer.status_code}"
    if (answer.location or "").startswith("/sign-in") and endpoint not in SIGNS_OUT:
        return "sign in first"
    return "refused" if answer.status_code == 403 else "open"


def expected(endpoint: str, role: Role | None) -> str:
    allowed = TABLE[endpoint]
    if allowed is PUBLIC or (role is None and endpoint in SIGNS_OUT):
        return "open"
    if role is None:
        return "sign in first"
    return "open" if role in allowed else "refused"


def test_every_address_has_a_decision(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(TABLE)


@pytest.mark.parametrize("role", [*Role, None])
def test_every_address_as_every_role(app: Flask, make_person, role: Role | None) -> None:  # type: ignore[no-untyped-def]
    email = None
    if role is not None:
        email = f"{role}@x.example"
        make_person(email, role)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    wrong = [
        f"{method} {path} as {role}: {found}, but should be {wanted}"
        for endpoint, method, path in addresses(app)
        if (found := outcome(app, email, endpoint, method, path)) != (wanted := expected(endpoint, role))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("manager", "recorded", "nuts", "seen"),
    [
        ("ES", "ES220", "2024", True),
        ("ES", "BE212", "2024", False),
        ("ES220", "ES220", "2024", True),
        ("ES220", "ES300", "2024", False),
        ("BE2", "BE212", "2024", True),
        ("FI1C6", "FI1C6", "2024", True),
        ("FI1C6", "FI1C3", "2021", True),
        ("FI1C7", "FI1C3", "2021", False),
        ("IT", "IT", "2024", True),
        ("ITI43", "IT", "2024", False),
        ("PT1A", "PT170", "2021", False),
        ("PT1", "PT170", "2021", True),
    ],
)
def test_a_manager_s_pages_end_at_their_territory(
    app: Flask, make_person, manager, recorded, nuts, seen
) -> None:  # type: ignore[no-untyped-def]
    make_person("manager@x.example", Role.MANAGER, manager)
    learner = Learner(str(uuid4()), "en", recorded, nuts=nuts)
    with app.app_context():
        course = library().courses["accompaniment"]
        with writing() as connection:
            registration = records.recorder().enrol(connection, learner, course, datetime.now(UTC))
        db.session.remove()
    browser = browser_of(app, "manager@x.example")
    assert browser.get(f"/reports/registrations/{registration}").status_code == (200 if seen else 404)
    assert (registration in browser.get("/reports/registrations").text) is seen

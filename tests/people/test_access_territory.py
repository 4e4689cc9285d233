"""Every address as everybody in every territory, with real records behind it.

There is much to see about one person: who answers for their region or organisation may see it, nobody else. A
limit that somebody forgets shows here, whatever the page is: no answer to anybody else may hold one of the
person's marks, and nothing that anybody else sends may change what is stored about them.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Table, select
from werkzeug.test import TestResponse

from near_learn import Settings, records
from near_learn.certificates import certificate
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.events import attendance
from near_learn.events import gathering as gatherings
from near_learn.events.gathering import Gathering, Kind
from near_learn.outcomes.target import Target
from near_learn.people import invitation as invitations
from near_learn.people import membership
from near_learn.people.cohort import courses_table
from near_learn.people.person import Cohort, Person
from near_learn.people.role import Role
from near_learn.records import Learner, Response, Sitting, progress
from near_learn.reports import token
from tests.conftest import SECRET, new_database
from tests.members.world import CARITAS, CAST, COURSE, GROUP, HELSINKI, OTHER_GROUP, World, build, email
from tests.people.test_access import EVERYBODY, TABLE
from xapi.sql.tables import statement

NEAR = ("region manager", "organisation manager", "operator")
# Of the same region and the same organisation, with another role; and managers of other territories.
FAR = ("peer", "trainer", "other region manager", "other organisation manager", "nobody")
UNKNOWN = "00000000-0000-4000-8000-000000000000"
NOW = datetime.now(UTC)

# No people in them: files, texts of courses, and the record store, which asks for a credential.
NOT_ABOUT_PEOPLE = ("static", "authoring", "packages", "pages")
# These concern whoever is signed in and nobody else, and would end the session or move the figures.
OWN = {
    "people.sign_out",
    "people.sign_out_everywhere",
    "people.end_other_sessions",
    "people.change_password",
    "privacy.ask_to_erase",
    "player.start",
    "player.open_module",
}


# The learner was at each of them: id, who announced it, region, organisation.
EVENTS = (
    ("event", "region manager", "ES220", CARITAS),
    ("their event", "other region manager", "FI1B1", HELSINKI),
    ("trainer's event", "trainer", "ES220", CARITAS),
)


@dataclass
class Place:
    """The world, and the ids of what there is about the learner."""

    world: World
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def marks(self) -> dict[str, str]:
        """What only those may read who may see the learner, by what it is."""
        return {
            "name": "Learner Person",
            "address": email("learner"),
            "account": self.world.accounts["learner"],
            **{
                name: self.ids[name]
                for name in (
                    "registration",
                    "statement",
                    "invitation",
                    "token",
                    "event",
                    "target",
                    "draft",
                    "report token",
                )
            },
        }


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    settings = Settings(data=tmp_path_factory.mktemp("territory"), secret_key=SECRET, small_group=1)
    if request.config.getoption("database") == "postgresql":
        template = request.getfixturevalue("migrated_database")
        with new_database(request.getfixturevalue("postgresql_server"), template=template) as url:
            yield from furnished(replace(settings, database_url=url))
    else:
        shutil.copy(request.getfixturevalue("migrated_file"), settings.data / "near-learn.sqlite")
        yield from furnished(settings)


def furnished(settings: Settings) -> Iterator[Place]:
    """The world with everything there can be about the learner."""
    made = Place(build(settings))
    world, account = made.world, made.world.accounts["learner"]
    with world.inside():
        made.ids["registration"] = complete(world, "learner")
        # The peer has moved: what was recorded elsewhere stays there, without a name for those who read it.
        made.ids["moved"] = complete(world, "peer", region="FI1B1", organisation=HELSINKI)
        complete(world, "stranger")
        learner = Learner.of(world.person("learner"), "en")
        manager = world.person("region manager")
        db.session.expunge(manager)
        day = datetime.now(ZoneInfo(settings.time_zone)).date()
        with writing() as connection:
            made.ids["certificate"] = certificate.issue(
                connection, made.ids["registration"], name="Learner Person", language="en", at=NOW
            )
            for name, who, region, organisation in EVENTS:
                made.ids[name] = gatherings.announce(
                    connection,
                    course=COURSE,
                    kind=Kind.LEARNING_EVENT,
                    title="Encuentro",
                    language="es",
                    region=region,
                    organisation=organisation,
                    held_on=day,
                    closes_at=gatherings.closing(day, ZoneInfo(settings.time_zone)),
                    created_by=world.accounts[who],
                )
        found = [db.session.get_one(Gathering, made.ids[name]) for name, *_ in EVENTS]
        db.session.expunge_all()
        with writing() as connection:
            for each in found:
                attendance.record(connection, records.recorder(), each, learner, NOW)
            row = {"cohort": OTHER_GROUP, "account": account, "since": NOW, "invitation": ""}
            connection.execute(membership.table.insert(), [row])
            token.add(connection, manager, "Board", ["figures"], days=9, now=NOW)
            row = {"id": UNKNOWN[:-1] + "1", "kind": "completions", "course": COURSE, "region": "ES220"}
            row |= {"organisation": CARITAS, "cohort": GROUP, "value": 9.0, "baseline": "none"}
            row |= {"instrument": "count", "due": date(2027, 1, 1), "set_by": manager.account, "set_at": NOW}
            connection.execute(Target.__table__.insert(), [row])  # type: ignore[attr-defined]
            made.ids["target"] = str(row["id"])
        first = attendance.statement_of(db.session.connection(), made.ids["event"], account)
        made.ids["statement"] = str(first)
        (invitation,) = invitations.of(GROUP)
        made.ids["invitation"], made.ids["token"] = invitation.id, invitation.token
        made.ids["report token"] = db.session.scalars(select(token.ReportToken.id)).one()
    listed = {
        "file": (
            io.BytesIO(f"email,name,region\n{email('learner')},Learner Person,ES220\n".encode()),
            "l.csv",
        )
    }
    sent = world.browser("region manager").post("/enrolment/", data=listed)
    assert sent.status_code == 302, sent.text
    made.ids["draft"] = sent.location.rsplit("/", 1)[1]
    yield made
    with world.app.app_context():
        db.session.remove()
        db.engine.dispose()


def complete(world: World, who: str, **elsewhere: str) -> str:
    """Somebody takes the whole course; their registration."""
    learner = replace(Learner.of(world.person(who), "en"), **elsewhere)
    course, at = library().courses[COURSE], NOW - timedelta(days=1)
    with writing() as connection:
        recorder = records.recorder()
        registration = recorder.enrol(connection, learner, course, at)
        for module in course.modules:
            step, text = Sitting(learner, registration, course, module), module.text("en")
            at += timedelta(minutes=1)
            recorder.open(connection, step, at)
            for section in text.sections:
                at += timedelta(minutes=1)
                recorder.progress(connection, step, section.id, at)
            answers = {question.id: Response(question.right, 5.0) for question in text.quiz}
            recorder.submit(connection, step, 1, answers, at + timedelta(minutes=1))
    return registration


# --- where the records are ---------------------------------------------------------------------------

# What an argument of an address stands for; the id_ of an endpoint is looked up by the longest beginning.
IDS = {
    "events.": "event",
    "cmi5": "nothing",
    "members.": "group",
    "members.person": "account",
    "members.edit_person": "account",
    "members.keep_out": "account",
    "members.let_in": "account",
    "members.end_sessions": "account",
    "members.make_password": "account",
    "members.send_link": "account",
    "members.leave_group": "account",
    "members.organisation": "organisation",
    "members.edit_organisation": "organisation",
    "members.merge_organisation": "organisation",
    "members.delete_organisation": "organisation",
    "privacy.": "account",
    "reports.registration": "registration",
    "reports.revoke_token": "report token",
    "outcomes.target": "target",
    "admin.": "statement",
    "player.my_course": "registration",
    "player.my_statement": "statement",
    "enrolment.": "draft",
}
# Secrets in addresses are wrong ones: whoever has the right one may use it.
WRONG = {"secret": "A" * 28, "token": "B" * 28, "sealed": "none", "code": "22222222"}


def address(place: Place, endpoint: str, arguments: set[str]) -> dict[str, Any]:
    """The values for the arguments, as real as they can be."""
    known = {
        **WRONG,
        "course": COURSE,
        "module": "door",
        "section": "why",
        "question": "first",
        "number": 1,
        "ending": "csv",
        "file": "door.svg",
        "name": "region",
        "sha2": "0" * 64,
        "credential_id": UNKNOWN,
        "registration": place.ids["registration"],
        "unit": "0",
        "key": "none",
        "path": "index.html",
        "invitation_id": place.ids["invitation"],
    }
    if endpoint.startswith("certificates."):
        known["code"] = place.ids["certificate"]
    if "id_" in arguments:
        names = {
            "account": place.world.accounts["learner"],
            "group": GROUP,
            "organisation": CARITAS,
            # Courses of others are the same for everybody; whose sessions are whose is in tests/cmi5.
            "nothing": UNKNOWN,
            **place.ids,
        }
        beginning = max((each for each in IDS if endpoint.startswith(each)), key=len)
        known["id_"] = names[IDS[beginning]]
    return {name: known[name] for name in arguments}


def requests(place: Place) -> list[tuple[str, str, str]]:
    """(endpoint, method, path) of every address that can tell of people."""
    found = []
    for rule in place.world.app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] in NOT_ABOUT_PEOPLE or rule.endpoint in OWN:
            continue
        built = rule.build(address(place, rule.endpoint, rule.arguments), append_unknown=False)
        assert built is not None, rule
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        found += [(rule.endpoint, method, built[1]) for method in methods]
    return found


def form(place: Place) -> dict[str, str]:
    """What would do harm if a page took it."""
    account = place.world.accounts["learner"]
    return {
        "account": account,
        "group": GROUP,
        "course": COURSE,
        "emails": email("learner"),
        "people": email("learner"),
        "text": "learner",
        "name": "Changed",
        "email": "changed@x.example",
        "region": "FI1B1",
        "organisation": HELSINKI,
        "cohort": "",
        "role": "operator",
        "language": "en",
        "reason": "because",
        "into": HELSINKI,
        "sure": "y",
        "places": "3",
        "until": (NOW + timedelta(days=2)).date().isoformat(),
        "deadline": (NOW + timedelta(days=2)).date().isoformat(),
        "confirm": "y",
        "password": "not the password",
    }


def text_of(answer: TestResponse, path: str) -> str:
    """What the answer says beside the address that was asked for; the files of an archive too."""
    content = answer.get_data()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    return content.decode("utf-8", "replace").replace(path, "")


def stored(place: Place) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is stored about the learner and their group."""
    account, registration = place.world.accounts["learner"], place.ids["registration"]
    person, cohort, invitation = Person.__table__, Cohort.__table__, invitations.table
    rows: list[tuple[Any, Any]] = [
        (person, person.c.account == account),
        (cohort, cohort.c.id == GROUP),
        (invitation, invitation.c.cohort == GROUP),
        (membership.table, membership.table.c.cohort == GROUP),
        (courses_table, courses_table.c.cohort == GROUP),
        (certificate.table, certificate.table.c.registration == registration),
        (Target.__table__, Target.__table__.c.id == place.ids["target"]),
        (token.ReportToken.__table__, token.ReportToken.__table__.c.id == place.ids["report token"]),
        (gatherings.table, gatherings.table.c.id == place.ids["event"]),
        (attendance.table, attendance.table.c.gathering == place.ids["event"]),
        *(
            (table, table.c.registration == registration)
            for table in (progress.registration, progress.attempt)
        ),
    ]
    with place.world.inside():
        found = {
            table.name: sorted(map(repr, db.session.execute(select(table).where(condition))))
            for table, condition in rows
            if isinstance(table, Table)
        }
        voided = select(statement.c.id).where(statement.c.voided)
        return found | {"voided": [tuple(row) for row in db.session.execute(voided)]}


# --- nobody else -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", FAR)
def test_nobody_else_sees_or_changes_anything(place: Place, who: str) -> None:
    place.world.app.config["PROPAGATE_EXCEPTIONS"] = False
    before, sent = stored(place), form(place)
    browser = place.world.browser(None if who == "nobody" else who)
    wrong = []
    for endpoint, method, path in requests(place):
        if TABLE[endpoint] == EVERYBODY and who != "peer":
            # The same for every role: looked at once.
            continue
        answer = browser.open(path, method=method, data=sent if method == "POST" else None)
        told = text_of(answer, path)
        wrong += [
            f"{method} {path} tells {who} the {what}" for what, mark in place.marks.items() if mark in told
        ]
        if answer.status_code >= 500:
            wrong.append(f"{method} {path} as {who}: {answer.status_code}")
        # Looking costs time, and a refusal changes nothing; at the end it is looked at in any case.
        if method == "POST" and answer.status_code not in (403, 404) and stored(place) != before:
            pytest.fail("\n".join([*wrong, f"{method} {path} as {who} changes what is stored"]))
    assert not wrong, "\n".join(wrong)
    assert stored(place) == before


SHARED = [
    ("other region manager", "/events/{their event}", "1 person attended"),
    ("other region manager", "/admin/groups/{other group}", "1 person"),
    ("other organisation manager", "/admin/groups/{other group}", "Names are shown of those"),
    ("trainer", "/events/{trainer's event}", "1 person attended"),
    ("other region manager", "/reports/registrations", "{moved}"),
    ("other organisation manager", "/reports/registrations", "{moved}"),
    ("other region manager", "/reports/registrations/{moved}", "Home visits"),
]


@pytest.mark.parametrize(("who", "pattern", "shown"), SHARED)
def test_what_is_shared_with_others_tells_no_names(place: Place, who: str, pattern: str, shown: str) -> None:
    """An event or a group of others where somebody was; a record of somebody who has moved since."""
    ids = {**place.ids, "other group": OTHER_GROUP}
    told = place.world.browser(who).get(pattern.format(**ids)).text
    assert shown.format(**ids) in told
    assert not [name for name in ("Learner Person", "Peer Person") if name in told]


# --- those who answer for the learner ----------------------------------------------------------------

# What they read where. Without this the test above could look at empty pages.
SHOWN = [
    ("GET", "/admin/people", "name", NEAR),
    ("POST", "/admin/people", "address", NEAR),
    ("GET", "/admin/people/{account}", "address", NEAR),
    ("GET", "/admin/people/{account}/edit", "name", NEAR),
    ("GET", "/admin/groups/{group}", "name", NEAR),
    ("GET", "/admin/groups/{group}", "token", NEAR),
    ("GET", "/events/", "event", NEAR),
    ("GET", "/events/{event}", "name", NEAR),
    ("GET", "/reports/registrations", "registration", NEAR),
    ("GET", "/reports/registrations", "name", NEAR),
    ("GET", "/reports/registrations/{registration}", "name", NEAR),
    ("GET", "/reports/targets", "target", NEAR),
    ("GET", "/enrolment/{draft}", "address", ("region manager",)),
    ("GET", "/reports/tokens", "report token", ("region manager",)),
    ("GET", "/admin/statements/{statement}", "account", ("operator",)),
    ("GET", "/my-record", "registration", ("learner",)),
    ("GET", "/my-record/near-learn-everything.zip", "address", ("learner",)),
]


@pytest.mark.parametrize(("method", "pattern", "what", "readers"), SHOWN)
def test_who_answers_for_the_learner_sees_them(
    place: Place, method: str, pattern: str, what: str, readers: tuple[str, ...]
) -> None:
    path = pattern.format(account=place.world.accounts["learner"], group=GROUP, **place.ids)
    for who in NEAR if readers != ("learner",) else (*NEAR, "learner"):
        answer = place.world.browser(who).open(
            path, method=method, data={"text": "learner", "role": "", "region": ""}
        )
        assert (place.marks[what] in text_of(answer, path)) is (who in readers), who


@pytest.mark.parametrize(
    ("who", "enrolled"),
    [
        ("region manager", 1),
        ("organisation manager", 1),
        ("other region manager", 2),
        ("other organisation manager", 2),
        ("operator", 3),
    ],
)
def test_figures_count_the_territory(place: Place, who: str, enrolled: int) -> None:
    answer = place.world.browser(who).get("/reports/completion.json?by=organisation")
    assert answer.get_json()["total"]["enrolled"] == enrolled


@pytest.mark.parametrize("who", [each for each in CAST if CAST[each][0] is Role.MANAGER])
def test_no_choice_names_what_lies_outside(place: Place, who: str) -> None:
    """Lists to choose from tell of groups and organisations too."""
    outside = (
        ["Grupo Tolosa", "Cáritas Navarra"]
        if who.startswith("other")
        else ["Lahti group", "City of Helsinki"]
    )
    browser = place.world.browser(who)
    for path in (
        "/admin/people",
        "/admin/people/new",
        "/admin/groups",
        "/admin/groups/new",
        "/reports/",
        "/events/",
    ):
        told = browser.get(path).text
        assert not [name for name in outside if name in told], path

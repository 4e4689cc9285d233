"""near-learn mail, and the courier that sends after a request."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.exc import DataError, OperationalError

from near_learn import Settings, create_app
from near_learn.db import writing
from near_learn.mail import outbox
from near_learn.mail.command import mail
from near_learn.mail.courier import Courier
from tests.mail.conftest import Put
from tests.mail.post_office import PostOffice


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(mail, words)


def test_sending_by_hand_or_by_cron(app: Flask, put: Put, office: PostOffice) -> None:
    put("a")
    put("b")
    answer = run(app, "send")
    assert (answer.exit_code, answer.output) == (
        0,
        "Sent 2; to be tried again 0; given up 0; unclear 0.\n",
    )
    assert len(office.letters) == 2
    assert run(app, "list").output == "waiting 0, sending 0, sent 2, failed 0, unclear 0\n"


def test_trouble_is_listed_without_addresses_and_tried_again(
    app: Flask, put: Put, office: PostOffice
) -> None:
    office.recipient = "550 <ane@navarra.example> unknown"
    put()
    assert run(app, "send").exit_code == 1
    listed = run(app, "list").output
    assert "failed 1" in listed
    assert "test  failed  tried 1 times  550 <(address)> unknown" in listed
    assert "navarra" not in listed
    office.recipient = "250 OK"
    assert run(app, "retry", "--failed").output == "1 wait to be sent again.\n"
    assert run(app, "send").output.startswith("Sent 1;")


def test_trying_the_settings(app: Flask, office: PostOffice) -> None:
    assert run(app, "test", "you@example.org").output == "The mail server has taken the mail.\n"
    assert len(office.to("you@example.org")) == 1
    assert run(app, "test", "nobody").exit_code == 2
    office.recipient = "550 no"
    answer = run(app, "test", "you@example.org")
    assert (answer.exit_code, answer.output) == (1, "Error: The mail was not sent. 550 no\n")


@pytest.mark.parametrize("words", [["send"], ["list"], ["retry"], ["test", "a@b.example"]])
def test_without_a_mail_server_the_commands_say_so(settings: Settings, words: list[str]) -> None:
    from dataclasses import replace

    app = create_app(replace(settings, mail_server=""))
    answer = run(app, *words)
    assert answer.exit_code == 1
    assert "Mail is not set up" in answer.output


def test_a_mail_leaves_after_the_request_that_stored_it(app: Flask, office: PostOffice) -> None:
    courier: Courier = app.extensions["courier"]
    with app.test_request_context():
        with writing() as connection:
            values = {"kind": "test", "account": "", "to": "a@b.example", "subject": "s", "text": "t"}
            outbox.put(connection, key="k", **values)
        assert courier._thread is None
    courier.finish(5)
    assert len(office.to("a@b.example")) == 1
    assert run(app, "list").output.startswith("waiting 0, sending 0, sent 1")


def test_a_courier_that_is_stopped_leaves_what_waits(
    settings: Settings, office: PostOffice, put: Put
) -> None:
    put()
    courier = Courier(create_app(settings))
    courier.stop()
    courier.wake()
    courier.finish(1)
    assert office.letters == []
    office.recipient = "450 later"
    napping = Courier(create_app(settings))
    napping.wake()
    napping.finish(5)
    assert napping._thread is not None, "it waits until the mail is due"
    napping.stop()
    assert not napping._thread.is_alive()


@pytest.mark.parametrize("fault", [OperationalError("select", {}, Exception("gone")), ValueError("a fault")])
def test_a_courier_whose_context_cannot_be_left_sends_what_comes_later(
    settings: Settings, office: PostOffice, put: Put, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    # As when PostgreSQL has ended its connections: the session cannot be rolled back where it is given up.
    app = create_app(settings)
    faults = [fault]
    app.teardown_appcontext(lambda _error: raised(faults.pop()) if faults else None)
    courier = Courier(app)
    courier.wake()
    courier.finish(5)
    assert not faults
    assert type(fault).__name__ in caplog.text
    put()
    courier.wake()
    courier.finish(5)
    assert len(office.letters) == 1
    courier.stop()


def raised(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("fault", [ValueError("a fault"), DataError("select", {}, Exception("NUL"))])
def test_what_the_database_could_not_do_is_done_again_and_a_fault_is_not(
    app: Flask, fault: Exception
) -> None:
    courier: Courier = app.extensions["courier"]
    done: list[str] = []
    faults = [OperationalError("select", {}, Exception("gone")), fault]

    def task(name: str) -> None:
        done.append(name)
        if faults:
            raise faults.pop(0)

    courier.soon(lambda: task("first"))
    courier.finish(5)
    assert done == ["first"]
    courier.soon(lambda: task("second"))
    courier.finish(5)
    courier.wake()
    courier.finish(5)
    assert done == ["first", "first", "second"]


def test_a_request_without_a_mail_wakes_nobody(app: Flask) -> None:
    app.test_client().get("/healthz")
    assert app.extensions["courier"]._thread is None

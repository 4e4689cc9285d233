"""The outbox: once per key, claimed by one, sealed, forgotten when sent, tried again with longer waits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from near_learn import Settings, create_app
from near_learn.db import db, writing
from near_learn.mail import outbox, sending
from near_learn.mail.outbox import DELAYS, Mail, State, table
from tests.mail.conftest import Put
from tests.mail.post_office import PostOffice


def rows() -> list[Mail]:
    with db.engine.connect() as connection:
        return [Mail(**row) for row in connection.execute(select(table).order_by(table.c.key)).mappings()]


def due_now() -> None:
    """What waits is due, as if its time had come."""
    with writing() as connection:
        connection.execute(update(table).values(due_at=datetime.now(UTC)))


def test_a_mail_is_stored_once_per_key(put: Put, office: PostOffice) -> None:
    assert put("reminder:1")
    assert not put("reminder:1", subject="Again")
    assert put("reminder:2")
    assert sending.deliver().sent == 2
    assert not put("reminder:1")
    assert sending.deliver().sent == 0
    assert [each["Subject"] for each in office.letters] == ["Hello", "Hello"]


def test_a_mail_of_a_transaction_that_fails_is_none(app: Flask) -> None:
    values = {"kind": "test", "account": "", "to": "a@b.example", "subject": "s", "text": "t"}
    with app.app_context():
        with pytest.raises(ZeroDivisionError), writing() as connection:
            _ = outbox.put(connection, key="k", **values) and 1 / 0
        assert rows() == []


def test_the_database_holds_neither_address_nor_text(put: Put) -> None:
    put(subject="About Ane", text="Your link: /reset/secret-token")
    (row,) = rows()
    stored = " ".join(str(value) for value in vars(row).values())
    for secret in ("ane@navarra", "About Ane", "secret-token"):
        assert secret not in stored
    sending.deliver()
    (row,) = rows()
    assert (row.state, row.sealed, row.tries) == (State.SENT, "", 1)


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b", "a@b.example\nBcc: c@d.example", "a@b.example, c@d.example"]
)
def test_an_address_that_is_none_is_refused(put: Put, address: str) -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        put(to=address)
    assert rows() == []


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_an_impossible_key_is_refused(put: Put, key: str) -> None:
    with pytest.raises(ValueError, match="mail key"):
        put(key)


def test_without_a_mail_server_nothing_is_stored(settings: Settings) -> None:
    from dataclasses import replace

    app = create_app(replace(settings, mail_server=""))
    with app.app_context():
        assert not outbox.ready()
        with writing() as connection:
            values = {"kind": "test", "account": "", "to": "a@b.example", "subject": "s", "text": "t"}
            assert not outbox.put(connection, key="k", **values)
        assert rows() == []
        assert sending.deliver() == sending.Outcome()


def test_two_who_send_at_once_send_each_mail_once(app: Flask, put: Put, office: PostOffice) -> None:
    for number in range(30):
        put(f"k{number}", subject=f"Number {number}")

    def send() -> int:
        with app.app_context():
            return sending.deliver().sent

    with ThreadPoolExecutor(4) as pool:
        sent = [future.result() for future in [pool.submit(send) for _ in range(4)]]
    assert sum(sent) == 30
    assert sorted(each["Subject"] for each in office.letters) == sorted(f"Number {n}" for n in range(30))
    assert {row.state for row in rows()} == {State.SENT}


def test_a_mail_that_is_put_off_waits_longer_each_time_and_is_given_up_at_last(
    put: Put, office: PostOffice
) -> None:
    office.recipient = "450 4.2.1 ane@navarra.example is busy"
    put()
    for delay in DELAYS:
        assert sending.deliver() == sending.Outcome(later=1)
        (row,) = rows()
        assert (row.state, row.reason) == (State.WAITING, "450 4.2.1 (address) is busy")
        assert abs(row.due_at - row.changed_at - delay) < timedelta(seconds=1)
        assert sending.deliver() == sending.Outcome()
        due_now()
    assert sending.deliver() == sending.Outcome(failed=1)
    assert rows()[0].state == State.FAILED
    assert office.letters == []


def test_a_server_that_comes_back_gets_what_waited(put: Put, office: PostOffice) -> None:
    office.recipient = "450 later"
    put()
    sending.deliver()
    office.recipient = "250 OK"
    due_now()
    assert sending.deliver().sent == 1


def test_an_address_that_does_not_exist_is_given_up_and_the_others_are_sent(
    put: Put, office: PostOffice
) -> None:
    office.recipient = "550 5.1.1 <ane@navarra.example>: no such user"
    put("first")
    assert sending.deliver() == sending.Outcome(failed=1)
    office.recipient = "250 OK"
    put("second")
    assert sending.deliver() == sending.Outcome(sent=1)
    assert {row.key: row.state for row in rows()} == {"first": "failed", "second": "sent"}


def test_a_text_that_is_refused_for_now_is_sent_later(put: Put, office: PostOffice) -> None:
    office.data = "451 try later"
    put()
    assert sending.deliver() == sending.Outcome(later=1)
    office.data = "250 OK"
    due_now()
    assert sending.deliver() == sending.Outcome(sent=1)


def test_a_server_that_goes_away_over_the_text_leaves_the_mail_unclear_and_the_rest_waiting(
    put: Put, office: PostOffice
) -> None:
    office.data = "hang up"
    put("first")
    put("second")
    outcome = sending.deliver()
    assert (outcome.sent, outcome.unclear) == (0, 1)
    assert {row.key: row.state for row in rows()} == {"first": "unclear", "second": "waiting"}
    office.data = "250 OK"
    due_now()
    assert sending.deliver().sent == 1
    assert len(office.letters) == 1
    with writing() as connection:
        assert outbox.try_again(connection, [row.id for row in rows()], datetime.now(UTC)) == 1
    assert sending.deliver().sent == 1


def test_a_server_that_cannot_be_reached_is_tried_again_later(settings: Settings, caplog) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    app = create_app(replace(settings, mail_port=1))
    with app.app_context():
        for key in ("a", "b"):
            values = {"kind": "test", "account": "", "to": "a@b.example", "subject": "s", "text": "t"}
            with writing() as connection:
                outbox.put(connection, key=key, **values)
        assert sending.deliver() == sending.Outcome(later=2)
        assert {(row.state, row.tries) for row in rows()} == {("waiting", 1)}
        assert "refused" in rows()[0].reason.lower()
        for _ in DELAYS:
            due_now()
            sending.deliver()
        assert {row.state for row in rows()} == {State.FAILED}
    assert "a@b.example" not in caplog.text


def test_what_a_killed_process_left_behind_is_not_sent_twice(put: Put, office: PostOffice) -> None:
    put()
    with writing() as connection:
        assert outbox.claim(connection, datetime.now(UTC))
    assert sending.deliver() == sending.Outcome()
    late = datetime.now(UTC) + outbox.ABANDONED + timedelta(seconds=1)
    with db.engine.connect() as connection:
        (stuck,) = outbox.troubled(connection, late)
        assert outbox.troubled(connection, datetime.now(UTC)) == []
    with writing() as connection:
        assert outbox.try_again(connection, [stuck.id], datetime.now(UTC)) == 0
        assert outbox.try_again(connection, [stuck.id], late) == 1


def test_a_mail_sealed_with_another_key_is_given_up(put: Put, office: PostOffice, settings: Settings) -> None:
    from dataclasses import replace

    put()
    app = create_app(replace(settings, secret_key="another-secret-key-0123456789"))
    with app.app_context():
        assert sending.deliver() == sending.Outcome(failed=1)
    assert office.letters == []


def test_forgetting_an_account(put: Put) -> None:
    put("a")
    put("b", account="a-2")
    with writing() as connection:
        assert outbox.forget(connection, "a-1") == 1
    assert [row.key for row in rows()] == ["b"]


def test_names_and_addresses_stay_out_of_the_log(put: Put, office: PostOffice, caplog) -> None:  # type: ignore[no-untyped-def]
    office.recipient = "550 5.1.1 <ane@navarra.example>: Ane is not here"
    put(subject="For Ane", text="Dear Ane Etxeberria")
    with caplog.at_level("DEBUG"):
        sending.deliver()
    ours = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("mail.log")
    )
    assert "was not sent" in ours
    for secret in ("ane@navarra.example", "navarra.example", "Etxeberria", "For Ane"):
        assert secret not in ours

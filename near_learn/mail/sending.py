"""Sending what waits in the outbox, one mail after the other."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app

from near_learn.config import Settings
from near_learn.db import db, writing
from near_learn.mail import message, outbox, server
from near_learn.mail.outbox import Claimed, State
from near_learn.sealed import CannotOpen, NoKey


@dataclass
class Outcome:
    """How many mails were sent, wait for another try, were given up, or may have arrived or not."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    unclear: int = 0


def deliver(stopped: Callable[[], bool] = lambda: False) -> Outcome:
    """Sends every mail that is due. Several processes may do so at once: each mail is claimed by one.

    The server is reached first and each mail claimed only then, so that a process that is stopped leaves
    at most the one mail unclear that it was just handing over.
    """
    settings: Settings = current_app.extensions["settings"]
    outcome = Outcome()
    if not outbox.ready() or not _any_due():
        return outcome
    try:
        with server.connected(settings) as reached:
            while not stopped() and _deliver_next(reached, settings, outcome):
                pass
    except server.Unreachable as error:
        with writing() as connection:
            outcome.later += outbox.postpone_all(connection, datetime.now(UTC), str(error))
        current_app.logger.warning("mail: the server cannot be used: %s", error)
    return outcome


def _any_due() -> bool:
    with db.engine.connect() as connection:
        due = outbox.next_due(connection)
    return due is not None and due <= datetime.now(UTC)


def _deliver_next(reached: smtplib.SMTP, settings: Settings, outcome: Outcome) -> bool:
    """Sends one mail; False when none is due any more. Raises Unreachable."""
    with writing() as connection:
        mail = outbox.claim(connection, datetime.now(UTC))
    if mail is None:
        return False
    try:
        _send(reached, settings, mail)
    except server.Unreachable as error:
        _failed(mail, outcome, str(error), for_good=False)
        raise
    except server.Refused as error:
        _failed(mail, outcome, str(error), for_good=error.for_good)
    except (CannotOpen, NoKey, UnicodeError, ValueError) as error:
        _failed(mail, outcome, f"it cannot be written: {type(error).__name__}", for_good=True)
    except server.Unclear as error:
        with writing() as connection:
            outbox.mark_unclear(connection, mail, datetime.now(UTC), str(error))
        outcome.unclear += 1
        current_app.logger.warning("mail %s (%s) may have arrived or not", mail.id, mail.kind)
        raise server.Unreachable(str(error)) from error
    else:
        with writing() as connection:
            outbox.mark_sent(connection, mail, datetime.now(UTC))
        outcome.sent += 1
    return True


def _send(reached: smtplib.SMTP, settings: Settings, mail: Claimed) -> None:
    content = mail.content()
    written = message.composed(settings, mail.id, content, datetime.now(UTC))
    sender = message.envelope(message.sender(settings).addr_spec)
    server.hand_over(reached, sender, message.envelope(content.to), written)


def _failed(mail: Claimed, outcome: Outcome, reason: str, *, for_good: bool) -> None:
    with writing() as connection:
        state = outbox.mark_failed(connection, mail, datetime.now(UTC), reason, for_good=for_good)
    if state is State.FAILED:
        outcome.failed += 1
    else:
        outcome.later += 1
    # Without the address: mails are told apart by their number.
    current_app.logger.warning("mail %s (%s) was not sent, %s: %s", mail.id, mail.kind, state.value, reason)

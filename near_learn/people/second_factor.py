"""The second factor: codes of an app that change every 30 seconds (TOTP, RFC 6238), and recovery codes."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from flask import current_app
from sqlalchemy import (
    BigInteger,
    Connection,
    ForeignKey,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.config import Settings
from near_learn.db import Model, UTCDateTime
from near_learn.people.password import ALPHABET
from near_learn.people.role import Role
from near_learn.privacy import keyed
from near_learn.sealed import CannotOpen, opened, seal

PURPOSE = "second factor"
RECOVERY = "recovery code"
PERIOD = 30
# RFC 6238, 5.2: one step each way for clocks that differ and people who type slowly.
STEPS = (0, -1, 1)
RECOVERY_CODES = 10
# 59 bits, hashed with a key.
RECOVERY_GROUPS, RECOVERY_LETTERS = 3, 4


class SecondFactor(Model):
    """That somebody has a second factor. `last_step` is the last code's, so that none is taken twice."""

    __tablename__ = "second_factor"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    sealed: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UTCDateTime())
    last_step: Mapped[int] = mapped_column(BigInteger)


class RecoveryCode(Model):
    """A code on paper, good once, for who has lost the telephone."""

    __tablename__ = "recovery_code"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


assert isinstance(SecondFactor.__table__, Table)  # noqa: S101 (for the type checker)
assert isinstance(RecoveryCode.__table__, Table)  # noqa: S101
table: Table = SecondFactor.__table__
codes: Table = RecoveryCode.__table__


@dataclass(frozen=True)
class State:
    """Since when somebody has a second factor, and how many recovery codes are left."""

    since: datetime
    codes_left: int


def demanded(role: str) -> bool:
    """Whether people in this role may not go without a second factor here."""
    return Role(role) in _settings().second_factor_roles()


def state(connection: Connection, person_id: int) -> State | None:
    """The person's second factor; None when they have none."""
    since = connection.scalar(select(table.c.since).where(table.c.person_id == person_id))
    if since is None:
        return None
    left = select(func.count()).select_from(codes)
    unused = left.where(codes.c.person_id == person_id, codes.c.used_at.is_(None))
    return State(since, connection.scalar(unused) or 0)


def new_secret() -> str:
    """A secret to share with an app: 160 bits in 32 letters and digits."""
    return pyotp.random_base32()


def address(secret: str, email: str) -> str:
    """What the QR code holds; the app shows the e-mail address beside the code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="NEAR Learn")


def step_of(secret: str, entered: str, now: datetime) -> int | None:
    """The 30 seconds to which the entered code belongs, when it is one of now; else None."""
    code = "".join(entered.split())
    if len(code) != 6 or not code.isascii() or not code.isdecimal():
        return None
    present = int(now.timestamp()) // PERIOD
    app = pyotp.TOTP(secret)
    right = [step for step in (present + each for each in STEPS) if _same(app.generate_otp(step), code)]
    return right[0] if right else None


def switch_on(connection: Connection, person_id: int, secret: str, step: int, now: datetime) -> list[str]:
    """Gives the person a second factor whose code of `step` they have just shown; their recovery codes."""
    switch_off(connection, person_id)
    connection.execute(
        insert(table).values(
            person_id=person_id,
            sealed=seal(secret, secret_key=_settings().secret_key, purpose=PURPOSE),
            since=now,
            last_step=step,
        )
    )
    return new_recovery_codes(connection, person_id)


def switch_off(connection: Connection, person_id: int) -> bool:
    """Takes the second factor and its recovery codes away; False when there was none."""
    connection.execute(delete(codes).where(codes.c.person_id == person_id))
    return connection.execute(delete(table).where(table.c.person_id == person_id)).rowcount == 1


def new_recovery_codes(connection: Connection, person_id: int) -> list[str]:
    """Ten new recovery codes; those before are good no longer. Only their hashes are kept."""
    connection.execute(delete(codes).where(codes.c.person_id == person_id))
    made = [_recovery_code() for _ in range(RECOVERY_CODES)]
    key = keyed.needed(RECOVERY)
    rows = [{"person_id": person_id, "hash": _hash(code, key), "used_at": None} for code in made]
    connection.execute(insert(codes), rows)
    return made


def accepts(connection: Connection, person_id: int, entered: str, now: datetime) -> bool:
    """Whether this is the app's code of now or a recovery code; neither is good twice. It writes."""
    row = connection.execute(select(table).where(table.c.person_id == person_id)).first()
    if row is None:
        return False
    return _takes_recovery_code(connection, person_id, entered, now) or _takes_code(
        connection, person_id, entered, now, row.sealed
    )


def _takes_code(connection: Connection, person_id: int, entered: str, now: datetime, sealed: str) -> bool:
    try:
        earlier = _settings().earlier_secret_keys
        secret = opened(sealed, secret_key=_settings().secret_key, purpose=PURPOSE, earlier=earlier)
    except CannotOpen:
        current_app.logger.error("a second factor was sealed with another NEAR_LEARN_SECRET_KEY")
        return False
    step = step_of(secret, entered, now)
    if step is None:
        return False
    # RFC 6238, 5.2: the second attempt with the same code is refused, also when both come at once.
    newer = (table.c.person_id == person_id, table.c.last_step < step)
    return connection.execute(update(table).where(*newer).values(last_step=step)).rowcount == 1


def _takes_recovery_code(connection: Connection, person_id: int, entered: str, now: datetime) -> bool:
    code = "".join(sign for sign in entered.casefold() if sign.isalnum())
    if len(code) != RECOVERY_GROUPS * RECOVERY_LETTERS:
        return False
    hashes = [_hash(code, key) for key in keyed.keys(RECOVERY)]
    one = (codes.c.person_id == person_id, codes.c.hash.in_(hashes), codes.c.used_at.is_(None))
    return connection.execute(update(codes).where(*one).values(used_at=now)).rowcount == 1


def _recovery_code() -> str:
    return "-".join(
        "".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LETTERS)) for _ in range(RECOVERY_GROUPS)
    )


def _hash(code: str, key: keyed.Key) -> str:
    return key.digest(code.replace("-", "").encode())


def _same(code: str, entered: str) -> bool:
    return hmac.compare_digest(code, entered)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings

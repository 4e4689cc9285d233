"""A record store with a handful of statements of every kind."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from near_learn import Settings
from xapi.lrs import LRS
from xapi.record import prepare
from xapi.sql.tables import statement
from xapi.store import Attachment
from xapi.versions import negotiate

SYSTEM = {"account": {"homePage": "http://127.0.0.1:8000", "name": "near-learn"}}
OTHER = {"objectType": "Agent", "mbox": "mailto:lms@example.org"}
FILE = Attachment(hashlib.sha256(b"a picture").hexdigest(), "image/png", b"a picture")


def statement_id(number: int) -> str:
    return str(UUID(int=number, version=4))


def made(number: int, **more: Any) -> dict[str, Any]:
    """A statement that keeps every rule."""
    return {
        "id": statement_id(number),
        "actor": {"account": {"homePage": "https://example.org", "name": f"person {number}"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
        "object": {"id": f"https://example.org/things/{number}"},
        "timestamp": "2026-03-02T09:00:00.000Z",
        **more,
    }


def voiding(number: int, target: int) -> dict[str, Any]:
    return made(
        number,
        verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
        object={"objectType": "StatementRef", "id": statement_id(target)},
    )


def with_file(number: int) -> dict[str, Any]:
    described = {
        "usageType": "https://example.org/picture",
        "display": {"en": "A picture"},
        "contentType": FILE.content_type,
        "length": len(FILE.content),
        "sha2": FILE.sha2,
    }
    return made(number, attachments=[described])


def store(app: Flask, *values: dict[str, Any], authority: dict[str, Any] = OTHER) -> None:
    """Saves the statements, in one batch."""
    records = []
    for value in values:
        text = json.dumps(value)
        files = [FILE] if "attachments" in value else []
        records.append(prepare(text, value, negotiate("2.0.0"), authority, files))
    lrs: LRS = app.extensions["lrs"]
    with app.app_context(), lrs.writing() as connection:
        lrs.add(connection, records)


def stored(app: Flask) -> dict[str, dict[str, Any]]:
    """What is in the store, by id, without the time when it was stored."""
    lrs: LRS = app.extensions["lrs"]
    with lrs.reading() as connection:
        rows = connection.execute(select(statement.c.id, statement.c.text)).all()
    return {
        row.id: {name: value for name, value in json.loads(row.text).items() if name != "stored"}
        for row in rows
    }


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Without courses: what is stored here is about other things."""
    (tmp_path / "courses").mkdir()
    return replace(settings, courses=tmp_path / "courses")


@pytest.fixture
def full(app: Flask) -> Flask:
    """An ordinary one, one with a file, a voided one with its voiding, one of 1.0.3 with odd numbers."""
    store(app, made(1), with_file(2), made(3), voiding(4, 3))
    store(app, made(5, version="1.0.3", result={"score": {"raw": 1e-7, "scaled": 0.10000000000000001}}))
    return app

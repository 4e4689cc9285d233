"""Every table of the schema is declared: what it holds about people, or that it holds nothing."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from near_learn.privacy import holdings
from near_learn.privacy.holdings import DERIVED_FROM_PROGRESS, HOLDINGS, IMPERSONAL, tables

DOCUMENT = Path(__file__).parents[2] / "docs" / "privacy.md"
# By what a column says that it leads to a person.
POINTERS = {"account", "actor", "person_id", "created_by", "made_by", "set_by", "revoked_by", "email"}


def test_every_table_is_declared(app: Flask) -> None:
    declared = {holding.table for holding in HOLDINGS} | set(IMPERSONAL)
    missing = {name for name in tables() if not name.startswith(DERIVED_FROM_PROGRESS)} - declared
    assert missing == set(), "declare these in near_learn/privacy/holdings.py"
    assert declared - set(tables()) == set(), "these are no tables any more"


def test_every_column_that_leads_to_a_person_is_declared(app: Flask) -> None:
    declared = {(holding.table, holding.column) for holding in HOLDINGS}
    personal = {(holding.table) for holding in HOLDINGS if holding.table == "person"}
    found = {
        (table.name, column.name)
        for table in tables().values()
        for column in table.c
        if column.name in POINTERS or any(key.column.table.name == "person" for key in column.foreign_keys)
    }
    allowed = {("person", "account"), ("person", "email"), ("audit", "actor")}
    assert found - declared - allowed == set(), "declare these in near_learn/privacy/holdings.py"
    assert personal


def test_declared_columns_are_there_and_lead_to_what_they_say(app: Flask) -> None:
    for holding in HOLDINGS:
        columns: sa.ColumnCollection[str, sa.Column[object]] = holding.source.c
        assert holding.column in columns, holding.id
        assert set(holding.blank) <= set(columns.keys()), holding.id


def test_the_records_of_processing_say_the_same(app: Flask) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [row for row in holdings.record_of_processing() if row not in text] == []
    assert [name for name in IMPERSONAL if f"`{name}`" not in text] == []

"""Prepared queries find what the same queries find, with values of the same types."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import String, bindparam, func, select

from near_learn.db import db
from near_learn.people.region import Region
from near_learn.prepared import Prepared


def test_rows_are_those_of_the_query(app: Flask) -> None:
    query = (
        select(Region.code, Region.in_2024, func.length(Region.name).label("long"))
        .where(Region.country == bindparam("country"), Region.level <= 2, Region.name != "100 %")
        .order_by(Region.code)
        .limit(3)
    )
    with app.app_context():
        connection = db.session.connection()
        expected = [tuple(row) for row in connection.execute(query, {"country": "BE"})]
        found = Prepared(query).rows(connection, country="BE")
        assert [tuple(row) for row in found] == expected
        assert (found[0].code, found[0].in_2024) == ("BE", True)
        assert Prepared(query).first(connection, country="??") is None


def test_a_value_may_stand_in_several_places(app: Flask) -> None:
    code = bindparam("code", type_=String)
    query = select(Region.code).where((Region.code == code) | (Region.country == code)).order_by(Region.code)
    with app.app_context():
        connection = db.session.connection()
        expected = list(connection.scalars(query, {"code": "CZ"}))
        assert [row.code for row in Prepared(query).rows(connection, code="CZ")] == expected

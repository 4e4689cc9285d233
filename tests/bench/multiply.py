"""A world many times over: everybody again under other ids, in another region of the same country.

The database does it by itself, because telling millions of statements one by one takes an hour. In the texts
too, ids, region, organisation and cohort are replaced; the times stay.
"""

from __future__ import annotations

from itertools import groupby

from sqlalchemy import Connection, text

from tests.bench.histories import TABLES

MOST = 15  # copies: their number is one digit of an id


def add_copy(connection: Connection, number: int) -> None:
    """Adds everybody again who was told, as copy NUMBER (1 to MOST)."""
    digit = f"{number:x}"
    _places(connection, number)
    _insert(
        connection,
        digit,
        "person",
        "person t JOIN bench_place p ON p.old = t.region",
        "t.account LIKE 'aaaaaaaa-0000-%'",
    )
    here = " JOIN bench_place p ON p.old = r.region WHERE r.registration LIKE 'bbbbbbbb-0000-%'"
    for table in TABLES[1:]:
        source = f"{table.name} t JOIN registration r ON r.registration = t.registration {here}"
        _insert(connection, digit, table.name, source, "t.registration LIKE 'bbbbbbbb-0000-%'")
    same = "replace(CAST(t.registration AS TEXT), '-', '') = replace(r.registration, '-', '')"
    if connection.dialect.name == "sqlite":
        same = "t.registration = replace(r.registration, '-', '')"
    _insert(
        connection, digit, "xapi_statement", f"registration r JOIN xapi_statement t ON {same} {here}", "1 = 1"
    )
    _insert(
        connection,
        digit,
        "registration",
        f"registration t JOIN registration r USING (registration) {here}",
        "1 = 1",
    )


def _places(connection: Connection, number: int) -> None:
    """For each region the one that stands for it in this copy."""
    connection.execute(text("DROP TABLE IF EXISTS bench_place"))
    connection.execute(text("CREATE TABLE bench_place (old VARCHAR(5) PRIMARY KEY, new VARCHAR(5))"))
    used = (
        "SELECT DISTINCT region FROM registration WHERE registration LIKE 'bbbbbbbb-0000-%' ORDER BY region"
    )
    for _, together in groupby(connection.scalars(text(used)).all(), key=lambda code: code[:2]):
        codes = list(together)
        for place, code in enumerate(codes):
            row = {"old": code, "new": codes[(place + number) % len(codes)]}
            connection.execute(text("INSERT INTO bench_place VALUES (:old, :new)"), row)


def _insert(connection: Connection, digit: str, table: str, source: str, where: str) -> None:
    columns = list(connection.execute(text(f'SELECT * FROM "{table}" LIMIT 0')).keys())
    values = ", ".join(_value(connection, digit, table, name) for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    glue = "AND" if "WHERE" in source else "WHERE"
    connection.execute(text(f'INSERT INTO "{table}" ({names}) SELECT {values} FROM {source} {glue} {where}'))


def _value(connection: Connection, digit: str, table: str, name: str) -> str:
    """What stands in a column of the copy."""
    column = f't."{name}"'
    group = f"replace({column}, 'group-', 'group-{digit}-')"
    region = f"replace({column}, p.old, p.new)"
    values = {
        "region": "p.new",
        "organisation": region,
        "cohort": group,
        "actor": _person(column, digit),
        "account": _person(column, digit),
        "registration": _person(column, digit),
        "statement_id": f"'0000000{digit}' || substr({column}, 9)",
        "email": f"'copy-{digit}-' || {column}",
    }
    if table == "person":
        values |= {"id": f"{column} + {int(digit, 16) * 1_000_000}", "cohort_id": "NULL"}
    if table == "xapi_statement":
        own = f'replace({_person(region, digit)}, \'"id":"00000000\', \'"id":"0000000{digit}\')'
        values = {
            "id": _uuid(connection, f"'0000000{digit}' || substr(CAST({column} AS TEXT), 9)"),
            "registration": _uuid(connection, _person(f"CAST({column} AS TEXT)", digit)),
            "seq": f"{column} + {int(digit, 16) * 1_000_000_000}",
            "text": own.replace(region, f"replace({region}, 'group-', 'group-{digit}-')"),
        }
    return values.get(name, column)


def _person(column: str, digit: str) -> str:
    for letter in "ab":
        for dash in ("-", ""):
            column = f"replace({column}, '{letter * 8}{dash}0000', '{letter * 8}{dash}000{digit}')"
    return column


def _uuid(connection: Connection, value: str) -> str:
    return f"CAST({value} AS UUID)" if connection.dialect.name == "postgresql" else value

"""The statements that mention a person: found by terms and by what stands in them, and rewritten."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, or_, select, update

from near_learn.privacy import verbatim
from near_learn.privacy.identities import Identities
from near_learn.privacy.redacting import Json, Redactor, definition_of
from near_learn.records.iris import Iris
from xapi.sql import activities, mentions
from xapi.sql.chunks import chunks
from xapi.sql.tables import activity, attachment, statement
from xapi.terms import AGENT, AUTHORITY, RELATED_AGENT, mentioned, term

ROLES = (AGENT, RELATED_AGENT, AUTHORITY)


@dataclass(frozen=True)
class Rewritten:
    """A statement as it is to be stored."""

    id: str
    seq: int
    registration: str | None
    before: str
    after: str
    texts: bool  # whether it lost what somebody wrote


@dataclass
class Changes:
    """What erasing a person does to the statements."""

    statements: list[Rewritten] = field(default_factory=list)
    theirs: frozenset[str] = frozenset()  # whose texts and attachments are the person's or about them
    attachments: int = 0
    named: int = 0  # statements that hold the name and stay, because others have it too

    @property
    def registrations(self) -> list[str]:
        """Those whose rows must be made again."""
        return sorted({one.registration for one in self.statements if one.registration})

    @property
    def texts(self) -> int:
        """How many statements lose what somebody wrote."""
        return sum(one.texts for one in self.statements)


def ids(connection: Connection, who: Identities) -> list[str]:
    """The statements that mention the person in any role, those that refer to such, and voided ones."""
    terms = [term(role, one) for one in who.known for role in ROLES]
    found: set[str] = set()
    mention = mentions.table(connection)
    query = select(statement.c.id).join(mention, mentions.of_statement(connection)).distinct()
    for some in chunks(terms):
        found.update(connection.scalars(query.where(mention.c.term.in_(some))))
    return sorted(found)


def changes(connection: Connection, who: Identities) -> Changes:
    """What erasing WHO would do; nothing is written."""
    redactor = _redactor(connection, who)
    candidates = {
        row.id: row for row in _rows(connection, {*ids(connection, who), *_by_text(connection, who)})
    }
    trees: dict[str, Json] = {id_: verbatim.tree(row.text) for id_, row in candidates.items()}
    theirs = _theirs(redactor, trees, {id_: row.refers_to for id_, row in candidates.items()})
    found = Changes(theirs=frozenset(theirs))
    for id_, row in candidates.items():
        made = redactor.redact(trees[id_], free_text=id_ in theirs)
        if made != trees[id_]:
            after = verbatim.text(made)
            plain = redactor.redact(trees[id_], free_text=False) if id_ in theirs else made
            found.statements.append(
                Rewritten(id_, row.seq, row.registration, row.text, after, texts=plain != made)
            )
        elif not redactor.theirs_alone and who.full_name is not None and who.full_name.search(row.text):
            found.named += 1
    found.statements.sort(key=lambda one: one.seq)
    found.attachments = _count_attachments(connection, theirs)
    return found


def write(connection: Connection, who: Identities, made: Changes) -> None:
    """Puts the rewritten statements in the place of those that are stored. Their ids and order stay."""
    swapped = {
        term(role, old): term(role, f"account\0{who.base}\0{fresh}")
        for old, fresh in who.fresh.items()
        for role in ROLES
    }
    for one in made.statements:
        connection.execute(update(statement).where(statement.c.id == one.id).values(text=one.after))
        _move_mentions(connection, one, swapped)
    # What refers to these statements is found by the same terms, and follows.
    mention = mentions.table(connection)
    for old, fresh in swapped.items():
        connection.execute(update(mention).where(mention.c.term == old).values(term=fresh))
    for some in chunks(sorted(made.theirs)):
        connection.execute(delete(attachment).where(attachment.c.statement_id.in_(some)))
    _clean_activities(connection, who)


def _move_mentions(connection: Connection, one: Rewritten, swapped: dict[int, int]) -> None:
    """Where a rewritten address or an authority of several changes more than the account itself."""
    before, after = mentioned(json.loads(one.before)), mentioned(json.loads(one.after))
    expected = {swapped.get(each, each) for each in before.shared | before.own}
    wanted = after.shared | after.own
    for some in chunks(sorted(expected - wanted)):
        mentions.remove(connection, some, one.seq, one.id)
    mentions.add_missing(connection, [(each, one.seq, one.id) for each in sorted(wanted - expected)])


def _theirs(redactor: Redactor, trees: dict[str, Json], refers: dict[str, str | None]) -> set[str]:
    """The statements whose texts are the person's or about them: their own, and what refers to those."""
    found = {id_ for id_, tree in trees.items() if redactor.by_them(tree)}
    while more := {id_ for id_, target in refers.items() if target in found} - found:
        found |= more
    return found


def _by_text(connection: Connection, who: Identities) -> Iterator[str]:
    """Statements in whose text the account, the address or the name stands, however JSON writes it."""
    text = statement.c.text
    looked_for = [text.icontains(one, autoescape=True) for one in who.needles()]
    # Plain letters that somebody has written as escapes are rare, so whatever has some is read.
    escaped = and_(
        text.contains("\\u00", autoescape=True),
        or_(*(text.contains(f"\\u00{digit}", autoescape=True) for digit in "234567")),
    )
    yield from connection.scalars(select(statement.c.id).where(or_(*looked_for, escaped)))


def _rows(connection: Connection, wanted: Iterable[str]) -> Iterator[Row[Any]]:
    columns = [statement.c[name] for name in ("id", "seq", "registration", "refers_to", "text")]
    for some in chunks(sorted(wanted)):
        yield from connection.execute(select(*columns).where(statement.c.id.in_(some)))


def _count_attachments(connection: Connection, of: Iterable[str]) -> int:
    return sum(
        connection.scalar(select(func.count()).where(attachment.c.statement_id.in_(some))) or 0
        for some in chunks(sorted(of))
    )


def _redactor(connection: Connection, who: Identities) -> Redactor:
    known: dict[str, Json] = {}

    def definition(iri: str) -> Json:
        if iri not in known:
            known[iri] = dict(definition_of(activities.definition(connection, iri)))
        return known[iri]

    return Redactor(who, Iris(who.base), definition, who.name_is_theirs(connection))


def _clean_activities(connection: Connection, who: Identities) -> None:
    """What the store knows of activities, as far as it tells of the person. Ours tell of nobody."""
    redactor = _redactor(connection, who)
    looked_for = [
        column.icontains(one, autoescape=True)
        for one in who.needles()
        for column in (activity.c.iri, activity.c.definition)
    ]
    for row in connection.execute(select(activity).where(or_(*looked_for))).all():
        if redactor.iris.place(row.iri) is not None:
            continue
        whose = activity.c.digest == row.digest
        tree = {"iri": row.iri, "definition": verbatim.tree(row.definition)}
        made = redactor.redact(tree, free_text=False)
        if made["iri"] != row.iri:
            connection.execute(delete(activity).where(whose))
        elif made != tree:
            new = verbatim.text(made["definition"])
            connection.execute(update(activity).where(whose).values(definition=new))

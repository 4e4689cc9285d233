"""What holds personal data: one declaration for each table, which export, erasure, retention and the records
of processing in docs/privacy.md are made from. A test holds that no table is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from flask_babel import lazy_gettext
from sqlalchemy import Table

from near_learn.db import ALL_METADATA


class Key(StrEnum):
    """What a column that leads to a person holds."""

    ACCOUNT = "account"
    PERSON = "person"  # the number of the person's row
    REGISTRATION = "registration"
    STATEMENT = "statement"
    AGENT = "agent"  # a digest of an agent
    SUBJECT = "subject"  # a handle of the audit log


class Effect(StrEnum):
    """What erasing a person does to the rows."""

    DELETE = "delete"
    FOLLOW = "follow"  # the row stays; a fresh account stands in it
    BLANK = "blank"  # the row stays without what says who it is
    REDACT = "redact"  # statements: see redacting.py
    AGAIN = "again"  # derived rows are made again from the statements
    STAY = "stay"


@dataclass(frozen=True)
class Holding:
    """A table that holds something about people, and the column that says about whom.

    `title` is for pages, the other texts for the records of processing. `columns`: those that are not the
    person's to have (hashes, digests), left out of an export.
    """

    table: str
    column: str
    key: Key
    effect: Effect
    title: object
    what: str
    why: str
    how_long: str
    seen_by: str
    blank: Mapping[str, object] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """By which receipts count it; the column tells apart two keys of one table."""
        return self.table if self.key is not Key.ACCOUNT or self.column == "account" else self.id

    @property
    def id(self) -> str:
        return f"{self.table}.{self.column}"

    @property
    def source(self) -> Table:
        """The table itself."""
        return tables()[self.table]


PERSON, OPERATORS = "the person", "operators"
RECORD = "the person; managers of their region or organisation; operators"
LEARNING = "To let people learn, to show them where they stand, and to prove and report learning"
SIGN_IN = "To let the person in and nobody else"
STANDS = "Until the person is erased"
WRITTEN = "Who did it is known where it must be answered for"

HOLDINGS: tuple[Holding, ...] = (
    # Everything that points to a person's row comes before it.
    Holding(
        "session", "person_id", Key.PERSON, Effect.DELETE, lazy_gettext("Devices that are signed in"),
        "Since when and with which kind of browser; a digest of the session's secret",
        SIGN_IN, "Until signing out; at most 30 days after the last use", PERSON, secret=frozenset({"id"}),
    ),
    Holding(
        "password_link", "person_id", Key.PERSON, Effect.DELETE, lazy_gettext("Links for a new password"),
        "A digest of a link that was mailed", SIGN_IN, "30 days after it expires", "nobody",
        secret=frozenset({"id"}),
    ),
    Holding(
        "second_factor", "person_id", Key.PERSON, Effect.DELETE, lazy_gettext("Second factor"),
        "The secret of a code generator, sealed", SIGN_IN, "Until it is switched off", "nobody",
        secret=frozenset({"sealed", "last_step"}),
    ),
    Holding(
        "recovery_code", "person_id", Key.PERSON, Effect.DELETE, lazy_gettext("Recovery codes"),
        "Digests of codes that were shown once", SIGN_IN, "Until the second factor is switched off", "nobody",
        secret=frozenset({"hash"}),
    ),
    Holding(
        "identity", "person_id", Key.PERSON, Effect.DELETE, lazy_gettext("Sign-in at another provider"),
        "Which provider, and by which word it knows the person", SIGN_IN, STANDS, PERSON,
    ),
    Holding(
        "report_token", "person_id", Key.PERSON, Effect.DELETE,
        lazy_gettext("Keys for the reports' interface"),
        "A label, what it may do, when it was used; a digest of the key",
        "To fetch reports into other programs", "Until it expires or is taken back", PERSON,
        secret=frozenset({"token_hash"}),
    ),
    Holding(
        "enrolment_draft", "account", Key.ACCOUNT, Effect.DELETE,
        lazy_gettext("Lists waiting to be enrolled"),
        "A list of names that somebody has sent and not decided on yet, sealed; whose it is",
        "To show what a list would do before it does it", "An hour", "who sent it",
        secret=frozenset({"sealed"}),
    ),
    Holding(
        "enrolment_welcome", "account", Key.ACCOUNT, Effect.DELETE, lazy_gettext("Welcomes to be sent"),
        "That somebody who was enrolled by a list is to get a mail of welcome", "To send it once",
        "Until it is sent", OPERATORS,
    ),
    Holding(
        "mail_refusal", "account", Key.ACCOUNT, Effect.DELETE, lazy_gettext("Mails that are not wanted"),
        "Which kinds of mail somebody does not want", "Not to send them", STANDS, PERSON,
    ),
    Holding(
        "membership", "account", Key.ACCOUNT, Effect.DELETE, lazy_gettext("Groups"),
        "Which groups somebody is in, and since when", LEARNING, STANDS, RECORD,
    ),
    Holding(
        "mail", "account", Key.ACCOUNT, Effect.DELETE, lazy_gettext("Mails"),
        "That a mail of a kind was sent and when; until then its text and address, sealed",
        "To send mails once and only once", "A year after it was sent or given up", OPERATORS,
        secret=frozenset({"sealed"}),
    ),
    Holding(
        "participant", "account", Key.ACCOUNT, Effect.FOLLOW, lazy_gettext("Answers about oneself"),
        "Gender, age group, employment and education, as far as somebody liked to tell",
        "The statistics that a programme of the European Social Fund asks for",
        "Until the person takes it back; after an erasure without any link to them",
        "the person; in sums of several people: managers and operators",
    ),
    Holding(
        "attendance", "account", Key.ACCOUNT, Effect.FOLLOW, lazy_gettext("Learning events"),
        "At which learning events somebody was, and the statement that says so", LEARNING,
        "After an erasure without any link to the person", RECORD + ". Who announced it sees how many came",
    ),
    Holding(
        "gathering", "created_by", Key.ACCOUNT, Effect.FOLLOW, lazy_gettext("Learning events announced"),
        "Who announced a learning event", WRITTEN, "As long as the event", OPERATORS,
    ),
    Holding(
        "invitation", "made_by", Key.ACCOUNT, Effect.FOLLOW, lazy_gettext("Invitations made"),
        "Who made an invitation to a group", WRITTEN, "As long as the invitation", OPERATORS,
    ),
    Holding(
        "target", "set_by", Key.ACCOUNT, Effect.FOLLOW, lazy_gettext("Targets set"),
        "Who set a target", WRITTEN, "As long as the target", "managers and operators",
    ),
    Holding(
        "certificate", "revoked_by", Key.ACCOUNT, Effect.FOLLOW, lazy_gettext("Certificates revoked"),
        "Who revoked a certificate", WRITTEN, "As long as the certificate", OPERATORS,
    ),
    Holding(
        "certificate", "registration", Key.REGISTRATION, Effect.BLANK, lazy_gettext("Certificates"),
        "The name as it stood when it was issued; whether it was revoked, and why",
        "To prove a completed course to others", STANDS + "; the row stays without name and under a new code",
        RECORD + "; whoever has the certificate can check it", blank={"name": "", "reason": ""},
    ),
    Holding(
        "private_text", "registration", Key.REGISTRATION, Effect.DELETE, lazy_gettext("Texts of one's own"),
        "Short answers and reflections, shared or not", LEARNING, STANDS, PERSON,
    ),
    Holding(
        "quiz_draft", "registration", Key.REGISTRATION, Effect.DELETE, lazy_gettext("Answers not sent yet"),
        "Answers of a quiz that is not sent yet", "To go on with it on another device",
        "Until it is sent; a year after the last change", PERSON,
    ),
    Holding(
        "kept_release", "registration", Key.REGISTRATION, Effect.DELETE,
        lazy_gettext("Courses gone on with as they were"),
        "That somebody goes on with a course as it was, after it was built differently",
        LEARNING, STANDS, PERSON,
    ),
    Holding(
        "cmi5_course", "imported_by", Key.ACCOUNT, Effect.FOLLOW, lazy_gettext("Courses imported"),
        "Who imported a course", WRITTEN, "As long as the course", OPERATORS, secret=frozenset({"key"}),
    ),
    Holding(
        "cmi5_session", "registration", Key.REGISTRATION, Effect.DELETE,
        lazy_gettext("Sessions of imported courses"),
        "When a unit of an imported course was launched and what it said; digests of what lets it say so",
        "To let the unit record for this person and nobody else", STANDS, PERSON,
        secret=frozenset({"fetch_hash", "token_hash"}),
    ),
    Holding(
        "cmi5_unit", "registration", Key.REGISTRATION, Effect.DELETE,
        lazy_gettext("Units of imported courses"),
        "Whether a unit of an imported course is completed, passed or waived", LEARNING, STANDS, RECORD,
    ),
    Holding(
        "cmi5_registration", "account", Key.ACCOUNT, Effect.DELETE,
        lazy_gettext("Imported courses begun"),
        "Which imported course was begun, when, in which region; which parts are satisfied", LEARNING, STANDS,
        RECORD,
    ),
    Holding(
        "credential", "actor", Key.AGENT, Effect.DELETE, lazy_gettext("Credentials for one person"),
        "A credential that lets a program record for one person only", "To take a course in another program",
        "Until it expires or is revoked", OPERATORS, secret=frozenset({"secret_hash", "older_hash"}),
    ),
    Holding(
        "xapi_document", "agent", Key.AGENT, Effect.DELETE, lazy_gettext("Documents of other programs"),
        "What a program remembers of somebody: a bookmark, a preference", "To go on where one was",
        STANDS, "the program; operators", secret=frozenset({"digest", "holder", "agent"}),
    ),
    Holding(
        "xapi_statement", "id", Key.STATEMENT, Effect.REDACT, lazy_gettext("Statements"),
        "What was learned, when, with what result, in which region, organisation and group; about an "
        "account, never a name",
        LEARNING, "After an erasure without texts and without any link to the person", RECORD,
        secret=frozenset({"text"}),
    ),
    Holding(
        "xapi_attachment", "statement_id", Key.STATEMENT, Effect.DELETE, lazy_gettext("Attachments"),
        "Files that came with statements", LEARNING, STANDS, RECORD, secret=frozenset({"content"}),
    ),
    Holding(
        "registration", "actor", Key.ACCOUNT, Effect.AGAIN, lazy_gettext("Courses taken"),
        "Which course, when begun and completed, in which region; derived from the statements", LEARNING,
        "As the statements", RECORD,
    ),
    Holding(
        "module_progress", "registration", Key.REGISTRATION, Effect.AGAIN, lazy_gettext("Modules"),
        "How far somebody is in each module, and the time spent; derived from the statements", LEARNING,
        "As the statements", RECORD,
    ),
    Holding(
        "attempt", "registration", Key.REGISTRATION, Effect.AGAIN, lazy_gettext("Attempts at a quiz"),
        "When and with which score; derived from the statements", LEARNING, "As the statements", RECORD,
    ),
    Holding(
        "answer", "registration", Key.REGISTRATION, Effect.AGAIN, lazy_gettext("Answers"),
        "The latest answer to each question; derived from the statements", LEARNING, "As the statements",
        RECORD,
    ),
    Holding(
        "erasure", "account", Key.ACCOUNT, Effect.STAY, lazy_gettext("Requests to be erased"),
        "That somebody asks to be erased, and since when; of an erasure that was done, only the receipt",
        "To answer the request, and to prove that it was answered",
        "The account until the request is answered; the receipt stays, without name or account",
        "the person; operators",
    ),
    Holding(
        "audit_subject", "account", Key.ACCOUNT, Effect.DELETE, lazy_gettext("Handle in the audit log"),
        "Which random handle the audit log uses for an account",
        "The log stays as it was written when the person is erased", STANDS, OPERATORS,
    ),
    Holding(
        "audit", "about", Key.SUBJECT, Effect.STAY, lazy_gettext("Audit log"),
        "Who saw or changed what about whom, by handles",
        "To answer for who used personal data, and to find misuse",
        "Two years; after an erasure without any link to the person",
        "operators; each person what is about them", secret=frozenset({"key", "digest", "through"}),
    ),
    Holding(
        "person", "id", Key.PERSON, Effect.DELETE, lazy_gettext("The person"),
        "Name, e-mail address, role, region, organisation, group, language, a hash of the password", SIGN_IN,
        STANDS, "the person; operators; managers of their region or organisation",
        secret=frozenset({"password_hash", "searched", "session_token"}),
    ),
)  # fmt: skip

# The tables that tell nothing about anybody, and what they hold.
IMPERSONAL: Mapping[str, str] = {
    "region": "regions of Europe",
    "region_change": "which regions took the place of which",
    "organisation": "organisations",
    "cohort": "groups: name and region",
    "cohort_course": "courses for everybody in a group",
    "deadline": "deadlines of groups",
    "release": "releases of courses",
    "shared_count": "how often somebody tried something within an hour: keyed digests that nobody can read",
    "tombstone": "keyed digests of whom was erased: nobody can read from them who that was",
    "xapi_activity": "what activities are called",
    "xapi_mention": "which statement is found by what: numbers made from statements, which follow them",
}
# Sums over people, derived from the progress rows: they are protected when they are shown.
DERIVED_FROM_PROGRESS = ("tally_",)


def tables() -> Mapping[str, Table]:
    """Every table of the schema by its name."""
    return {name: table for metadata in ALL_METADATA for name, table in metadata.tables.items()}


def present() -> list[Holding]:
    """The declarations whose tables this program has."""
    known = tables()
    return [holding for holding in HOLDINGS if holding.table in known]


def of(table: str) -> list[Holding]:
    """The declarations of a table."""
    return [holding for holding in HOLDINGS if holding.table == table]


def record_of_processing() -> list[str]:
    """The rows of the table in docs/privacy.md: what, why, how long, who sees it, what erasing does."""
    words = {
        Effect.DELETE: "deleted",
        Effect.FOLLOW: "stays under a random account",
        Effect.BLANK: "stays without name, under a new code",
        Effect.REDACT: "stays without texts, under a random account",
        Effect.AGAIN: "made again from the statements",
        Effect.STAY: "stays",
    }
    cells = (
        (f"`{each.id}`", each.what, each.why, each.how_long, each.seen_by, words[each.effect])
        for each in HOLDINGS
    )
    return ["| " + " | ".join(row) + " |" for row in cells]

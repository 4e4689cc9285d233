"""The tables of the tally. All of it follows from the progress rows and can be thrown away."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text

from near_learn.db import Base, UTCDateTime

ID = String(100)
UUID = String(36)
WORD = String(64)

# Where a registration counts. A block has each of them too: NULL where its registrations differ.
REGIONS = ("nuts0", "nuts1", "nuts2", "nuts3")
ALIKE = ("course", "organisation", "cohort", "release", "language")


def _places(*, nullable: bool) -> list[Column[str]]:
    return [
        Column("course", ID, nullable=nullable),
        *(Column(name, String(5), nullable=nullable) for name in REGIONS),
        Column("organisation", WORD, nullable=nullable),
        Column("cohort", WORD, nullable=nullable),
        Column("release", String(180), nullable=nullable),
        Column("language", String(35), nullable=nullable),
    ]


# With what the tally was made; one row.
state = Table(
    "tally_state",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("made_with", String(64), nullable=False),
    Column("releases", Text, nullable=False),  # digests of the modules of each release, as JSON
    Column("least", Integer, nullable=False),  # persons of a block
    Column("version", Integer, nullable=False),  # raised whenever anything is counted again
    Column("counted_at", UTCDateTime, nullable=False),
)

# A registration's place and block.
entry = Table(
    "tally_entry",
    Base.metadata,
    Column("registration", UUID, primary_key=True),
    *_places(nullable=False),
    Column("region", String(5), nullable=False),  # as it was recorded; the four above are of NUTS 2024
    Column("month", String(7), nullable=False),  # of the enrolment
    Column("first", Boolean, nullable=False),  # the person's first in the course
    Column("person", Boolean, nullable=False),  # counts as a person of its block
    Column("block", Integer),
    Index("ix_tally_entry_place", "course", "nuts3", "first"),
    Index("ix_tally_entry_block", "block"),
)

# A registration in a module, "" for the course. Days are numbers: those of date.toordinal().
step = Table(
    "tally_step",
    Base.metadata,
    Column("module", ID, primary_key=True),
    Column("registration", UUID, primary_key=True),
    Column("block", Integer),
    Column("started_on", Integer),
    Column("completed_on", Integer),
    Column("passed_on", Integer),
    Column("open_at", UTCDateTime),  # the last activity of one that is started and not completed
    Column("first_score", Float),
    Column("best_score", Float),
    Column("minutes", Integer),  # active time of one that is completed
    Index("ix_tally_step_registration", "registration"),
    Index("ix_tally_step_block", "block"),
    Index("ix_tally_step_open", "open_at", "module", "block"),
    sqlite_with_rowid=False,
)

# People who are counted together, always.
block = Table(
    "tally_block",
    Base.metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column(
        "part", WORD, nullable=False, index=True
    ),  # a digest of the places it was made from, and of how many
    Column("told", Boolean, nullable=False),  # False: there are too few people in all
    Column("alike", Boolean, nullable=False),  # in everything that a report tells apart
    *_places(nullable=True),
    Column("first_month", String(7), nullable=False),
    Column("last_month", String(7), nullable=False),
    Column("enrolled", Integer, nullable=False),
    Column("persons", Integer, nullable=False),
    # Blocks whose scores, or times, are told together; NULL: not at all.
    Column("scores", Integer, index=True),
    Column("scores_blocks", Integer),  # how many blocks these are
    Column("times", Integer, index=True),
    Column("times_blocks", Integer),
)

# Of a block whose people are not alike: the places that they have, once each; for each module, "" for the
# course, that somebody of them has.
cell = Table(
    "tally_cell",
    Base.metadata,
    Column("module", ID, primary_key=True),
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    *_places(nullable=False),
    Column("region", String(5), nullable=False),
    Column("month", String(7), nullable=False),
    Index("ix_tally_cell_block", "block"),
    sqlite_with_rowid=False,
)

# The recorded regions and organisations of a block: who may see all of it.
place = Table(
    "tally_place",
    Base.metadata,
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("region", String(5), primary_key=True),
    Column("organisation", WORD, primary_key=True),
    sqlite_with_rowid=False,
)

# The sums of a block in a module, "" for the course.
sums = Table(
    "tally_sums",
    Base.metadata,
    Column("module", ID, primary_key=True),
    Column("block", Integer, primary_key=True, autoincrement=False),
    *(
        Column(name, Integer, nullable=False)
        for name in ("enrolled", "started", "completed", "passed", "scored", "converted")
    ),
    Column("scored_persons", Integer, nullable=False),
    Column("completed_persons", Integer, nullable=False),
    Column("first_sum", Float, nullable=False),
    Column("best_sum", Float, nullable=False),
    # With all that means are made from, so that the rows themselves are not read.
    Index(
        "ix_tally_sums_block",
        *("block", "module", "scored", "first_sum", "best_sum", "scored_persons", "completed_persons"),
    ),
    sqlite_with_rowid=False,
)

# What the people of a block did on which day, and in how many minutes of active time they completed: numbers
# with commas between them, in no order. Adding up is putting them one behind the other.
days = Table(
    "tally_days",
    Base.metadata,
    Column("module", ID, primary_key=True),
    Column("block", Integer, primary_key=True, autoincrement=False),
    *(Column(name, Text) for name in ("started", "completed", "passed", "minutes")),  # NULL: nobody
    Index("ix_tally_days_block", "block"),
    sqlite_with_rowid=False,
)

TABLES = (sums, days, cell, place, block, step, entry, state)

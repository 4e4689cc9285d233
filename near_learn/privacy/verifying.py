"""Whether the audit log is as it was written: every row follows from the one before and from the key."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from sqlalchemy import Connection

from near_learn.privacy import audit, keyed
from near_learn.privacy.audit import COMMAND, FIRST, PRUNED, Head


@dataclass
class Verdict:
    """What was found. `problems` say where the log was changed; rows without seal prove nothing."""

    rows: int = 0
    unsealed: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    head: Head = Head(0, FIRST)


def verify(connection: Connection, expected: Head | None = None) -> Verdict:
    """Reads the whole log. `expected`: an end of the log that was noted down earlier, still to be in it."""
    made = {key.name: key for key in keyed.keys(audit.PURPOSE)}
    verdict, grounds, ground = Verdict(), {}, None
    number, digest, seen = 0, FIRST, expected is None or expected.number == 0
    for row in audit.rows(connection):
        if verdict.rows == 0 and row.number > 1:
            # The oldest rows were deleted in turn; a later row must say so, and with which digest they ended.
            ground = row.number - 1
            digest, number = "", ground
        verdict.rows += 1
        if row.number != number + 1:
            verdict.problems.append(f"row {number + 1}: missing up to row {row.number - 1}")
        key = made.get(row.key)
        if row.key and key is None:
            verdict.problems.append(
                f"row {row.number}: sealed with a key that is not known here; "
                "if it was changed, name the old one in NEAR_LEARN_EARLIER_SECRET_KEYS"
            )
        elif digest and audit.seal(row._asdict(), digest, key) != row.digest:
            verdict.problems.append(f"row {row.number}: changed, or not the one that was written here")
        elif not row.key:
            verdict.unsealed.append(row.number)
            if row.origin != COMMAND:
                verdict.problems.append(f"row {row.number}: not sealed, though pages always seal")
        if row.action == PRUNED and row.key:
            told = json.loads(row.detail)
            grounds[told["through"]] = told["digest"]
        if expected is not None and row.number == expected.number:
            seen = row.digest == expected.digest
        number, digest = row.number, row.digest
    if ground is not None:
        _check_ground(connection, verdict, ground, grounds, made)
    if expected is not None and not seen and not (ground and expected.number <= ground):
        verdict.problems.append(f"row {expected.number}: not the one that was noted down, or missing")
    verdict.head = Head(number, digest)
    return verdict


def _check_ground(
    connection: Connection, verdict: Verdict, ground: int, grounds: dict[int, str], made: dict[str, keyed.Key]
) -> None:
    """The first row that is left must follow the last one that was released for deletion."""
    first = next(audit.rows(connection))
    before = grounds.get(ground)
    if before is None:
        verdict.problems.append(f"row {ground}: missing, and no row says that it was deleted in turn")
    elif audit.seal(first._asdict(), before, made.get(first.key)) != first.digest:
        verdict.problems.append(f"row {first.number}: changed, or not the one that was written here")

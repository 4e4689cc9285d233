"""What a statement and its parts must look like: returns None, or raises XAPIError(400) naming the place.

A rule is a small function or a table beside its clause. Nothing is coerced: what is not right is refused.
"""

from xapi.validate.activity import activity, definition
from xapi.validate.actor import actor, agent, authority, group, identified
from xapi.validate.attachment import attachment
from xapi.validate.statement import statement
from xapi.validate.verb import verb

__all__ = [
    "activity",
    "actor",
    "agent",
    "attachment",
    "authority",
    "definition",
    "group",
    "identified",
    "statement",
    "verb",
]

"""Errors in the log without the values they were about: a message may quote a name or an address."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator


class QuietErrors(logging.Filter):
    """Leaves of an exception its kind and where it happened, which is what helps to mend it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
            record.exc_text = told(record.exc_info[1])
            record.exc_info = None
        return True


QUIET = QuietErrors()


def told(error: BaseException) -> str:
    """The kinds of the error and of what led to it, the first cause first, each with the lines of code."""
    return "\n".join(
        f"{''.join(traceback.format_tb(each.__traceback__))}{type(each).__module__}.{type(each).__qualname__}"
        for each in reversed(list(_chain(error)))
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)

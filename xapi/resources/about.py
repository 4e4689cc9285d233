"""The About Resource (1.0.3 Part 3, 2.8; 2.0 4.1.6.7): which versions are spoken. Needs no credential."""

from __future__ import annotations

from xapi.message import Response, answer
from xapi.resources.call import Call, Operation

SPOKEN = ("1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0")


def get(_call: Call) -> Response:
    return answer({"version": list(SPOKEN), "extensions": {}})


OPERATIONS = {"GET": Operation(get)}

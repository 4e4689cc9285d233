"""The Activities Resource (1.0.3 Part 3, 2.5; 2.0 4.1.6.4): an activity with all that is known of it."""

from __future__ import annotations

from xapi import parameters, splice
from xapi.message import Response, json_text
from xapi.resources.call import Call, Operation
from xapi.sql import activities


def get(call: Call) -> Response:
    """The activity; one that nobody has mentioned yet is answered with its id alone."""
    iri = call.parameters.need("activityId", parameters.iri)
    with call.lrs.reading() as connection:
        definition = activities.definition(connection, iri)
    parts = {"objectType": '"Activity"', "id": splice.quoted(iri)}
    if definition is not None:
        parts["definition"] = definition
    return json_text(splice.join(parts).encode())


OPERATIONS = {"GET": Operation(get, frozenset({"activityId"}))}

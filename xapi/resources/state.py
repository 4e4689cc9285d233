"""The State Resource (1.0.3 Part 3, 2.3; 2.0 4.1.6.2): what an activity remembers of a person."""

from __future__ import annotations

from xapi import parameters, terms
from xapi.resources import documents
from xapi.resources.call import Call
from xapi.sql.documents import Holder


def _holder(call: Call) -> Holder:
    activity = call.parameters.need("activityId", parameters.iri)
    agent = call.parameters.need("agent", parameters.agent)
    registration = call.parameters.read("registration", parameters.uuid)
    call.check_actor(agent, "agent")
    call.check_registration(registration, "registration")
    return Holder("state", activity, str(terms.identity(agent)), registration)


OPERATIONS = documents.operations(
    _holder, frozenset({"activityId", "agent", "registration"}), "stateId", deletes_all=True
)

"""The Agent Profile Resource (1.0.3 Part 3, 2.6; 2.0 4.1.6.5): what is remembered of a person everywhere."""

from __future__ import annotations

from xapi import parameters, terms
from xapi.resources import documents
from xapi.resources.call import Call
from xapi.sql.documents import Holder


def _holder(call: Call) -> Holder:
    agent = call.parameters.need("agent", parameters.agent)
    call.check_actor(agent, "agent")
    return Holder("agent", agent=str(terms.identity(agent)))


OPERATIONS = documents.operations(_holder, frozenset({"agent"}), "profileId")

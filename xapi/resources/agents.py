"""The Agents Resource (1.0.3 Part 3, 2.4; 2.0 4.1.6.3): the Person that an Agent stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xapi import parameters
from xapi.message import Response, answer
from xapi.resources.call import Call, Operation

_LISTED = ("name", "mbox", "mbox_sha1sum", "openid", "account")


def get(call: Call) -> Response:
    agent = call.parameters.need("agent", parameters.agent)
    call.check_actor(agent, "agent")
    return answer(person(agent))


def person(agent: Mapping[str, Any]) -> dict[str, Any]:
    """The Person object. The store does not guess which agents are one person, so there is just this one."""
    return {"objectType": "Person"} | {name: [agent[name]] for name in _LISTED if name in agent}


OPERATIONS = {"GET": Operation(get, frozenset({"agent"}))}

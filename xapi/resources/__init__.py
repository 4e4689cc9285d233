"""The resources of the specification: path, method, parameters and what answers them, as one table."""

from __future__ import annotations

from collections.abc import Mapping

from xapi.resources import about, activities, activity_profile, agent_profile, agents, state, statements
from xapi.resources.call import Call, Operation

__all__ = ["RESOURCES", "Call", "Operation"]

RESOURCES: Mapping[str, Mapping[str, Operation]] = {
    "/statements": statements.OPERATIONS,
    "/activities/state": state.OPERATIONS,
    "/activities/profile": activity_profile.OPERATIONS,
    "/agents/profile": agent_profile.OPERATIONS,
    "/activities": activities.OPERATIONS,
    "/agents": agents.OPERATIONS,
    "/about": about.OPERATIONS,
}

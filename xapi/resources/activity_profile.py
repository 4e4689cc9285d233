"""The Activity Profile Resource (1.0.3 Part 3, 2.7; 2.0 4.1.6.6): what is remembered of an activity."""

from __future__ import annotations

from xapi import parameters
from xapi.resources import documents
from xapi.resources.call import Call
from xapi.sql.documents import Holder


def _holder(call: Call) -> Holder:
    return Holder("activity", activity=call.parameters.need("activityId", parameters.iri))


OPERATIONS = documents.operations(_holder, frozenset({"activityId"}), "profileId")

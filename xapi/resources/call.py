"""One request on its way through a resource: who asks, by which version's rules, with which parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from xapi import terms
from xapi.errors import XAPIError
from xapi.message import Request, Response
from xapi.parameters import Parameters
from xapi.scopes import Principal
from xapi.together import Steps
from xapi.versions import Version

if TYPE_CHECKING:
    from xapi.lrs import LRS


class Call(NamedTuple):
    """A request whose version, credential and parameter names have been checked."""

    lrs: LRS
    request: Request
    principal: Principal
    version: Version
    parameters: Parameters

    def check_actor(self, agent: Mapping[str, Any], path: str) -> None:
        """XAPIError 403 when the credential is for another person."""
        own = self.principal.actor
        if own is not None and terms.identity(agent) != terms.identity(own):
            raise XAPIError("this credential is for one other person only", 403, path)

    def check_registration(self, registration: str | None, path: str) -> None:
        """XAPIError 403 when the credential is for another registration."""
        own = self.principal.registration
        if own is not None and (registration or "").lower() != own.lower():
            raise XAPIError(f"this credential is for the registration {own} only", 403, path)


Handler = Callable[[Call], Response | Steps]


@dataclass(frozen=True)
class Operation:
    """What a resource does for one method, and the parameters that it knows."""

    handler: Handler
    parameters: frozenset[str] = field(default=frozenset())

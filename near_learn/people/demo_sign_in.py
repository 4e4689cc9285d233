"""The public sign-ins of the demo world, one a role. The sign-in page offers them in a demo only."""

from __future__ import annotations

from dataclasses import dataclass

from near_learn.people.role import Role

PASSWORD = "near-learn-demo"  # noqa: S105  # Public on purpose: the demo listens on this machine only.


@dataclass(frozen=True)
class SignIn:
    role: Role
    email: str


SIGN_INS = tuple(SignIn(role, f"{role}@demo.example") for role in Role)

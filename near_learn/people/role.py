"""The four roles: what they are called and what somebody in them does here."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext


class Role(StrEnum):
    """What a person may do. One role each; which records a role sees is decided in territory.py."""

    PROFESSIONAL = "professional"
    TRAINER = "trainer"
    MANAGER = "manager"
    OPERATOR = "operator"


NAMES = {
    Role.PROFESSIONAL: lazy_gettext("Professional"),
    Role.TRAINER: lazy_gettext("Trainer"),
    Role.MANAGER: lazy_gettext("Manager"),
    Role.OPERATOR: lazy_gettext("Operator"),
}
TASKS = {
    Role.PROFESSIONAL: lazy_gettext("Takes courses, practises and sees their own progress."),
    Role.TRAINER: lazy_gettext("Writes courses and sees them as a learner does."),
    Role.MANAGER: lazy_gettext("Follows how far the people of a region have come."),
    Role.OPERATOR: lazy_gettext("Looks after people, sign-ins and connected systems."),
}

"""How an object is checked: by a table of its properties and a few rules across them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xapi.errors import XAPIError, expected

Rule = Callable[[Any], None]
"""Returns None for a good value and raises XAPIError(400) for any other."""


class Shape:
    """A rule for an object: which properties it may have, must have, and how they go together.

    A property that the table does not name is refused: "a key … not allowed by this specification" (1.0.3
    Data 2.2, 9274.1.1 4.2.1). Names are case-sensitive by the same clause. null satisfies no rule.
    """

    __slots__ = ("_name", "_other", "_properties", "_required", "_rules")

    def __init__(
        self,
        name: str,
        properties: Mapping[str, Rule],
        *,
        required: tuple[str, ...] = (),
        rules: tuple[Rule, ...] = (),
    ) -> None:
        self._name = name
        self._properties = dict(properties)
        self._other = self._unknown
        self._required = required
        self._rules = rules

    def __call__(self, value: Any) -> None:
        if not isinstance(value, dict):
            raise expected(f"{self._name} (an object)", value)
        rule_of, other, name = self._properties.get, self._other, ""
        try:
            for name, item in value.items():
                rule_of(name, other)(item)
        except XAPIError as error:
            raise error.within(name) from None
        for name in self._required:
            if name not in value:
                raise XAPIError(f"{self._name} needs this property").within(name)
        for across in self._rules:
            across(value)

    def _unknown(self, _value: Any) -> None:
        raise XAPIError(f"{self._name} has no such property")


def array_of(rule: Rule, name: str) -> Rule:
    """The rule for an array, each of whose items obeys `rule`."""

    def check(value: Any) -> None:
        if not isinstance(value, list):
            raise expected(f"an array of {name}", value)
        for index, item in enumerate(value):
            try:
                rule(item)
            except XAPIError as error:
                raise error.within(index) from None

    return check


def map_of(key: Rule, rule: Rule | None, name: str) -> Rule:
    """The rule for an object whose keys are data and obey `key`, and whose values obey `rule`, if any."""

    def check(value: Any) -> None:
        if not isinstance(value, dict):
            raise expected(f"{name} (an object)", value)
        step = ""
        try:
            for step, item in value.items():
                key(step)
                if rule is not None:
                    rule(item)
        except XAPIError as error:
            raise error.within(step) from None

    return check


def one_of(*values: str) -> Rule:
    """The rule for a value from a list, its case included (1.0.3 Data 2.2)."""
    allowed = frozenset(values)
    listed = " or ".join(values)

    def check(value: Any) -> None:
        if not isinstance(value, str) or value not in allowed:
            raise expected(listed, value)

    return check

"""A statement without the person: fresh accounts, no free text, and everything that is counted as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from near_learn.privacy.identities import IDENTIFIERS, Identities
from near_learn.privacy.verbatim import Number
from near_learn.records.iris import Iris

Json = dict[str, Any]

MARKER = "[redacted]"
WORD = "redacted"  # where something stood inside a text or an address

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}")
_NUMBER = re.compile(r"-?[0-9.]{1,40}([eE][+-]?[0-9]{1,3})?(\[:\]-?[0-9.]{0,40})?")
_BRACED = re.compile(r"\{[a-z_]+=[^}]*\}")
_COMPONENTS = ("choices", "scale", "source", "target", "steps")


@dataclass
class Redactor:
    """Takes one person out of statements.

    `definition` gives what the store knows of an activity, for statements that don't bring it.
    """

    who: Identities
    iris: Iris
    definition: Callable[[str], Mapping[str, Any]]
    theirs_alone: bool = True  # whether the name, found in a text, means this person

    @classmethod
    def of_nobody(cls, iris: Iris, definition: Callable[[str], Mapping[str, Any]]) -> Redactor:
        """For texts that go whoever wrote them."""
        return cls(Identities(iris.base, "", "", ""), iris, definition)

    def redact(self, statement: Json, *, free_text: bool) -> Json:
        """The statement as it is to be stored. With `free_text`, what people wrote in it is taken out too."""
        made: Json = self._clean(statement)
        return self._without_texts(made) if free_text else made

    def without_response(self, statement: Json) -> Json:
        """The statement without an answer in somebody's own words, and without files if it had one."""
        result, target = statement.get("result", {}), statement["object"]
        response = result.get("response")
        if response in (None, MARKER) or self._chosen(target, response):
            return statement
        kept = {key: value for key, value in statement.items() if key != "attachments"}
        return kept | {"result": result | {"response": MARKER}}

    def by_them(self, statement: Mapping[str, Any]) -> bool:
        """Whether the texts in the statement are the person's, or about them."""
        target = statement.get("object", {})
        about = target.get("objectType") == "Agent" and self.who.are(target)
        return self._is(statement.get("actor")) or about or self._is(target.get("actor"))

    def _is(self, agent: object) -> bool:
        return isinstance(agent, dict) and self.who.are(agent)

    # --- who ---

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str) and not isinstance(value, Number):
            return self._scrub(value)
        if isinstance(value, list):
            return [self._clean(item) for item in value]
        if not isinstance(value, dict):
            return value
        if any(key in value for key in IDENTIFIERS) and self.who.are(value):
            value = self.who.replaced(value)
        ours = isinstance(value.get("id"), str) and self.iris.place(value["id"]) is not None
        # What our own courses ask stands in every statement about them, whoever answers.
        return {
            self._scrub(key): item if ours and key == "definition" else self._clean(item)
            for key, item in value.items()
        }

    def _scrub(self, text: str) -> str:
        if self.who.account in text:
            text = text.replace(self.who.account, self.who.stand_in(self.who.first))
        if self.who.email in text.lower():
            text = self.who.address.sub(WORD, text)
        name = self.who.full_name
        return name.sub(WORD, text) if name is not None and self.theirs_alone else text

    # --- what they wrote ---

    def _without_texts(self, statement: Json) -> Json:
        made = {key: value for key, value in statement.items() if key != "attachments"}
        target = made.get("object", {})
        result = made.get("result")
        if result is not None:
            made["result"] = self._plain_extensions(result)
            response = result.get("response")
            if response is not None and not self._chosen(target, response):
                made["result"]["response"] = MARKER
        if "context" in made:
            made["context"] = self._plain_extensions(made["context"])
        if target.get("objectType") == "SubStatement":
            made["object"] = self._without_texts(target)
        return made

    def _plain_extensions(self, part: Json) -> Json:
        """Our own extensions are ids and numbers; of others', the texts go."""
        extensions = part.get("extensions")
        if extensions is None:
            return dict(part)
        ours = self.iris.term("")
        kept = {key: item if key.startswith(ours) else _muted(item) for key, item in extensions.items()}
        return part | {"extensions": kept}

    def _chosen(self, target: Mapping[str, Any], response: object) -> bool:
        """Whether a response says what was chosen or reckoned, and not what somebody put into words."""
        if not isinstance(response, str) or target.get("objectType", "Activity") != "Activity":
            return False
        told = target.get("definition") or {}
        asked = told if "interactionType" in told else self.definition(str(target.get("id")))
        kind = asked.get("interactionType")
        if kind == "true-false":
            return response in ("true", "false")
        if kind == "numeric":
            return _NUMBER.fullmatch(response) is not None
        if kind in ("fill-in", "long-fill-in"):
            right = {_bare(one) for one in asked.get("correctResponsesPattern", ()) if isinstance(one, str)}
            return response == "" or _bare(response) in right
        if kind in ("choice", "sequencing", "likert", "matching"):
            named = {part["id"] for name in _COMPONENTS for part in asked.get(name, ()) if "id" in part}
            items = [item for one in response.split("[,]") for item in one.split("[.]")]
            return all(
                item in named if named else _ID.fullmatch(item) or item == "" for item in items if item
            )
        return False


def definition_of(text: str | None) -> Mapping[str, Any]:
    """A stored definition, {} for none."""
    return json.loads(text) if text else {}


def _muted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _muted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_muted(item) for item in value]
    return MARKER if isinstance(value, str) and not isinstance(value, Number) else value


def _bare(response: str) -> str:
    return _BRACED.sub("", response).strip().casefold()

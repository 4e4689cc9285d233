"""Activities, their definitions and interactions (1.0.3 Data 2.4.4.1, 9274.1.1 4.2.2.3)."""

from __future__ import annotations

from typing import Any, Final

from xapi import grammar
from xapi.errors import XAPIError
from xapi.validate.shape import Shape, array_of, one_of
from xapi.validate.values import extensions, language_map, text

COMPONENT_LISTS: Final[dict[str, frozenset[str]]] = {
    "true-false": frozenset(),
    "choice": frozenset({"choices"}),
    "fill-in": frozenset(),
    "long-fill-in": frozenset(),
    "matching": frozenset({"source", "target"}),
    "performance": frozenset({"steps"}),
    "sequencing": frozenset({"choices"}),
    "likert": frozenset({"scale"}),
    "numeric": frozenset(),
    "other": frozenset(),
}
"""Which interaction component lists each interactionType has (1.0.3 Data, Interaction Components)."""

_LISTS: Final = ("choices", "scale", "source", "target", "steps")
_INTERACTION: Final = (*_LISTS, "correctResponsesPattern")

component = Shape("an interaction component", {"id": text, "description": language_map}, required=("id",))
_component_array = array_of(component, "interaction components")


def components(value: Any) -> None:
    """A list of interaction components, whose ids are distinct (1.0.3 Data, Interaction Components)."""
    _component_array(value)
    seen: set[str] = set()
    for index, item in enumerate(value):
        if item["id"] in seen:
            raise XAPIError("the id occurs twice in the list").within("id").within(index)
        seen.add(item["id"])


def _interaction(value: dict[str, Any]) -> None:
    """1.0.3 Data, Interaction Activities: an interaction has a valid interactionType, and only its lists."""
    kind = value.get("interactionType")
    if kind is None:
        for name in _INTERACTION:
            if name in value:
                raise XAPIError("an interaction needs an interactionType").within(name)
        return
    for name in _LISTS:
        if name in value and name not in COMPONENT_LISTS[kind]:
            raise XAPIError(f"an interaction of type {kind} has no such list").within(name)


definition = Shape(
    "an Activity definition",
    {
        "name": language_map,
        "description": language_map,
        "type": grammar.iri,
        "moreInfo": grammar.iri,
        "interactionType": one_of(*COMPONENT_LISTS),
        "correctResponsesPattern": array_of(text, "strings"),
        **dict.fromkeys(_LISTS, components),
        "extensions": extensions,
    },
    rules=(_interaction,),
)
"""What is known of an Activity beyond its id."""

activity = Shape(
    "an Activity",
    {"objectType": one_of("Activity"), "id": grammar.iri, "definition": definition},
    required=("id",),
)
"""An Activity; its objectType may be left out."""

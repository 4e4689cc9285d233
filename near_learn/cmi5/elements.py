"""Which elements and attributes a course structure has, in which order: the rules of its public schema
(cmi5 14.0, v1/CourseStructure.xsd), as a table and a check that finds every place that breaks one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from near_learn.cmi5.wording import MOVE_ONS, NAMESPACE
from near_learn.later import Later

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = Later("lxml.etree")

MANY = 1_000_000
SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_LANGUAGE = re.compile(r"\s*[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*\s*")
_DECIMAL = re.compile(r"\s*\+?(0*1(\.0*)?|0+(\.\d*)?|\.\d+|-0+(\.0*)?)\s*")

Problem = tuple[int, str]
Value = Callable[[str], str]
"""From an attribute's value to what was expected instead; "" when it is good."""


@dataclass(frozen=True)
class Slot:
    """A place in the order of an element's children: one of `names`, so many times."""

    names: tuple[str, ...]
    least: int = 1
    most: int = 1


@dataclass(frozen=True)
class Model:
    """What an element may hold. `foreign`: whether elements and attributes of others may stand there."""

    slots: tuple[Slot, ...] = ()
    attributes: Mapping[str, Value] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    foreign: bool = True
    text: bool = False
    ordered: bool = True


def _any(_value: str) -> str:
    return ""


def _one_of(*words: str) -> Value:
    return lambda value: "" if value in words else "one of " + ", ".join(words)


def _score(value: str) -> str:
    return "" if _DECIMAL.fullmatch(value) else "a decimal number from 0 to 1"


def _language(value: str) -> str:
    return "" if _LANGUAGE.fullmatch(value) else "a language tag"


_TEXTS = (Slot(("title",)), Slot(("description",)))
_MEMBERS = Slot(("au", "block"), 1, MANY)
_ID = {"id": _any}

# Parent → child → what the child may hold.
MODELS: Mapping[str, Model] = {
    "courseStructure": Model((Slot(("course",)), Slot(("objectives",), 0), _MEMBERS)),
    "course": Model(_TEXTS, _ID, ("id",)),
    "block": Model((*_TEXTS, Slot(("objectives",), 0), _MEMBERS), _ID, ("id",)),
    "au": Model(
        (
            *_TEXTS,
            Slot(("objectives",), 0),
            Slot(("url",)),
            Slot(("launchParameters",), 0),
            Slot(("entitlementKey",), 0),
        ),
        {
            **_ID,
            "moveOn": _one_of(*MOVE_ONS),
            "masteryScore": _score,
            "launchMethod": _one_of("AnyWindow", "OwnWindow"),
            "activityType": _any,
        },
        ("id",),
    ),
    "courseStructure/objectives": Model((Slot(("objective",), 1, MANY),)),
    "courseStructure/objectives/objective": Model(_TEXTS, _ID, ("id",), foreign=False, ordered=False),
    "objectives": Model((Slot(("objective",), 1, MANY),)),
    "objectives/objective": Model((), {"idref": _any}, foreign=False),
    "title": Model((Slot(("langstring",), 1, MANY),)),
    "description": Model((Slot(("langstring",), 1, MANY),)),
    "langstring": Model((), {"lang": _language}, text=True),
    "url": Model((), foreign=False, text=True),
}
# Whatever stands in these is the designer's own affair.
FREE = frozenset({"launchParameters", "entitlementKey"})


def problems(root: etree._Element) -> list[Problem]:
    """Every place that breaks a rule: its line, and what was expected there."""
    if root.tag != f"{{{NAMESPACE}}}courseStructure":
        return [(_line(root), f"expected <courseStructure> of {NAMESPACE}, got <{_shown(root)}>")]
    return list(_problems(root, ()))


def _problems(element: etree._Element, above: tuple[str, ...]) -> Iterator[Problem]:
    name = etree.QName(element).localname
    path = (*above, name)
    model = _model(path)
    if model is None:
        return
    yield from _attributes(element, name, model)
    yield from _children(element, name, model)
    for child in element:
        if etree.QName(child).namespace == NAMESPACE:
            yield from _problems(child, path)


def _model(path: tuple[str, ...]) -> Model | None:
    """The model with the longest end of the path as its name."""
    if path[-1] in FREE:
        return None
    for start in range(len(path)):
        if found := MODELS.get("/".join(path[start:])):
            return found
    return None


def _attributes(element: etree._Element, name: str, model: Model) -> Iterator[Problem]:
    for attribute, value in element.attrib.items():
        wanted = etree.QName(str(attribute))
        if wanted.namespace is not None:
            if not model.foreign and wanted.namespace != SCHEMA_INSTANCE:
                yield _line(element), f"<{name}> has no attribute {wanted.localname}"
        elif wanted.localname not in model.attributes:
            yield _line(element), f"<{name}> has no attribute {wanted.localname}"
        elif expected := model.attributes[wanted.localname](str(value)):
            yield _line(element), f"{wanted.localname} of <{name}>: expected {expected}, got {value!r}"
    for attribute in model.required:
        if attribute not in element.attrib:
            yield _line(element), f"<{name}> lacks its attribute {attribute}"


def _children(element: etree._Element, name: str, model: Model) -> Iterator[Problem]:
    if not model.text:
        loose = [element.text, *(child.tail for child in element)]
        if any(text and text.strip() for text in loose):
            yield _line(element), f"<{name}> may hold no text of its own"
    own: list[etree._Element] = []
    for child in element:
        if etree.QName(child).namespace == NAMESPACE:
            if own and own[-1] is not child.getprevious() and model.foreign:
                yield _line(child), f"<{_shown(child)}> stands after elements of others, which come last"
            own.append(child)
        elif not model.foreign or model.text or etree.QName(child).namespace is None:
            yield _line(child), f"<{name}> may not hold <{_shown(child)}>"
    yield from _order(element, own, name, model)


def _order(
    element: etree._Element, children: list[etree._Element], name: str, model: Model
) -> Iterator[Problem]:
    names = [etree.QName(child).localname for child in children]
    known = {each for slot in model.slots for each in slot.names}
    places = {each: place for place, slot in enumerate(model.slots) for each in slot.names}
    furthest = 0
    for child, child_name in zip(children, names, strict=True):
        if child_name not in known:
            yield _line(child), f"<{name}> may not hold <{child_name}>"
        elif model.ordered and places[child_name] < furthest:
            later = " or ".join(f"<{each}>" for each in model.slots[furthest].names)
            yield _line(child), f"<{child_name}> must stand before {later}"
        else:
            furthest = places[child_name]
    for slot in model.slots:
        number = sum(each in slot.names for each in names)
        called = " or ".join(f"<{each}>" for each in slot.names)
        if number < slot.least:
            yield _line(element), f"<{name}> lacks {called}"
        elif number > slot.most:
            yield _line(element), f"<{name}> has {number} times {called}, expected {slot.most}"


def _shown(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _line(element: etree._Element) -> int:
    return int(element.sourceline or 0)

"""A course structure (cmi5 13): what cmi5.xml says, as Python values, or every problem it has."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from near_learn.cmi5 import elements
from near_learn.cmi5.wording import FILE, NAMESPACE, RESERVED
from near_learn.later import Later
from xapi import grammar
from xapi.errors import XAPIError

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = Later("lxml.etree")

LARGEST = 20 * 1024 * 1024
MOST_UNITS = 10_000
LONGEST_ID = 2000
# A browser would run these in the name of this site, or read files with them.
UNSAFE = frozenset({"about", "blob", "data", "file", "filesystem", "javascript", "vbscript", "view-source"})

Texts = dict[str, str]
Json = dict[str, Any]


class Refused(Exception):
    """The package cannot be used; `problems` names every reason, each with its place."""

    def __init__(self, problems: Collection[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Unit:
    """An assignable unit (13.1.4). `number` counts from 0 in the order of the structure."""

    number: int
    publisher_id: str
    title: Texts
    description: Texts
    url: str
    move_on: str = "NotApplicable"
    mastery_score: float | None = None
    launch_method: str = "AnyWindow"
    launch_parameters: str | None = None
    entitlement_key: str | None = None
    activity_type: str = ""

    @property
    def id(self) -> str:
        """What we call it: never the publisher's id (8.1.5)."""
        return f"unit-{self.number + 1}"


@dataclass(frozen=True)
class Block:
    """A group of units and blocks (13.1.2)."""

    number: int
    publisher_id: str
    title: Texts
    description: Texts
    children: tuple[Block | Unit, ...]

    @property
    def id(self) -> str:
        return f"block-{self.number + 1}"


@dataclass(frozen=True)
class Structure:
    """A course (13.1.1) and what it consists of."""

    publisher_id: str
    title: Texts
    description: Texts
    children: tuple[Block | Unit, ...]

    @property
    def units(self) -> list[Unit]:
        return [one for one in walk(self.children) if isinstance(one, Unit)]

    def unit(self, id_: str) -> Unit:
        """The unit by our id. Raises KeyError."""
        for one in self.units:
            if one.id == id_:
                return one
        raise KeyError(id_)


def walk(children: Collection[Block | Unit]) -> Iterator[Block | Unit]:
    """Everything in the order of the structure; a block comes after what is in it."""
    for child in children:
        if isinstance(child, Block):
            yield from walk(child.children)
        yield child


def read(content: bytes, files: Collection[str] | None) -> Structure:
    """The structure in CONTENT. FILES are those of the package; None for a structure that stands alone.

    Raises Refused with every problem (13.1, 14.1, 14.2).
    """
    root = _parsed(content)
    problems = elements.problems(root)
    reader = _Reader(files)
    if not problems:
        # Only what is built as it must be can be looked at more closely.
        found = reader.structure(root)
    problems += reader.problems
    if problems:
        raise Refused([f"{FILE}:{line}: {text}" for line, text in sorted(problems)])
    return found


def _parsed(content: bytes) -> etree._Element:
    """The root element. No entity is resolved and no address is opened."""
    if len(content) > LARGEST:
        raise Refused([f"{FILE}: larger than {LARGEST // 1024 // 1024} MB"])
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        found = dict.fromkeys((error.line, error.message.strip()) for error in parser.error_log)
        lines = [f"{FILE}:{line}: not well-formed XML: {text}" for line, text in found]
        raise Refused(lines or [f"{FILE}: not XML"]) from None
    if root.getroottree().docinfo.doctype:
        raise Refused([f"{FILE}: expected no document type (<!DOCTYPE …>): it may define entities"])
    return root


@dataclass
class _Reader:
    """Reads a structure that is built as it must be, and gathers what is wrong with its values."""

    files: Collection[str] | None
    problems: list[tuple[int, str]] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    units: int = 0
    blocks: int = 0

    def structure(self, root: etree._Element) -> Structure:
        course = _child(root, "course")
        assert course is not None  # noqa: S101 (elements.problems has seen it)
        publisher = self._id(course)
        objectives = _child(root, "objectives")
        for objective in () if objectives is None else _children(objectives, "objective"):
            self._id(objective)
        children = self._members(root)
        if self.units > MOST_UNITS:
            self._problem(root, f"expected at most {MOST_UNITS} units, got {self.units}")
        return Structure(publisher, _texts(course, "title"), _texts(course, "description"), children)

    def _members(self, parent: etree._Element) -> tuple[Block | Unit, ...]:
        found: list[Block | Unit] = []
        for element in _children(parent, "au", "block"):
            for reference in _references(element):
                self._reference(reference)
            found.append(self._unit(element) if _name(element) == "au" else self._block(element))
        return tuple(found)

    def _block(self, element: etree._Element) -> Block:
        number, self.blocks = self.blocks, self.blocks + 1
        title, description = _texts(element, "title"), _texts(element, "description")
        return Block(number, self._id(element), title, description, self._members(element))

    def _unit(self, element: etree._Element) -> Unit:
        number, self.units = self.units, self.units + 1
        score = (element.get("masteryScore") or "").strip()
        return Unit(
            number=number,
            publisher_id=self._id(element),
            title=_texts(element, "title"),
            description=_texts(element, "description"),
            url=self._url(element),
            move_on=element.get("moveOn") or "NotApplicable",
            mastery_score=float(score) if score else None,
            launch_method=element.get("launchMethod") or "AnyWindow",
            launch_parameters=_text(element, "launchParameters"),
            entitlement_key=_text(element, "entitlementKey"),
            activity_type=(element.get("activityType") or "").strip(),
        )

    def _id(self, element: etree._Element) -> str:
        """13.1.1 to 13.1.4: a full IRI (3.0), unique within the structure."""
        value = (element.get("id") or "").strip()
        what = f"id of <{_name(element)}>"
        self._iri(element, what, value)
        if value in self.ids:
            self._problem(element, f"{what}: {value!r} is there already, at line {self.ids[value]}")
        self.ids.setdefault(value, _line(element))
        return value

    def _reference(self, element: etree._Element) -> None:
        value = (element.get("idref") or "").strip()
        if value:
            self._iri(element, "idref of <objective>", value)

    def _iri(self, element: etree._Element, what: str, value: str) -> None:
        try:
            grammar.iri(value)
        except XAPIError as error:
            self._problem(element, f"{what}: {error.message}")
        if len(value) > LONGEST_ID:
            self._problem(element, f"{what}: expected at most {LONGEST_ID} characters, got {len(value)}")

    def _url(self, unit: etree._Element) -> str:
        """13.1.4, url; 8.1: the names of the launch parameters are taken; 14.1 and 14.2: where it leads."""
        element = _child(unit, "url")
        assert element is not None  # noqa: S101
        value = (element.text or "").strip()
        for problem in _url_problems(value, self.files):
            self._problem(element, f"url: {problem}, got {value[:200]!r}")
        return value

    def _problem(self, element: etree._Element, text: str) -> None:
        self.problems.append((_line(element), text))


def _url_problems(value: str, files: Collection[str] | None) -> Iterator[str]:
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        yield "expected an address"
        return
    if not value or any(sign.isspace() or sign in '<>"\\^`{|}' or not sign.isprintable() for sign in value):
        yield "expected an address without spaces and signs that must be written as %xx"
        return
    for name, _ in parse_qsl(parts.query, keep_blank_values=True):
        if name in RESERVED:
            yield f"the parameter {name!r} is one of those that the launch adds"
    if parts.scheme:
        if parts.scheme.lower() in UNSAFE:
            yield f"expected an address that can be launched, not {parts.scheme}:"
        elif parts.scheme.lower() in ("http", "https") and not host:
            yield "expected a host"
        return
    if files is None:
        yield "expected a full address, because no package comes with this structure (cmi5 14.2)"
        return
    path = unquote(parts.path)
    if parts.netloc or path.startswith("/") or ".." in path.split("/"):
        yield "expected a full address, or one that is relative to the package and stays inside of it"
    elif normal(path) not in files:
        yield f"the package has no file {normal(path)!r}"


def normal(path: str) -> str:
    """A relative path without empty steps and steps to where one is."""
    return "/".join(step for step in path.split("/") if step not in ("", "."))


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _line(element: etree._Element) -> int:
    return int(element.sourceline or 0)


def _children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    wanted = {f"{{{NAMESPACE}}}{name}" for name in names}
    return (child for child in element if child.tag in wanted)


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next(_children(element, name), None)


def _references(element: etree._Element) -> Iterator[etree._Element]:
    objectives = _child(element, "objectives")
    return iter(()) if objectives is None else _children(objectives, "objective")


def _text(element: etree._Element, name: str) -> str | None:
    """The text of a child, without white space around it (13.1)."""
    child = _child(element, name)
    return None if child is None else "".join(map(str, child.itertext())).strip()


def _texts(element: etree._Element, name: str) -> Texts:
    """A text in its languages; `und` where none is said."""
    child = _child(element, name)
    found: Texts = {}
    for one in () if child is None else _children(child, "langstring"):
        found.setdefault((one.get("lang") or "und").strip(), (one.text or "").strip())
    return found

"""The course structure of a cmi5 package, cmi5.xml (cmi5, 13.0 and 14.0)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from near_learn.content import Module
from near_learn.later import Later
from near_learn.packages.edition import Edition
from near_learn.packages.mastery import judged, mastery
from near_learn.packages.relocation import unit_path
from near_learn.records.activity import Activities

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = Later("lxml.etree")

FILE = "cmi5.xml"
NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"


def structure(edition: Edition, activities: Activities) -> bytes:
    """The file: one assignable unit a module, with the ids that statements of this installation have."""
    course = edition.course
    root = etree.Element(f"{{{NAMESPACE}}}courseStructure", nsmap={None: NAMESPACE})
    about = _child(root, "course", id=edition.iris.course(course.id))
    _texts(about, edition.titles(), edition.summaries())
    for unit in edition.units:
        _unit(root, edition, unit, activities.module(course, unit)["definition"]["type"])
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made


def move_on(module: Module) -> str:
    """When the unit is done (cmi5, 13.1.4): as on this site, when it is completed and its quiz is passed.

    A test before or after a course is nobody's to pass, and keeps nobody from completing the course.
    """
    if module.instrument:
        return "NotApplicable"
    return "CompletedAndPassed" if judged(module) else "Completed"


def _unit(root: etree._Element, edition: Edition, unit: Module, kind: str) -> None:
    marks = {"id": edition.iris.module(edition.course.id, unit.id), "moveOn": move_on(unit)}
    if score := mastery(unit):
        marks["masteryScore"] = score
    made = _child(root, "au", activityType=kind, **marks)
    _texts(made, edition.unit_titles(unit), edition.unit_summaries(unit))
    _child(made, "url").text = unit_path(unit.id)


def _texts(parent: etree._Element, titles: Mapping[str, str], summaries: Mapping[str, str]) -> None:
    for name, texts in (("title", titles), ("description", summaries)):
        holder = _child(parent, name)
        for language, text in texts.items():
            _child(holder, "langstring", lang=language).text = text


def _child(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)

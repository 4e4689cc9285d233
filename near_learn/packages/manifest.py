"""The manifests of SCORM packages, imsmanifest.xml: of 1.2 and of 2004, 4th edition."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from near_learn.content import Module
from near_learn.later import Later
from near_learn.packages.edition import Edition
from near_learn.packages.kind import Kind
from near_learn.packages.mastery import mastery
from near_learn.packages.relocation import unit_path

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = Later("lxml.etree")

FILE = "imsmanifest.xml"
CP12 = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
ADL12 = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
ADL = "http://www.adlnet.org/xsd/adlcp_v1p3"
SS = "http://www.imsglobal.org/xsd/imsss"

ORGANIZATION = "course"
SHARED = "shared"  # the resource of what every unit needs


class Manifest:
    """Writes the manifest of one edition. FILES are all files of the package but the manifest."""

    def __init__(self, edition: Edition, files: Sequence[str]) -> None:
        self.edition, self.files = edition, files
        new = edition.kind is Kind.SCORM2004
        self.cp, self.adl = (CP, ADL) if new else (CP12, ADL12)
        self.schema, self.type = ("2004 4th Edition", "scormType") if new else ("1.2", "scormtype")
        self.namespaces: dict[str | None, str] = {None: self.cp, "adlcp": self.adl}
        if new:
            self.namespaces["imsss"] = SS

    def xml(self) -> bytes:
        """The file."""
        root = etree.Element(f"{{{self.cp}}}manifest", nsmap=self.namespaces)
        root.set("identifier", self._identifier())
        root.set("version", self.edition.course.release)
        about = self._child(root, "metadata")
        self._child(about, "schema").text = "ADL SCORM"
        self._child(about, "schemaversion").text = self.schema
        self._organization(root)
        self._resources(self._child(root, "resources"))
        made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
        return made

    def _identifier(self) -> str:
        """The same for every release of the course, and another for a course of another installation."""
        course = self.edition.course.id
        return f"course-{course}-{sha256(self.edition.iris.course(course).encode()).hexdigest()[:12]}"

    def _organization(self, root: etree._Element) -> None:
        holder = self._child(root, "organizations", default=ORGANIZATION)
        course = self._child(holder, "organization", identifier=ORGANIZATION)
        self._child(course, "title").text = self.edition.title()
        for unit in self.edition.units:
            self._item(course, unit)
        if self.edition.kind is Kind.SCORM2004:
            control = {"choice": "true", "flow": "true"}
            sequencing = etree.SubElement(course, f"{{{SS}}}sequencing")
            etree.SubElement(sequencing, f"{{{SS}}}controlMode", control)

    def _item(self, course: etree._Element, unit: Module) -> None:
        item = self._child(course, "item", identifier=f"item-{unit.id}", identifierref=f"unit-{unit.id}")
        self._child(item, "title").text = self.edition.title(unit)
        if self.edition.kind is Kind.SCORM2004:
            _sequencing(item, unit)
        elif score := mastery(unit, places=2, times=100):
            etree.SubElement(item, f"{{{ADL12}}}masteryscore").text = score

    def _resources(self, holder: etree._Element) -> None:
        left = list(self.files)
        for unit in self.edition.units:
            page = unit_path(unit.id)
            own = [path for path in left if path.startswith(page.removesuffix("index.html"))]
            left = [path for path in left if path not in own]
            made = self._resource(holder, f"unit-{unit.id}", "sco", own, href=page)
            self._child(made, "dependency", identifierref=SHARED)
        self._resource(holder, SHARED, "asset", left)

    def _resource(
        self, holder: etree._Element, identifier: str, kind: str, files: Sequence[str], **more: str
    ) -> etree._Element:
        made = self._child(holder, "resource", identifier=identifier, type="webcontent", **more)
        made.set(f"{{{self.adl}}}{self.type}", kind)
        for path in files:
            self._child(made, "file", href=path)
        return made

    def _child(self, parent: etree._Element, name: str, **attributes: str) -> etree._Element:
        return etree.SubElement(parent, f"{{{self.cp}}}{name}", attributes)


def _sequencing(item: etree._Element, unit: Module) -> None:
    """How a system follows one unit: what it reports decides; a test beside the course decides nothing."""
    sequencing = etree.SubElement(item, f"{{{SS}}}sequencing")
    if unit.instrument:
        rollup = {
            "rollupObjectiveSatisfied": "false",
            "rollupProgressCompletion": "false",
            "objectiveMeasureWeight": "0",
        }
        etree.SubElement(sequencing, f"{{{SS}}}rollupRules", rollup)
    if score := mastery(unit):
        objectives = etree.SubElement(sequencing, f"{{{SS}}}objectives")
        primary = {"objectiveID": f"objective-{unit.id}", "satisfiedByMeasure": "true"}
        made = etree.SubElement(objectives, f"{{{SS}}}primaryObjective", primary)
        etree.SubElement(made, f"{{{SS}}}minNormalizedMeasure").text = score
    control = {"completionSetByContent": "true", "objectiveSetByContent": "true"}
    etree.SubElement(sequencing, f"{{{SS}}}deliveryControls", control)

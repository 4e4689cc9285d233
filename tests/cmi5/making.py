"""Packages as tests need them, good ones and broken ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
WORDS = (
    '<title><langstring lang="en">{0}</langstring></title>'
    '<description><langstring lang="en">About {0}</langstring></description>'
)
AU = "https://example.com/au/"
BLOCK = "https://example.com/block/"
COURSE = "https://example.com/course/one"
PAGE = b"<!doctype html><title>unit</title>"


def words(name: str) -> str:
    """A title and a description."""
    return WORDS.format(name)


def au(
    name: str = "one", attributes: str = 'moveOn="Completed"', url: str = "index.html", more: str = ""
) -> str:
    """A unit."""
    return f'<au id="{AU}{name}" {attributes}>\n{words(name)}\n<url>{url}</url>{more}</au>'


def block(name: str, inside: str) -> str:
    """A block around INSIDE."""
    return f'<block id="{BLOCK}{name}">{words(name)}{inside}</block>'


def structure(inside: str = au(), course: str = COURSE, objectives: str = "") -> bytes:
    """A whole cmi5.xml."""
    text = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<courseStructure xmlns="{NAMESPACE}">\n'
        f'<course id="{course}">{words("A course")}</course>\n{objectives}{inside}\n</courseStructure>'
    )
    return text.encode()


def package(xml: bytes | None = None, files: Mapping[str, bytes] | None = None) -> bytes:
    """A zip with the structure and a page."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cmi5.xml", structure() if xml is None else xml)
        for name, content in ({"index.html": PAGE} if files is None else files).items():
            archive.writestr(name, content)
    return made.getvalue()

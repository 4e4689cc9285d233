"""Where links and images of a course file may lead, and the address each gets on the site."""

import difflib
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from near_learn.content import media, recordings
from near_learn.content.draft import QUIZ

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
OUTSIDE = frozenset({"http", "https"})
SCHEMES = OUTSIDE | {"mailto", "tel"}
SHOWN = frozenset(media.IMAGES) | frozenset(recordings.TYPES)
# Browsers drop some of these inside an address, so that "java\tscript:" would run.
STRANGE = re.compile(r"[\x00-\x20\x7f\\]")


class DeadLink(Exception):
    """A target that leads nowhere or somewhere it must not; the text says how to mend it."""


@dataclass(frozen=True)
class Address:
    """An address to write into the page."""

    url: str
    outside: bool = False


@dataclass(frozen=True)
class ModulePlace:
    """What a link into a module can name."""

    id: str
    anchors: Mapping[str, str] = field(
        default_factory=dict
    )  # id of a heading or question → id of its section
    questions: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()


def course_url(course: str) -> str:
    """The page of a course."""
    return f"/courses/{course}"


def module_url(course: str, module: str) -> str:
    """The first page of a module."""
    return f"{course_url(course)}/modules/{module}"


def section_url(course: str, module: str, section: str) -> str:
    """A section's page; the quiz has its own."""
    page = section if section == QUIZ else f"sections/{section}"
    return f"{module_url(course, module)}/{page}"


def question_url(course: str, module: str, question: str) -> str:
    """A question's own address, which leads to the page that asks it."""
    return f"{module_url(course, module)}/questions/{question}"


def media_url(course: str, module: str, name: str) -> str:
    """A file of a module's media folder."""
    return f"/courses/{course}/{module}/media/{quote(name)}"


@dataclass(frozen=True)
class Links:
    """The places around one course file: its own ids, its media, and the other modules by folder name."""

    course: str
    folder: str  # of the module; empty on the course page
    modules: Mapping[str, ModulePlace]
    media: Mapping[str, Path]

    def link(self, target: str, section: str) -> Address:
        """The address for a link on the page of this section. Raises DeadLink."""
        target = self._clean(target)
        if scheme := SCHEME.match(target):
            return self._outside(target, scheme[1].lower())
        if target.startswith("/"):
            raise DeadLink("write the whole address with https://, or the path from this file")
        path, _, fragment = target.partition("#")
        path, fragment = unquote(path), unquote(fragment)
        if not path and not fragment:
            raise DeadLink("the link is empty; write an address between the parentheses")
        if not path:
            return self._module(self.folder, fragment, section)
        path = posixpath.normpath(posixpath.join(self.folder, path))
        if path == "course.md":
            return Address(course_url(self.course))
        if self.folder and path.startswith(f"{self.folder}/{media.FOLDER}/"):
            return self._media(path.removeprefix(f"{self.folder}/{media.FOLDER}/"))
        folder, _, name = path.partition("/")
        place = self.modules.get(folder)
        if place is None or not name.endswith(".md") or name.removesuffix(".md") not in place.languages:
            raise DeadLink("there is no such file; correct the path, which begins at this file's folder")
        return self._module(folder, fragment, section if folder == self.folder else "")

    def medium(self, target: str) -> str:
        """The name of the picture, sound or film in the folder media. Raises DeadLink."""
        target = self._clean(target)
        if SCHEME.match(target) or target.startswith("/"):
            raise DeadLink(
                "an image must be a file of this module; save it in the folder media and write media/name"
            )
        path = posixpath.normpath(unquote(target))
        if not self.folder or not path.startswith(f"{media.FOLDER}/"):
            raise DeadLink("an image must be in the module's folder media; write media/name")
        name = path.removeprefix(f"{media.FOLDER}/")
        if posixpath.splitext(name)[1].lower() not in SHOWN:
            raise DeadLink(f"this is not an image, sound or film; use one of {', '.join(sorted(SHOWN))}")
        self._media(name)
        return name

    def address(self, name: str) -> str:
        """The address of a file in the folder media."""
        # A translation is read too when its English text, which has the module's id, cannot be.
        place = self.modules.get(self.folder)
        return media_url(self.course, place.id if place else self.folder, name)

    def _clean(self, target: str) -> str:
        if STRANGE.search(target.strip()):
            raise DeadLink("the address holds a space or an invisible character; write %20 for a space")
        return target.strip()

    def _outside(self, target: str, scheme: str) -> Address:
        if scheme not in SCHEMES:
            raise DeadLink(f"links cannot begin with {scheme}:; use https:, http:, mailto: or tel:")
        try:
            host = urlsplit(target).hostname
        except ValueError:
            host = None
        if scheme in OUTSIDE and not host:
            raise DeadLink("the address is not complete; copy it again from the browser")
        return Address(target, outside=scheme in OUTSIDE)

    def _media(self, name: str) -> Address:
        if name not in self.media:
            near = difflib.get_close_matches(name, list(self.media), n=1)
            advice = f"did you mean media/{near[0]}?" if near else "add it, or correct the name"
            raise DeadLink(f"there is no such file in the folder media; {advice}")
        return Address(self.address(name))

    def _module(self, folder: str, fragment: str, section: str) -> Address:
        place = self.modules.get(folder)
        if not fragment and place:
            return Address(module_url(self.course, place.id))
        anchors = place.anchors if place else {}
        if place is None or fragment not in anchors:
            near = difflib.get_close_matches(fragment, list(anchors), n=1)
            advice = f"did you mean #{near[0]}?" if near else "use the id of a heading"
            raise DeadLink(f"there is no heading with the id {fragment[:40]}; {advice}")
        home = anchors[fragment]
        if fragment in place.questions:
            return Address(question_url(self.course, place.id, fragment))
        tail = "" if fragment == home else f"#s-{fragment}"
        if home == section and tail:
            return Address(tail)
        return Address(section_url(self.course, place.id, home) + tail)

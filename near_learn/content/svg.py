"""Drawings: whether an SVG file is a picture and nothing else, as a parser sees it."""

import re
from collections import defaultdict
from collections.abc import Mapping
from xml.parsers import expat

LARGEST = 2 * 1024 * 1024
MOST_ELEMENTS = 20_000
DEEPEST = 60
MOST_DRAWN = 50_000  # elements, with those that <use> draws again

SVG = "http://www.w3.org/2000/svg"
XHTML = "http://www.w3.org/1999/xhtml"
ACTIVE = re.compile(
    "script|foreignobject|iframe|embed|object|audio|video|source|canvas|a|animate|animatemotion|"
    "animatetransform|animatecolor|set|discard|handler|listener|feimage"
)
EMBEDDED = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*\Z")
OUTSIDE_STYLE = re.compile(r"@import|url\(\s*+(?![\"']?\s*#)|expression\(|javascript:|\\", re.IGNORECASE)
ADVICE = "export the drawing again as a plain SVG"


class Unfit(Exception):
    """A file that cannot be shown as a picture; the text says how to mend it."""


def check(data: bytes) -> None:
    """Raises Unfit for a file that is no SVG, or more than a picture."""
    if len(data) > LARGEST:
        raise Unfit(f"the drawing is larger than {LARGEST // 1024 // 1024} MB; save it as PNG or simplify it")
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise Unfit(f"this is no valid SVG ({expat.ErrorString(error.code)}); {ADVICE}") from None
    reader.check_drawn()


class _Reader:
    """What the parser calls for each element."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator="\n")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.ProcessingInstructionHandler = self.instruction
        self.parser.EntityDeclHandler = self.entity
        self.open: list[tuple[str, str]] = []  # name and id of each open element
        self.count = 0
        self.style: list[str] = []
        self.sizes: dict[str, int] = defaultdict(int)  # of elements with an id: how many are in them
        self.uses: dict[str, list[str]] = defaultdict(list)  # the ids that are drawn again inside an id

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        namespace, _, local = name.rpartition("\n")
        local = local.lower()
        if not self.open and (namespace, local) != (SVG, "svg"):
            raise Unfit(f"this is no SVG; {ADVICE}")
        if ACTIVE.fullmatch(local) or namespace == XHTML:
            raise Unfit(f"the drawing holds <{local[:20]}>, which is no part of a picture; {ADVICE}")
        self.count += 1
        self.open.append((local, attributes.get("id", "")))
        if self.count > MOST_ELEMENTS or len(self.open) > DEEPEST:
            raise Unfit("the drawing is too complicated; simplify it, or save it as PNG")
        for identifier in {identifier for _, identifier in self.open}:
            self.sizes[identifier] += 1
        for key, value in attributes.items():
            space, _, attribute = key.rpartition("\n")
            self.attribute(local, attribute.lower(), value, foreign=bool(space))

    def attribute(self, element: str, name: str, value: str, *, foreign: bool) -> None:
        """One attribute. Those of other namespaces are a drawing program's own notes, but for xlink:href."""
        if name.startswith("on"):
            raise Unfit(f"the drawing holds a script ({name[:20]}); {ADVICE}")
        if name in {"href", "src"}:
            value = value.strip()
            if not value.startswith("#") and not EMBEDDED.match(value):
                raise Unfit(f"the drawing refers to another file ({value[:40]}); {ADVICE}")
            if element == "use":
                for identifier in {identifier for _, identifier in self.open}:
                    self.uses[identifier].append(value[1:])
        elif not foreign and OUTSIDE_STYLE.search(value):
            raise Unfit(f"the drawing refers to another file ({name[:20]}); {ADVICE}")

    def end(self, name: str) -> None:
        """An element ends; a style is judged as a whole."""
        self.open.pop()
        if self.style:
            text, self.style = "".join(self.style), []
            if OUTSIDE_STYLE.search(text):
                raise Unfit(f"the drawing's style refers to another file; {ADVICE}")

    def text(self, data: str) -> None:
        """Text of a style sheet; other text is only drawn."""
        if self.open and self.open[-1][0] == "style":
            self.style.append(data)

    def instruction(self, target: str, data: str) -> None:
        """A style sheet that is to be loaded."""
        raise Unfit(f"the drawing refers to another file (<?{target[:20]}); {ADVICE}")

    def entity(self, name: str, *_: object) -> None:
        """An abbreviation of XML, with which a small file becomes a huge one."""
        raise Unfit(f"the drawing defines an entity ({name[:20]}); {ADVICE}")

    def check_drawn(self) -> None:
        """Counts what a browser would draw. Raises Unfit when <use> makes it endless."""
        drawn: dict[str, int] = {}
        waiting = [""] if "" in self.sizes else []
        waiting += list(self.sizes)
        for identifier in waiting:
            self._draw(identifier, drawn, ())
        if max(drawn.values(), default=0) > MOST_DRAWN:
            raise Unfit(f"the drawing repeats itself too often; {ADVICE}")

    def _draw(self, identifier: str, drawn: dict[str, int], above: tuple[str, ...]) -> int:
        if identifier in above or len(above) > DEEPEST:
            raise Unfit(f"the drawing repeats itself without end; {ADVICE}")
        if identifier not in drawn:
            inner = sum(self._draw(each, drawn, (*above, identifier)) for each in self.uses[identifier])
            drawn[identifier] = self.sizes.get(identifier, 0) + inner
        return drawn[identifier]

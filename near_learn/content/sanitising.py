"""The last gate for HTML that comes from course files: what may pass, whatever the renderer made.

bleach goes first and nh3, which is still maintained, goes over its output. Both know the same lists.
The content security policy of the site stands behind them.
"""

import re
from collections.abc import Mapping

import nh3
from bleach.sanitizer import Cleaner

from near_learn.content.links import SCHEMES
from near_learn.content.prose import BOXES

TEXT_TAGS = {"br", "code", "em", "p", "pre", "strong", "blockquote", "hr", "li", "ol", "ul"}
TABLE_TAGS = {"table", "tbody", "td", "th", "thead", "tr"}
TAGS = frozenset(TEXT_TAGS | TABLE_TAGS | {"a", "div", "img", "h3", "h4", "h5", "h6"})

_ALIGN = re.compile(r"left|center|right")
_ANY = re.compile(r"[^\x00-\x1f]*")
_ID = {"id": re.compile(r"s-[a-z0-9-]+")}
ATTRIBUTES: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "a": {"href": _ANY, "title": _ANY, "rel": re.compile("noopener noreferrer")},
    "div": {
        "class": re.compile("table|admonition (?:" + "|".join(BOXES) + ")"),
        "role": re.compile("region"),
        "tabindex": re.compile("0"),
        "aria-label": _ANY,
    },
    "h3": _ID,
    "h4": _ID,
    "h5": _ID,
    "h6": _ID,
    "img": {
        "src": re.compile(r"/courses/[a-z0-9-]+/[a-z0-9-]+/media/[A-Za-z0-9._%-]+"),
        "alt": _ANY,
        "title": _ANY,
        "loading": re.compile("lazy"),
    },
    "ol": {"start": re.compile(r"\d{1,9}")},
    "p": {"class": re.compile("admonition-title")},
    "td": {"align": _ALIGN},
    "th": {"align": _ALIGN, "scope": re.compile("col")},
}


def allowed(tag: str, name: str, value: str) -> bool:
    """Whether the attribute may stay, judged by its name and its whole value."""
    pattern = ATTRIBUTES.get(tag, {}).get(name)
    return bool(pattern and pattern.fullmatch(value))


# bleach takes two thirds of the time in which a library loads. Text with these tags, none with an attribute
# of its author's, holds nothing that bleach could take out, so it goes to nh3 alone.
BARE = re.compile(
    r"(?:[^<>&]|&(?:amp|lt|gt|quot);|</?(?:"
    + "|".join(sorted(TEXT_TAGS - {"br", "hr"}))
    + r")>|<[bh]r ?/>|</div>|"
    r'<div class="admonition (?:' + "|".join(BOXES) + r')">|<p class="admonition-title">)*+'
)


class Sanitiser:
    """Cleans HTML. Not to be shared between threads: bleach keeps its parser's state in the instance."""

    def __init__(self) -> None:
        self.bleach = Cleaner(
            tags=TAGS, attributes=allowed, protocols=SCHEMES, strip=True, strip_comments=True
        )
        self.nh3 = nh3.Cleaner(
            tags=set(TAGS),
            attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
            attribute_filter=lambda tag, name, value: value if allowed(tag, name, value) else None,
            url_schemes=set(SCHEMES),
            link_rel=None,
        )

    def clean(self, html: str) -> str:
        """HTML with nothing in it but the tags and attributes above."""
        return self.nh3.clean(html if BARE.fullmatch(html) else self.bleach.clean(html))

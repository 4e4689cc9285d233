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

TEXT_TAGS = {"br", "code", "em", "p", "pre", "strong", "blockquote", "hr", "li", "ol", "ul", "dl", "dt", "dd"}
TABLE_TAGS = {"table", "tbody", "td", "th", "thead", "tr"}
MEDIA_TAGS = {"img", "figure", "figcaption", "audio", "video", "track"}
TAGS = frozenset(
    TEXT_TAGS
    | TABLE_TAGS
    | MEDIA_TAGS
    | {"a", "abbr", "details", "div", "h3", "h4", "h5", "h6", "summary", "sup"}
)

_ALIGN = re.compile(r"left|center|right")
_ANY = re.compile(r"[^\x00-\x1f]*")
_EMPTY = re.compile("")
_ID = {"id": re.compile(r"s-[a-z0-9-]+")}
_FILE = re.compile(r"/courses/[a-z0-9-]+/[a-z0-9-]+/media/[A-Za-z0-9._%-]+")
_SIZE = re.compile(r"\d{1,5}")
_PLAYER = {
    "src": _FILE,
    "controls": _EMPTY,
    "preload": re.compile("none"),
    "aria-label": _ANY,
    "poster": _FILE,
}
ATTRIBUTES: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "a": {
        "href": re.compile(r"(?:https?://|mailto:|tel:|#[sn]-|/courses/)[^\x00-\x1f]*", re.IGNORECASE),
        "title": _ANY,
        "rel": re.compile("noopener noreferrer"),
        "class": re.compile("note-mark"),
        "role": re.compile("doc-noteref"),
        "id": re.compile(r"n-\d{1,3}-mark(?:-\d{1,3})?"),
    },
    "abbr": {"title": _ANY},
    "audio": _PLAYER,
    # See INSERT in markup.py.
    "code": {"class": re.compile(r"insert-\d{1,4}")},
    "details": {"class": re.compile("transcript")},
    "div": {
        "class": re.compile("table|formula|admonition (?:" + "|".join(BOXES) + ")"),
        "role": re.compile("region|group"),
        "tabindex": re.compile("0"),
        "aria-label": _ANY,
    },
    "figure": {"class": re.compile("recording")},
    "h3": _ID,
    "h4": _ID,
    "h5": _ID,
    "h6": _ID,
    "img": {
        "src": _FILE,
        "alt": _ANY,
        "title": _ANY,
        "loading": re.compile("lazy"),
        "width": _SIZE,
        "height": _SIZE,
    },
    "ol": {"start": re.compile(r"\d{1,9}")},
    "p": {"class": re.compile("admonition-title")},
    "sup": {"class": re.compile("note-mark")},
    "td": {"align": _ALIGN},
    "th": {"align": _ALIGN, "scope": re.compile("col|row")},
    "track": {
        "kind": re.compile("captions"),
        "src": _FILE,
        "srclang": re.compile("[A-Za-z-]{2,6}"),
        "label": _ANY,
        "default": _EMPTY,
    },
    "video": _PLAYER,
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

"""A person with a browser that has no JavaScript: reads pages, fills in forms, presses buttons."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient


@dataclass
class Form:
    """A form as it stands on the page: where it goes, what is filled in, and its buttons by label."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    options: list[tuple[str, str]] = field(default_factory=list)  # of radio and checkbox fields


class Forms(HTMLParser):
    """Finds the forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._button: tuple[str, str] | None = None
        self._label: list[str] | None = None
        self._area = ""
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        name, value = named.get("name"), named.get("value") or ""
        if tag == "form":
            self._form = Form((named.get("action") or "").split("#")[0])
            self.found.append(self._form)
        elif tag == "a" and named.get("href"):
            self.links.append(str(named["href"]))
        elif tag == "button":
            self._button = (name, value) if name else None
            self._label = [named["aria-label"] or ""] if "aria-label" in named else []
        elif tag == "textarea" and self._form and name:
            self._area = name
            self._form.fields.append((name, ""))
        elif tag == "select" and self._form and name:
            self._select = name
            self._form.fields.append((name, ""))
        elif tag == "option" and self._form and self._select:
            self._form.options.append((self._select, value))
            if "selected" in named:
                self._form.fields[-1] = (self._select, value)
        elif tag == "input" and self._form and name:
            if named.get("type") in {"radio", "checkbox"}:
                self._form.options.append((name, value))
                if "checked" not in named:
                    return
            self._form.fields.append((name, value))

    def handle_data(self, data: str) -> None:
        if self._label is not None:
            self._label.append(data)
        if self._area and self._form:
            self._form.fields[-1] = (self._area, self._form.fields[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._form and self._label is not None:
            self._form.buttons["".join(self._label).strip()] = self._button
            self._label = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._form = None


@dataclass
class Visitor:
    """Where somebody is, what they see, and what they do next."""

    client: FlaskClient
    account: str = ""
    path: str = ""
    status: int = 0
    html: str = ""

    def go(self, path: str) -> Visitor:
        """Opens an address and follows redirects."""
        return self._see(self.client.get(path, follow_redirects=True))

    def press(
        self, label: str, choose: tuple[str, ...] | None = None, where: str = "", **fields: str
    ) -> Visitor:
        """Presses the button with this label, in the form whose action contains `where`.

        `choose` marks these options and no others; `fields` replace what hidden fields hold.
        """
        form = next(form for form in self.forms if label in form.buttons and where in form.action)
        sent = [(name, value) for name, value in form.fields if name not in fields]
        if choose is not None:
            sent = [(name, value) for name, value in sent if name != "answer"]
            sent += [("answer", value) for value in choose]
        sent += list(fields.items())
        pressed = form.buttons[label]
        return self.post(form.action, sent + ([pressed] if pressed else []))

    def post(self, path: str, sent: Any = ()) -> Visitor:
        """Sends a form that need not be on any page."""
        data: dict[str, list[str]] = {}
        for name, value in sent.items() if isinstance(sent, dict) else sent:
            data.setdefault(name, []).append(value)
        return self._see(self.client.post(path, data=data, follow_redirects=True))

    @property
    def forms(self) -> list[Form]:
        return Forms(self.html).found

    @property
    def links(self) -> list[str]:
        return Forms(self.html).links

    @property
    def text(self) -> str:
        """The words of the page, one space between them."""
        words = re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<head>.*?</head>", "", self.html))
        return " ".join(words.replace("&#39;", "'").replace("&amp;", "&").split())

    @property
    def bar(self) -> tuple[int, int]:
        """The value and the maximum of the first progress bar."""
        found = re.search(r'<progress class="progress" value="(\d+)" max="(\d+)"', self.html)
        assert found, "no progress bar on this page"
        return int(found[1]), int(found[2])

    def _see(self, response: Any) -> Visitor:
        self.status, self.html, self.path = response.status_code, response.text, response.request.path
        return self

"""The footnotes of a page: numbered as they are mentioned, listed at the end of the section."""

from __future__ import annotations

import difflib
import html
import xml.etree.ElementTree as etree  # noqa: N813 - builds the tree that the Markdown library uses
from typing import TYPE_CHECKING

from near_learn.content import words
from near_learn.content.definitions import Definitions
from near_learn.content.draft import Prose
from near_learn.content.prose import check

if TYPE_CHECKING:
    from near_learn.content.markup import Renderer

MOST_MARKS = 300  # in one file
MOST_RETURNS = 20  # to one note
BACK = "↩\ufe0e"  # as a sign, not as a coloured picture


class Footnotes:
    """What has been mentioned in the section that is rendered, and in the file."""

    def __init__(self, renderer: Renderer, definitions: Definitions, language: str) -> None:
        self.renderer = renderer
        self.notes = definitions.notes
        self.language = language
        self.allowed = False
        self.count = 0
        self.used: set[str] = set()
        self.section: dict[str, int] = {}  # how often each label is mentioned here
        self.rendered: dict[str, str] = {}

    def mark(self, label: str) -> etree.Element | str:
        """The mark of a footnote in the text; empty, and a line in the report, when it cannot be one."""
        line = self.renderer.line(f"[^{label}]")  # asked for each, so that the next is found after it
        if problem := self.problem(label):
            self.renderer.report.error(line, f"the footnote [^{label[:40]}] {problem}")
            return ""
        self.count += 1
        self.used.add(label)
        self.section[label] = self.section.get(label, 0) + 1
        number = list(self.section).index(label) + 1
        raised = etree.Element("sup", {"class": "note-mark"})
        link = etree.SubElement(raised, "a", {"class": "note-mark", "role": "doc-noteref"})
        link.set("id", _place(number, self.section[label]))
        link.set("href", f"#n-{number}")
        link.text = str(number)
        return raised

    def problem(self, label: str) -> str:
        """Why this cannot be a footnote; empty when it can."""
        if label not in self.notes:
            near = difflib.get_close_matches(label, list(self.notes), n=1)
            advice = f"did you mean [^{near[0]}]?" if near else f"write a line `[^{label[:40]}]: …` for it"
            return f"has no text; {advice}"
        if not self.allowed:
            return "cannot stand here: questions, titles, recordings and other footnotes have none"
        if self.count >= MOST_MARKS or self.section.get(label, 0) >= MOST_RETURNS:
            return (
                f"is mentioned too often; a text has at most {MOST_MARKS} marks, {MOST_RETURNS} to one note"
            )
        return ""

    def list(self) -> str:
        """The notes of the section that ends here; empty when it has none."""
        if not self.section:
            return ""
        items = [
            f'<li id="n-{number}">\n{self.item(label, number, count)}\n</li>'
            for number, (label, count) in enumerate(self.section.items(), 1)
        ]
        self.section = {}
        label = html.escape(words.notes(self.language))
        return (
            f'<div class="notes" role="doc-endnotes" aria-label="{label}">\n<ol>\n'
            + "\n".join(items)
            + "\n</ol>\n</div>"
        )

    def item(self, label: str, number: int, count: int) -> str:
        """One note with its links back."""
        if label not in self.rendered:
            self.rendered[label] = self.text(Prose(self.notes[label]))
        note = self.rendered[label]
        name = words.back(self.language)
        links = " ".join(
            f'<a class="note-back" role="doc-backlink" href="#{_place(number, each)}" '
            f'aria-label="{html.escape(name)} ({number}{f".{each}" if count > 1 else ""})">{BACK}</a>'
            for each in range(1, count + 1)
        )
        if note.endswith("</p>"):
            return f"{note.removesuffix('</p>')} {links}</p>"
        return f"{note}\n<p>{links}</p>"

    def text(self, note: Prose) -> str:
        """The rendered note. It is the same in all sections, so its links name their pages in full."""
        section, self.renderer.section = self.renderer.section, ""
        rendered = self.renderer.block(note) if check(note, self.renderer.report) else ""
        self.renderer.section = section
        return rendered

    def unused(self) -> None:
        """Notes the footnotes that nothing leads to, when the file is done."""
        for label, note in self.notes.items():
            if label not in self.used:
                self.renderer.report.warning(
                    note[0].number,
                    f"nothing leads to the footnote [^{label}]; write [^{label}] where it belongs",
                )


def _place(number: int, mention: int) -> str:
    """The id of a mark; the first has none of its own number."""
    return f"n-{number}-mark" if mention == 1 else f"n-{number}-mark-{mention}"

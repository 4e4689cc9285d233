"""A recording on a page: the player of the browser, its captions, and the transcript to unfold under it."""

from __future__ import annotations

import html
import xml.etree.ElementTree as etree  # noqa: N813 - builds the tree that the Markdown library uses
from typing import TYPE_CHECKING

from near_learn.content import words
from near_learn.content.draft import Prose
from near_learn.content.problem import Report
from near_learn.content.prose import check
from near_learn.content.recordings import ENGLISH, Recording, recording
from near_learn.content.source import decode, split

if TYPE_CHECKING:
    from near_learn.content.markup import Renderer

MOST = 30  # in one file


def put(renderer: Renderer, paragraph: etree.Element, name: str, title: str, line: int) -> None:
    """Makes the paragraph the place of the recording. What is missing is in the report."""
    found = recording(name, renderer.links.media)
    if renderer.in_transcript:
        renderer.report.error(line, "a transcript cannot hold a recording; describe it in words")
        return
    renderer.recordings += 1
    if renderer.recordings > MOST:
        renderer.report.error(line, f"there are more than {MOST} recordings in the text; divide the module")
        return
    lacks = found.lacks(renderer.language)
    for nothing, what in lacks:
        note = renderer.report.error if nothing else renderer.report.warning
        note(line, f"the recording media/{name} {what}")
    if any(nothing for nothing, _ in lacks):
        return
    for child in list(paragraph):
        paragraph.remove(child)
    paragraph.tag, paragraph.text = "figure", None
    paragraph.set("class", "recording")
    etree.SubElement(paragraph, "figcaption").text = title
    paragraph.append(_player(renderer, found, title))
    folded = etree.SubElement(paragraph, "details", {"class": "transcript"})
    etree.SubElement(folded, "summary").text = words.transcript(renderer.language)
    transcript, language = found.transcript(renderer.language)
    folded.append(renderer.later(lambda: _transcript(renderer, transcript, language, line)))


def _player(renderer: Renderer, found: Recording, title: str) -> etree.Element:
    address = renderer.links.address
    player = etree.Element("video" if found.film else "audio", {"controls": "", "preload": "none"})
    player.set("src", address(found.name))
    player.set("aria-label", title)
    if found.film and found.poster:
        player.set("poster", address(found.poster))
    shown = renderer.language if renderer.language in found.captions else ENGLISH
    for language, name in found.captions.items() if found.film else ():
        track = etree.SubElement(player, "track", {"kind": "captions", "src": address(name)})
        track.set("srclang", language)
        track.set("label", words.name(language))
        if language == shown:
            track.set("default", "")
    return player


def _transcript(renderer: Renderer, name: str, language: str, line: int) -> str:
    """The transcript as HTML. It has a report of its own, which is told in that of the text."""
    outer, renderer.report = renderer.report, Report(name)
    text = decode(renderer.links.media[name].read_bytes(), renderer.report)
    rendered = ""
    if text is not None and text.strip():
        piece = Prose(list(split(text, renderer.report)))
        for each in piece.lines:
            if each.text.startswith("#"):
                renderer.report.error(each.number, "a transcript has no headings; write **words** in bold")
        if not renderer.report.broken and check(piece, renderer.report):
            rendered = renderer.apart(piece)
    elif text is not None:
        renderer.report.error(1, "the transcript is empty; write what is said and what happens")
    own, renderer.report = renderer.report, outer
    for problem in own.problems:
        note = outer.error if problem.severity == "error" else outer.warning
        note(line, f"in the transcript media/{name}, line {problem.line}: {problem.message}")
    foreign = "" if language == renderer.language else f' lang="{html.escape(language)}"'
    return f"<div{foreign}>\n{rendered}\n</div>"

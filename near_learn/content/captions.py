"""Captions of a film, in the format WebVTT: whether a browser will show them, and nothing but them."""

import re

from near_learn.content.problem import Report

LARGEST = 1024 * 1024
MOST_CUES = 5_000

TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
TIMING = re.compile(rf"{TIME}[ \t]+-->[ \t]+{TIME}((?:[ \t]+[a-z]+:[-\w.%,]+)*)[ \t]*\Z")
TAG = re.compile(
    r"</?(?:[biu]|c|v|lang|ruby|rt)(?:\.[\w.-]+)?(?:[ \t][^<>&\"=]*)?>|<(?:\d{2,}:)?\d\d:\d\d\.\d{3}>"
)


def check(text: str, report: Report) -> None:
    """Notes what is wrong in a file of captions."""
    lines = text.split("\n")
    if re.match(r"\d+ *\n\d\d:\d\d:\d\d,\d", text):
        report.error(1, "these captions are in the format SRT; save them as WebVTT (.vtt)")
        return
    if not re.match(r"WEBVTT(?:[ \t].*)?\Z", lines[0]):
        report.error(1, "captions begin with a line WEBVTT and an empty line; add them")
        return
    blocks = _blocks(lines)
    count = sum(_block(number, block, report) for number, block in blocks[1:])
    if len(blocks[0][1]) > 1:
        report.error(2, "after the line WEBVTT comes an empty line; add it")
    elif not count and not report.broken:
        report.error(1, "there are no captions in the file; add them")
    if count > MOST_CUES:
        report.error(1, f"there are more than {MOST_CUES} captions; divide the film")


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """The pieces between empty lines, each with the number of its first line."""
    found: list[tuple[int, list[str]]] = []
    open_block = False
    for number, line in enumerate(lines, 1):
        if line.strip():
            if not open_block:
                found.append((number, []))
            found[-1][1].append(line)
        open_block = bool(line.strip())
    return found


def _block(number: int, lines: list[str], report: Report) -> int:
    """Looks at one piece. 1 for a caption, 0 for a remark."""
    if lines[0] == "NOTE" or lines[0].startswith(("NOTE ", "NOTE\t")):
        return 0
    if lines[0].strip() in {"STYLE", "REGION"}:
        report.error(number, f"{lines[0].strip()} cannot be used in captions; take this piece out")
        return 0
    at = 0 if "-->" in lines[0] else 1
    timing = TIMING.match(lines[at]) if at < len(lines) else None
    if timing is None:
        report.error(
            number + min(at, len(lines) - 1),
            "the times are malformed; write 00:00:01.000 --> 00:00:04.000",
        )
        return 1
    if _seconds(timing.groups()[:4]) >= _seconds(timing.groups()[4:8]):
        report.error(number + at, "the caption ends before it begins; correct its times")
    if not lines[at + 1 :]:
        report.error(number + at, "the caption has no text; write it in the next line")
    for offset, text in enumerate(lines[at + 1 :], at + 1):
        if "<" in TAG.sub("", text) or "-->" in text:
            report.error(
                number + offset, "HTML cannot be used in captions; <v Name>, <i> and <b> are understood"
            )
    return 1


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000

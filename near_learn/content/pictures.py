"""The size of a picture, read from the beginning of its file, so that a page does not jump."""

import re
import struct
from pathlib import Path

HEAD = 256 * 1024  # a photograph's size stands behind its preview and its notes
COLUMN = 640  # a drawing that says its shape only is as wide as the text

SVG = re.compile(rb"<svg\b[^>]*>", re.DOTALL)
LENGTH = re.compile(rb"\s(width|height)\s*=\s*[\"'](\d{1,5})(?:\.\d+)?(?:px)?[\"']")
VIEW_BOX = re.compile(
    rb"\sviewBox\s*=\s*[\"'][-\d.]+[\s,]+[-\d.]+[\s,]+(\d{1,5})[\d.]*[\s,]+(\d{1,5})[\d.]*[\"']"
)
ISPE = re.compile(rb"ispe.{4}(.{4})(.{4})", re.DOTALL)
FRAME = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]")


def size(path: Path) -> tuple[int, ...]:
    """Width and height in pixels; empty when the file does not say, or says something that cannot be."""
    try:
        with path.open("rb") as file:
            data = file.read(HEAD)
        found = READERS[path.suffix.lower()](data)
    except (OSError, struct.error, IndexError):
        return ()
    return found if len(found) == 2 and all(0 < side < 100_000 for side in found) else ()


def _svg(data: bytes) -> tuple[int, ...]:
    opening = SVG.search(data)
    if not opening:
        return ()
    lengths = {name: int(length) for name, length in LENGTH.findall(opening[0])}
    if len(lengths) == 2:
        return lengths[b"width"], lengths[b"height"]
    box = VIEW_BOX.search(opening[0])
    if not box or not int(box[1]):
        return ()
    return COLUMN, round(COLUMN * int(box[2]) / int(box[1]))


def _png(data: bytes) -> tuple[int, ...]:
    return struct.unpack(">II", data[16:24])


def _gif(data: bytes) -> tuple[int, ...]:
    return struct.unpack("<HH", data[6:10])


def _jpeg(data: bytes) -> tuple[int, ...]:
    place = 2
    while data[place] == 0xFF:
        if FRAME.match(data, place):
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        (length,) = struct.unpack(">H", data[place + 2 : place + 4])
        place += 2 + length
    return ()


def _webp(data: bytes) -> tuple[int, ...]:
    kind = data[12:16]
    if kind == b"VP8X":
        return tuple(1 + int.from_bytes(data[place : place + 3], "little") for place in (24, 27))
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _avif(data: bytes) -> tuple[int, ...]:
    box = ISPE.search(data)
    return (int.from_bytes(box[1], "big"), int.from_bytes(box[2], "big")) if box else ()


READERS = {
    ".avif": _avif,
    ".gif": _gif,
    ".jpeg": _jpeg,
    ".jpg": _jpeg,
    ".png": _png,
    ".svg": _svg,
    ".webp": _webp,
}

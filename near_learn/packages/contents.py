"""Every file of a package, in its order: what other systems read, the page of each unit, and the media."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from near_learn.packages import manifest, structure, unit_data
from near_learn.packages.archive import File
from near_learn.packages.cover import covers
from near_learn.packages.edition import Edition
from near_learn.packages.kind import Kind
from near_learn.packages.relocation import PAGE, READING, UNITS, Relocation, unit_path
from near_learn.records.activity import Activities


def contents(edition: Edition) -> list[File]:
    """The files. Media are named, not read; all else is made now. Needs an application context.

    Nothing in them depends on when or where they are made, only on the release and on this program.
    """
    relocation = Relocation(edition)
    activities = Activities(edition.iris)
    pages = list(_pages(edition, relocation, activities))
    pages += covers(edition, relocation) if edition.kind is Kind.HTML else []
    files = [*pages, *_shared(edition, relocation), *_media(edition, relocation)]
    if edition.kind is Kind.CMI5:
        return [File(structure.FILE, structure.structure(edition, activities)), *files]
    if edition.kind.scorm:
        named = manifest.Manifest(edition, [file.path for file in files])
        return [File(manifest.FILE, named.xml()), *files]
    return files


def _pages(edition: Edition, relocation: Relocation, activities: Activities) -> Iterator[File]:
    """The page of each unit, then the pages to look at, of the units that others link to."""
    data: dict[str, Any] = {}
    for each in edition.units:
        data[each.id] = unit_data.unit(edition, each, activities, relocation.mend(each.id))
        if edition.kind is Kind.HTML:
            data[each.id]["home"] = f"../../{PAGE}"
        yield _page(unit_path(each.id), data[each.id])
    for name in sorted(relocation.linked) if edition.kind is not Kind.HTML else ():
        yield _page(unit_path(name, READING), {**data[name], "kind": str(Kind.HTML), "reading": True})


def _page(path: str, data: dict[str, Any]) -> File:
    return File(path, unit_data.page(data, "../").encode())


def _shared(edition: Edition, relocation: Relocation) -> Iterator[File]:
    """Scripts and styles; those of pages to look at too, when there are any."""
    names = unit_data.files(edition.kind)
    if relocation.linked:
        names = {**names, **unit_data.files(Kind.HTML)}
    for name in sorted(names):
        yield File(f"{UNITS}/{name}", names[name].read_bytes())


def _media(edition: Edition, relocation: Relocation) -> Iterator[File]:
    for each in edition.units:
        for name in sorted(relocation.media.get(each.id, ())):
            if name in each.media:
                yield File(f"{UNITS}/{each.id}/media/{name}", each.media[name])

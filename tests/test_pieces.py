"""Pieces of pages see what is handed to them, and are kept for just that."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import meta
from markupsafe import Markup

from near_learn.config import beside_package

TEMPLATES = beside_package("templates")
# Of the things that every template sees, those that are the same for everybody.
FOR_ALL = {"_", "ngettext", "url_for", "LANGUAGES", "asset"}


def reached(app: Flask, name: str) -> set[str]:
    """The template and whatever it imports."""
    source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]  # type: ignore[union-attr]
    found = {each for each in meta.find_referenced_templates(app.jinja_env.parse(source)) if each}
    return {name}.union(*(reached(app, each) for each in found))


def names(path: Path) -> list[str]:
    return re.findall(r"pieces\(\"([^\"]+)\"\)", path.read_text())


def test_pieces_see_nothing_of_the_request_or_its_person(app: Flask) -> None:
    pieces = {name for path in TEMPLATES.rglob("*.html") for name in names(path)}
    assert "_frame.html" in pieces
    for name in pieces:
        source = (TEMPLATES / name).read_text()
        assert meta.find_undeclared_variables(app.jinja_env.parse(source)) <= FOR_ALL, name
        # What they import may be used by others too, but not by them if it reaches further.
        for other in reached(app, name) - {name}:
            seen = meta.find_undeclared_variables(app.jinja_env.parse((TEMPLATES / other).read_text()))
            assert seen <= FOR_ALL | {"csrf_token", "pieces"}, other
        assert not re.search("csrf|post_button", source), name


def test_a_text_is_escaped_also_after_the_same_text_as_markup(app: Flask) -> None:
    with app.test_request_context("/"):
        card = app.jinja_env.from_string(
            "{% set p = pieces('player/_cards.html') %}"
            "{{ p.module('c', 'm', 1, 'tool', title, '', 'en', 'en', 'new', false, 0, 5, ('en',), none) }}"
        )
        assert "<b>x</b>" in card.render(title=Markup("<b>x</b>"))
        assert "&lt;b&gt;x&lt;/b&gt;" in card.render(title="<b>x</b>")


def test_what_a_piece_is_filled_with_is_escaped_and_not_looked_into(app: Flask) -> None:
    page = app.jinja_env.from_string("{{ piece | filled(name=name, proof=proof) }}")
    piece = Markup("<b>{name}</b>{proof}{name}")
    shown = page.render(piece=piece, name="<{proof}> & {x}", proof=Markup("<input>"))
    assert shown == "<b>&lt;{proof}&gt; &amp; {x}</b><input>&lt;{proof}&gt; &amp; {x}"
    assert page.render(piece=piece, name="", proof=Markup("")) == "<b></b>"


def test_pieces_are_kept_for_each_language(client: FlaskClient) -> None:
    english = client.get("/sign-in", headers={"Accept-Language": "en"}).text
    finnish = client.get("/sign-in", headers={"Accept-Language": "fi"}).text
    assert '<span class="wide-only">English</span>' in english
    assert '<span class="wide-only">Suomi</span>' in finnish
    assert '<span class="wide-only">English</span>' in client.get("/sign-in").text


def test_addresses_are_kept_for_each_place_where_the_site_is_mounted(app: Flask) -> None:
    page = app.jinja_env.from_string("{{ url_for('pages.term', name='region', part=part) }}")
    with app.test_request_context("/"):
        assert page.render(part=1) == "/terms/region?part=1"
        assert page.render(part=True) == "/terms/region?part=True"
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/learn"}):
        assert page.render(part=1) == "/learn/terms/region?part=1"


def test_an_address_of_the_request_and_one_with_a_list_are_made_anew(app: Flask) -> None:
    made = app.jinja_env.globals["url_for"]
    for host in ("one.example", "two.example"):
        with app.test_request_context("/", base_url=f"https://{host}"):
            assert made("player.catalogue", _external=True) == f"https://{host}/"  # type: ignore[operator]
    with app.test_request_context("/"):
        assert made("player.catalogue", a=["x", "y"]) == "/?a=x&a=y"  # type: ignore[operator]

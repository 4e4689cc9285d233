"""The trainers' pages over twelve learners: right figures, no names, nothing about few."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from near_learn.db import writing
from near_learn.people.role import Role
from near_learn.records import private
from near_learn.records.progress import registration
from tests.insight.conftest import signed_in

MODULE = "/insight/garden/soil"


def lines(client: FlaskClient, query: str = "") -> dict[str, dict[str, str]]:
    text = client.get(f"{MODULE}/questions.csv{query}").get_data(as_text=True).removeprefix("\ufeff")
    return {row["question"]: row for row in csv.DictReader(io.StringIO(text))}


def test_the_overview_leads_to_every_module(client: FlaskClient) -> None:
    page = client.get("/insight/").get_data(as_text=True)
    assert f'href="{MODULE}"' in page


@pytest.fixture
def unprotected(world: Flask) -> None:
    world.extensions["settings"] = replace(world.extensions["settings"], small_group=1)


@pytest.mark.usefixtures("unprotected")
def test_a_question_in_figures(client: FlaskClient) -> None:
    found = lines(client)
    assert found["purpose"]["answered"] == "12"
    assert float(found["purpose"]["difficulty"]) == 0.5
    assert float(found["purpose"]["right_first"]) == 0.5
    assert float(found["purpose"]["discrimination"]) == 1
    assert float(found["purpose"]["median_seconds"]) == 25.5
    page = client.get(MODULE).get_data(as_text=True)
    assert "What is soil for?" in page
    assert "For looks" in page


def test_five_are_left_out(client: FlaskClient) -> None:
    assert lines(client)["purpose"]["answered"] == "7"
    assert "5 people or more are left out" in client.get(MODULE).get_data(as_text=True)


def test_a_language_of_few_is_not_shown_nor_the_rest_without_it(client: FlaskClient) -> None:
    for language in ("en", "es"):
        assert lines(client, f"?language={language}")["purpose"]["answered"] == "0"
    assert "Too few people" in client.get(f"{MODULE}?language=es").get_data(as_text=True)


@pytest.mark.usefixtures("unprotected")
def test_sections_that_were_read_again(client: FlaskClient) -> None:
    page = client.get(MODULE).get_data(as_text=True)
    row = page[page.index('<th scope="row">Beginning') :].split("</tr>")[0]
    assert row.count("12</td>") == 1
    assert "6</td>" in row
    assert "50" in row


def test_shared_texts_are_shown_without_a_name_and_private_ones_never(world: Flask) -> None:
    with world.app_context(), writing() as connection:
        ids = connection.scalars(registration.select().with_only_columns(registration.c.registration)).all()
        at = datetime(2026, 3, 3, tzinfo=UTC)
        private.keep(
            connection, ids[0], "soil", "purpose", private.Kept("I <b>listened</b>.", 1, at, "s" * 36)
        )
        private.keep(connection, ids[1], "soil", "purpose", private.Kept("Mine alone.", 1, at, None))
    client = signed_in(world, Role.TRAINER)
    page = client.get(f"{MODULE}/texts").get_data(as_text=True)
    assert "I &lt;b&gt;listened&lt;/b&gt;." in page
    assert "Mine alone" not in page
    assert ids[0] not in page
    assert "1 text that was shared" in client.get(MODULE).get_data(as_text=True)


def test_it_is_for_trainers_and_what_is_not_there_is_said(world: Flask, client: FlaskClient) -> None:
    assert signed_in(world, Role.MANAGER).get(MODULE).status_code == 403
    assert client.get("/insight/garden/nothing").status_code == 404
    assert client.get(f"{MODULE}?language=xx").status_code == 400
    assert client.get(f"{MODULE}/texts?page=x").status_code == 404
    assert client.get(f"{MODULE}/texts?page=99").status_code == 200

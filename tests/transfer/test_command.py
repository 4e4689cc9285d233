"""Statements out and in again: nothing lost, nothing twice, and a clear word about what is wrong."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from near_learn import Settings, create_app
from near_learn.db import db, writing
from near_learn.people import credential
from near_learn.transfer import lines, preparing
from near_learn.transfer.command import statements
from near_learn.transfer.remote import Store
from tests.conftest import served
from tests.transfer.conftest import FILE, SYSTEM, made, statement_id, store, stored, voiding


@pytest.fixture
def empty(tmp_path: Path, settings: Settings, migrated_file: Path) -> Iterator[Flask]:
    """A second installation, without statements."""
    folder = tmp_path / "other"
    folder.mkdir()
    shutil.copy(migrated_file, folder / "near-learn.sqlite")
    app = create_app(replace(settings, data=folder, database_url=""))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def run(app: Flask, *arguments: object, typed: str = "") -> Result:
    with app.app_context():
        return CliRunner().invoke(statements, [str(each) for each in arguments], input=typed, obj=None)


def digest(result: Result) -> str:
    found = re.search(r"digest ([0-9a-f]{64})", result.output)
    assert found, result.output
    return found[1]


def exported(app: Flask, folder: Path) -> tuple[Path, Result]:
    file = folder / "statements.jsonl"
    return file, run(app, "export", "--output", file, "--attachments", folder / "files")


def test_everything_comes_through_and_the_digests_are_equal(
    full: Flask, empty: Flask, tmp_path: Path
) -> None:
    file, out = exported(full, tmp_path)
    assert out.exit_code == 0, out.output
    assert "5 statements" in out.output
    taken = run(empty, "import", file, "--attachments", tmp_path / "files")
    assert taken.exit_code == 0, taken.output
    assert "5 statements taken, 0 were here already" in taken.output
    assert digest(taken) == digest(out)
    assert stored(empty) == stored(full)
    again, _ = exported(empty, tmp_path / "files")
    assert digest(run(empty, "export", "--output", again)) == digest(out)
    with empty.app_context(), empty.extensions["lrs"].reading() as connection:
        (row,) = empty.extensions["lrs"].store.attachments(connection, [statement_id(2)])
        assert (row.content, row.content_type) == (FILE.content, FILE.content_type)
        visible = [one.id for one in empty.extensions["lrs"].read(connection)]
    assert statement_id(3) not in visible, "what was voided stays voided"


def test_importing_twice_changes_nothing(full: Flask, empty: Flask, tmp_path: Path) -> None:
    file, _ = exported(full, tmp_path)
    run(empty, "import", file, "--attachments", tmp_path / "files")
    before = stored(empty)
    again = run(empty, "import", file, "--attachments", tmp_path / "files")
    assert "0 statements taken, 5 were here already" in again.output
    assert stored(empty) == before


def test_numbers_keep_every_digit(full: Flask, empty: Flask, tmp_path: Path) -> None:
    file, _ = exported(full, tmp_path)
    text = file.read_text().replace("0.1,", "0.10000000000000001,").replace("1e-07", "1.0E-7")
    file.write_text(text)
    run(empty, "import", file, "--attachments", tmp_path / "files")
    again, _ = exported(empty, tmp_path / "files")
    assert "1.0E-7" in again.read_text()


def test_what_breaks_a_rule_is_named_with_its_line_and_the_rest_is_taken(
    empty: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "mixed.jsonl"
    bad = made(2) | {"verb": {"id": "not an iri"}}
    texts = [json.dumps(made(1)), json.dumps(bad), "", "{not json", json.dumps(made(3)), "[]", "\udcff"]
    file.write_bytes("\n".join(texts).encode("utf-8", "surrogateescape"))
    result = run(empty, "import", file)
    assert result.exit_code == 1
    assert "2 statements taken" in result.output
    assert "4 were not taken" in result.output
    for place in ("mixed.jsonl:2: verb.id", "mixed.jsonl:4", "mixed.jsonl:6", "mixed.jsonl:7"):
        assert place in result.output
    refused = [json.loads(line) for line in (tmp_path / "mixed.jsonl.rejected").read_text().splitlines()]
    assert [each["place"] for each in refused] == [f"mixed.jsonl:{line}" for line in (2, 4, 6, 7)]
    assert json.loads(refused[0]["statement"]) == bad


def test_another_statement_with_a_known_id_is_refused_alone(empty: Flask, tmp_path: Path) -> None:
    store(empty, made(1))
    file = tmp_path / "clash.jsonl"
    other = made(1) | {"object": {"id": "https://example.org/another"}}
    file.write_text("\n".join(json.dumps(each) for each in (other, made(2), made(2))))
    result = run(empty, "import", file)
    assert "1 statements taken, 1 were here already" in result.output
    assert "1 were not taken" in result.output
    assert stored(empty)[statement_id(1)]["object"] == {"id": "https://example.org/things/1"}


def test_a_file_of_a_statement_must_be_there(empty: Flask, full: Flask, tmp_path: Path) -> None:
    file, _ = exported(full, tmp_path)
    result = run(empty, "import", file)
    assert result.exit_code == 1
    assert "neither a part with this hash nor a fileUrl is there" in result.output
    (tmp_path / "files" / FILE.sha2).write_bytes(b"another picture")
    changed = run(empty, "import", file, "--attachments", tmp_path / "files")
    assert changed.exit_code == 1
    assert "copy the file again" in changed.output


def test_a_statement_keeps_its_authority_and_gets_ours_without_one(empty: Flask, tmp_path: Path) -> None:
    file = tmp_path / "two.jsonl"
    own = {"objectType": "Agent", "mbox": "mailto:lms@example.org"}
    file.write_text("\n".join(json.dumps(each) for each in (made(1, authority=own), made(2))))
    assert run(empty, "import", file).exit_code == 0
    assert stored(empty)[statement_id(1)]["authority"] == own
    assert stored(empty)[statement_id(2)]["authority"].items() >= SYSTEM.items()


def test_it_goes_on_where_it_was_broken_off(
    empty: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "AT_ONCE", 3)
    file = tmp_path / "ten.jsonl"
    texts = [json.dumps(made(number)) for number in range(1, 11)]
    file.write_text("\n".join(texts))
    real, read = lines.batches, 0

    def broken(*arguments: object) -> Iterator[lines.Batch]:
        nonlocal read
        for batch in real(*arguments):  # type: ignore[arg-type]
            read += 1
            if read == 3:
                raise KeyboardInterrupt
            yield batch

    monkeypatch.setattr(lines, "batches", broken)
    assert run(empty, "import", file).exit_code != 0
    assert len(stored(empty)) == 6
    read = 100
    result = run(empty, "import", file)
    assert result.exit_code == 0, result.output
    assert "Going on after 6 statements" in result.output
    assert "10 statements taken, 0 were here already" in result.output
    assert read == 102, "the first two batches are not read again"
    assert not list(tmp_path.glob("*.import-progress"))


def test_a_packed_file_is_unpacked_on_the_way(empty: Flask, tmp_path: Path) -> None:
    file = tmp_path / "packed.jsonl.gz"
    file.write_bytes(gzip.compress(json.dumps(made(1)).encode()))
    assert "1 statements taken" in run(empty, "import", file).output


def test_from_another_record_store(
    full: Flask, empty: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("near_learn.transfer.remote.PAGE", 2)
    with full.app_context():
        key, secret = granted(full)
    for live in served(full):
        arguments = ("import", "--from", f"{live.url}/xapi/", "--key", key)
        wrong = run(empty, *arguments, "--secret", "wrong")
        assert wrong.exit_code == 1
        assert "the key or the secret is not right" in wrong.output
        result = run(empty, *arguments, typed=f"{secret}\n")
        assert result.exit_code == 0, result.output
        assert "4 statements taken" in result.output, "the voided one is not given away"
        again = run(empty, *arguments, "--secret", secret, "--version", "2.0.0")
        assert "0 statements taken, 4 were here already" in again.output
    assert stored(empty) == {id_: one for id_, one in stored(full).items() if id_ != statement_id(3)}
    assert secret not in result.output


def granted(app: Flask) -> tuple[str, str]:
    """A credential that may read everything."""
    with writing() as connection:
        issued = credential.add(connection, "tests", ["all/read"])
    return issued.key, issued.secret


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"<html>", "not JSON"),
        (b"[]", "no StatementResult"),
        (b'{"more": ""}', "no StatementResult"),
        (b'{"statements": [], "more": "https://elsewhere.example/xapi"}', "another site"),
        (b'{"statements": [{"id": "x"}], "more": ""}', "without the time"),
    ],
)
def test_a_store_that_answers_as_none_is_named(
    answer: bytes, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from email.message import Message

    monkeypatch.setattr(Store, "_get", lambda *_: (Message(), answer))
    with pytest.raises(Exception, match=told):
        list(Store("https://lrs.example/xapi", "key", "secret").batches({}))


def test_one_of_file_and_store_must_be_named(empty: Flask, tmp_path: Path) -> None:
    assert "Name either" in run(empty, "import").output
    assert "expected http" in run(empty, "import", "--from", "lrs.example").output


def test_voiding_before_the_voided_is_taken_too(empty: Flask, tmp_path: Path) -> None:
    file = tmp_path / "turned.jsonl"
    file.write_text("\n".join(json.dumps(each) for each in (voiding(4, 3), made(3))))
    assert "2 statements taken" in run(empty, "import", file).output
    with empty.app_context(), empty.extensions["lrs"].reading() as connection:
        assert [one.id for one in empty.extensions["lrs"].read(connection)] == [statement_id(4)]


def test_other_processes_prepare_a_large_file(
    empty: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "AT_ONCE", 3)
    monkeypatch.setattr("near_learn.transfer.command.LARGE", 0)
    monkeypatch.setattr(preparing, "spare", lambda: 1)
    file = tmp_path / "some.jsonl"
    texts = [json.dumps(made(number)) for number in range(1, 21)]
    texts[7] = "{}"
    file.write_text("\n".join(texts))
    result = run(empty, "import", file)
    assert "19 statements taken" in result.output
    assert "some.jsonl:8: " in result.output
    own = tmp_path / "own.jsonl"
    assert digest(result) == digest(run(empty, "export", "--output", own))


def test_what_comes_before_an_unreadable_line_is_stored(
    empty: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "AT_ONCE", 1)
    monkeypatch.setattr(lines, "LONGEST", 600)
    monkeypatch.setattr("near_learn.transfer.command.LARGE", 0)
    monkeypatch.setattr(preparing, "spare", lambda: 1)
    file = tmp_path / "long.jsonl"
    file.write_text("\n".join([json.dumps(made(1)), json.dumps(made(2)), "x" * 700]))
    assert "longer than 600 bytes" in run(empty, "import", file).output
    assert set(stored(empty)) == {statement_id(1), statement_id(2)}

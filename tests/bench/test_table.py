"""The benchmark itself: that it still runs, and what it says of a run and of the one before."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import pytest

from near_learn.config import beside_package
from near_learn.content import load
from tests.bench import corpus, document, installation, peer, row, soak, table
from tests.bench.row import Row
from xapi import jsontext
from xapi.record import prepare
from xapi.versions import negotiate


@pytest.fixture(autouse=True)
def one_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(beside_package("courses") / "accompaniment", tmp_path / "courses" / "accompaniment")
    monkeypatch.setattr(installation, "COURSES", tmp_path / "courses")


def test_every_row_is_measured_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(installation, "STUDENTS", 1)
    monkeypatch.setattr(row, "CONNECTIONS", 1)
    monkeypatch.setattr(row, "WARM_UP", 1)
    kept = tmp_path / "kept.json"
    small = ["--sizes", "150", "--people", "20", "--rounds", "1", "--seconds", "0.001", "--modules", "0"]
    table.main([*small, "--json", str(kept)])
    told = capsys.readouterr()
    assert "refused" not in told.err
    rows = {each["name"]: each for each in json.loads(kept.read_text())["rows"]}
    assert len(rows) == 27
    for name in ("POST one statement", "GET by related, 100", "module page", "quiz submitted"):
        assert rows[name]["ratio"] > 0
        assert name in told.out


def test_a_row_says_whether_its_goal_is_reached_and_what_has_changed() -> None:
    most = Row("report", 1000, 900.0, goal=1000.0, least=False, unit="ms")
    least = Row("POST", 1000, 500.0, 1000.0, 0.5, goal=0.35)
    assert most.reached
    assert least.reached
    assert not Row("POST", 1000, 300.0, 1000.0, 0.3, goal=0.35).reached
    assert table.compared(most, {"ours": 2000.0, "ratio": None}) == "2,000+"
    assert table.compared(least, {"ours": 1.0, "ratio": 1.0}) == "1.00-"
    assert table.compared(least, {"ours": 1.0, "ratio": 0.52}) == "0.52 "


def test_the_corpus_is_valid_and_the_same_again() -> None:
    places = corpus.places(load(beside_package("courses")))
    first, second = (list(islice(corpus.statements(places, "https://example.org"), 400)) for _ in range(2))
    assert first == second
    assert len({each.id for each in first}) == 400
    for each in first:
        record = prepare(
            each.text, jsontext.loads(each.text.encode()), negotiate("1.0.3"), {"mbox": "mailto:a@b.c"}
        )
        assert (record.id, record.registration) == (each.id, each.registration)


def test_a_soak_is_flat_when_nothing_grows_after_its_first_third() -> None:
    def seen(memory: float, write: float) -> soak.Interval:
        return soak.Interval(0, 1000.0, 100.0, write, 20.0, 5.0, 10.0, memory)

    warming = [seen(80.0, 50.0)] * 4
    noise = [10.0, 16.0, 9.0, 11.0, 25.0, 10.0, 12.0, 9.0]
    assert soak.verdict([*warming, *[seen(100.0, write) for write in noise]])[0]
    assert soak.verdict([*warming, *[seen(100.0, write) for write in sorted(noise, reverse=True)]])[0]
    assert not soak.verdict([*warming, *[seen(100.0, 10.0)] * 4, *[seen(115.0, 10.0)] * 4])[0]
    assert not soak.verdict([*warming, *[seen(100.0, 10.0)] * 4, *[seen(100.0, 14.0)] * 4])[0]
    growing = [write + 0.6 * place for place, write in enumerate([10.0, 12.0, 9.0, 11.0] * 10)]
    assert not soak.verdict([*warming * 5, *[seen(100.0, write) for write in growing]])[0]
    assert soak.grown([10.0, 12.0, 9.0, 11.0] * 10) == 1.0


def test_kept_figures_stand_in_the_document(tmp_path: Path) -> None:
    about = {"at": "2026-01-02T03:04", "commit": "a" * 40, "python": "3.11", "machine": "m", "processor": ""}
    rows = [
        asdict(Row("POST one statement", 2000, 500.0, 1000.0, 0.5, goal=0.35)),
        asdict(Row("POST one statement", 20000, 400.0, 1000.0, 0.4, goal=0.35)),
        asdict(Row("check, first", 200, 8.5, goal=10.0, least=False, unit="s")),
    ]
    (tmp_path / "table-sqlite.json").write_text(
        json.dumps({**about, "load": 0.1, "database": "sqlite", "rows": rows})
    )
    rows = [{**each, "ours": 0.8 * each["ours"]} for each in rows]
    other = {**about, "load": 0.1, "database": "postgresql-2", "rows": rows}
    (tmp_path / "table-postgresql-2.json").write_text(json.dumps(other))
    places = {"table-sqlite": "old", "table-postgresql-2": "old", "other": "x"}
    text = "".join(f"<!-- figures: {name} -->\n{old}\n<!-- end -->\n" for name, old in places.items())
    told = document.filled(text, tmp_path)
    assert (
        "| POST one statement | **0.50** (500/s of 1,000) | **0.40** (400/s of 1,000) | ≥ 0.35 | × 1.2 |\n"
        in told
    )
    assert "(320/s of 1,000) | ≥ 0.35 | × 1.2 | 0.80 / 0.80 |\n" in told
    assert "| check, first (200 modules) | 8.5 s |  | ≤ 10 s |  |\n" in told
    assert "old" not in told
    assert "\nx\n" in told
    assert document.filled(told, tmp_path) == told


def test_any_store_at_an_address_of_this_machine_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(peer, "CONNECTIONS", {})
    kept = tmp_path / "peer-x.json"
    short = ["--ours", "--statements", "60", "--settle", "0", "--rounds", "1", "--seconds", "0.001"]
    peer.main([*short, "--json", str(kept)])
    rows = {each["name"]: each["stores"]["ours, SQLite"] for each in json.loads(kept.read_text())["peers"]}
    assert len(rows) == 15
    assert not any(each["refused"] for each in rows.values())
    assert all(each["rate"] > 0 for each in rows.values())
    assert rows["GET by verb, 10"]["page"] == 10
    assert "GET by verb, 10" in capsys.readouterr().out
    with pytest.raises(ValueError, match="on this machine"):
        peer.Peer.at("http://lrs.example:80/xapi", "key", "secret", iter(()))


def test_what_another_store_refused_stands_beside_what_it_did(tmp_path: Path) -> None:
    ours, theirs = peer.Seen(5000.0, 200, 0, 9.0, None), peer.Seen(100.0, 20, 18, 900.0, None)
    row = asdict(peer.Row("POST batches of 50", 8, {"ours": ours, "x": theirs}))
    told = "\n".join(document.peers({"peers": [row]}))
    assert "| POST batches of 50 | 8 | 5,000/s | 100/s, 18 of 20 refused | **50.0** |" in told

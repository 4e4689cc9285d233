"""Where a learner is in a packaged unit: taken back from whatever was kept, and cut to its room."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from near_learn.content.library import load_course
from near_learn.packages import unit_data
from tests.conftest import missing
from tests.packages.conftest import GARDEN

Json = dict[str, Any]
RUN = """
const fs = require("node:fs"), vm = require("node:vm");
const { scripts, data, kept, room } = JSON.parse(fs.readFileSync(0, "utf8"));
for (const script of scripts) vm.runInThisContext(fs.readFileSync(script, "utf8"));
const places = kept.map((one) => near.fitting(one, data));
const cut = room.map((most) => near.within(near.fitting(kept[0], data), most));
process.stdout.write(JSON.stringify({ places, cut, times: [0, 0.005, 61.239, 7200].map(near.duration) }));
"""
ANSWERS = {"bag": ["o1", "o3"], "gate": ["false"]}
KEPT: Json = {
    "format": 1,
    "release": "an earlier one",
    "registration": "r",
    "language": "es",
    "page": "sources",
    "seen": ["why", "gone"],
    "checks": {"ask-first": [2, ["o2"]], "gone": [1, ["o1"]]},
    "draft": {"bag": [["o1"], 3.5], "gate": [["neither"], 1]},
    "attempts": [
        {"number": n, "at": n, "scaled": 0.5, "passed": False, "answers": ANSWERS} for n in (1, 2, 3)
    ],
    "seconds": 12.5,
    "completed": False,
    "reported": {"passed": {}},
    "at": 7,
}
STRANGE: list[Any] = [
    None,
    7,
    "text",
    [],
    {},
    {"format": 2},
    {**KEPT, "seen": "why", "checks": [1], "draft": {"bag": None}, "attempts": {"number": 1}, "page": 3},
    {
        **KEPT,
        "attempts": [None, {"number": "1"}, {"number": 1, "answers": [1]}],
        "seconds": "long",
        "at": None,
    },
]
ROOM = [64000, 500, 450, 300, 10]


@pytest.fixture(scope="module")
def told() -> Json:
    """What the script makes of all of them."""
    if shutil.which("node") is None:
        missing("Node.js", "Install it (Debian: apt-get install nodejs).")
    module = load_course(GARDEN).courses["garden"].module("first-visit")
    texts = {
        language: {
            "pages": [{"id": name} for name in ("why", "quiz", "sources")],
            "questions": {each.id: unit_data.question_data(each, str) for each in text.questions},
        }
        for language, text in module.texts.items()
    }
    given = {
        "scripts": [str(unit_data.FOLDER / name) for name in ("grading.js", "place.js")],
        "data": {"module": {"release": "now"}, "language": "en", "texts": texts},
        "kept": [KEPT, *STRANGE],
        "room": ROOM,
    }
    done = subprocess.run(
        ["node", "-e", RUN], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    made: Json = json.loads(done.stdout)
    return made


def test_what_the_unit_still_has_is_taken_back(told: Json) -> None:
    place = told["places"][0]
    assert place == {
        **KEPT,
        "release": "now",
        "seen": ["why"],
        "checks": {"ask-first": [2, ["o2"]]},
        "draft": {"bag": [["o1"], 3.5]},
    }


def test_whatever_was_kept_there_is_a_place(told: Json) -> None:
    for place in told["places"][1:]:
        assert set(place) == set(KEPT)
        assert place["page"] in {"", "sources"}
        assert isinstance(place["seconds"], int | float)
        assert all(isinstance(each["number"], int) for each in place["attempts"])


def test_a_place_is_cut_to_its_room_and_what_is_missed_most_goes_last(told: Json) -> None:
    found = [json.loads(text) if text else None for text in told["cut"]]
    assert [len(text) <= most for text, most in zip(told["cut"], ROOM, strict=True)] == [True] * len(ROOM)
    assert found[0] == told["places"][0]
    assert found[1]["attempts"][-1]["answers"] == ANSWERS
    assert found[1]["attempts"][0]["answers"] == {}
    assert found[2]["page"] == found[3]["page"] == "sources"
    assert [each["number"] for each in found[3]["attempts"]] == [3]
    assert found[4] is None


def test_durations(told: Json) -> None:
    assert told["times"] == ["PT0S", "PT0.01S", "PT61.24S", "PT7200S"]

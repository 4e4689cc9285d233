"""Several processes on one database, and a process that is killed while it writes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import sqlalchemy as sa

from tests.conformance.client import Client
from xapi.lrs import LRS

BATCH = 5

# Stores batches until it is stopped, and prints the ids of each only after it was acknowledged.
WRITER = """
import json, sys
import sqlalchemy as sa
from tests.conformance.client import ACTIVITY, AGENT, Client, statement
from xapi.lrs import LRS
from xapi.sql import sqlite

url, number, rounds, batch = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
engine = sa.create_engine(url)
sqlite.configure(engine)
client = Client(LRS(engine))
state = {"activityId": ACTIVITY, "agent": AGENT, "stateId": "one"}
for turn in range(rounds):
    answer = client.post([statement() for _ in range(batch)])
    assert answer.status == 200, answer.body
    merged = client.send("POST", "/activities/state", state, body={f"{number}-{turn}": turn})
    assert merged.status == 204, merged.body
    print(json.dumps([f"{number}-{turn}", answer.json]), flush=True)
"""


def writer(engine: sa.Engine, number: int, rounds: int) -> subprocess.Popen[str]:
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", WRITER, url, str(number), str(rounds), str(BATCH)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])


def acknowledged(output: str) -> tuple[list[str], list[str]]:
    """The keys of merges and the ids of statements that a writer had printed in whole lines."""
    lines = [json.loads(line) for line in output.splitlines(keepends=True) if line.endswith("\n")]
    return [key for key, _ in lines], [one for _, ids in lines for one in ids]


def state_of(client: Client) -> dict[str, int]:
    from tests.conformance.client import ACTIVITY, AGENT

    parameters = {"activityId": ACTIVITY, "agent": AGENT, "stateId": "one"}
    answer = client.send("GET", "/activities/state", parameters)
    found: dict[str, int] = answer.json if answer.status == 200 else {}
    return found


def test_processes_that_write_together_lose_nothing(engine: sa.Engine) -> None:
    processes = [writer(engine, number, 10) for number in range(3)]
    outputs = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    client = Client(LRS(engine))
    keys, ids = zip(*(acknowledged(output) for output in outputs), strict=True)
    assert sorted(client.found()) == sorted(one for some in ids for one in some)
    assert state_of(client).keys() == {key for some in keys for key in some}
    stored = [one["stored"] for one in client.get(ascending=True).json["statements"]]
    assert stored == sorted(set(stored))


def test_a_killed_process_leaves_what_it_acknowledged_and_nothing_partial(engine: sa.Engine) -> None:
    client = Client(LRS(engine))
    all_keys: list[str] = []
    all_ids: list[str] = []
    for number in range(3):
        process = writer(engine, number, 10_000)
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(0.15 + 0.05 * number)
        process.send_signal(signal.SIGKILL)
        keys, ids = acknowledged(first + process.stdout.read())
        process.stdout.close()
        process.wait()
        all_keys += keys
        all_ids += ids
    assert len(all_ids) >= 3 * BATCH
    found = client.found()
    assert set(all_ids) <= set(found)
    assert len(found) % BATCH == 0, "a batch is there whole or not at all"
    assert set(all_keys) <= state_of(client).keys()
    (name,) = client.stored({**client.get(statementId=found[0]).json, "id": all_ids[0][:-4] + "beef"})
    assert client.get(statementId=name).status == 200

"""What holds when many write and read at once: real threads, both databases."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
import sqlalchemy as sa

from tests.conformance.client import ACTIVITY, AGENT, Client, statement, voiding
from xapi.lrs import LRS
from xapi.sql.tables import statement as table

WRITERS = 8
STATE = {"activityId": ACTIVITY, "agent": AGENT, "stateId": "one"}


def at_once(work: Callable[[int], object], count: int = WRITERS) -> list[object]:
    """Runs `work` in that many threads that all begin together."""
    gate = threading.Barrier(count)

    def begin(number: int) -> object:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


@pytest.mark.parametrize("round_", range(3))
def test_3_1_of_many_if_match_writers_one_wins(two: Client, round_: int) -> None:
    two.send("PUT", "/activities/state", STATE, body={"winner": None})
    tag = two.send("GET", "/activities/state", STATE).header("ETag") or ""

    def write(number: int) -> int:
        sent = two.send("PUT", "/activities/state", STATE, body={"winner": number}, headers={"If-Match": tag})
        return sent.status

    statuses = at_once(write)
    assert sorted(statuses) == [204] + [412] * (WRITERS - 1)
    assert two.send("GET", "/activities/state", STATE).json == {"winner": statuses.index(204)}


def test_3_1_of_many_creators_one_wins(two: Client) -> None:
    def create(number: int) -> int:
        headers = {"If-None-Match": "*"}
        return two.send("PUT", "/activities/state", STATE, body={"n": number}, headers=headers).status

    assert sorted(at_once(create)) == [204] + [412] * (WRITERS - 1)


def test_2_2_of_many_merges_none_is_lost(client: Client) -> None:
    def merge(number: int) -> list[int]:
        return [
            client.send("POST", "/activities/state", STATE, body={f"{number}-{turn}": turn}).status
            for turn in range(5)
        ]

    assert at_once(merge) == [[204] * 5] * WRITERS
    assert len(client.send("GET", "/activities/state", STATE).json) == WRITERS * 5


def test_2_1_of_many_different_statements_with_one_id_one_is_stored(client: Client) -> None:
    name = statement()["id"]

    def store(number: int) -> int:
        return client.post(statement(id=name, result={"response": str(number)})).status

    statuses = at_once(store)
    assert sorted(statuses) == [200] + [409] * (WRITERS - 1)
    assert client.get(statementId=name).json["result"]["response"] == str(statuses.index(200))


def test_2_1_the_same_batch_from_many_is_stored_once(client: Client) -> None:
    batch = [statement() for _ in range(10)]
    answers = at_once(lambda _: client.post(batch).json)
    assert answers == [[one["id"] for one in batch]] * WRITERS
    assert len(client.found()) == 10


def test_2_3_2_statements_and_their_voiding_at_once(client: Client) -> None:
    targets = [statement() for _ in range(WRITERS // 2)]
    sent = targets + [voiding(target["id"]) for target in targets]
    at_once(lambda number: client.post(sent[number]))
    assert set(client.found()) == {one["id"] for one in sent[len(targets) :]}
    for target in targets:
        assert client.get(voidedStatementId=target["id"]).status == 200


def test_2_1_3_a_reader_sees_each_statement_once_while_others_write(client: Client) -> None:
    """Follows `more` to the end and asks again with `since`, as a harvester does."""
    done = threading.Event()
    written: list[str] = []

    def write(number: int) -> None:
        for turn in range(12):
            batch = [statement() for _ in range(1 + (number + turn) % 3)]
            written.extend(client.post(batch).json)

    def harvest() -> list[str]:
        seen: list[str] = []
        since = "2000-01-01T00:00:00Z"
        while True:
            last_round = done.is_set()
            answer = client.get(since=since, ascending=True, limit=4)
            while True:
                page = answer.json
                seen += [one["id"] for one in page["statements"]]
                since = page["statements"][-1]["stored"] if page["statements"] else since
                if not page["more"]:
                    break
                answer = client.follow(page["more"])
            if last_round:
                return seen

    with ThreadPoolExecutor(1) as pool:
        harvested = pool.submit(harvest)
        at_once(write)
        done.set()
        seen = harvested.result()
    assert sorted(seen) == sorted(written)


def test_2_1_3_paging_newest_first_is_not_disturbed_by_writers(client: Client) -> None:
    before = client.stored(*(statement() for _ in range(30)))
    answer = client.get(limit=4)
    seen = []
    while True:
        seen += [one["id"] for one in answer.json["statements"]]
        client.post([statement(), statement()])
        if not answer.json["more"]:
            break
        answer = client.follow(answer.json["more"])
    assert seen == before[::-1]


def through(client: Client) -> datetime:
    return datetime.fromisoformat(client.get(limit=1).header("X-Experience-API-Consistent-Through") or "")


def test_2_1_3_consistent_through_does_not_pass_a_write_in_flight(
    client: Client, lrs: LRS, request: pytest.FixtureRequest
) -> None:
    if request.config.option.on_citus:
        pytest.skip("on a cluster a reader waits for who writes, and here that is one thread")
    client.stored(statement())
    sent = statement()
    with lrs.writing() as connection:
        (new,) = lrs.save(connection, [sent], authority=AGENT).new
        time.sleep(0.01)
        # Not committed: a reader cannot see it, so nothing from its time on may be called complete.
        assert client.get(statementId=sent["id"]).status == 404
        assert through(client) < new.stored
    assert through(client) >= new.stored
    assert client.get(statementId=sent["id"]).status == 200


def test_2_1_3_consistent_through_is_now_when_nobody_writes(client: Client) -> None:
    client.stored(statement())
    time.sleep(0.05)
    first = through(client)
    time.sleep(0.01)
    assert through(client) > first


def test_2_1_3_whoever_trusts_consistent_through_misses_nothing(client: Client, lrs: LRS) -> None:
    """What a reader is told to be complete never grows afterwards."""
    done = threading.Event()
    claims: list[tuple[datetime, int]] = []

    def count(until: datetime) -> int:
        with lrs.reading() as connection:
            upto = int(until.timestamp() * 1_000_000)
            chosen = sa.select(sa.func.count()).select_from(table).where(table.c.seq <= upto)
            return int(connection.execute(chosen).scalar_one())

    def watch() -> None:
        while not done.is_set():
            claim = through(client)
            claims.append((claim, count(claim)))
            time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    watcher.start()
    at_once(lambda _: [client.post([statement(), statement()]) for _ in range(10)])
    done.set()
    watcher.join()
    assert claims
    assert [count(claim) for claim, _ in claims] == [found for _, found in claims]


def test_a_transaction_that_fails_leaves_nothing(client: Client, lrs: LRS) -> None:
    class StopError(Exception):
        pass

    sent = statement()

    def save_and_fail() -> None:
        with lrs.writing() as connection:
            lrs.save(connection, [sent], authority=AGENT)
            raise StopError

    with pytest.raises(StopError):
        save_and_fail()
    assert client.get(statementId=sent["id"]).status == 404
    with lrs.reading() as connection:
        assert list(lrs.read(connection)) == []


def test_on_saved_is_part_of_the_transaction(client: Client, lrs: LRS) -> None:
    def refuse(_connection: sa.Connection, _saved: object) -> None:
        raise RuntimeError("the projection failed")

    sent = statement()
    lrs.on_saved = refuse
    with pytest.raises(RuntimeError):
        client.post(sent)
    lrs.on_saved = None
    assert client.get(statementId=sent["id"]).status == 404

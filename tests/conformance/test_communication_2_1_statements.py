"""The Statement Resource: 1.0.3 Part 3, 2.1; 9274.1.1 4.1.6.1."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.conformance.client import (
    ACTIVITY,
    AGENT,
    AUTHORITY,
    OTHER_AGENT,
    VERB,
    Client,
    reference,
    statement,
    voiding,
)
from xapi.lrs import LRS, Limits

OTHER_ACTIVITY = "https://lms.example/activities/2"
OTHER_VERB = "http://adlnet.gov/expapi/verbs/completed"


# --- 2.1.1 PUT -----------------------------------------------------------------------------------------


def test_2_1_1_put_stores_under_the_id_in_the_address(client: Client) -> None:
    name = str(uuid.uuid4())
    answer = client.put(statement(id=None), name)
    assert (answer.status, answer.body) == (204, b"")
    assert client.get(statementId=name).json["id"] == name


def test_2_1_1_put_without_statement_id_is_refused(client: Client) -> None:
    answer = client.send("PUT", "/statements", body=statement())
    assert answer.status == 400
    assert answer.json["path"] == "statementId"


def test_2_1_1_put_with_another_id_inside_is_refused(client: Client) -> None:
    answer = client.put(statement(), str(uuid.uuid4()))
    assert answer.status == 400
    assert answer.json["path"] == "id"


def test_2_1_1_put_of_the_same_statement_again_changes_nothing(client: Client) -> None:
    sent = statement()
    assert client.put(sent, sent["id"]).status == 204
    before = client.get(statementId=sent["id"]).body
    assert client.put(sent, sent["id"]).status == 204
    assert client.get(statementId=sent["id"]).body == before


def test_2_1_1_put_of_a_different_statement_is_a_conflict(client: Client) -> None:
    sent = statement()
    client.put(sent, sent["id"])
    before = client.get(statementId=sent["id"]).body
    assert client.put({**sent, "verb": {"id": OTHER_VERB}}, sent["id"]).status == 409
    assert client.get(statementId=sent["id"]).body == before


def test_2_1_1_put_of_a_list_is_refused(client: Client) -> None:
    sent = statement()
    assert client.put([sent], sent["id"]).status == 400


# --- 2.1.2 POST ----------------------------------------------------------------------------------------


def test_2_1_2_post_answers_all_ids_in_the_order_sent(client: Client) -> None:
    batch = [statement() for _ in range(20)]
    answer = client.post(batch)
    assert answer.status == 200
    assert answer.json == [one["id"] for one in batch]


def test_2_1_2_post_gives_an_id_to_a_statement_without(client: Client) -> None:
    (name,) = client.post(statement(id=None)).json
    assert uuid.UUID(name)
    assert client.get(statementId=name).status == 200


def test_2_1_2_a_replay_is_answered_with_all_ids_and_changes_nothing(client: Client) -> None:
    batch = [statement() for _ in range(3)]
    client.post(batch[1])
    first = client.post(batch)
    before = [client.get(statementId=one["id"]).body for one in batch]
    again = client.post(batch)
    assert first.json == again.json == [one["id"] for one in batch]
    assert [client.get(statementId=one["id"]).body for one in batch] == before
    assert len(client.found()) == 3


@pytest.mark.parametrize(
    ("bad", "path"),
    [
        (statement(verb={"id": "no iri"}), "[1].verb.id"),
        (statement(actor={"mbox": "mailto:a@example.com", "openid": "https://a.example"}), "[1].actor"),
        (statement(result={"score": {"scaled": 1.5}}), "[1].result.score.scaled"),
        (statement(more="x"), "[1].more"),
        (statement(id="7"), "[1].id"),
    ],
)
def test_2_1_2_a_batch_with_one_bad_statement_fails_whole(client: Client, bad: dict, path: str) -> None:
    good = statement()
    answer = client.post([good, bad, statement()])
    assert answer.status == 400
    assert answer.json["path"] == path
    assert client.found() == []


def test_2_1_2_a_batch_with_one_conflict_fails_whole(client: Client) -> None:
    taken, new = statement(), statement()
    client.stored(taken)
    assert client.post([new, {**taken, "verb": {"id": OTHER_VERB}}]).status == 409
    assert client.found() == [taken["id"]]


def test_2_1_2_the_same_id_twice_in_a_batch_is_refused(client: Client) -> None:
    one = statement()
    assert client.post([one, {**one, "id": one["id"].upper()}]).status == 400
    assert client.found() == []


def test_2_1_2_a_batch_larger_than_the_limit_is_refused(lrs: LRS) -> None:
    client = Client(LRS(lrs.engine, limits=Limits(statements=3)))
    assert client.post([statement() for _ in range(4)]).status == 413
    assert client.post([statement() for _ in range(3)]).status == 200


# --- 2.1.3 GET: one statement ------------------------------------------------------------------------


def test_2_1_3_one_statement_is_returned_with_the_time_it_was_stored(client: Client) -> None:
    sent = statement()
    client.stored(sent)
    answer = client.get(statementId=sent["id"].upper())
    assert answer.status == 200
    last_modified = parsedate_to_datetime(answer.header("Last-Modified") or "")
    stored = datetime.fromisoformat(answer.json["stored"])
    assert last_modified == stored.replace(microsecond=0)


@pytest.mark.parametrize("name", ["statementId", "voidedStatementId"])
def test_2_1_3_an_unknown_id_is_not_found(client: Client, name: str) -> None:
    assert client.get(**{name: str(uuid.uuid4())}).status == 404


@pytest.mark.parametrize(
    "parameters",
    [
        {"statementId": str(uuid.uuid4()), "voidedStatementId": str(uuid.uuid4())},
        {"statementId": str(uuid.uuid4()), "agent": AGENT},
        {"voidedStatementId": str(uuid.uuid4()), "limit": 1},
        {"statementId": str(uuid.uuid4()), "ascending": True},
    ],
)
def test_2_1_3_statement_id_allows_only_attachments_and_format_beside_it(
    client: Client, parameters: dict
) -> None:
    assert client.get(**parameters).status == 400


# --- 2.1.3 GET: filters ------------------------------------------------------------------------------

PLACES = [
    # (name of the test, the parts of a statement, found by agent, found only with related_agents)
    ("actor", {"actor": OTHER_AGENT}, True),
    ("object", {"object": OTHER_AGENT}, True),
    (
        "member of a group as actor",
        {"actor": {"objectType": "Group", "member": [OTHER_AGENT]}},
        True,
    ),
    ("instructor", {"context": {"instructor": OTHER_AGENT}}, False),
    ("team", {"context": {"team": {"objectType": "Group", "member": [OTHER_AGENT]}}}, False),
    (
        "actor of a SubStatement",
        {
            "object": {
                "objectType": "SubStatement",
                "actor": OTHER_AGENT,
                "verb": {"id": VERB},
                "object": {"id": ACTIVITY},
            }
        },
        False,
    ),
    (
        "instructor in a SubStatement",
        {
            "object": {
                "objectType": "SubStatement",
                "actor": AGENT,
                "verb": {"id": VERB},
                "object": {"id": ACTIVITY},
                "context": {"instructor": OTHER_AGENT},
            }
        },
        False,
    ),
]


@pytest.mark.parametrize(("parts", "direct"), [place[1:] for place in PLACES], ids=[p[0] for p in PLACES])
def test_2_1_3_agent_and_related_agents(client: Client, parts: dict, direct: bool) -> None:
    sent, other = statement(**parts), statement()
    client.stored(other, sent)
    assert client.found(agent=OTHER_AGENT) == ([sent["id"]] if direct else [])
    assert client.found(agent=OTHER_AGENT, related_agents=True) == [sent["id"]]


def test_2_1_3_related_agents_include_the_authority(client: Client) -> None:
    (name,) = client.stored(statement())
    assert client.found(agent=AUTHORITY) == []
    assert client.found(agent=AUTHORITY, related_agents=True) == [name]


@pytest.mark.parametrize("kind", ["contextAgents", "contextGroups"])
def test_2_0_4_1_6_1_related_agents_include_context_agents_and_groups(two: Client, kind: str) -> None:
    entry = {
        "contextAgents": {"objectType": "contextAgent", "agent": OTHER_AGENT},
        "contextGroups": {
            "objectType": "contextGroup",
            "group": {"objectType": "Group", "member": [OTHER_AGENT]},
        },
    }[kind]
    (name,) = two.stored(statement(context={kind: [entry]}))
    assert two.found(agent=OTHER_AGENT) == []
    assert two.found(agent=OTHER_AGENT, related_agents=True) == [name]


def test_2_1_3_agents_are_the_same_by_identifier_not_by_name(client: Client) -> None:
    (name,) = client.stored(statement(actor={**OTHER_AGENT, "name": "Maite"}))
    assert client.found(agent={**OTHER_AGENT, "name": "Somebody"}) == [name]
    assert client.found(agent={"mbox": "mailto:maite2@example.com"}) == []


def test_2_1_3_an_account_is_the_same_only_with_its_home_page(client: Client) -> None:
    client.stored(statement())
    elsewhere = {"account": {"homePage": "https://other.example", "name": "ane"}}
    assert client.found(agent=elsewhere) == []


@pytest.mark.parametrize("role", ["parent", "grouping", "category", "other"])
@pytest.mark.parametrize("listed", [True, False])
def test_2_1_3_activity_and_related_activities(client: Client, role: str, listed: bool) -> None:
    value = {"id": OTHER_ACTIVITY}
    context = {"contextActivities": {role: [value] if listed else value}}
    sent = statement(context=context)
    client.stored(sent, statement())
    assert client.found(activity=OTHER_ACTIVITY) == []
    assert client.found(activity=OTHER_ACTIVITY, related_activities=True) == [sent["id"]]
    assert sent["id"] in client.found(activity=ACTIVITY)


def test_2_1_3_verb(client: Client) -> None:
    sent = statement(verb={"id": OTHER_VERB})
    client.stored(statement(), sent)
    assert client.found(verb=OTHER_VERB) == [sent["id"]]


def test_2_1_3_registration_in_any_case_of_its_letters(client: Client) -> None:
    registration = str(uuid.uuid4())
    sent = statement(context={"registration": registration.upper()})
    client.stored(sent, statement())
    assert client.found(registration=registration) == [sent["id"]]


def test_2_1_3_all_filters_must_match(client: Client) -> None:
    both = statement(actor=OTHER_AGENT, verb={"id": OTHER_VERB})
    client.stored(statement(actor=OTHER_AGENT), both, statement(verb={"id": OTHER_VERB}))
    assert client.found(agent=OTHER_AGENT, verb=OTHER_VERB, activity=ACTIVITY) == [both["id"]]


def test_2_1_3_newest_first_unless_ascending(client: Client) -> None:
    ids = client.stored(*(statement() for _ in range(5)))
    assert client.found() == ids[::-1]
    assert client.found(ascending=True) == ids


def test_2_1_3_since_leaves_out_its_own_instant_and_until_includes_it(client: Client) -> None:
    ids = client.stored(*(statement() for _ in range(3)))
    middle = client.get(statementId=ids[1]).json["stored"]
    assert client.found(since=middle) == [ids[2]]
    assert client.found(until=middle) == [ids[1], ids[0]]
    assert client.found(since=middle, until=middle) == []


def test_2_1_3_since_in_another_offset_is_the_same_instant(client: Client) -> None:
    ids = client.stored(*(statement() for _ in range(2)))
    first = datetime.fromisoformat(client.get(statementId=ids[0]).json["stored"])
    shifted = (first + timedelta(hours=2)).replace(tzinfo=None).isoformat() + "+02:00"
    assert client.found(since=shifted) == [ids[1]]


def test_2_1_3_stored_is_different_for_each_statement_of_a_batch(client: Client) -> None:
    batch = [statement() for _ in range(50)]
    client.post(batch)
    page = client.get(ascending=True).json["statements"]
    times = [one["stored"] for one in page]
    assert [one["id"] for one in page] == [one["id"] for one in batch]
    assert times == sorted(set(times))


def test_2_1_3_limit_and_more(client: Client) -> None:
    ids = client.stored(*(statement() for _ in range(7)))
    first = client.get(limit=3, agent=AGENT)
    assert [one["id"] for one in first.json["statements"]] == ids[:3:-1]
    assert client.found(limit=3, agent=AGENT) == ids[::-1]
    assert client.found(limit=3, agent=AGENT, ascending=True) == ids


def test_2_1_3_limit_zero_is_the_servers_own(client: Client) -> None:
    ids = client.stored(*(statement() for _ in range(3)))
    assert [one["id"] for one in client.get(limit=0).json["statements"]] == ids[::-1]


def test_2_1_3_more_is_empty_on_the_last_page(client: Client) -> None:
    client.stored(*(statement() for _ in range(4)))
    first = client.get(limit=2)
    assert client.follow(first.json["more"]).json["more"] == ""


def test_2_1_3_a_page_of_large_statements_ends_early_and_loses_none(lrs: LRS) -> None:
    client = Client(LRS(lrs.engine, limits=Limits(page_bytes=2000)))
    ids = client.stored(*(statement(result={"response": "x" * 900}) for _ in range(6)))
    assert len(client.get().json["statements"]) < 6
    assert client.found() == ids[::-1]


@pytest.mark.parametrize(
    "parameters",
    [
        {"agent": "no json"},
        {"agent": {"objectType": "Group", "member": [AGENT]}},
        {"agent": {"mbox": "mailto:a@example.com", "x": 1}},
        {"agent": '{"account":{"homePage":"https://a.example","name":"\\u0000"}}'},
        {"verb": "no iri"},
        {"activity": "no iri"},
        {"registration": "7"},
        {"since": "yesterday"},
        {"until": "2026-13-01T00:00:00Z"},
        {"limit": "-1"},
        {"limit": "1.5"},
        {"limit": "²"},
        {"limit": "9" * 40},
        {"format": "EXACT"},
        {"attachments": "yes"},
        {"ascending": "True"},
        {"related_agents": "1"},
        {"cursor": "abc"},
        {"cursor": "-1"},
        {"cursor": "9" * 40},
        {"statementId": "7"},
        {"voidedStatementId": ""},
        {"unknown": "x"},
        {"Agent": AGENT},
        {"StatementId": "2c2dd932-5485-43e8-bd3d-588a246f5dbf"},
    ],
    ids=str,
)
def test_2_1_3_a_bad_parameter_is_named(client: Client, parameters: dict) -> None:
    answer = client.get(**parameters)
    assert answer.status == 400
    assert answer.json["path"].startswith(next(iter(parameters)))


def test_2_0_a_cachebuster_is_ignored(client: Client) -> None:
    (name,) = client.stored(statement())
    assert client.found(cachebuster="1700000000") == [name]


def test_2_0_a_parameter_twice_is_refused(lrs: LRS) -> None:
    from xapi.lrs import Request
    from xapi.scopes import Principal

    query = (("verb", VERB), ("verb", OTHER_VERB))
    request = Request("GET", "/statements", query, {"X-Experience-API-Version": "1.0.3"})
    assert lrs.handle(request, lambda _: Principal(frozenset({"all"}), AUTHORITY)).status == 400


# --- 2.1.3 GET: statement references -------------------------------------------------------------------


@pytest.mark.parametrize("target_first", [True, False])
def test_2_1_3_a_reference_is_found_by_what_its_target_mentions(client: Client, target_first: bool) -> None:
    registration = str(uuid.uuid4())
    target = statement(
        actor=OTHER_AGENT,
        verb={"id": OTHER_VERB},
        object={"id": OTHER_ACTIVITY},
        context={"registration": registration},
    )
    one = statement(object=reference(target["id"]))
    two = statement(object=reference(one["id"]))
    order = [target, one, two] if target_first else [two, one, target]
    client.stored(*order)
    expected = [sent["id"] for sent in order[::-1]]
    assert client.found(agent=OTHER_AGENT) == expected
    assert client.found(verb=OTHER_VERB) == expected
    assert client.found(activity=OTHER_ACTIVITY) == expected
    assert client.found(registration=registration) == expected
    assert client.found(agent=AGENT) == [name for name in expected if name != target["id"]]


def test_2_1_3_references_in_one_batch_are_followed(client: Client) -> None:
    target = statement(verb={"id": OTHER_VERB})
    chain = [statement(object=reference(target["id"]))]
    for _ in range(5):
        chain.append(statement(object=reference(chain[-1]["id"])))
    client.post([*chain[3:], target, *chain[:3]])
    assert set(client.found(verb=OTHER_VERB)) == {target["id"], *(one["id"] for one in chain)}


def test_2_1_3_time_limits_apply_to_the_referring_statement_itself(client: Client) -> None:
    target = statement(verb={"id": OTHER_VERB})
    client.stored(target)
    stored = client.get(statementId=target["id"]).json["stored"]
    (referring,) = client.stored(statement(object=reference(target["id"])))
    assert client.found(verb=OTHER_VERB, since=stored) == [referring]
    assert client.found(verb=OTHER_VERB, until=stored) == [target["id"]]


def test_2_1_3_a_reference_to_a_voided_statement_is_still_found(client: Client) -> None:
    target = statement(verb={"id": OTHER_VERB})
    (_, referring, void) = client.stored(
        target, statement(object=reference(target["id"])), voiding(target["id"])
    )
    assert client.found(verb=OTHER_VERB) == [void, referring]


def test_2_1_3_statements_that_refer_to_each_other_do_no_harm(client: Client) -> None:
    one, other = statement(), statement(verb={"id": OTHER_VERB})
    one["object"], other["object"] = reference(other["id"]), reference(one["id"])
    client.stored(one, other)
    assert set(client.found(verb=OTHER_VERB)) == {one["id"], other["id"]}


# --- 2.1.3 GET: formats --------------------------------------------------------------------------------


def test_2_1_3_format_ids(client: Client) -> None:
    sent = statement(
        actor={**OTHER_AGENT, "name": "Maite"},
        object={"id": ACTIVITY, "objectType": "Activity", "definition": {"name": {"en": "One"}}},
    )
    client.stored(sent)
    found = client.get(statementId=sent["id"], format="ids").json
    assert found["actor"] == OTHER_AGENT
    assert found["object"] == {"id": ACTIVITY}
    assert found["verb"] == {"id": VERB}


def test_2_1_3_format_canonical_has_one_language_and_the_known_definition(client: Client) -> None:
    names = {"en": "One", "es": "Uno", "nl": "Een"}
    client.stored(statement(object={"id": ACTIVITY, "definition": {"name": names}}))
    (bare,) = client.stored(statement())
    answer = client.send(
        "GET",
        "/statements",
        {"statementId": bare, "format": "canonical"},
        headers={"Accept-Language": "es-ES, en;q=0.5"},
    )
    assert answer.json["object"]["definition"]["name"] == {"es": "Uno"}


def test_2_1_3_format_exact_is_what_was_sent(client: Client) -> None:
    sent = statement(
        object={"id": ACTIVITY, "definition": {"name": {"en": "One", "es": "Uno"}}},
        context={"extensions": {"https://lms.example/x": [None, {"a": []}]}},
        timestamp="2026-01-02T03:04:05.678Z",
    )
    client.stored(sent)
    found = client.get(statementId=sent["id"]).json
    assert {name: found[name] for name in sent} == sent
    assert set(found) - set(sent) == {"authority", "stored", "version"}


# --- 2.1.4, Part 2, 2.3.2: voiding ---------------------------------------------------------------------


def test_data_2_3_2_a_voided_statement_is_left_out_but_can_be_asked_for(client: Client) -> None:
    target = statement()
    (_, void) = client.stored(target, voiding(target["id"]))
    assert client.found() == [void]
    assert client.get(statementId=target["id"]).status == 404
    assert client.get(voidedStatementId=target["id"]).json["id"] == target["id"]
    assert client.get(voidedStatementId=void).status == 404


def test_data_2_3_2_a_statement_that_comes_after_its_voiding_is_void(client: Client) -> None:
    target = statement()
    (void, _) = client.stored(voiding(target["id"]), target)
    assert client.found() == [void]
    assert client.get(voidedStatementId=target["id"]).status == 200


def test_data_2_3_2_both_in_one_batch(client: Client) -> None:
    first, second = statement(), statement()
    batch = [first, voiding(first["id"]), voiding(second["id"]), second]
    client.post(batch)
    assert client.found(ascending=True) == [batch[1]["id"], batch[2]["id"]]


def test_data_2_3_2_a_voiding_statement_cannot_be_voided(client: Client) -> None:
    target = statement()
    void = voiding(target["id"])
    again = voiding(void["id"])
    client.stored(target, void, again)
    assert client.found(ascending=True) == [void["id"], again["id"]]
    assert client.get(statementId=target["id"]).status == 404


# --- Part 2: what the store adds -----------------------------------------------------------------------


def test_data_2_4_7_timestamp_is_stored_where_there_is_none(client: Client) -> None:
    (name,) = client.stored(statement())
    found = client.get(statementId=name).json
    assert found["timestamp"] == found["stored"]


def test_data_2_4_8_stored_is_set_by_the_store(client: Client) -> None:
    (name,) = client.stored(statement(stored="2001-01-01T00:00:00Z"))
    found = client.get(statementId=name)
    assert not found.json["stored"].startswith("2001")
    assert found.body.count(b'"stored"') == 1


def test_data_2_4_9_authority_is_set_by_the_store(client: Client) -> None:
    (name,) = client.stored(statement(authority=OTHER_AGENT))
    found = client.get(statementId=name)
    assert found.json["authority"] == AUTHORITY
    assert found.body.count(b'"authority"') == 1


@pytest.mark.parametrize(("version", "given"), [("1.0.3", "1.0.0"), ("2.0.0", "2.0.0")])
def test_data_2_4_10_version_is_set_where_there_is_none(lrs: LRS, version: str, given: str) -> None:
    client = Client(lrs, version=version)
    (name,) = client.stored(statement())
    assert client.get(statementId=name).json["version"] == given


def test_data_2_4_10_version_is_kept_as_sent(client: Client) -> None:
    (name,) = client.stored(statement(version="1.0.2"))
    assert client.get(statementId=name).json["version"] == "1.0.2"


def test_data_2_4_6_2_a_single_context_activity_comes_back_in_a_list(client: Client) -> None:
    inner = {
        "objectType": "SubStatement",
        "actor": AGENT,
        "verb": {"id": VERB},
        "object": {"id": ACTIVITY},
        "context": {"contextActivities": {"other": {"id": ACTIVITY}}},
    }
    sent = statement(context={"contextActivities": {"parent": {"id": ACTIVITY}}}, object=inner)
    (name,) = client.stored(sent)
    found = client.get(statementId=name).json
    assert found["context"]["contextActivities"]["parent"] == [{"id": ACTIVITY}]
    assert found["object"]["context"]["contextActivities"]["other"] == [{"id": ACTIVITY}]


def test_2_0_4_2_7_a_timestamp_with_another_offset_is_converted_to_utc(two: Client) -> None:
    (name,) = two.stored(statement(timestamp="2026-03-01T01:30:00.123456789+02:00"))
    assert two.get(statementId=name).json["timestamp"] == "2026-02-28T23:30:00.123456789Z"


def test_data_4_5_under_1_0_3_a_timestamp_is_kept_as_sent(one: Client) -> None:
    (name,) = one.stored(statement(timestamp="2026-03-01T01:30:00.123+02:00"))
    assert one.get(statementId=name).json["timestamp"] == "2026-03-01T01:30:00.123+02:00"


def test_data_2_3_1_an_answer_is_json_that_any_parser_reads(client: Client) -> None:
    client.post(
        json.dumps([statement(), statement()], indent=4).encode(), **{"Content-Type": "application/json"}
    )
    assert len(client.get().json["statements"]) == 2


def test_1_4_a_statement_with_letters_of_all_languages(client: Client) -> None:
    names = {"ro": "Învăţare țară", "el": "Μάθηση", "cs": "Vysočina", "fi": "Päijät-Häme", "en": "🙂"}
    (name,) = client.stored(statement(verb={"id": VERB, "display": names}))
    assert client.get(statementId=name).json["verb"]["display"] == names

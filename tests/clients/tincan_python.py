"""The script of tincan for Python: what the plan on standard input asks for, told as JSON on standard output.

It speaks 1.0.3 at most, cannot merge and never reads an ETag. It saves state documents without their
registration, and sends each of them twice.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import tincan

plan = json.load(sys.stdin)
lrs = tincan.RemoteLRS(
    endpoint=plan["endpoint"], username=plan["key"], password=plan["secret"], version=plan["version"]
)


def good(answer: Any) -> Any:
    assert answer.success, answer.data
    return answer.content


def ids(result: Any) -> list[str]:
    return [str(one.id) for one in result.statements]


def typed(query: dict[str, Any]) -> dict[str, Any]:
    # The library writes Python's True as "True", which is no boolean of JSON. Its users write the text.
    query = {name: "true" if value is True else value for name, value in query.items()}
    known = {
        "agent": tincan.Agent,
        "verb": lambda iri: tincan.Verb(id=iri),
        "activity": lambda iri: tincan.Activity(id=iri),
    }
    return {name: known.get(name, lambda same: same)(value) for name, value in query.items()}


def documents() -> dict[str, Any]:
    agent, activity = tincan.Agent(plan["agent"]), tincan.Activity(id=plan["activity"])
    for content in ({"page": 1, "score": 2}, {"page": 2, "score": 2}):
        state = tincan.StateDocument(
            id="bookmark",
            content=json.dumps(content),
            content_type="application/json",
            activity=activity,
            agent=agent,
        )
        good(lrs.save_state(state))
    merged = json.loads(good(lrs.retrieve_state(activity, agent, "bookmark")).content)
    state.etag = f'"{"0" * 40}"'
    stale = lrs.save_state(state).response.status
    names = good(lrs.retrieve_state_ids(activity, agent))
    state.etag = None
    good(lrs.delete_state(state))
    gone = lrs.retrieve_state(activity, agent, "bookmark").response.status
    return {"merged": merged, "stale": stale, "names": names, "gone": gone}


statements = [tincan.Statement(value) for value in plan["statements"]]
sent = json.loads(lrs.save_statements(tincan.StatementList(statements[:4])).data)
for statement in statements[4:]:
    sent.append(str(good(lrs.save_statement(statement)).id))
one = json.loads(good(lrs.retrieve_statement(sent[3])).to_json())
found = {"since": ids(good(lrs.query_statements({"since": one["stored"]})))}
for name, query in plan["queries"].items():
    found[name] = ids(good(lrs.query_statements(typed(query))))
page = good(lrs.query_statements({"limit": plan["limit"]}))
pages = [ids(page)]
while page.more:
    page = good(lrs.more_statements(page.more))
    pages.append(ids(page))
print(json.dumps({"sent": sent, "one": one, "found": found, "pages": pages, "documents": documents()}))

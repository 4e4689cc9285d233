"""Strategies for valid statements of both versions, and for statements with something broken in them.

Statements come without what a store assigns unless asked for. Their attachments have a fileUrl, so that each
statement can be sent as plain JSON.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from xapi.validate.activity import COMPONENT_LISTS
from xapi.versions import ONE, TWO, Version

# Statements are large, so a test has few of them; a long run asks for more. A busy machine is no failure.
examples = settings(max_examples=int(os.environ.get("NEAR_LEARN_EXAMPLES", "40")))

Json = Any
Object = dict[str, Any]

versions = st.sampled_from((ONE, TWO))
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
_hosts = st.builds("{}.{}".format, _words, st.sampled_from(("example", "org", "eu")))
_segments = st.text("abcXYZ019-._~!$&'()*+,;=:@éßжш日本", min_size=1, max_size=10) | st.just("%20")
iris = st.one_of(
    st.builds(
        lambda scheme, host, path, tail: f"{scheme}://{host}/{'/'.join(path)}{tail}",
        st.sampled_from(("http", "https")),
        _hosts,
        st.lists(_segments, max_size=3),
        st.sampled_from(("", "?a=b&c=d", "#part", "?x#y")),
    ),
    st.builds("urn:example:{}".format, _segments),
    st.builds("tag:{},2026:{}".format, _hosts, _words),
)
uuids = st.one_of(st.uuids().map(str), st.uuids().map(lambda found: str(found).upper()))
sha1sums = st.text("0123456789abcdefABCDEF", min_size=40, max_size=40)
mboxes = st.builds("mailto:{}@{}".format, _words | st.sampled_from(("a.b", "x+y", "O'Neill")), _hosts)
language_tags = st.sampled_from(
    (
        *(
            "en",
            "en-US",
            "es",
            "eu",
            "cmn",
            "zh-Hant",
            "sr-Latn-RS",
            "zh-Hans-CN",
            "es-419",
            "de-CH-1901",
            "tlh",
        ),
        *(
            "sl-rozaj-biske",
            "de-DE-u-co-phonebk",
            "x-whatever",
            "i-klingon",
            "und",
            "en-a-aaa-b-bbb",
            "zh-yue-HK",
        ),
    )
)
durations = st.one_of(
    st.sampled_from(("P4W", "P3Y", "PT0S", "P1DT12H", "P3Y1M29DT4H35M59.14S", "PT1H0M0.1S", "PT16559.14S")),
    st.builds("PT{}H{}M{}.{:02}S".format, *(st.integers(0, 99),) * 4),
)
_moments = st.datetimes().filter(lambda found: 2 < found.year < 9998)
_offsets = st.sampled_from(("Z", "+00:00", "+02:00", "-05:30", "+14:00"))
strict_timestamps = st.builds(
    lambda moment, fraction, offset: f"{moment.replace(microsecond=0).isoformat()}{fraction}{offset}",
    _moments,
    st.sampled_from(("", ".1", ".123", ".123456", ".123456789")),
    _offsets,
)
_loose_timestamps = st.one_of(
    _moments.map(lambda found: found.isoformat(timespec="milliseconds")),
    _moments.map(lambda found: found.strftime("%Y%m%dT%H%M%SZ").rjust(16, "0")),
)
media_types = st.sampled_from(
    ("text/plain", "application/json", "text/plain; charset=utf-8", 'a/b; c="d e"', "image/svg+xml")
)

_numbers = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
jsons = st.recursive(
    st.none() | st.booleans() | _numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
extensions = st.dictionaries(iris, jsons, max_size=3)
language_maps = st.dictionaries(language_tags, texts, max_size=3)


def timestamps(version: Version) -> st.SearchStrategy[str]:
    """Timestamps as the version has them."""
    return strict_timestamps if version.strict_timestamps else strict_timestamps | _loose_timestamps


def objects(required: Object, optional: Object) -> st.SearchStrategy[Object]:
    """Objects with all of the required and some of the optional properties."""
    return st.fixed_dictionaries(required, optional=optional)


accounts = objects({"homePage": iris, "name": texts}, {})
identifiers = st.one_of(
    objects({"mbox": mboxes}, {}),
    objects({"mbox_sha1sum": sha1sums}, {}),
    objects({"openid": iris}, {}),
    objects({"account": accounts}, {}),
)


def _joined(*parts: st.SearchStrategy[Object]) -> st.SearchStrategy[Object]:
    return st.tuples(*parts).map(
        lambda found: {name: value for part in found for name, value in part.items()}
    )


agents = _joined(identifiers, objects({}, {"objectType": st.just("Agent"), "name": texts}))
_named_agents = _joined(identifiers, objects({"objectType": st.just("Agent")}, {"name": texts}))
identified_groups = _joined(
    identifiers,
    objects({"objectType": st.just("Group")}, {"name": texts, "member": st.lists(agents, max_size=2)}),
)
anonymous_groups = objects(
    {"objectType": st.just("Group"), "member": st.lists(agents, min_size=1, max_size=3)}, {"name": texts}
)
groups = identified_groups | anonymous_groups
actors = agents | groups
verbs = objects({"id": iris}, {"display": language_maps})
references = objects({"objectType": st.just("StatementRef"), "id": uuids}, {})

_components = st.lists(
    objects({"id": texts}, {"description": language_maps}),
    max_size=3,
    unique_by=lambda found: str(found["id"]),
)


def _interactions(kind: str) -> st.SearchStrategy[Object]:
    lists = dict.fromkeys(sorted(COMPONENT_LISTS[kind]), _components)
    return objects(
        {"interactionType": st.just(kind)},
        {"correctResponsesPattern": st.lists(texts, max_size=3), **lists},
    )


definitions = _joined(
    objects(
        {},
        {
            "name": language_maps,
            "description": language_maps,
            "type": iris,
            "moreInfo": iris,
            "extensions": extensions,
        },
    ),
    st.one_of(st.just({}), *map(_interactions, COMPONENT_LISTS)),
)
activities = objects({"id": iris}, {"objectType": st.just("Activity"), "definition": definitions})


@st.composite
def scores(draw: st.DrawFn) -> Object:
    """Scores whose numbers agree."""
    low, raw, high = sorted(draw(st.lists(_numbers, min_size=3, max_size=3, unique_by=float)))
    whole = {"min": low, "raw": raw, "max": high, "scaled": draw(st.floats(-1, 1) | st.integers(-1, 1))}
    return {name: whole[name] for name in draw(st.sets(st.sampled_from(sorted(whole))))}


results = objects(
    {},
    {
        "score": scores(),
        "success": st.booleans(),
        "completion": st.booleans(),
        "response": texts,
        "duration": durations,
        "extensions": extensions,
    },
)
attachments = objects(
    {
        "usageType": iris,
        "display": language_maps,
        "contentType": media_types,
        "length": st.integers(0, 10**12),
        "sha2": st.text("0123456789abcdef", min_size=64, max_size=64),
        "fileUrl": iris,
    },
    {"description": language_maps},
)
_context_activities = st.dictionaries(
    st.sampled_from(("parent", "grouping", "category", "other")),
    activities | st.lists(activities, max_size=2),
    max_size=2,
)
_relevant_types = st.lists(iris, min_size=1, max_size=2)


def contexts(version: Version, *, about_activity: bool = True) -> st.SearchStrategy[Object]:
    """Contexts as the version has them; revision and platform only in statements about an Activity."""
    optional: Object = {
        "registration": uuids,
        "instructor": actors,
        "team": groups,
        "contextActivities": _context_activities,
        "language": language_tags,
        "statement": references,
        "extensions": extensions,
    }
    if about_activity:
        optional |= {"revision": texts, "platform": texts}
    if version.context_actors:
        agent = {"objectType": st.just("contextAgent"), "agent": agents}
        group = {"objectType": st.just("contextGroup"), "group": groups}
        types = {"relevantTypes": _relevant_types}
        optional["contextAgents"] = st.lists(objects(agent, types), max_size=2)
        optional["contextGroups"] = st.lists(objects(group, types), max_size=2)
    return objects({}, optional)


def _bodies(version: Version, thing: st.SearchStrategy[Object], more: Object) -> st.SearchStrategy[Object]:
    def with_object(target: Object) -> st.SearchStrategy[Object]:
        about_activity = target.get("objectType", "Activity") == "Activity"
        return objects(
            {"actor": actors, "verb": verbs, "object": st.just(target)},
            {
                "result": results,
                "context": contexts(version, about_activity=about_activity),
                "timestamp": timestamps(version),
                "attachments": st.lists(attachments, max_size=2),
                **more,
            },
        )

    return thing.flatmap(with_object)


def substatements(version: Version) -> st.SearchStrategy[Object]:
    """SubStatements as the version has them."""
    found = _bodies(version, activities | _named_agents | groups | references, {})
    return found.map(lambda body: {"objectType": "SubStatement", **body})


def statements(version: Version, *, assigned: bool = False) -> st.SearchStrategy[Object]:
    """Valid statements of the version that void nothing; with what a store assigns if wanted."""
    more: Object = {"id": uuids}
    if assigned:
        numbers = ("1.0", "1.0.0", "1.0.9", "2.0.0") if version is TWO else ("1.0", "1.0.0", "1.0.9")
        more |= {"stored": timestamps(version), "authority": agents, "version": st.sampled_from(numbers)}
    thing = activities | _named_agents | groups | references | substatements(version)
    return _bodies(version, thing, more)


_JUNK: tuple[Json, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        0.5,
        10**400,
        "",
        " ",
        "x",
        "true",
        "Agent",
        "Group",
        "StatementRef",
        [],
        {},
    ),
    *(
        [None],
        {"x": None},
        {"id": "x"},
        {"objectType": "Group"},
        "http://example.com/x",
        "mailto:a@b.example",
    ),
    *(
        "2015-01-01T00:00:00Z",
        "P1D",
        "en",
        "00000000-0000-0000-0000-000000000000",
        "é" * 300,
        "http://[" + "]" * 50,
    ),
)


def places(value: Json) -> Iterator[tuple[Any, Any]]:
    """Each (container, key or index) in a JSON value."""
    if isinstance(value, dict):
        for name in value:
            yield value, name
            yield from places(value[name])
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield value, index
            yield from places(item)


@st.composite
def mutated(draw: st.DrawFn, originals: st.SearchStrategy[Object]) -> Object:
    """Statements with one to three random changes, which may or may not leave them valid."""
    statement: Object = copy.deepcopy(draw(originals))
    for _ in range(draw(st.integers(1, 3))):
        found = list(places(statement))
        if not found:
            break
        container, key = draw(st.sampled_from(found))
        junk = copy.deepcopy(draw(st.sampled_from(_JUNK)))
        change = draw(st.sampled_from(("replace", "delete", "rename", "add", "move", "wrap")))
        if change == "replace":
            container[key] = junk
        elif change == "delete":
            del container[key]
        elif change == "wrap":
            container[key] = [container[key]]
        elif change == "move":
            container[key] = copy.deepcopy(
                draw(st.sampled_from([place[place_key] for place, place_key in found]))
            )
        elif isinstance(container, list):
            container.append(junk)
        elif change == "rename":
            container[draw(st.sampled_from((str(key).upper(), str(key).title(), f"{key} ")))] = container.pop(
                key
            )
        else:
            container[
                draw(st.sampled_from(("extra", "objectType", "id", "member", "mbox", "version", "")))
            ] = junk
    return statement

"""The formats of single values: good and bad ones for each rule."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime

import pytest

from xapi import grammar
from xapi.errors import XAPIError
from xapi.validate import values
from xapi.validate.shape import Rule

GOOD: dict[Rule, list[object]] = {
    grammar.iri: [
        "http://example.com",
        "https://example.com/a%20b?x=y&z#part",
        "urn:uuid:12345678-1234-5678-1234-567812345678",
        "http://example.com/فعل/خواندن",
        "tag:example.com,2026:x",
        "mailto:a@b.example",
        "http://[::1]:8000/x",
        "a:b",
        "http://example.com/" + "x" * 5000,
    ],
    grammar.uuid: [
        "12345678-1234-5678-1234-567812345678",
        "EC531277-B57B-4C15-8D91-D292C5B2B8F7",
        "00000000-0000-0000-0000-000000000000",
        "01890a5d-ac96-774b-bcce-b302099a8057",
    ],
    grammar.mailto: ["mailto:a@b.example", "mailto:O'Neill+tag@sub.example.com", "mailto:é@exämple.eu"],
    grammar.sha1sum: ["ebd31e95054c018b10727ccffd2ef2ec3a016ee9", "EBD31E95054C018B10727CCFFD2EF2EC3A016EE9"],
    grammar.sha2: ["a" * 56, "0" * 64, "F" * 96, "b" * 128],
    grammar.duration: [
        *("PT4H35M59.14S", "PT16559.14S", "P3Y1M29DT4H35M59.14S", "P3Y", "P4W", "PT0S", "P1DT12H36M0.12567S"),
        *("P1M", "PT1M", "PT0,5S", "PT1.5H", "P0.5W"),
    ],
    grammar.language: [
        *(
            "de",
            "de-DE",
            "zh-Hant",
            "sr-Latn-RS",
            "cmn",
            "es-419",
            "zh-Hans-CN",
            "ase",
            "tlh",
            "sr-Cyrl",
            "und",
        ),
        *(
            "de-CH-1901",
            "sl-rozaj-biske",
            "de-DE-u-co-phonebk",
            "en-a-bbb-x-a-ccc",
            "x-whatever",
            "i-klingon",
        ),
        *(
            "EN-us",
            "zh-yue",
            "zh-min-nan",
            "en-GB-oed",
            "art-lojban",
            "sl-IT-nedis",
            "de-Latn-DE-1996",
            "qaa-Qaaa",
        ),
    ],
    grammar.media_type: ["text/plain", "text/plain; charset=ascii", 'a/b;c="d;\\" e"', "application/ld+json"],
    grammar.timestamp: [
        *("2015-12-18T12:17:00.123Z", "2015-12-18T12:17:00+00:00", "2015-12-18T12:17:00.123456789-05:30"),
        *("2015-12-18T12:17:00", "20151218T121700Z", "2015-12-18T12:17Z", "2015-12-18T12:17:00,5Z"),
        *("2015-06-30T23:59:60Z", "2016-02-29T00:00:00Z", "2015-12-18T12:17:00+05"),
    ],
    grammar.strict_timestamp: [
        *("2015-12-18T12:17:00Z", "2008-09-15T15:53:00.601+00:00", "2015-12-18T12:17:00.1-05:30"),
        *("2015-12-18t12:17:00z", "1990-12-31T23:59:60Z"),
    ],
    values.text: ["", "x", "é" * 1000],
    values.boolean: [True, False],
    values.number: [0, -1, 0.5, 10**400],
    values.length: [0, 27, 10**12],
}
BAD: dict[Rule, list[object]] = {
    grammar.iri: [
        *(
            "",
            "x",
            "example.com/x",
            "/relative",
            "//example.com",
            "http:",
            "http://a b",
            " http://a",
            "http://a\n",
        ),
        *(
            "http://a/<b>",
            'http://a/"',
            "http://a/{b}",
            "http://a|b",
            "http://a\\b",
            "http://a^b",
            "http://a`b",
        ),
        *(
            "http://a/%",
            "http://a/%zz",
            "http://a/%2",
            "http://a#b#c",
            "ab=c://x",
            "1http://x",
            "http://a\x00",
        ),
        *("http://a\x7f", "http://a\ud800", "http:#x", "héé:x", 1, None, True, [], {"a": "b"}),
    ],
    grammar.uuid: [
        *("", "AA97B177-9383-4934-8543-0F91A7A028368", "MA97B177-9383-4934-8543-0F91A7A02836"),
        *(
            "12345678123456781234567812345678",
            "{12345678-1234-5678-1234-567812345678}",
            12345,
            None,
            {"key": 1},
        ),
        *("urn:uuid:12345678-1234-5678-1234-567812345678", "12345678-1234-5678-1234-567812345678\n"),
        "１2345678-1234-5678-1234-567812345678",
    ],
    grammar.mailto: [
        *(
            "",
            "x@y",
            "mailto:",
            "mailto:x",
            "mailto:@y",
            "mailto:x@",
            "mailto:a b@c",
            "http://a@b",
            "MAILTO:x@y",
        ),
        *("mailto:a@b,c@d", "mailto:a@b\n", 1, None),
    ],
    grammar.sha1sum: ["", "a" * 39, "a" * 41, "g" * 40, 10**39, None, "a" * 40 + "\n"],
    grammar.sha2: ["", "a" * 40, "a" * 63, "g" * 64, 1, None],
    grammar.duration: [
        *(
            "",
            "P",
            "PT",
            "P1",
            "1D",
            "P4W1D",
            "P1YT",
            "PA1H0M0S",
            "PT1S2M",
            "PT1.5H3M",
            "P1D2Y",
            "PT-1S",
            "-PT1S",
        ),
        *("P0003-06-04T12:30:05", "PT1H ", "pt1h", 12345, None, "PT1H\n", "P1Y1W", "PT.5S", "PT1.S"),
    ],
    grammar.language: [
        *(
            "",
            "something",
            "a",
            "a-DE",
            "de-419-DE",
            "zh-z-aaa-z-bbb-c-ccc",
            "en-x",
            "en-a",
            "ar-a-aaa-b-bbb-a-ccc",
        ),
        *(
            "de-1901-1901",
            "en_US",
            "en-",
            "-en",
            "en--US",
            "x",
            "i-unknown",
            "en us",
            "abcdefghi",
            1,
            None,
            "en\n",
        ),
        "é",
    ],
    grammar.media_type: [
        "",
        "text",
        "text/",
        "/plain",
        "text/plain charset",
        "a/b;c",
        "a b/c",
        1,
        None,
        "a/b\n",
    ],
    grammar.timestamp: [
        *(
            "",
            "01/011/2015",
            "should fail",
            "2015-12-18",
            "12:17",
            "2015-13-18T12:17:00Z",
            "2015-02-29T00:00:00Z",
        ),
        *("2008-09-15T15:53:00.601-00", "2008-09-15T15:53:00.601-0000", "2008-09-15T15:53:00.601-00:00"),
        *("2015-12-18T25:00:00Z", "2015-12-18T12:61:00Z", "2015-12-18T12:17:61Z", "2015-12-18 12:17:00Z"),
        *("2015-12-18T12:17:00+24:00", "2015-12-18T12:17:00+05:60", "0000-01-01T00:00:00Z", 1420070400, None),
        *(
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "2015-12-18T12:17:00Z\n",
            "2015-12-18T12:17:00ZZ",
        ),
    ],
    grammar.strict_timestamp: [
        *("2015-12-18T12:17:00", "20151218T121700Z", "2015-12-18T12:17Z", "2015-12-18T12:17:00,5Z"),
        *("2015-12-18T12:17:00+0530", "2015-12-18T12:17:00-00:00", "2015-02-30T12:17:00Z", 1, None),
    ],
    values.text: [0, True, None, [], {}],
    values.boolean: ["true", "false", 0, 1, None, "", []],
    values.number: ["1", True, False, None, [], "0.5"],
    values.length: [-1, 1.5, "1", True, None],
}


def _cases(table: dict[Rule, list[object]]) -> list[object]:
    return [
        pytest.param(
            rule,
            value,
            id=f"{getattr(rule, '__name__', 'rule')}-{value!r:.40}".encode("unicode_escape").decode(),
        )
        for rule, listed in table.items()
        for value in listed
    ]


@pytest.mark.parametrize(("rule", "value"), _cases(GOOD))
def test_accepts(rule: Rule, value: object) -> None:
    rule(value)


@pytest.mark.parametrize(("rule", "value"), _cases(BAD))
def test_refuses(rule: Rule, value: object) -> None:
    with pytest.raises(XAPIError, match=r"^expected .*, got ") as caught:
        rule(value)
    assert caught.value.status == 400
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("value", ["1.0", "1.0.0", "1.0.9", "1.0.12"])
def test_a_version_of_1_0(value: str) -> None:
    grammar.version(value, ("1.0",))


@pytest.mark.parametrize(
    "value", ["", "1", "1.1.0", "0.9.9", "2.0.0", "1.0.", "1.0.x", "v1.0.0", "1.00", 1.0, None]
)
def test_no_version_of_1_0(value: object) -> None:
    with pytest.raises(XAPIError, match=r"expected 1\.0\.x, got"):
        grammar.version(value, ("1.0",))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2015-12-18T12:17:00.123Z", datetime(2015, 12, 18, 12, 17, 0, 123000, UTC)),
        ("2015-12-18T12:17:00.1239999+02:00", datetime(2015, 12, 18, 10, 17, 0, 123999, UTC)),
        ("2015-12-18T12:17:00-05:30", datetime(2015, 12, 18, 17, 47, tzinfo=UTC)),
        ("2015-12-18T12:17:00", datetime(2015, 12, 18, 12, 17, tzinfo=UTC)),
        ("20151218T1217+0200", datetime(2015, 12, 18, 10, 17, tzinfo=UTC)),
        ("2015-06-30T23:59:60Z", datetime(2015, 6, 30, 23, 59, 59, tzinfo=UTC)),
        ("2015-12-18T12", datetime(2015, 12, 18, 12, tzinfo=UTC)),
    ],
)
def test_instant(text: str, moment: datetime) -> None:
    assert grammar.instant(text) == moment
    assert grammar.instant(text).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "converted"),
    [
        ("2023-05-04T12:00:00-05:00", "2023-05-04T17:00:00Z"),
        ("2023-01-01T00:30:00.1234567890+01:00", "2022-12-31T23:30:00.1234567890Z"),
        ("2023-05-04t12:00:00z", "2023-05-04T12:00:00Z"),
        ("1990-12-31T15:59:60-08:00", "1990-12-31T23:59:60Z"),
        ("2023-05-04T12:00:00.000Z", "2023-05-04T12:00:00.000Z"),
        ("2023-05-04T12:00:00", "2023-05-04T12:00:00"),
    ],
)
def test_in_utc(text: str, converted: str) -> None:
    assert grammar.in_utc(text) == converted


@pytest.mark.parametrize("rule", [rule for rule in BAD if rule.__module__ == "xapi.grammar"])
@pytest.mark.parametrize(
    "hostile",
    [
        "http://" + "%20" * 20000 + "<",
        "mailto:" + "a" * 60000,
        "P" + "1" * 60000,
        "en" + "-a-bb" * 12000,
        "en" + "-abcde" * 10000 + "-",
        "a/b" + ";a=b" * 15000 + ";;",
        "a/b" + " " * 60000 + "x",
        'a/b;c="' + "\\a" * 30000,
        "2015-01-01T00:00:00." + "1" * 60000,
        "PT1" + ".1" * 30000,
    ],
    ids=range(10),
)
def test_no_value_takes_long(rule: Rule, hostile: str) -> None:
    began = time.process_time()
    with contextlib.suppress(XAPIError):
        rule(hostile)
    assert time.process_time() - began < 0.5

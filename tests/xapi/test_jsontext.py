"""Strict JSON: what is kept to the digit, and what is refused with its place."""

from __future__ import annotations

import contextlib
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi.strategies import jsons
from xapi import jsontext
from xapi.errors import XAPIError

DEEP = jsontext.MAX_DEPTH

BAD = [
    (b"", "not JSON: Expecting value at line 1 column 1"),
    (b"   ", "not JSON: Expecting value at line 1 column 4"),
    (b"{", "not JSON: "),
    (b'{"a":[1,2,}', "a[2]: not JSON: Expecting value at line 1 column 11"),
    (b'{\n  "a": {"b" 1}}', "a.b: not JSON: Expecting ':' delimiter at line 2 column 13"),
    (b"{'a':1}", "not JSON: "),
    (b'{"a":1,}', "not JSON: "),
    (b'{"a":01}', "a: not JSON: "),
    (b'{"a":+1}', "a: not JSON: "),
    (b'{"a":.5}', "a: not JSON: "),
    (b'{"a":True}', "a: not JSON: "),
    (b'{"a":"\x01"}', "a: not JSON: Invalid control character"),
    (b'{"a":"\x00"}', "a: not JSON: Invalid control character"),
    (b'{"a":"\\x"}', "a: not JSON: Invalid \\escape"),
    (b'{"a":"b', "a: not JSON: Unterminated string"),
    (b'{"a":1} {"b":2}', "not JSON: expecting the end at line 1 column 9"),
    (b"// comment\n{}", "not JSON: "),
    (b"\xef\xbb\xbf{}", "not JSON: "),
    (b"\xff", "expected UTF-8, got byte 0xff at 0"),
    (b'{"a":"\xc3"}', "expected UTF-8, got byte 0xc3 at 6"),
    (b'{"a":"\xed\xa0\x80"}', "expected UTF-8, got byte 0xed at 6"),
    ('{"a":1}'.encode("utf-16"), "expected UTF-8"),
    (b'{"a":1,"a":1}', "a: the property occurs twice in one object"),
    (b'{"x":[{"a":{"b":1,"c":[{}],"b":2}}]}', "x[0].a.b: the property occurs twice in one object"),
    (b'{"a":1,"\\u0061":2}', "a: the property occurs twice in one object"),
    (b'{"a":{"k":",{\\"k\\":"},"b":[{},{"z":1,"z":2}]}', "b[1].z: the property occurs twice in one object"),
    (b'{"a":NaN}', "a: expected a finite number, got 'NaN'"),
    (b'{"a":[0,-Infinity]}', "a[1]: expected a finite number, got '-Infinity'"),
    (b"Infinity", "expected a finite number, got 'Infinity'"),
    (b'{"a":[1,{"b":1e400}]}', "a[1].b: expected a finite number, got '1e400'"),
    (b"-1E999", "expected a finite number, got '-1E999'"),
    (b"1" * 5000, "expected at most 4300 digits, got '5000 digits'"),
    (b'{"a":"\\u0000"}', "a: expected text without NUL and lone surrogates, got '\\x00'"),
    (b'{"a":["\\ud800"]}', "a[0]: expected text without NUL and lone surrogates, got '\\ud800'"),
    (b'{"a":"\\udc00\\ud800"}', "a: expected text without NUL and lone surrogates"),
    (b'{"a\\u0000":1}', "['a\\x00']: expected text without NUL and lone surrogates"),
    (b"[" * (DEEP + 1) + b"]" * (DEEP + 1), "[0]" * DEEP + f": nested deeper than {DEEP} levels"),
    (
        b'{"a":' * (DEEP + 1) + b"1" + b"}" * (DEEP + 1),
        "a." * (DEEP - 1) + f"a: nested deeper than {DEEP} levels",
    ),
    (b"[" * 100_000, "[0]" * DEEP + f": nested deeper than {DEEP} levels"),
    (b'{"a":' * 100_000, "a." * (DEEP - 1) + f"a: nested deeper than {DEEP} levels"),
]


@pytest.mark.parametrize(("data", "message"), BAD, ids=lambda value: repr(value)[:40])
def test_refuses_and_names_the_place(data: bytes, message: str) -> None:
    for read in (jsontext.loads, jsontext.statements if data[:1] != b"[" else jsontext.loads):
        with pytest.raises(XAPIError) as caught:
            read(data)
        assert str(caught.value).startswith(message)
        assert caught.value.status == 400


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b' {"a": [1, 2.5, true, null, "x"]}\r\n\t', {"a": [1, 2.5, True, None, "x"]}),
        (b"12345678901234567890123", 12345678901234567890123),
        (b'"\\ud83d\\ude00"', "😀"),
        ('"日本"'.encode(), "日本"),
        (b'"\\\\u0000"', "\\u0000"),
        (b"[" * DEEP + b"]" * DEEP, None),
        (b"[" + b",".join([b"{}"] * 1000) + b"]", [{}] * 1000),
        (b'{"a":{"x":1},"b":{"x":1}}', {"a": {"x": 1}, "b": {"x": 1}}),
        (b"1e-400", 0.0),
        (b"1" * 4300, None),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_reads(data: bytes, value: object) -> None:
    found = jsontext.loads(data)
    if value is not None:
        assert found == value


def test_names_where_it_reads() -> None:
    with pytest.raises(XAPIError, match=r"^agent\.account: the property occurs twice"):
        jsontext.loads(b'{"account":1,"account":2}', "agent")
    with pytest.raises(XAPIError, match=r"^agent: expected UTF-8"):
        jsontext.loads(b"\xff", "agent")


def test_refuses_depth_also_when_little_stack_is_left() -> None:
    def dive(levels: int) -> None:
        if levels:
            dive(levels - 1)
        else:
            jsontext.loads(b"[" * 90 + b"]" * 90)

    depth = len(__import__("inspect").stack())
    with pytest.raises(XAPIError, match="nested deeper than"):
        dive(sys.getrecursionlimit() - depth - 60)


def test_splits_verbatim() -> None:
    one = b'{"a" : 1.50, "b":"\\u00e9", "n": 12345678901234567890.10}'
    two = '{ "c":[1 ,2], "é":{} }'.encode()
    assert jsontext.split(b" [" + one + b" ,\n" + two + b"]\r\n") == [one, two]
    assert jsontext.split(b"\n" + two + b" ") == [two]
    assert jsontext.split(b"[]") == []
    assert jsontext.split(b" [ ] ") == []
    assert jsontext.statements(b"[" + one + b"]") == [(one, json.loads(one))]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'[{"a":1},{"b":1,"b":2}]', "[1].b: the property occurs twice in one object"),
        (b'[{"a":1},{"b":1e400}]', "[1].b: expected a finite number"),
        (b'[{"a":1},]', "[1]: not JSON: Expecting value"),
        (b'[{"a":1} {"a":1}]', "[1]: not JSON: expecting ',' or ']' at line 1 column 10"),
        (b'[{"a":1}', "[1]: not JSON: expecting ',' or ']'"),
        (b"[", "[0]: not JSON: Expecting value"),
        (b"[] []", "not JSON: expecting the end"),
        (b'"x"', "expected a statement or an array of statements"),
        (b"null", "expected a statement or an array of statements"),
        (b'[{"a":"\\u0000"}]', "[0].a: expected text without NUL"),
    ],
)
def test_split_names_the_statement(data: bytes, message: str) -> None:
    with pytest.raises(XAPIError) as caught:
        jsontext.split(data)
    assert str(caught.value).startswith(message)


@given(jsons, st.booleans(), st.sampled_from((None, 1)))
def test_reads_what_the_standard_library_writes(value: object, ascii_only: bool, indent: int | None) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    assert jsontext.loads(data) == value
    batch = b"[" + data + b"," + data + b"]"
    assert jsontext.split(batch) == [data, data]


@given(st.binary(max_size=60) | st.text('{}[],:"\\u0d8e1.-+NaIinfty \n', max_size=60).map(str.encode))
def test_refuses_or_reads_whatever_comes(data: bytes) -> None:
    for read in (jsontext.loads, jsontext.statements):
        with contextlib.suppress(XAPIError):
            read(data)

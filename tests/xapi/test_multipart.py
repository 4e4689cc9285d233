"""multipart/mixed, both ways (1.0.3 Communication 1.5.2, RFC 2046 5.1)."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi import multipart
from xapi.errors import XAPIError
from xapi.multipart import Part

TYPE = "multipart/mixed; boundary=b"


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/mixed; boundary=-------314159265358979323846", "-------314159265358979323846"),
        ('multipart/mixed; boundary="abcABC0123\'()+_,-./:=?"', "abcABC0123'()+_,-./:=?"),
        ("Multipart/Mixed;charset=utf-8;BOUNDARY=x", "x"),
        ("multipart/mixed; boundary====12==", "===12=="),
        ('multipart/mixed; boundary="a b"', "a b"),
        ("multipart/mixed; boundary=" + "x" * 70, "x" * 70),
    ],
)
def test_boundary(content_type: str, boundary: str) -> None:
    assert multipart.boundary(content_type) == boundary


@pytest.mark.parametrize(
    "content_type",
    [
        *("", "application/json", "multipart/form-data; boundary=x", "multipart/mixed", "multipart/mixed;"),
        *(
            "multipart/mixed; boundary=",
            'multipart/mixed; boundary=""',
            "multipart/mixed; boundary",
            "multipart/mixedx",
        ),
        *(
            "multipart/mixed; boundary=é",
            'multipart/mixed; boundary="a "',
            "multipart/mixed; boundary=" + "x" * 71,
        ),
        *("multipart/mixed; boundary=a\r\nb", "multipart/mixed; xboundary=a"),
    ],
)
def test_refuses_other_content_types(content_type: str) -> None:
    with pytest.raises(XAPIError, match=r"^Content-Type: ") as caught:
        multipart.parse(content_type, b"--x\r\n\r\n\r\n--x--")
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        (b"--b\r\nA: 1\r\n\r\nx\r\n--b--", [Part({"a": "1"}, b"x")]),
        (b"--b\r\nA: 1\r\n\r\nx\r\n--b--\r\n", [Part({"a": "1"}, b"x")]),
        (
            b"\r\n--b\r\nA:1\r\n\r\nx\r\n--b\r\nB:2\r\n\r\ny\r\n--b--",
            [Part({"a": "1"}, b"x"), Part({"b": "2"}, b"y")],
        ),
        (b"preamble\r\n--b\r\n\r\nx\r\n--b--epilogue?\r\n--b--\r\nmore", [Part({}, b"x\r\n--b--epilogue?")]),
        (b"--b  \t\r\nA: 1\r\n\r\n\r\n--b-- \t\r\nepilogue", [Part({"a": "1"}, b"")]),
        (b"--b\r\n\r\n\r\nx\r\n\r\n\r\n--b--", [Part({}, b"\r\nx\r\n\r\n")]),
        (b"--b\r\nA: 1\r\n 2\r\n\t3\r\n\r\nx\r\n--b--", [Part({"a": "1 2 3"}, b"x")]),
        (
            b"--b\r\nA: 1\r\n\r\n--bc\r\n--bc\r\nx--b--\n--b\r\n--b--",
            [Part({"a": "1"}, b"--bc\r\n--bc\r\nx--b--\n--b")],
        ),
        (b"--b\r\nA: 1\r\n\r\n\x00\xff\r\n\r\n--b--", [Part({"a": "1"}, b"\x00\xff\r\n")]),
        (
            b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\nx\r\n--b--',
            [Part({"content-disposition": 'form-data; name="x"'}, b"x")],
        ),
    ],
)
def test_parse(body: bytes, parts: list[Part]) -> None:
    assert multipart.parse(TYPE, body) == parts


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "expected the delimiter --b at the start of a part"),
        (b"x", "expected the delimiter --b at the start of a part"),
        (b"--c\r\n\r\nx\r\n--c--", "expected the delimiter --b at the start"),
        (b"--b\r\nA: 1\r\n\r\nx", "expected the delimiter --b at the end of a part"),
        (b"--b\nA: 1\n\nx\n--b--", "expected the delimiter --b at the start"),
        (b"--b--", "body: expected at least one part"),
        (b"--b\r\nx\r\n--b--", "part 1: expected headers, an empty line and the data"),
        (b"--b\r\n--b--", "expected the delimiter --b at the end"),
        (
            b"--b\r\nno header\r\n\r\nx\r\n--b--",
            "part 1: expected a header such as Content-Type: text/plain, got 'no header'",
        ),
        (b"--b\r\nA : 1\r\n\r\nx\r\n--b--", "part 1: expected a header"),
        (b"--b\r\nA: 1\x00\r\n\r\nx\r\n--b--", "part 1: expected a header"),
        (b"--b\r\nA: 1\nB: 2\r\n\r\nx\r\n--b--", "part 1: expected a header"),
        (b"--b\r\nA: 1\r\na: 2\r\n\r\nx\r\n--b--", "part 1: the header a occurs twice"),
        (b"--b\r\n\r\nx\r\n--b\r\n: 1\r\n\r\nx\r\n--b--", "part 2: expected a header"),
    ],
)
def test_refuses(body: bytes, message: str) -> None:
    with pytest.raises(XAPIError) as caught:
        multipart.parse(TYPE, body)
    assert str(caught.value).startswith(message)
    assert caught.value.status == 400


def test_limits() -> None:
    body = b"--b\r\n\r\nx\r\n" * 11 + b"--b--"
    assert len(multipart.parse(TYPE, body)) == 11
    with pytest.raises(XAPIError, match="more than 10 parts") as caught:
        multipart.parse(TYPE, body, max_parts=10)
    assert caught.value.status == 413
    with pytest.raises(XAPIError, match="octets of headers") as caught:
        multipart.parse(TYPE, b"--b\r\nA: " + b"x" * 9000 + b"\r\n\r\nx\r\n--b--")
    assert caught.value.status == 413


parts = st.lists(
    st.builds(
        Part,
        st.dictionaries(
            st.sampled_from(("content-type", "x-experience-api-hash", "content-transfer-encoding")),
            st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20),
        ),
        st.binary(max_size=50) | st.sampled_from((b"\r\n", b"--", b"\r\n--", b"\r\n--b--\r\n")),
    ),
    min_size=1,
    max_size=4,
)


@given(parts)
def test_what_is_rendered_is_parsed_to_the_same(listed: list[Part]) -> None:
    content_type, body = multipart.render(listed)
    assert multipart.parse(content_type, body) == listed


def test_the_boundary_occurs_in_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    marks = iter(["first", "second", "third"])
    monkeypatch.setattr("secrets.token_hex", lambda _bytes: next(marks))
    listed = [Part({}, b"\r\n--first--\r\n"), Part({}, b"second")]
    content_type, body = multipart.render(listed)
    assert content_type == "multipart/mixed; boundary=third", "no quotes: clients take them for a part of it"
    assert multipart.parse(content_type, body) == listed


def test_rendered_headers_are_spelt_as_the_specification_does() -> None:
    _, body = multipart.render([Part({"content-type": "text/plain", "x-experience-api-hash": "0"}, b"")])
    assert b"\r\nContent-Type: text/plain\r\nX-Experience-API-Hash: 0\r\n\r\n\r\n--" in body


@given(
    st.binary(max_size=80)
    | st.lists(st.sampled_from((b"--b", b"--", b"\r\n", b"A: 1", b"x", b" "))).map(b"".join)
)
def test_whatever_comes_is_parsed_or_refused(body: bytes) -> None:
    with contextlib.suppress(XAPIError):
        assert multipart.parse(TYPE, body)


def test_hostile_bodies_take_no_time() -> None:
    began = time.process_time()
    for body in (
        b"\r\n--bx" * 200_000,
        b"--b\r\n" + b"A: 1\r\n" * 200_000,
        b"--b" + b" " * 1_000_000,
        b"\r\n" * 500_000,
    ):
        with contextlib.suppress(XAPIError):
            multipart.parse(TYPE, body)
    assert time.process_time() - began < 1

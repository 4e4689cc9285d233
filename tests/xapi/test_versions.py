"""Which version a request speaks (1.0.3 Communication 3.3, 9274.1.1 4.1.7)."""

from __future__ import annotations

import pytest

from xapi.errors import XAPIError
from xapi.versions import ONE, TWO, Version, negotiate


@pytest.mark.parametrize(
    ("header", "version"),
    [
        *(
            (header, ONE)
            for header in ("1.0", "1.0.0", "1.0.1", "1.0.2", "1.0.3", "1.0.9", "1.0.15", " 1.0.3 ")
        ),
        *((header, TWO) for header in ("2.0", "2.0.0", "2.0.1", "2.0.10")),
    ],
)
def test_accepts(header: str, version: Version) -> None:
    assert negotiate(header) is version


@pytest.mark.parametrize(
    "header",
    [
        *(
            "",
            "1",
            "2",
            "0.95",
            "0.9",
            "1.1.0",
            "1.1",
            "2.1.0",
            "2.1",
            "3.0.0",
            "1.0.",
            "1.0.x",
            "v1.0.3",
            "1.0.3.1",
        ),
        *(
            "1.0.03",
            "1.0.-1",
            "11.0.0",
            "1.00",
            "1.0.3, 2.0.0",
            "1.0.3\n",
            "１.0.3",
            "1.0." + "1" * 5000,
            "bad",
        ),
    ],
)
def test_refuses_other_versions(header: str) -> None:
    with pytest.raises(
        XAPIError, match=r"^X-Experience-API-Version: expected 1\.0, 1\.0\.x, 2\.0 or 2\.0\.x, got"
    ) as caught:
        negotiate(header)
    assert caught.value.status == 400


def test_refuses_a_request_without_the_header() -> None:
    with pytest.raises(XAPIError, match="is missing") as caught:
        negotiate(None)
    assert caught.value.status == 400


def test_answers_with_the_latest_patch() -> None:
    assert (ONE.answer, TWO.answer) == ("1.0.3", "2.0.0")
    assert (ONE.default, TWO.default) == ("1.0.0", "2.0.0")

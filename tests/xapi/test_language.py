"""One language out of several (1.0.3 Communication 2.1.3, RFC 2616 14.4)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi.strategies import language_maps
from xapi.language import choose, only


@pytest.mark.parametrize(
    ("tags", "header", "chosen"),
    [
        (["en-US", "en-GB"], "en-GB", "en-GB"),
        (["en-US", "en-GB"], "en", "en-US"),
        (["en-US", "es"], "es, en;q=0.8", "es"),
        (["en-US", "es"], "es;q=0.3, en;q=0.8", "en-US"),
        (["en-US", "es"], "fr, es;q=0.1", "es"),
        (["en-US", "es"], "fr", "en-US"),
        (["en-US", "es"], None, "en-US"),
        (["en-US", "es"], "", "en-US"),
        (["en-US", "es"], "*", "en-US"),
        (["en-US", "es"], "nonsense;;;,,=", "en-US"),
        (["en-US", "es"], "ES", "es"),
        (["fr", "en"], "en-GB", "en"),
        (["fr", "en-US"], "en-GB", "en-US"),
        (["fr", "en-US", "en-GB"], "en-AU, en-GB;q=0.5", "en-GB"),
        (["en", "es"], "es-ES, en;q=0.5", "es"),
        (["en", "es"], "en;q=0, *", "es"),
        (["en"], "en;q=0", "en"),
        (["eu", "es"], "en;q=0, *;q=0", "eu"),
        (["english", "en"], "en", "en"),
        (["zh-Hans-CN", "zh-Hant"], "zh-Hant-TW", "zh-Hant"),
        ([], "en", None),
    ],
)
def test_choose(tags: list[str], header: str | None, chosen: str | None) -> None:
    assert choose(tags, header) == chosen


@given(
    language_maps,
    st.none() | st.text(max_size=40) | st.lists(st.sampled_from(("en", "es;q=0", "*;q=1.000"))).map(",".join),
)
def test_only_keeps_one_entry_whatever_the_header(language_map: dict[str, str], header: str | None) -> None:
    found = only(language_map, header)
    assert len(found) == min(1, len(language_map))
    assert found.items() <= language_map.items()


def test_a_long_header_takes_no_time() -> None:
    began = time.process_time()
    for header in ("en;q=0.1," * 20000, "a" * 100_000, "en;q=" + "0" * 100_000, "en-" * 30000, " " * 100_000):
        choose(["en", "es"], header)
    assert time.process_time() - began < 0.5

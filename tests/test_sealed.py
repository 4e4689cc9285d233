"""What is sealed opens with its own key and purpose only."""

from __future__ import annotations

import pytest

from near_learn.sealed import CannotOpen, NoKey, opened, seal

KEY = "a-secret-for-tests-only-0123456789"


def test_it_opens_with_the_same_key_and_purpose() -> None:
    sealed = seal("Ο κωδικός", secret_key=KEY, purpose="mail")
    assert "κωδικός" not in sealed
    assert opened(sealed, secret_key=KEY, purpose="mail") == "Ο κωδικός"
    assert seal("Ο κωδικός", secret_key=KEY, purpose="mail") != sealed
    assert opened(sealed, secret_key="new", purpose="mail", earlier=f"older,{KEY}") == "Ο κωδικός"


@pytest.mark.parametrize(
    ("key", "purpose", "change"),
    [("another", "mail", ""), (KEY, "second factor", ""), (KEY, "mail", "x")],
)
def test_nothing_else_opens_it(key: str, purpose: str, change: str) -> None:
    sealed = seal("text", secret_key=KEY, purpose="mail")
    with pytest.raises(CannotOpen, match=purpose):
        opened(change + sealed, secret_key=key, purpose=purpose)


def test_without_a_key_nothing_is_sealed() -> None:
    with pytest.raises(NoKey, match="NEAR_LEARN_SECRET_KEY"):
        seal("text", secret_key="", purpose="mail")

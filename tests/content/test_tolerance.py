"""What a gap forgives, in the eight languages, and what it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from near_learn.content.kinds.tolerance import same, simple

FORGIVEN = [
    ("accompaniment", " Accompaniment. "),
    ("need to know", "Need  to\u00a0know!"),
    ("acompañamiento", "acompanamiento"),
    ("¿Por qué?", "por que"),
    ("coöperatie", "cooperatie"),
    ("ĳsje", "ijsje"),
    ("péče", "pece"),
    ("Příběh", "pribeh"),
    ("työ", "tyo"),
    ("perché", "perche'"[:-1]),
    ("l’ascolto", "l'ascolto"),
    ("sprijin și țintă", "sprijin şi ţintă"),  # comma below, cedilla
    ("însoțire", "insotire"),
    ("ΣΥΝΟΔΟΣ", "σύνοδος"),  # capitals have no accent and no final sigma
    ("ο άνθρωπος", "Ο ΑΝΘΡΩΠΟΣ"),
    ("πώς;", "πως\u037e"),
    ("προϊόν", "προιον"),
    ("co-design", "co\u2011design"),
    ("«ναι»", '"ναι"'),
    ("Straße", "STRASSE"),
    ("m²", "m2"),
    ("e\u0301te\u0301", "été"),
]
# Different words stay different, also where they look nearly alike.
DIFFERENT = [
    ("el", "ella"),
    ("one", "on e"),
    ("co-design", "codesign"),
    ("10", "1.0"),
    ("1,5", "15"),
    ("C", "C++"),
    ("10 %", "10"),
    ("not", "no"),
    ("listen to her", "listen her"),
    ("her to listen", "listen to her"),
    ("øl", "ol"),
    ("ја", "ja"),
    ("?", ""),
    ("...", "!"),
    ("(yes", "yes"),
    ("कि", "का"),  # vowel signs are letters
]


@pytest.mark.parametrize(("one", "other"), FORGIVEN)
def test_forgiven(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_not_forgiven(one: str, other: str) -> None:
    assert not same(one, other)


@given(st.text())
def test_making_it_simple_twice_changes_nothing(text: str) -> None:
    assert simple(simple(text)) == simple(text)


@given(st.text(alphabet=st.characters(categories=("L", "N"))))
def test_no_letter_and_no_digit_is_lost(text: str) -> None:
    assert len(simple(text)) >= len(text)

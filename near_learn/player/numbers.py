"""Numbers in questions and answers, as the language of the page writes them; in digits, without grouping."""

from __future__ import annotations

from babel.numbers import get_decimal_symbol
from flask_babel import get_locale

from near_learn.content.question import decimal


def shown_number(text: str) -> str:
    """A number of a response, which has a decimal point."""
    return text.replace(".", get_decimal_symbol(get_locale()))


def plain_number(value: float) -> str:
    """A number of a question."""
    return shown_number(decimal(value))

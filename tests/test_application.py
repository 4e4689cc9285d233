"""What our application does otherwise than Flask says the same as Flask's own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup

WHEN = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("<b>", "&lt;b&gt;"),
        (Markup("<b>"), "<b>"),
        (type("Told", (str,), {})("<b>"), "&lt;b&gt;"),
        (type("Page", (), {"__html__": lambda _: "<b>"})(), "<b>"),
        (12, "12"),
        (None, "None"),
    ],
)
def test_everything_but_markup_is_escaped(app: Flask, value: object, shown: str) -> None:
    page = app.jinja_env.from_string("{{ value }}{% for each in [value] %}{{ each }}{% endfor %}")
    with app.test_request_context("/"):
        assert page.render(value=value) == shown * 2


def test_what_is_put_into_a_message_is_escaped_in_pages_and_not_in_texts(app: Flask) -> None:
    words = '{{ _("Module %(number)s", number=n) }} {{ ngettext("%(num)s of %(who)s", "", 1, who=n) }}'
    with app.test_request_context("/"):
        page = app.jinja_env.from_string(words).render(n="<1>")
        text = app.jinja_env.from_string("{% autoescape false %}" + words + "{% endautoescape %}").render(
            n="<1>"
        )
    assert page == "Module &lt;1&gt; 1 of &lt;1&gt;"
    assert text == "Module <1> 1 of <1>"


def test_dates_and_numbers_are_of_the_language_of_the_moment(app: Flask) -> None:
    page = app.jinja_env.from_string('{{ at | dateformat("long") }} {{ n | percentformat }}')
    with app.test_request_context("/"):
        shown = []
        for locale in ("en_IE", "fi_FI", "en_IE"):
            with force_locale(locale):
                shown += [
                    page.render(at=WHEN, n=0.5),
                    page.render(at=WHEN, n=0.0),
                    page.render(at=WHEN, n=-0.0),
                ]
    assert shown[0] == "2 March 2026 50%"
    assert shown[3].startswith("2. maaliskuuta 2026 50")
    assert shown[6:] == shown[:3]
    assert shown[1] != shown[2]


def test_a_template_sees_its_own_values_and_no_other_template_does(app: Flask) -> None:
    own = app.jinja_env.from_string("{{ here }}", globals={"here": "own"})
    with app.test_request_context("/"):
        assert own.render() == "own"
        assert app.jinja_env.from_string("{{ here }}").render() == ""

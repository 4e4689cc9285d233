"""What our application does otherwise than Flask says the same as Flask's own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask, Request, Response, request, session
from flask_babel import force_locale
from markupsafe import Markup

from near_learn import application
from near_learn.server import READ_FIRST

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


@pytest.fixture
def cookie(app: Flask) -> str:
    """What a browser keeps that was here."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"near_learn={serializer.dumps({'name': 'Ane', 'seen': ['one']})}"


def test_a_cookie_holds_until_it_is_too_old(app: Flask, cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lasts = app.permanent_session_lifetime.total_seconds()
    begun = datetime.now(UTC).timestamp()
    held = []
    for age in (1, lasts - 5, lasts + 5, -60):
        monkeypatch.setattr(application, "time", lambda age=age: begun + age)
        with app.test_request_context("/", headers={"Cookie": cookie}):
            held.append(session.get("name"))
    assert held == ["Ane", "Ane", None, None]


def test_a_cookie_that_was_changed_or_signed_with_another_key_holds_nothing(app: Flask, cookie: str) -> None:
    def name(text: str) -> object:
        with app.test_request_context("/", headers={"Cookie": text}):
            return session.get("name")

    other = "A" if cookie[-2] != "A" else "B"
    assert name(cookie) == "Ane"
    assert name(cookie[:-2] + other + cookie[-1]) is None
    assert name("near_learn=nonsense") is None
    app.secret_key = "another key, since the first one was told to somebody"
    assert name(cookie) is None


def test_what_one_request_does_with_its_session_the_next_does_not_see(app: Flask, cookie: str) -> None:
    for _ in range(2):
        with app.test_request_context("/", headers={"Cookie": cookie}):
            assert session["seen"] == ["one"]
            session["seen"].append("two")
            session["name"] = "Miren"


def test_an_answer_that_hangs_on_the_session_says_so_once_whoever_else_says_something(
    app: Flask, cookie: str
) -> None:
    with app.test_request_context("/", headers={"Cookie": cookie}):
        for vary, said in ((None, "Cookie"), ("Accept-Encoding", "Accept-Encoding, Cookie")):
            untouched, answer = app.response_class("text"), app.response_class("text")
            if vary:
                answer.vary.add(vary)
            app.session_interface.save_session(app, app.session_interface.session_class({"a": 1}), untouched)  # type: ignore[attr-defined]
            assert "Vary" not in untouched.headers
            assert session["name"] == "Ane"
            app.session_interface.save_session(app, session._get_current_object(), answer)  # type: ignore[attr-defined]
            assert answer.headers.getlist("Vary") == [said]
            assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("sent", ["", "near_learn=1; a=b", "a=\u00e9; b=1;c", 'a="x\\073y"; a=2', "; ;"])
def test_cookies_are_read_as_flask_reads_them(app: Flask, sent: str) -> None:
    with app.test_request_context("/", headers={"Cookie": sent} if sent else {}):
        assert list(request.cookies.lists()) == list(Request(request.environ).cookies.lists())


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {}),
        (200, {"X-One": "1", "Set-Cookie": "a=b"}),
        (200, {"Location": "/caf\u00e9"}),
        (200, {"Content-Location": "/caf\u00e9"}),
        (302, {"Location": "/caf\u00e9"}),
        (204, {}),
        (304, {"Content-Language": "en"}),
        (404, {}),
    ],
)
@pytest.mark.parametrize("body", ["text", iter(["te", "xt"])])
def test_headers_are_sent_as_flask_sends_them(
    app: Flask, status: int, headers: dict[str, str], body: str
) -> None:
    with app.test_request_context("/"):
        ours, flasks = (
            kind(body, status, dict(headers)).get_wsgi_headers(request.environ)
            for kind in (app.response_class, Response)
        )
    assert ours.to_wsgi_list() == flasks.to_wsgi_list()


def test_templates_are_read_before_somebody_waits_for_them(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    application.read_templates(app, READ_FIRST)
    monkeypatch.setattr(app.jinja_env, "compile", lambda *_args, **_more: pytest.fail("is read only now"))
    for name in ("base.html", "reports/completion.html", "outcomes/gain.html"):
        assert app.jinja_env.get_template(name).name == name

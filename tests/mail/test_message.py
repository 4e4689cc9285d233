"""Mails as they arrive: headers that cannot be broken out of, both texts, the way to the server."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask_babel import gettext

from near_learn import Settings, create_app
from near_learn.db import writing
from near_learn.mail import outbox, sending, server
from near_learn.mail.letter import Link, absolute, in_language, written
from tests.mail.conftest import Put
from tests.mail.post_office import PASSWORD, USER, PostOffice, link_in, post_office, text_of


def test_what_arrives(put: Put, office: PostOffice) -> None:
    put(subject="Ο κωδικός σας", text="Καλημέρα.\n.\nhttp://127.0.0.1:8000/x\n", html="<p>Καλημέρα.</p>")
    sending.deliver()
    (letter,) = office.letters
    assert letter["From"] == "NEAR Learn <learn@near.example>"
    assert letter["To"] == "ane@navarra.example"
    assert letter["Subject"] == "Ο κωδικός σας"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@127.0.0.1>")
    assert abs(letter["Date"].datetime - datetime.now(UTC)) < timedelta(minutes=1)
    assert letter["List-Unsubscribe"] is None
    assert text_of(letter) == "Καλημέρα.\n.\nhttp://127.0.0.1:8000/x\n"
    assert link_in(letter) == "/x"
    html = letter.get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == "<p>Καλημέρα.</p>"
    assert office.envelopes[0].mail_from == "learn@near.example"
    assert office.envelopes[0].rcpt_tos == ["ane@navarra.example"]


def test_an_address_to_unsubscribe(put: Put, office: PostOffice) -> None:
    put(unsubscribe="https://learn.example/mail/stop/abc")
    sending.deliver()
    assert office.letters[0]["List-Unsubscribe"] == "<https://learn.example/mail/stop/abc>"


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\0"])
def test_a_subject_cannot_begin_another_header(put: Put, office: PostOffice, sign: str) -> None:
    put(subject=f"Hello{sign}Bcc: eve@x.example{sign}{sign}Body", unsubscribe=f"https://a{sign}X-Evil: 1")
    sending.deliver()
    (letter,) = office.letters
    assert letter["Subject"] == "Hello Bcc: eve@x.example Body"
    assert (letter["Bcc"], letter["X-Evil"]) == (None, None)
    assert office.envelopes[0].rcpt_tos == ["ane@navarra.example"]
    assert text_of(letter) == "Kaixo, Ane.\n"


def test_addresses_in_other_letters(put: Put, office: PostOffice) -> None:
    put("domain", to="ana@città.example")
    put("name", to="καλημέρα@φροντίδα.example")
    assert sending.deliver().sent == 2
    assert [each.rcpt_tos for each in office.envelopes] == [
        ["ana@xn--citt-3na.example"],
        ["καλημέρα@" + "φροντίδα.example".encode("idna").decode()],
    ]
    assert [each["To"] for each in office.letters] == ["ana@città.example", "καλημέρα@φροντίδα.example"]


def test_a_letter_is_in_the_reader_s_language(app: Flask) -> None:
    for language, word in (("es", "Idioma"), ("fi", "Kieli")):
        with app.test_request_context(headers={"Accept-Language": "it"}), in_language(language) as known:
            letter = written(
                known,
                gettext("Language"),
                [gettext("Language"), ["one", "<two>"], Link("Go", absolute("/x?a=1&b=2"))],
                closing=["Why"],
            )
        assert letter.subject == word
        assert letter.text == (
            f"{word}\n\n- one\n- <two>\n\nGo:\nhttp://127.0.0.1:8000/x?a=1&b=2\n\n-- \nWhy\n"
        )
        assert f'<html lang="{language}">' in letter.html
        assert "<li>&lt;two&gt;</li>" in letter.html
        assert 'href="http://127.0.0.1:8000/x?a=1&amp;b=2"' in letter.html


def test_a_letter_of_a_command_too(app: Flask) -> None:
    with app.app_context(), in_language("xx") as known:
        assert (known, written(known, "s", ["text"]).text) == ("en", "text\n\n")


# --- the way to the server ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def served_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize("mode", ["starttls", "ssl"])
@pytest.mark.parametrize("trusted", [True, False])
def test_an_encrypted_way_needs_a_certificate_that_is_trusted(
    settings: Settings, certificate: Path, monkeypatch: pytest.MonkeyPatch, mode: str, trusted: bool
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = served_context(certificate)
    with post_office(**{"tls" if mode == "ssl" else "starttls": context}) as office:
        found = send_one(office.settings(settings, mail_tls=mode))
        assert (found.sent, found.later) == ((1, 0) if trusted else (0, 1))
        assert len(office.letters) == found.sent


@pytest.mark.parametrize(("password", "sent"), [(PASSWORD, 1), ("wrong", 0)])
def test_a_server_that_asks_who_sends(settings: Settings, password: str, sent: int) -> None:
    with post_office(login=True) as office:
        assert send_one(office.settings(settings, mail_user=USER, mail_password=password)).sent == sent


def test_a_server_without_tls_gets_no_mail_in_clear(settings: Settings) -> None:
    with post_office() as office:
        assert send_one(office.settings(settings, mail_tls="starttls")).sent == 0
        assert office.letters == []


def send_one(settings: Settings) -> sending.Outcome:
    app = create_app(settings)
    with app.app_context():
        with writing() as connection:
            values = {"kind": "test", "account": "", "to": "a@b.example", "subject": "s", "text": "t"}
            outbox.put(connection, key="k", **values)
        return sending.deliver()


def test_reasons_hold_no_addresses() -> None:
    text = "550 <ane@navarra.example>: ane@navarra.example; unknown"
    assert server.without_addresses(text) == "550 <(address)>: (address); unknown"


def test_settings_that_cannot_send(settings: Settings) -> None:
    from near_learn.config import SettingsError

    for wrong, name in (
        ({"mail_tls": "maybe"}, "MAIL_TLS"),
        ({"mail_sender": ""}, "MAIL_SENDER"),
        ({"mail_sender": "nobody"}, "MAIL_SENDER"),
        ({"mail_sender": "A <a@b.example>\nBcc: c@d.example"}, "MAIL_SENDER"),
        ({"secret_key": ""}, "SECRET_KEY"),
    ):
        with pytest.raises(SettingsError, match=name):
            replace(settings, **wrong).check()

"""A real mail server in a thread: keeps what it was given, and can refuse, hang up or ask for a password.

In a test: `with post_office() as office:` and settings made with `office.settings(settings)`.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from near_learn import Settings

USER, PASSWORD = "near", "a password of the post office"


@dataclass
class PostOffice:
    """What arrived, and what the server is to answer."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    # Answers to RCPT and to the end of DATA; "hang up" ends the conversation there.
    recipient: str = "250 OK"
    data: str = "250 Message accepted for delivery"

    def settings(self, settings: Settings, **more: Any) -> Settings:
        """SETTINGS with this server."""
        mail = {"mail_server": "127.0.0.1", "mail_port": self.port, "mail_tls": "none"}
        return replace(settings, **{**mail, "mail_sender": "NEAR Learn <learn@near.example>", **more})

    def to(self, address: str) -> list[EmailMessage]:
        """The letters that arrived for ADDRESS."""
        return [each for each in self.letters if each["To"] == address]

    # What aiosmtpd calls.

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient == "250 OK":
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data == "hang up":
            assert server.transport
            server.transport.abort()
            return ""
        if self.data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            letter = message_from_bytes(envelope.content, policy=default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
            self.envelopes.append(envelope)
        return self.data


def text_of(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def link_in(letter: EmailMessage) -> str:
    """The path of the first address of this site in a letter."""
    found = re.search(r"https?://[^/\s]+(/\S*)", text_of(letter))
    assert found, text_of(letter)
    return found.group(1)


class AnyPort(Controller):
    """Listens on a port that the system chooses."""

    def _trigger_server(self) -> None:
        assert self.server
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def post_office(
    *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, login: bool = False
) -> Iterator[PostOffice]:
    """A mail server on a free port of this machine, until the block ends."""
    office = PostOffice()

    def check(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    more: dict[str, Any] = {"authenticator": check, "auth_required": True, "auth_require_tls": False}
    controller = AnyPort(
        office,
        hostname="127.0.0.1",
        port=0,
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        enable_SMTPUTF8=True,
        **(more if login else {}),
    )
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop()

"""A mail as the bytes that travel: its headers, its text, and the same as simple HTML."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from near_learn.config import Settings
from near_learn.mail.outbox import Content


def composed(settings: Settings, mail_id: str, content: Content, now: datetime) -> bytes:
    """The whole message. Its id is the same at every try, so that a reader's program knows it again."""
    plain = content.to.isascii()
    message = EmailMessage(policy=SMTP if plain else SMTPUTF8)
    message["From"] = sender(settings)
    # Python's own class for addresses refuses letters outside of ASCII before the sign @.
    message["To"] = Address(addr_spec=content.to) if plain else content.to
    message["Subject"] = content.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail_id}@{urlsplit(settings.base_url).hostname}>"
    # RFC 3834: no holiday notice comes back.
    message["Auto-Submitted"] = "auto-generated"
    if content.unsubscribe:
        message["List-Unsubscribe"] = f"<{content.unsubscribe}>"
        # RFC 8058: a mail program may end these mails with one press of its own button.
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(content.text)
    if content.html:
        message.add_alternative(content.html, subtype="html")
    return message.as_bytes()


def sender(settings: Settings) -> Address:
    """Whom the mails come from. The settings were checked when they were read."""
    name, address = parseaddr(settings.mail_sender)
    return Address(display_name=name, addr_spec=address)


def envelope(address: str) -> str:
    """ADDRESS for the conversation with the server: its domain in ASCII where it has other letters."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}" if not domain.isascii() else address

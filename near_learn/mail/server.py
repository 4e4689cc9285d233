"""The mail server: connecting to it, and handing one message over so that it is known what became of it."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from near_learn.config import Settings

SECONDS = 20  # for each step of the conversation
ADDRESS = re.compile(r"[^\s<>@,;:]+@[^\s<>@,;:]+")
GONE = 421  # RFC 5321, 3.8: the server closes the connection.


class Unreachable(Exception):
    """No mail can be sent now: the server cannot be reached or does not let us in."""


class Refused(Exception):
    """The server did not take this message. `for_good`: it never will (RFC 5321, 4.2.1: a code of 5xx)."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Unclear(Exception):
    """The server went away after it was told the message: it may have taken it."""


@contextmanager
def connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A conversation with the server of the settings. Raises Unreachable."""
    try:
        server = _greeted(settings)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise Unreachable(reason(error)) from error
    try:
        yield server
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()


def hand_over(server: smtplib.SMTP, sender: str, to: str, message: bytes) -> None:
    """Gives MESSAGE to the server. Raises Refused, Unclear, and Unreachable when it was not even begun."""
    options = ["SMTPUTF8"] if not to.isascii() else []
    if options and not server.has_extn("smtputf8"):
        raise Refused("the address has letters that the mail server cannot take (SMTPUTF8)", for_good=True)
    try:
        for code, answer in (server.mail(sender, options), server.rcpt(to)):
            _check(server, code, answer)
    except Refused:
        with suppress(OSError, smtplib.SMTPException):
            server.rset()
        raise
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(reason(error)) from error
    try:
        code, answer = server.data(message)
    except smtplib.SMTPDataError as error:
        # The word DATA itself was refused, so nothing was told.
        raise Refused(reason(error), for_good=error.smtp_code >= 500) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unclear(reason(error)) from error
    _check(server, code, answer)


def reason(error: Exception) -> str:
    """What went wrong, in one line, without addresses: servers repeat them in their answers."""
    if isinstance(error, smtplib.SMTPResponseException):
        return without_addresses(f"{error.smtp_code} {_text(error.smtp_error)}")
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of the mail server is not trusted: {error.verify_message}"
    return without_addresses(f"{type(error).__name__}: {error}")


def without_addresses(text: str) -> str:
    """TEXT with every e-mail address replaced."""
    return ADDRESS.sub("(address)", " ".join(text.split()))


def _greeted(settings: Settings) -> smtplib.SMTP:
    trusted = ssl.create_default_context()
    here = urlsplit(settings.base_url).hostname
    where = (settings.mail_server, settings.mail_port)
    if settings.mail_tls == "ssl":
        server: smtplib.SMTP = smtplib.SMTP_SSL(*where, local_hostname=here, timeout=SECONDS, context=trusted)
    else:
        server = smtplib.SMTP(*where, local_hostname=here, timeout=SECONDS)
    try:
        if settings.mail_tls == "starttls":
            server.starttls(context=trusted)
        server.ehlo_or_helo_if_needed()
        if settings.mail_user:
            server.login(settings.mail_user, settings.mail_password)
    except BaseException:
        server.close()
        raise
    return server


def _check(server: smtplib.SMTP, code: int, answer: bytes) -> None:
    if code == GONE:
        server.close()
        raise Unreachable(without_addresses(f"{code} {_text(answer)}"))
    if not 200 <= code < 300:
        raise Refused(without_addresses(f"{code} {_text(answer)}"), for_good=code >= 500)


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer

"""A package by its address: fetched from the open web only, part by part, and not more than may be sent."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from pathlib import Path
from typing import IO, cast
from urllib.parse import quote, urljoin, urlsplit

from near_learn.cmi5 import importing
from near_learn.cmi5.archive import Limits
from near_learn.cmi5.structure import Refused

PATIENCE = 30  # seconds for each part
REDIRECTS = 5
PORTS = {"http": 80, "https": 443}


def fetch(address: str, target: Path, limits: Limits, *, private: bool) -> None:
    """Writes what ADDRESS answers to TARGET. PRIVATE: hosts of the own network are allowed too.

    The host is looked up once and that very machine is asked, so that no second look-up leads elsewhere; each
    redirect is judged like the first address. Raises Refused.
    """
    for _ in range(REDIRECTS + 1):
        connection, path = _connected(address, private=private)
        try:
            connection.request("GET", path, headers={"User-Agent": "NEAR Learn", "Accept": "*/*"})
            answer = connection.getresponse()
            if answer.status in (301, 302, 303, 307, 308):
                address = urljoin(address, answer.headers.get("Location", ""))
                continue
            if answer.status != http.client.OK:
                raise Refused([f"{address}: answered {answer.status} {answer.reason}"])
            importing.keep(cast(IO[bytes], answer), target, limits)
            return
        except (OSError, http.client.HTTPException) as error:
            raise Refused([f"{address}: does not answer ({type(error).__name__})"]) from None
        finally:
            connection.close()
    raise Refused([f"{address}: more than {REDIRECTS} redirects"])


def _connected(address: str, *, private: bool) -> tuple[http.client.HTTPConnection, str]:
    """A connection to the machine that the address names, and the path to ask it for."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Refused([f"expected an address, got {address[:200]!r}"]) from None
    if parts.scheme not in PORTS or not host or parts.username is not None:
        raise Refused([f"expected an address that begins with http:// or https://, got {address[:200]!r}"])
    port = port or PORTS[parts.scheme]
    machine = _machine(host, port, private=private)
    connection = _Connection(host, port, machine, secure=parts.scheme == "https")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return connection, f"{path}?{quote(parts.query, safe='%:@!$&()*+,;=~-._/?')}" if parts.query else path


def _machine(host: str, port: int, *, private: bool) -> str:
    """The number of the machine. Raises Refused for one that is not on the open web."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused([f"{host}: there is no such host"]) from None
    numbers = [str(each[4][0]) for each in found]
    if not private and not all(_open(number) for number in numbers):
        raise Refused(
            [
                f"{host}: is in an own network; NEAR_LEARN_PACKAGE_PRIVATE_ADDRESSES=1 allows that, "
                "or send the file itself"
            ]
        )
    return numbers[0]


def _open(number: str) -> bool:
    address = ipaddress.ip_address(number.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return address.is_global and not address.is_multicast and (mapped is None or mapped.is_global)


class _Connection(http.client.HTTPConnection):
    """To a machine by its number, under the name that was asked for."""

    def __init__(self, host: str, port: int, machine: str, *, secure: bool) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self.machine, self.secure = machine, secure
        self.default_port = PORTS["https" if secure else "http"]

    def connect(self) -> None:
        self.sock = socket.create_connection((self.machine, self.port), self.timeout)
        if self.secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

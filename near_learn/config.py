"""Every setting, once: its name, type, default and what it is for."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "NEAR_LEARN_"
PACKAGE = Path(__file__).resolve().parent
SHORTEST_SECRET = 16
FLAGS = {"0": False, "false": False, "1": True, "true": True}
TLS_MODES = frozenset({"starttls", "ssl", "none"})
# An address alone, or a name in plain words and the address in angles.
SENDER = re.compile(r'(?:[^<>"\x00-\x1f@]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)')
HIDDEN = frozenset({"secret_key", "earlier_secret_keys", "mail_password", "oidc_client_secret"})
# Where a password stands in an address: behind the user's name, or among the parameters.
PASSWORD = re.compile(r"(?<=://)([^/@:]*):.*(?=@)|(?<=[?&])((?:ssl)?password)=[^&]*")
ROLES = frozenset({"professional", "trainer", "manager", "operator"})
KNOWN_SECRETS = frozenset({"changeme", "change-me", "default", "dev", "development", "password", "secret"})


class SettingsError(Exception):
    """One or more settings cannot be used; the text names each and says what to set instead."""


def setting(default: object, help_text: str) -> Any:
    """A field whose environment variable is NEAR_LEARN_ and its name in capitals."""
    return field(default=default, metadata={"help": help_text})


def beside_package(name: str) -> Path:
    """The folder NAME where it is installed (inside the package) or, in a checkout, at the top level."""
    installed = PACKAGE / name
    return installed if installed.is_dir() else PACKAGE.parent / name


@dataclass(frozen=True)
class Settings:
    """The installation's settings. `from_environment` reads them; tests pass them by keyword."""

    data: Path = setting(Path("instance"), "Folder for the SQLite file and for uploads.")
    database_url: str = setting(
        "",
        "Database address. Empty means a SQLite file in the data folder; "
        "PostgreSQL is postgresql+psycopg://user:password@host/name.",
    )
    reports_database_url: str = setting(
        "",
        "Address of a copy of a PostgreSQL database (a streaming replica) from which reports, their files "
        "and their API are read. Empty: they are read from the database itself.",
    )
    secret_key: str = setting(
        "", "Signs sessions and forms. Required to serve, at least 16 characters, the same for every process."
    )
    earlier_secret_keys: str = setting(
        "",
        "Secret keys that were used before, with commas between them. What was sealed with them (the audit "
        "log, erasures, second factors, mails that wait) can then still be used.",
    )
    courses: Path = setting(beside_package("courses"), "Folder with the courses.")
    host: str = setting("127.0.0.1", "Address to listen on.")
    port: int = setting(8000, "Port to listen on.")
    base_url: str = setting(
        "http://127.0.0.1:8000",
        "Public address of this installation, without a slash at the end. Every recorded statement "
        "carries it, so never change it once people have learned here.",
    )
    language: str = setting("en", "Interface language for visitors whose browser asks for none that we have.")
    time_zone: str = setting("Europe/Brussels", "Time zone of the dates and periods that people see.")
    dropout_days: int = setting(
        60, "Days without activity after which an unfinished course counts as dropped out."
    )
    small_group: int = setting(
        5, "Groups of fewer persons than this are not shown apart in any report. 1 shows every group."
    )
    session_hours: int = setting(12, "Hours after which a person must sign in again.")
    workers: int = setting(1, "Server processes: at most as many as the machine has processors.")
    threads: int = setting(16, "Threads of each server process: how many requests it works on at a time.")
    proxies: int = setting(0, "Number of trusted reverse proxies in front of the server.")
    sqlite_synchronous: str = setting(
        "FULL", "FULL survives a power cut. NORMAL is faster and may lose the last acknowledged records then."
    )
    xapi_requests_per_minute: int = setting(
        0, "Requests a minute of one record-store credential, in each server process. 0 means no limit."
    )
    mail_server: str = setting("", "Host name of the mail server (SMTP). Empty means that no mail is sent.")
    mail_port: int = setting(587, "Port of the mail server.")
    mail_user: str = setting("", "Name for the mail server, if it asks for one.")
    mail_password: str = setting("", "Password for the mail server, if it asks for one.")
    mail_tls: str = setting(
        "starttls",
        "How the way to the mail server is protected: starttls (port 587), ssl (465) or none.",
    )
    mail_sender: str = setting(
        "", "From whom mails come, such as NEAR Learn <learn@example.org>. Needed to send mail."
    )
    second_factor: str = setting(
        "", "Roles in which nobody may go without a second factor, such as manager,operator. Empty: no role."
    )
    oidc_issuer: str = setting(
        "", "Address of the OpenID provider with which people can sign in. Empty: with a password only."
    )
    oidc_client_id: str = setting("", "What the OpenID provider calls this installation.")
    oidc_client_secret: str = setting("", "The secret that the OpenID provider gave this installation.")
    oidc_label: str = setting("", "What the provider's button says after 'Sign in with', such as its name.")
    oidc_new_people: str = setting(
        "",
        "NUTS code of the region in which somebody unknown whom the provider vouches for becomes a "
        "professional. Empty: unknown people are refused.",
    )
    oidc_only: bool = setting(
        False, "People who have signed in with the OpenID provider cannot use a password any more."
    )
    package_origin: str = setting(
        "",
        "Address under which this server is also reached and which serves the files of imported courses and "
        "nothing else, such as https://packages.example.org. Empty: they are served sandboxed.",
    )
    package_megabytes: int = setting(512, "Megabytes that an imported course package may have.")
    package_private_addresses: bool = setting(
        False, "Course packages may be fetched from addresses in the own network too."
    )
    retention: str = setting(
        "",
        "After how many days kinds of data are deleted, where it is not the default, such as "
        "mails=90,audit=0. 0 keeps them. See the records of processing.",
    )
    demo: bool = setting(
        False, "Shows the demo's sign-ins on the sign-in page. Set by `near-learn demo` only."
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings of this process. Raises SettingsError naming every variable that cannot be read."""
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        problems: list[str] = []
        for spec in fields(cls):
            text = environment.get(variable(spec.name))
            if text is None or text == "":
                continue
            try:
                values[spec.name] = _read(text, spec.default)
            except ValueError:
                problems.append(f"{variable(spec.name)}: expected {_expected(spec.default)}, got {text!r}")
        if problems:
            raise SettingsError("\n".join(problems))
        settings = cls(**values)
        settings.check()
        return settings

    def check(self) -> None:
        """Raises SettingsError for values no installation can run with."""
        problems = []
        if not self.base_url.startswith(("http://", "https://")) or self.base_url.endswith("/"):
            wanted = "http(s)://… without a slash at the end"
            problems.append(f"{variable('base_url')}: expected {wanted}, got {self.base_url!r}")
        if self.sqlite_synchronous.upper() not in {"FULL", "NORMAL", "EXTRA"}:
            wanted = "FULL, NORMAL or EXTRA"
            problems.append(
                f"{variable('sqlite_synchronous')}: expected {wanted}, got {self.sqlite_synchronous!r}"
            )
        if self.reports_database_url and not self._on_postgresql():
            problems.append(
                f"{variable('reports_database_url')}: expected nothing, as only PostgreSQL has such copies, "
                f"and {variable('database_url')} names none"
            )
        if self.package_origin and (
            not self.package_origin.startswith(("http://", "https://"))
            or self.package_origin.endswith("/")
            or urlsplit(self.package_origin).netloc == urlsplit(self.base_url).netloc
        ):
            wanted = "http(s)://… without a slash at the end, and another host or port than the base URL"
            problems.append(f"{variable('package_origin')}: expected {wanted}, got {self.package_origin!r}")
        problems += self._mail_problems() + self._oidc_problems()
        for unknown in sorted(self.second_factor_roles() - ROLES):
            wanted = f"roles of {', '.join(sorted(ROLES))} with commas between"
            problems.append(f"{variable('second_factor')}: expected {wanted}, got {unknown!r}")
        if problems:
            raise SettingsError("\n".join(problems))

    def _on_postgresql(self) -> bool:
        return all(
            url.startswith("postgresql+psycopg://") for url in (self.database_url, self.reports_database_url)
        )

    def second_factor_roles(self) -> frozenset[str]:
        """The roles in which a second factor is demanded."""
        return frozenset(role.strip() for role in self.second_factor.split(",") if role.strip())

    def _oidc_problems(self) -> list[str]:
        if not self.oidc_issuer:
            return []
        problems = []
        host = urlsplit(self.oidc_issuer)
        local = host.scheme == "http" and host.hostname in {"127.0.0.1", "localhost", "::1"}
        if not local and (host.scheme != "https" or not host.hostname):
            wanted = "an address that begins with https://"
            problems.append(f"{variable('oidc_issuer')}: expected {wanted}, got {self.oidc_issuer!r}")
        if not self.oidc_client_id:
            problems.append(f"{variable('oidc_client_id')} is missing: the provider tells it to you")
        return problems

    def _mail_problems(self) -> list[str]:
        if not self.mail_server:
            return []
        problems = []
        if self.mail_tls not in TLS_MODES:
            wanted = "starttls, ssl or none"
            problems.append(f"{variable('mail_tls')}: expected {wanted}, got {self.mail_tls!r}")
        if not SENDER.fullmatch(self.mail_sender):
            wanted = "an address such as NEAR Learn <learn@example.org>"
            problems.append(f"{variable('mail_sender')}: expected {wanted}, got {self.mail_sender!r}")
        if not self.secret_key:
            problems.append(
                f"{variable('secret_key')} is missing: mails that wait are kept encrypted with it"
            )
        return problems

    def check_serving(self) -> None:
        """Raises SettingsError unless it is safe to answer people with these settings."""
        if len(self.secret_key) < SHORTEST_SECRET or self.secret_key.lower() in KNOWN_SECRETS:
            raise SettingsError(
                f"{variable('secret_key')} is missing, too short or a known default. Set it to a long random "
                "value, for example the output of: "
                'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
            )

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{(self.data / 'near-learn.sqlite').resolve()}"


def variable(name: str) -> str:
    """The environment variable of the setting NAME."""
    return PREFIX + name.upper()


def shown(name: str, value: object) -> str:
    """The VALUE of the setting NAME without what only the installation may know."""
    if name in HIDDEN:
        return "(set)" if value else ""
    return PASSWORD.sub(
        lambda found: f"{found[1]}:***" if found[1] is not None else f"{found[2]}=***", str(value)
    )


def documentation() -> list[tuple[str, str, str]]:
    """(variable, default, help) of every setting, in the order of their declaration."""
    return [(variable(spec.name), str(spec.default), spec.metadata["help"]) for spec in fields(Settings)]


def _read(text: str, default: object) -> object:
    """TEXT as what the setting's default is. Raises ValueError."""
    match default:
        case bool():
            if text.lower() not in FLAGS:
                raise ValueError(text)
            return FLAGS[text.lower()]
        case int():
            return int(text)
        case Path():
            return Path(text)
    return text


def _expected(default: object) -> str:
    return {bool: "1 or 0", int: "a whole number"}.get(type(default), "text")

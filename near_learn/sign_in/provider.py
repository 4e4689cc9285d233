"""The OpenID provider of a public body: the conversation with it, and which person somebody is here."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, request
from flask import session as cookie
from flask_babel import gettext
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from near_learn.config import Settings
from near_learn.db import db, writing
from near_learn.languages import current_language
from near_learn.later import Later
from near_learn.people import identity, region
from near_learn.people.person import (
    LONGEST_NAME,
    EmailTaken,
    ErasedBefore,
    Person,
    add,
    normal_email,
    normal_name,
)
from near_learn.people.role import Role
from near_learn.privacy import audit

if TYPE_CHECKING:
    import requests
    from authlib.common import errors as authlib
    from authlib.integrations import base_client, flask_client
    from joserfc import errors as jose
else:
    requests = Later("requests")
    authlib = Later("authlib.common.errors")
    base_client = Later("authlib.integrations.base_client")
    flask_client = Later("authlib.integrations.flask_client")
    jose = Later("joserfc.errors")

SECONDS = 10
# How Authlib names what it remembers of a journey to the provider, and how many it may remember.
JOURNEY = "_state_provider_"
MOST_JOURNEYS = 3
ODD_ANSWERS = (ValueError, KeyError, TypeError, AttributeError, RuntimeError)


class Trouble(StrEnum):
    """Why somebody was not signed in."""

    UNREACHABLE = "unreachable"  # the provider, or what it says cannot be right
    EXPIRED = "expired"  # the journey began elsewhere or too long ago
    DECLINED = "declined"  # by the person, at the provider
    UNKNOWN = "unknown"
    UNVERIFIED = "unverified"
    OTHER_IDENTITY = "other identity"
    KEPT_OUT = "kept out"


class NotSignedIn(Exception):
    """Nobody was signed in; nothing has changed."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True)
class Claims:
    """What the provider vouches for."""

    issuer: str
    subject: str
    email: str  # "" unless the provider has verified it
    name: str
    strong: bool  # RFC 8176: it has asked for more than one factor


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    if not settings.oidc_issuer:
        return
    clients = flask_client.OAuth(app)
    clients.register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",  # RFC 7636: the code is of no use to who intercepts it
            "default_timeout": SECONDS,
        },
    )
    app.extensions["provider"] = clients.provider


def label() -> str:
    """What the button calls the provider; "" when there is none."""
    settings = _settings()
    if not settings.oidc_issuer:
        return ""
    return settings.oidc_label or str(gettext("your organisation"))


def is_linked(person_id: int) -> bool:
    """Whether the person has signed in with the provider before."""
    return bool(_settings().oidc_issuer) and identity.is_linked(db.session.connection(), person_id)


def instead_of_password(person_id: int) -> bool:
    """Whether this person may sign in with the provider only."""
    return _settings().oidc_only and is_linked(person_id)


def journey() -> Response:
    """The redirect to the provider. Raises NotSignedIn."""
    begun = [key for key in cookie if key.startswith(JOURNEY)]
    for key in begun[: max(0, len(begun) - MOST_JOURNEYS + 1)]:
        cookie.pop(key)
    client = _client()
    try:
        _check_issuer(client.load_server_metadata())
        back = _settings().base_url + "/sign-in/provider/back"
        response: Response = client.authorize_redirect(back, ui_locales=current_language())
    except (requests.RequestException, authlib.AuthlibBaseError, jose.JoseError, *ODD_ANSWERS) as error:
        raise _unreachable(error) from error
    return response


def returned() -> Claims:
    """What the provider says about who has just come back from it. Raises NotSignedIn.

    Authlib checks the state, exchanges the code with its verifier, and checks the ID token: signature,
    issuer, audience, times, nonce (OpenID Connect Core 1.0, 3.1.3.7).
    """
    client = _client()
    kept = cookie.get(f"{JOURNEY}{request.args.get('state', '')}")
    # Authlib notes when a journey is over, and does not look at it again.
    if kept and kept.get("exp", 0) < time.time():
        raise NotSignedIn(Trouble.EXPIRED)
    try:
        _check_issuer(client.load_server_metadata())
        token = client.authorize_access_token()
        said = dict(token["userinfo"])
        if "email" not in said:
            said = _more(client, said)
        return _claims(said)
    except base_client.MismatchingStateError as error:
        raise NotSignedIn(Trouble.EXPIRED) from error
    except base_client.OAuthError as error:
        if error.error in {"access_denied", "login_required", "interaction_required", "consent_required"}:
            raise NotSignedIn(Trouble.DECLINED) from error
        raise _unreachable(error) from error
    except (requests.RequestException, authlib.AuthlibBaseError, jose.JoseError, *ODD_ANSWERS) as error:
        raise _unreachable(error) from error


def person_of(claims: Claims) -> int:
    """The number of the person that the provider vouches for, linked with them from now on.

    By their link; else by their verified e-mail address; else, if the settings say so, as a new professional.
    Raises NotSignedIn.
    """
    now = datetime.now(UTC)
    try:
        with writing() as connection:
            known = identity.person_of(connection, claims.issuer, claims.subject)
            number = known if known is not None else _newly_linked(connection, claims, now)
            active = connection.scalar(select(Person.active).where(Person.id == number))
            if not active:
                raise NotSignedIn(Trouble.KEPT_OUT)
    except ErasedBefore as error:
        raise NotSignedIn(Trouble.KEPT_OUT) from error
    except EmailTaken as error:
        # Somebody made this person in the meantime: the next try finds them.
        raise NotSignedIn(Trouble.UNREACHABLE) from error
    return number


def _newly_linked(connection: Connection, claims: Claims, now: datetime) -> int:
    if not claims.email:
        raise NotSignedIn(Trouble.UNVERIFIED)
    number = connection.scalar(select(Person.id).where(Person.email == claims.email))
    if number is None:
        number = _new_person(connection, claims, now)
    elif connection.scalar(
        select(identity.table.c.subject).where(
            identity.table.c.person_id == number, identity.table.c.issuer == claims.issuer
        )
    ):
        # The address belongs to somebody else now than when the link was made.
        raise NotSignedIn(Trouble.OTHER_IDENTITY)
    identity.link(connection, claims.issuer, claims.subject, number, now)
    return number


def _new_person(connection: Connection, claims: Claims, now: datetime) -> int:
    where = region.get(_settings().oidc_new_people) if _settings().oidc_new_people else None
    if where is None:
        if _settings().oidc_new_people:
            current_app.logger.error("NEAR_LEARN_OIDC_NEW_PEOPLE is no region of NUTS")
        raise NotSignedIn(Trouble.UNKNOWN)
    account = add(
        connection,
        email=claims.email,
        name=claims.name,
        role=Role.PROFESSIONAL,
        region=where.code,
        language=current_language(),
        created_at=now,
    )
    audit.note(connection, actor=account, action="person.added", about=account, detail={"by": "provider"})
    return int(connection.execute(select(Person.id).where(Person.account == account)).scalar_one())


def _more(client: Any, said: dict[str, Any]) -> dict[str, Any]:
    """What the provider tells at its userinfo endpoint, if it has one (OpenID Connect Core 1.0, 5.3)."""
    if not client.load_server_metadata().get("userinfo_endpoint"):
        return said
    more = dict(client.userinfo())
    # 5.3.2: the sub there MUST be that of the ID token, else none of it may be used.
    return {**more, **said} if more.get("sub") == said["sub"] else said


def _claims(said: dict[str, Any]) -> Claims:
    subject, issuer = said["sub"], said["iss"]
    if not isinstance(subject, str) or not 0 < len(subject) <= identity.LONGEST_SUBJECT or "\0" in subject:
        raise ValueError("sub: expected 1 to 255 characters")
    email = ""
    # Some providers write the truth as a text.
    if said.get("email_verified") in (True, "true"):
        try:
            email = normal_email(str(said.get("email", "")))
        except ValueError:
            email = ""
    methods = said.get("amr")
    return Claims(
        str(issuer), subject, email, _name(said, email), isinstance(methods, list) and "mfa" in methods
    )


def _name(said: dict[str, Any], email: str) -> str:
    parts = f"{said.get('given_name') or ''} {said.get('family_name') or ''}"
    for text in (said.get("name"), parts, email.partition("@")[0]):
        try:
            return normal_name(str(text or "")[:LONGEST_NAME])
        except ValueError:
            continue
    return "?"


def _check_issuer(metadata: dict[str, Any]) -> None:
    # OpenID Connect Discovery 1.0, 4.3: it MUST be the issuer that was asked for.
    if str(metadata.get("issuer")).rstrip("/") != _settings().oidc_issuer.rstrip("/"):
        raise ValueError("issuer: the provider says that it is another one than NEAR_LEARN_OIDC_ISSUER")


def _unreachable(error: Exception) -> NotSignedIn:
    # Neither the address with its code nor what it says about anybody.
    current_app.logger.warning("the OpenID provider cannot be used: %s", _kind(error))
    return NotSignedIn(Trouble.UNREACHABLE)


def _kind(error: Exception) -> str:
    return error.error or "OAuthError" if isinstance(error, base_client.OAuthError) else type(error).__name__


def _client() -> Any:
    return current_app.extensions["provider"]


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings

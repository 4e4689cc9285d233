"""Signed statements (1.0.3 Data 2.6, 9274.1.1 4.2.6)."""

from __future__ import annotations

import base64
import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey, RSAKey

from tests.xapi.samples import ATTACHMENT, full, small
from xapi import signature
from xapi.errors import XAPIError

PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    """A certificate as x5c has it; it has expired, which is not the store's business."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Signer")])
    now = datetime(2020, 1, 1, tzinfo=UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, SHA256())
    )
    return base64.b64encode(built.public_bytes(Encoding.DER)).decode()


CERTIFICATE = certificate(PRIVATE)


def signed(
    payload: object, header: dict[str, Any] | None = None, *, key: rsa.RSAPrivateKey = PRIVATE
) -> bytes:
    """A JWS of the payload (given as text or as a value) in compact serialization."""
    text = payload if isinstance(payload, str) else json.dumps(payload)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    registry = jws.JWSRegistry(algorithms=["RS256", "RS384", "RS512"], strict_check_header=False)
    return jws.serialize_compact(
        {"alg": "RS256", **(header or {})}, text, RSAKey.import_key(pem), registry=registry
    ).encode()


def compact(header: object, payload: object, mac: bytes = b"signature") -> bytes:
    """Something with the shape of a JWS."""
    parts = [json.dumps(header).encode(), json.dumps(payload).encode(), mac]
    return b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
@pytest.mark.parametrize(
    "header", [{}, {"x5c": [CERTIFICATE]}, {"x5c": [CERTIFICATE, CERTIFICATE], "kid": "1", "own": 1}]
)
def test_accepts(algorithm: str, header: dict[str, Any]) -> None:
    signature.verify(full(), signed(full(), {**header, "alg": algorithm}))


def test_the_signed_statement_may_lack_what_came_later() -> None:
    before = {
        name: value for name, value in full().items() if name not in ("attachments", "stored", "authority")
    }
    signature.verify(full(), signed(before))
    signature.verify(full(), signed({**before, "id": before["id"].upper()}))
    signature.verify(small() | {"id": full()["id"]}, signed(small()))


def _bad() -> list[Any]:
    good = signed(small(), {"x5c": [CERTIFICATE]})
    head, payload, mac = good.split(b".")
    elliptic = certificate(ec.generate_private_key(ec.SECP256R1()))
    mac_key = OctKey.import_key("secret" * 10)
    return [
        (b"", "signature: not a JWS in compact serialization"),
        (b"x", "signature: not a JWS in compact serialization"),
        (b"a.b", "signature: not a JWS in compact serialization"),
        (b"a.b.c.d", "signature: not a JWS in compact serialization"),
        (b"\xff\xfe.\x00.x", "signature: not a JWS in compact serialization"),
        (
            json.dumps({"payload": "x", "signatures": []}).encode(),
            "signature: not a JWS in compact serialization",
        ),
        (compact([], small()), "signature: not a JWS in compact serialization"),
        (compact({"alg": "none"}, small()), "signature.alg: expected RS256 or RS384 or RS512, got 'none'"),
        (compact({"alg": ["RS256"]}, small()), "signature.alg: expected RS256 or RS384 or RS512"),
        (compact({}, small()), "signature: not a JWS in compact serialization"),
        (
            jws.serialize_compact({"alg": "HS256"}, json.dumps(small()), mac_key).encode(),
            "signature.alg: expected RS256",
        ),
        (compact({"alg": "ES256"}, small()), "signature.alg: expected RS256 or RS384 or RS512, got 'ES256'"),
        (compact({"alg": "RS256", "crit": ["exp"]}, small()), "signature: "),
        (signed(json.dumps(small()).replace('"', "'", 1)), "signature.payload: not JSON"),
        (signed('{"actor":1,"actor":1}'), "signature.payload.actor: the property occurs twice"),
        (signed("[]"), "signature: the signed statement is not the statement received"),
        (signed({}), "signature: the signed statement is not the statement received"),
        (
            signed({**small(), "verb": {"id": "http://example.com/other"}}),
            "signature: the signed statement is not",
        ),
        (
            signed({**small(), "id": "00000000-0000-0000-0000-000000000000"}),
            "signature: the signed statement is not",
        ),
        (signed({**small(), "id": None}), "signature: the signed statement is not"),
        (
            signed(small(), {"x5c": [CERTIFICATE]}, key=OTHER),
            "signature: the signature does not match the certificate",
        ),
        (b".".join((head, payload, mac[:-10])), "signature: "),
        (b".".join((head, payload, b"")), "signature: "),
        (b".".join((head, payload, mac[::-1])), "signature: the signature does not match the certificate"),
        (
            compact({"alg": "RS256", "x5c": []}, small()),
            "signature.x5c: expected an array of certificates, got []",
        ),
        (
            compact({"alg": "RS256", "x5c": CERTIFICATE}, small()),
            "signature.x5c: expected an array of certificates",
        ),
        (compact({"alg": "RS256", "x5c": [1]}, small()), "signature.x5c: expected an array of certificates"),
        (compact({"alg": "RS256", "x5c": ["%"]}, small()), "signature: x5c holds no certificate"),
        (compact({"alg": "RS256", "x5c": ["AAAA"]}, small()), "signature: x5c holds no certificate"),
        (
            compact({"alg": "RS256", "x5c": [elliptic]}, small()),
            "signature: the certificate in x5c holds no RSA key",
        ),
    ]


BAD = _bad()


@pytest.mark.parametrize(("data", "message"), BAD, ids=range(len(BAD)))
def test_refuses(data: bytes, message: str) -> None:
    with pytest.raises(XAPIError) as caught:
        signature.verify({**small(), "id": full()["id"]}, data)
    assert str(caught.value).startswith(message)
    assert caught.value.status == 400


def test_refuses_a_signature_that_is_too_long() -> None:
    with pytest.raises(XAPIError) as caught:
        signature.verify(small(), b"x" * (signature.MAX_SIGNATURE_BYTES + 1))
    assert caught.value.status == 413


def test_which_attachment_is_the_signature() -> None:
    described = {**ATTACHMENT, "usageType": signature.USAGE_TYPE, "contentType": "application/octet-stream"}
    assert signature.is_signature(described)
    assert not signature.is_signature(ATTACHMENT)
    with pytest.raises(XAPIError, match=r"^contentType: expected application/octet-stream, got 'text/plain"):
        signature.is_signature({**described, "contentType": "text/plain; charset=ascii"})


_headers = st.fixed_dictionaries(
    {"alg": st.sampled_from(("RS256", "none", "HS256", "", None, 1))},
    optional={
        "x5c": st.lists(st.sampled_from((CERTIFICATE, "", "AAAA", None, 1)), max_size=2)
        | st.none()
        | st.just("x"),
        "crit": st.lists(st.text(max_size=3), max_size=2) | st.none(),
        "b64": st.booleans() | st.none(),
        "kid": st.none() | st.integers(),
        "jwk": st.none() | st.dictionaries(st.text(max_size=3), st.text(max_size=3)),
        "typ": st.none() | st.integers(),
    },
)


@given(
    st.binary(max_size=60)
    | st.builds(compact, _headers, st.just(small()) | st.none(), st.binary(max_size=20))
)
def test_whatever_comes_is_verified_or_refused(data: bytes) -> None:
    with contextlib.suppress(XAPIError):
        signature.verify(small(), data)

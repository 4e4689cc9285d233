"""Signed statements: a JSON Web Signature as an attachment (1.0.3 Data 2.6, 9274.1.1 4.2.6)."""

from __future__ import annotations

import base64
import binascii
import re
import warnings
from collections.abc import Mapping
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from xapi import jsontext
from xapi.equality import same
from xapi.errors import XAPIError, expected

USAGE_TYPE: Final = "http://adlnet.gov/expapi/attachments/signature"
CONTENT_TYPE: Final = "application/octet-stream"
ALGORITHMS: Final = ("RS256", "RS384", "RS512")
MAX_SIGNATURE_BYTES: Final = 4 * 1024 * 1024
_COMPACT: Final = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


class _Registry(jws.JWSRegistry):
    """The library's own limits are for tokens: too small for a chain of certificates or a long statement."""

    max_header_length = max_payload_length = max_signature_length = MAX_SIGNATURE_BYTES


# RFC 7515 4: header parameters that are not understood are ignored, unless "crit" names them.
_registry: Final = _Registry(algorithms=ALGORITHMS, strict_check_header=False)


def is_signature(attachment: Mapping[str, Any]) -> bool:
    """Whether an attachment, as the statement describes it, is the statement's signature.

    Raises XAPIError 400 when it says so but is not of the type that signatures have (1.0.3 Data 2.6).
    """
    if attachment["usageType"] != USAGE_TYPE:
        return False
    media_type = attachment["contentType"].partition(";")[0].strip().lower()
    if media_type != CONTENT_TYPE:
        raise expected(CONTENT_TYPE, attachment["contentType"], path="contentType")
    return True


def verify(statement: Mapping[str, Any], attachment: bytes) -> None:
    """Check that the data of a signature attachment is a JWS of this statement.

    It must be in compact serialization, use RS256, RS384 or RS512, hold the statement as JSON and, when its
    header names a certificate, be signed with that certificate's key (1.0.3 Data 2.6). Whom the certificate
    belongs to, and whether it is still valid, is not for the store to say. Raises XAPIError 400.
    """
    if len(attachment) > MAX_SIGNATURE_BYTES:
        raise expected(f"at most {MAX_SIGNATURE_BYTES} octets", len(attachment), status=413, path="signature")
    if not _COMPACT.fullmatch(attachment):
        raise _bad("not a JWS in compact serialization")
    try:
        found = jws.extract_compact(attachment, registry=_registry)
        header = found.headers()
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _bad(f"not a JWS in compact serialization: {error}") from None
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise expected(" or ".join(ALGORITHMS), algorithm, path="signature.alg")
    if "crit" in header or "b64" in header:
        raise _bad("no extension of JWS is understood, so crit and b64 are refused")
    if "x5c" in header:
        _check(found, _key(header["x5c"]))
    payload = jsontext.loads(found.payload, "signature.payload")
    if not isinstance(payload, dict) or not same(payload, statement) or _other_id(payload, statement):
        raise _bad("the signed statement is not the statement received")


def _other_id(signed: Mapping[str, Any], received: Mapping[str, Any]) -> bool:
    """Whether another id was signed. Equality ignores ids, but a signature vouches for one."""
    return "id" in signed and "id" in received and str(signed["id"]).lower() != received["id"].lower()


def _check(found: jws.CompactSignature, key: RSAKey) -> None:
    try:
        good = jws.validate_compact(found, key, registry=_registry)
    except (JoseError, ValueError, TypeError) as error:
        raise _bad(f"the signature cannot be checked: {error}") from None
    if not good:
        raise _bad("the signature does not match the certificate in x5c")


def _key(chain: Any) -> RSAKey:
    """The public key of the first certificate of x5c (RFC 7515 4.1.6): standard base64 of DER."""
    first = chain[0] if isinstance(chain, list) and chain else None
    if not isinstance(first, str):
        raise expected("an array of certificates", chain, path="signature.x5c")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            certificate = x509.load_der_x509_certificate(base64.b64decode(first, validate=True))
            key = certificate.public_key()
        if not isinstance(key, RSAPublicKey):
            raise _bad("the certificate in x5c holds no RSA key")
        return RSAKey.import_key(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    except (ValueError, binascii.Error, UnsupportedAlgorithm, JoseError) as error:
        raise _bad(f"x5c holds no certificate: {error}") from None


def _bad(message: str) -> XAPIError:
    return XAPIError(message, path="signature")

"""Attachments and signed statements: 1.0.3 Part 2, 2.4.11 and 2.6; Part 3, 1.5.2."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jws
from joserfc.jwk import RSAKey

from tests.conformance.client import Answer, Client, statement
from xapi import multipart
from xapi.multipart import Part

CONTENT = b"\x00\x01 not text \xff\r\n--\r\n"
USAGE = "https://lms.example/usage"
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"


def described(content: bytes, algorithm: str = "sha256", **more: Any) -> dict[str, Any]:
    return {
        "usageType": USAGE,
        "display": {"en": "A file"},
        "contentType": "application/octet-stream",
        "length": len(content),
        "sha2": hashlib.new(algorithm, content).hexdigest(),
        **more,
    }


def part(content: bytes, **headers: str | None) -> Part:
    sent: dict[str, str | None] = {
        "content-type": "application/octet-stream",
        "content-transfer-encoding": "binary",
        "x-experience-api-hash": hashlib.sha256(content).hexdigest(),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return Part({name: value for name, value in sent.items() if value is not None}, content)


def post(client: Client, body: Any, *parts: Part) -> Answer:
    first = Part({"content-type": "application/json"}, json.dumps(body).encode())
    content_type, content = multipart.render([first, *parts])
    return client.post(content, **{"Content-Type": content_type})


def returned(client: Client, **parameters: Any) -> list[Part]:
    answer = client.get(attachments=True, **parameters)
    assert answer.status == 200
    return multipart.parse(answer.header("Content-Type") or "", answer.body)


@pytest.mark.parametrize("algorithm", ["sha224", "sha256", "sha384", "sha512"])
def test_2_4_11_an_attachment_comes_back_byte_for_byte(client: Client, algorithm: str) -> None:
    sent = statement(attachments=[described(CONTENT, algorithm)])
    digest = hashlib.new(algorithm, CONTENT).hexdigest()
    assert post(client, sent, part(CONTENT, x_experience_api_hash=digest)).status == 200
    first, file = returned(client, statementId=sent["id"])
    assert json.loads(first.body)["id"] == sent["id"]
    assert file.body == CONTENT
    assert file.headers["x-experience-api-hash"] == digest
    assert file.headers["content-transfer-encoding"] == "binary"


def test_2_4_11_attachments_are_left_out_unless_asked_for(client: Client) -> None:
    sent = statement(attachments=[described(CONTENT)])
    post(client, sent, part(CONTENT))
    answer = client.get(statementId=sent["id"])
    assert answer.header("Content-Type") == "application/json"
    assert answer.json["attachments"] == sent["attachments"]


def test_2_4_11_asked_for_the_answer_has_parts_even_without_attachments(client: Client) -> None:
    client.stored(statement())
    (only,) = returned(client)
    assert len(json.loads(only.body)["statements"]) == 1


def test_2_4_11_one_part_may_serve_two_statements(client: Client) -> None:
    batch = [statement(attachments=[described(CONTENT)]) for _ in range(2)]
    assert post(client, batch, part(CONTENT)).status == 200
    assert [file.body for file in returned(client)[1:]] == [CONTENT]
    assert [file.body for file in returned(client, statementId=batch[1]["id"])[1:]] == [CONTENT]


def test_2_4_11_a_sub_statement_may_have_attachments(client: Client) -> None:
    inner = {name: value for name, value in statement().items() if name != "id"}
    inner |= {"objectType": "SubStatement", "attachments": [described(CONTENT)]}
    sent = statement(object=inner)
    assert post(client, sent, part(CONTENT)).status == 200
    assert [file.body for file in returned(client, statementId=sent["id"])[1:]] == [CONTENT]


def test_2_4_11_with_a_file_url_no_part_is_needed(client: Client) -> None:
    sent = statement(attachments=[described(CONTENT, fileUrl="https://files.example/1")])
    assert client.post(sent).status == 200


@pytest.mark.parametrize(
    ("sent", "parts"),
    [
        (statement(attachments=[described(CONTENT)]), []),
        (statement(), [part(CONTENT)]),
        (statement(attachments=[described(CONTENT)]), [part(CONTENT), part(b"more")]),
        (statement(attachments=[described(CONTENT)]), [part(b"other")]),
        (
            statement(attachments=[described(CONTENT)]),
            [part(b"other", x_experience_api_hash=hashlib.sha256(CONTENT).hexdigest())],
        ),
        (statement(attachments=[described(CONTENT)]), [part(CONTENT, x_experience_api_hash=None)]),
        (statement(attachments=[described(CONTENT)]), [part(CONTENT, x_experience_api_hash="00")]),
        (statement(attachments=[described(CONTENT)]), [part(CONTENT, content_transfer_encoding=None)]),
        (statement(attachments=[described(CONTENT)]), [part(CONTENT, content_transfer_encoding="base64")]),
    ],
)
def test_2_4_11_parts_and_statements_that_do_not_fit_are_refused(
    client: Client, sent: dict[str, Any], parts: list[Part]
) -> None:
    answer = post(client, sent, *parts)
    assert answer.status == 400
    assert client.found() == []


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/mixed", b""),
        ("multipart/mixed; boundary=", b""),
        ("multipart/mixed; boundary=a", b""),
        ("multipart/mixed; boundary=a", b"--a\r\n\r\n{}"),
        ("multipart/mixed; boundary=a", b"--a\r\nContent-Type: text/plain\r\n\r\n{}\r\n--a--"),
        ("multipart/mixed; boundary=a", b"--a\r\nContent-Type: application/json\r\n\r\n{\r\n--a--"),
        ("multipart/mixed; boundary=" + "a" * 80, b"--" + b"a" * 80 + b"--"),
        ("multipart/form-data; boundary=a", b"--a\r\nContent-Type: application/json\r\n\r\n{}\r\n--a--"),
    ],
)
def test_1_5_2_a_broken_multipart_body_is_refused(client: Client, content_type: str, body: bytes) -> None:
    assert client.post(body, **{"Content-Type": content_type}).status == 400


# --- 2.6 signed statements ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def key() -> RSAKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return RSAKey.import_key(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def signed(key: RSAKey, sent: dict[str, Any], algorithm: str = "RS256") -> tuple[dict[str, Any], Part]:
    payload = json.dumps(sent).encode()
    signature = jws.serialize_compact({"alg": algorithm}, payload, key, algorithms=[algorithm]).encode()
    return {**sent, "attachments": [described(signature, usageType=SIGNATURE)]}, part(signature)


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_2_6_a_signed_statement_is_stored_with_its_signature(
    client: Client, key: RSAKey, algorithm: str
) -> None:
    sent, file = signed(key, statement(), algorithm)
    assert post(client, sent, file).status == 200
    assert returned(client, statementId=sent["id"])[1].body == file.body


def test_2_6_a_signature_of_another_statement_is_refused(client: Client, key: RSAKey) -> None:
    sent, file = signed(key, statement())
    answer = post(client, {**sent, "result": {"success": True}}, file)
    assert answer.status == 400
    assert answer.json["path"] == "attachments[0].signature"


def test_2_6_another_algorithm_is_refused(client: Client) -> None:
    sent = statement()
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=")
    payload = base64.urlsafe_b64encode(json.dumps(sent).encode()).rstrip(b"=")
    token = header + b"." + payload + b"."
    sent["attachments"] = [described(token, usageType=SIGNATURE)]
    assert post(client, sent, part(token)).status == 400

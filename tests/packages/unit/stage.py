"""A small platform: serves the files of a package under a strict policy, and gives out tokens, each once."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from near_learn.content import Question

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src *; base-uri 'none'; form-action 'none'"
)
TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript",
    "css": "text/css",
    "svg": "image/svg+xml",
}


@dataclass
class Stage:
    """What is served: files by path, tokens by the secret of their address."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # the secrets, as often as they were asked for

    def add(self, zipped: bytes, under: str) -> None:
        """Serves the files of a package in the folder UNDER."""
        with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
            self.files.update({f"/{under}/{name}": archive.read(name) for name in archive.namelist()})


@contextmanager
def served() -> Iterator[Stage]:
    """Serves a stage in a thread."""
    stage = Stage()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            content = stage.files.get(path)
            kind = TYPES.get(path.rpartition(".")[2], "application/octet-stream")
            self.answer(404 if content is None else 200, kind, content or b"")

        def do_POST(self) -> None:
            secret = self.path.rpartition("/")[2]
            first = secret not in stage.asked
            stage.asked.append(secret)
            error = {"error-code": "1", "error-text": "The token has been given out."}
            told = {"auth-token": stage.tokens[secret]} if first else error
            self.answer(200, "application/json", json.dumps(told).encode())

        def answer(self, status: int, kind: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stage.address = f"http://127.0.0.1:{server.server_port}"
    yield stage
    server.shutdown()


def enter(page: Page, question: Question, response: tuple[str, ...]) -> None:
    """Fills in a response, as a learner does."""
    box = page.locator(f"#q-{question.id}")
    if question.kind in {"choice", "true-false", "likert"}:
        for option in response:
            box.locator(f'[data-option="{option}"]').check()
    elif question.kind == "gap":
        for number, text in enumerate(response):
            box.locator("input.gap").nth(number).fill(text)
    elif question.kind == "matching":
        for pair in response:
            left, _, right = pair.partition("[.]")
            box.locator(f'select[data-option="{left}"]').select_option(right)
    elif question.kind == "ordering":
        for place, item in enumerate(response):
            while (at := order(page, question).index(item)) > place:
                box.locator("li").nth(at).locator(".up").click()
    else:
        box.locator("input, textarea").first.fill(response[0])


def order(page: Page, question: Question) -> list[str]:
    """How the items stand now."""
    found: list[str] = page.locator(f"#q-{question.id} li").evaluate_all(
        "all => all.map(e => e.dataset.option)"
    )
    return found


def take(page: Page, quiz: Mapping[str, Question], responses: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Answers the questions of a quiz that has just begun, up to its overview; their ids in order."""
    asked = []
    while page.locator("form fieldset").count():
        name = page.locator("form .check").get_attribute("id") or ""
        question = quiz[name.removeprefix("q-")]
        asked.append(question.id)
        if responses.get(question.id):
            enter(page, question, responses[question.id])
        page.locator("form .thumb-bar .button").first.click()
    return asked

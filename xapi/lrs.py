"""The record store as one object: it answers requests, and the application saves and reads through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine

from xapi import alternate, jsontext, openapi, splice
from xapi.errors import XAPIError
from xapi.habit import Habit
from xapi.message import CONSISTENT_THROUGH, VERSION_HEADER, Request, Response, json_text, refusal
from xapi.parameters import check_names
from xapi.part import Part, once
from xapi.rate import Rate
from xapi.record import prepare
from xapi.resources import RESOURCES, Call
from xapi.scopes import Principal, permit
from xapi.sql.line import Line
from xapi.sql.postgresql import single
from xapi.sql.reader import TakesLong
from xapi.sql.sqlite import WRITE, keep_more
from xapi.sql.store import SQLStore
from xapi.store import Record, Saved, Stored, timestamp
from xapi.terms import agents
from xapi.together import Job, Steps, Together
from xapi.turn import Turn
from xapi.versions import ONE, Version, negotiate

__all__ = [
    "LRS",
    "Authenticate",
    "Limits",
    "OnAgents",
    "OnSaved",
    "Principal",
    "Request",
    "Response",
    "Saved",
    "Stored",
]

OnSaved = Callable[[Connection, Saved], None]
OnAgents = Callable[[Connection, Iterable[str]], None]
Authenticate = Callable[[str | None], Principal | None]
"""From an Authorization header's value to who asks, or None for nobody."""

STATEMENTS = "/statements"
ABOUT = "/about"
# Statements stored between two moments at which readers are let in.
AT_ONCE = 250
# Bytes of a request that is read together with others.
SHORT = 65_536
_NOBODY = Principal(frozenset(), {})

# Answers are data, whatever they contain: a browser must neither run nor guess them.
_INERT = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; sandbox"),
    ("Cache-Control", "no-store"),
)
_EXPOSED = f"ETag, Last-Modified, Content-Type, {VERSION_HEADER}, {CONSISTENT_THROUGH}"
_CORS = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", _EXPOSED))
_ALWAYS = _INERT + _CORS
_PREFLIGHT = (
    ("Access-Control-Allow-Methods", "GET, HEAD, PUT, POST, DELETE, OPTIONS"),
    (
        "Access-Control-Allow-Headers",
        f"Authorization, Content-Type, Accept-Language, If-Match, If-None-Match, {VERSION_HEADER}",
    ),
    ("Access-Control-Max-Age", "86400"),
)


@dataclass(frozen=True)
class Limits:
    """What one request may ask for. Sizes are in bytes."""

    page: int = 500
    page_bytes: int = 4 * 1024 * 1024
    statements: int = 10_000
    body: int = 32 * 1024 * 1024
    requests_per_minute: int = 0
    """Of one credential that has no limit of its own, in one process. 0 means no limit."""


class LRS:
    """A record store in one database. `on_saved` is told of each save inside its transaction.

    `on_agents` is told before anything about somebody is stored, by their identities, and may refuse it with
    an XAPIError.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        mount: str = "/xapi",
        on_saved: OnSaved | None = None,
        limits: Limits = Limits(),
    ) -> None:
        self.engine = engine
        self.store = SQLStore(engine)
        self.mount = mount
        self.on_saved = on_saved
        self.on_agents: OnAgents | None = None
        self.limits = limits
        self._asked: dict[str | None, Principal | None] = {}
        # PostgreSQL is waited for at each statement; with SQLite there is nothing to wait for but the disk.
        self.turn = Turn(several=engine.dialect.name != "sqlite", others=Line(engine).at_the_front)
        self.together = Together(self.turn, self._store, begin=self._asked.clear)
        # Up to here everything is stored and can be read: nobody gets a smaller number any more.
        self._through = 0
        self._writers: list[Connection] = []
        self._habit = Habit()
        self._rate = Rate(limits.requests_per_minute)

    def handle(self, request: Request, authenticate: Authenticate) -> Response:
        """The answer to any request. Whatever a client can do wrong is a 4xx; only our own bugs raise.

        Who asks is found out here and not before, because the alternate request syntax may carry the
        credential in its form.
        """
        if request.method == "OPTIONS":
            return Response(204).with_headers(_CORS + _PREFLIGHT)
        if request.path == openapi.PATH and request.method in ("GET", "HEAD"):
            # For everybody and without a version: it is read before anything else is known of the store.
            response = json_text(openapi.text(self.mount))
        else:
            response = self._answered(request, authenticate)
        return finished(request.method, response)

    def at_once(self, request: Request, authenticate: Authenticate) -> Response:
        """The answer to who asks for statements, without waiting for anybody.

        On a thread that must not be kept (`hurry`) it raises TakesLong when it would take more than a moment.
        """
        job = Job(self._steps(request, authenticate))
        job.go_on()
        return finished(request.method, job.answer())

    def hurry(self, thread: int) -> None:
        """From now on this is the thread that must not be kept; 0: none is."""
        self.store.readers.hurried = thread

    def storing(self, request: Request, authenticate: Authenticate) -> Steps:
        """How a SHORT request that stores statements is answered. Its job goes on in `together`."""
        return self._steps(request, partial(self._once, authenticate))

    def save(
        self, connection: Connection, statements: Sequence[Mapping[str, Any]], *, authority: Mapping[str, Any]
    ) -> Saved:
        """Store the application's own statements inside its write transaction, all of them or none.

        They are validated like anybody's, by the rules of 1.0.3 unless a statement says otherwise; what is
        a Part, once. Raises XAPIError for a statement that breaks a rule, and with status 409 for an id that
        is taken by a different statement; the caller then rolls back.
        """
        return self.add(connection, self.prepare(statements, authority=authority))

    def prepare(
        self, statements: Sequence[Mapping[str, Any]], *, authority: Mapping[str, Any]
    ) -> list[Record]:
        """The application's own statements, validated and ready for `add`; nothing is stored yet.

        Raises XAPIError for a statement that breaks a rule.
        """
        records = []
        for place, statement in enumerate(statements):
            texts = {name: jsontext.dumps(part) for name, part in statement.items()}
            try:
                value = {name: _reread(part, texts[name]) for name, part in statement.items()}
                version = negotiate(value.get("version", "1.0.3"))
                records.append(prepare(splice.join(texts), value, version, authority))
            except XAPIError as error:
                raise error.within(place) from None
        return records

    def read(
        self,
        connection: Connection,
        *,
        registration: str | None = None,
        after: int = 0,
        limit: int | None = None,
        voided: bool = False,
    ) -> Iterator[Stored]:
        """Statements stored after the sequence number `after`, in stored order, voided ones if asked for."""
        return self.store.read(connection, registration=registration, after=after, limit=limit, voided=voided)

    def add(self, connection: Connection, records: Sequence[Record], *, define: bool = True) -> Saved:
        """Store prepared records and tell `on_saved` what became of them. For the resources."""
        seen: set[str] = set()
        for place, record in enumerate(records):
            if record.id in seen:
                raise XAPIError(f"the id {record.id} is twice in one batch", path=f"[{place}].id")
            seen.add(record.id)
        if self.on_agents is not None:
            self.on_agents(connection, {one for record in records for one in agents(record.statement)})
        saved = self.store.add(connection, records, define=define)
        if self.on_saved is not None and (saved.new or saved.voided):
            self.on_saved(connection, saved)
        return saved

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading. SQLite shows it one state of the store; PostgreSQL shows each query what
        is committed by then. Raises TakesLong on a thread that must not be kept."""
        self.store.readers.may_wait()
        with single(self.engine).connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A write transaction: committed at the end, rolled back by an exception."""
        with self.turn.alone(), self._writer() as connection:
            with self.turn.left():
                transaction = connection.begin()
            with transaction:
                yield connection
                with self.turn.left():
                    transaction.commit()

    @contextmanager
    def _writer(self) -> Iterator[Connection]:
        """A connection for writing. On SQLite it is kept for the next writer: fetching one and returning it
        costs as much as storing a statement, and what it knows of the file stays in its memory."""
        try:
            connection = self._writers.pop()
        except IndexError:
            connection = self.engine.connect().execution_options(**{WRITE: True})
            keep_more(connection)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        if self.engine.dialect.name == "sqlite" and not self._writers:
            self._writers.append(connection)
        else:
            connection.close()

    def _store(self, batches: Sequence[Sequence[Record]]) -> list[list[str]]:
        """Several requests' records in one transaction; the ids of each."""
        last = 0
        with self.writing() as connection:
            for some in _portions(batches):
                last = max(last, self.add(connection, some).last)
                self.turn.let_in()
        self._through = max(self._through, last)
        return [[record.statement["id"] for record in batch] for batch in batches]

    def _answered(self, request: Request, authenticate: Authenticate) -> Response:
        if request.path == STATEMENTS and request.method in ("POST", "PUT"):
            return self._stored(request, authenticate)
        job = Job(self._steps(request, authenticate))
        with self.turn.taken(quick=request.method in ("GET", "HEAD")):
            job.go_on()
        return job.answer()

    def _stored(self, request: Request, authenticate: Authenticate) -> Response:
        """The answer to a request that stores statements, together with others where it may be."""
        short = len(request.body) <= SHORT
        steps = self.storing if short else self._steps
        job = Job(steps(request, authenticate))
        if not short:
            self.go_on(job)
        if not job.begun or job.records is not None:
            self.together.join(job)
        if not job.done:
            self.go_on(job)
        return job.answer()

    def go_on(self, job: Job) -> None:
        """The next step of a job that is nobody else's business any more."""
        with self.together.within(), self.turn.taken():
            job.go_on()

    def _once(self, authenticate: Authenticate, header: str | None) -> Principal | None:
        """Who has sent this header. It is asked once for requests that are here already when it is asked."""
        if header in self._asked:
            return self._asked[header]
        found = authenticate(header)
        if found is None or found.guard is None:  # a guard is that of one request
            self._asked[header] = found
        return found

    def _steps(self, received: Request, authenticate: Authenticate) -> Steps:
        """From the request to its answer."""
        version: Version | None = None
        watermark: int | None = None
        try:
            request = alternate.unfold(received)
            version = _version(request)
            if request.path == STATEMENTS and request.method in ("GET", "HEAD"):
                # Taken before the page: what is said to be complete must be visible to the page.
                watermark = self.store.consistent_through()
            found = self._dispatch(request, version, authenticate)
            response = found if isinstance(found, Response) else (yield from found)
        except XAPIError as error:
            response = refusal(error)
        if version is None:
            principal = authenticate(received.header("authorization"))
            version = self._habit.of(None if principal is None else principal.name)
        headers = [(VERSION_HEADER, version.answer)]
        if received.path == STATEMENTS:
            through = watermark or self._through or self.store.consistent_through()
            headers.append((CONSISTENT_THROUGH, timestamp(through)))
        return response.with_headers(headers)

    def _dispatch(self, request: Request, version: Version, authenticate: Authenticate) -> Response | Steps:
        methods = RESOURCES.get(request.path)
        if methods is None:
            raise XAPIError(f"no such resource: {request.path}", status=404)
        method = "GET" if request.method == "HEAD" else request.method
        operation = methods.get(method)
        if operation is None:
            refused = refusal(XAPIError(f"this resource has no {request.method}", status=405))
            return refused.with_headers([("Allow", ", ".join(["HEAD", "OPTIONS", *methods]))])
        principal = _NOBODY
        if request.path != ABOUT:
            principal = permit(authenticate(request.header("authorization")), request.path, method)
            self._rate.spend(principal.name, principal.requests_per_minute)
            self._habit.notice(principal.name, version)
        most = min(self.limits.body, self.limits.body if principal.body is None else principal.body)
        if len(request.body) > most:
            raise XAPIError(f"more than {most} bytes", status=413, path="body")
        parameters = check_names(request.parameters(), operation.parameters)
        try:
            return operation.handler(Call(self, request, principal, version, parameters))
        except TakesLong:
            self._rate.give_back(principal.name)
            raise


def finished(method: str, response: Response) -> Response:
    """The answer with what every answer carries."""
    response = response.with_headers(_ALWAYS)
    if method == "HEAD":
        length = ("Content-Length", str(len(response.body)))
        return response.with_headers([length])._replace(body=b"")
    return response


def _portions(batches: Sequence[Sequence[Record]]) -> Iterator[list[Record]]:
    """Whole batches, put together up to about AT_ONCE records."""
    some: list[Record] = []
    for batch in batches:
        if some and len(some) + len(batch) > AT_ONCE:
            yield some
            some = []
        some += batch
    yield some


def _reread(part: Any, text: str) -> Any:
    """Read again, so that what Python writes but JSON does not know (NaN) is refused here too."""
    if type(part) is Part:
        return _reread_once(part)
    return part if type(part) is str and part.isprintable() else _read(text)


@once
def _reread_once(part: Part) -> Any:
    value = _read(jsontext.dumps(part))
    return part if value == part else value


def _read(text: str) -> Any:
    return jsontext.loads(text.encode("utf-8", "surrogatepass"))


def _version(request: Request) -> Version:
    """The version that the request asks for. The About Resource answers without (1.0.3 Part 3, 2.8)."""
    header = request.header(VERSION_HEADER)
    return ONE if header is None and request.path == ABOUT else negotiate(header)

"""Requests that come at the same time share a thread, a transaction and a wait for the disk.

Threads of Python that all compute only take the interpreter from each other. So whoever comes first reads
the requests of all who wait, stores what they bring, and answers them; the others sleep meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

from xapi.message import Response
from xapi.store import Record
from xapi.turn import Turn

Ids = list[str]
Steps = Generator[Sequence[Record] | None, Ids, Response]
"""How a request is answered. It yields records, to get their ids when they are on the disk; or None, when
what comes now may take longer and is nobody else's business."""

# Who has just been answered may ask again at once, and is waited for. How long at most, as a share of the
# time that the last transaction took.
_PAUSE = 0.5


class Job:
    """One request on its way to an answer."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._found: Response | Exception | None = None
        self.records: Sequence[Record] | None = None
        """What is to be stored before it goes on."""
        self.begun = self.leads = False
        self._called = threading.Lock()
        self._called.acquire()

    @property
    def done(self) -> bool:
        """Whether there is an answer, or something was raised instead."""
        return self._found is not None

    def answer(self) -> Response:
        """The answer. Raises what was raised instead."""
        if isinstance(self._found, Response):
            return self._found
        raise self._found or RuntimeError("the one who answered for all was stopped")

    def wait(self) -> None:
        """Until it is called."""
        self._called.acquire()

    def call(self) -> None:
        """It is done, or leads now, or has something to do that is nobody else's business."""
        self._called.release()

    def go_on(self, found: Ids | Exception | None = None) -> None:
        """Take the next step, with the ids of what was stored or with what went wrong."""
        self.begun, self.records = True, None
        try:
            if isinstance(found, Exception):
                self.records = self._steps.throw(found)
            elif found is None:
                self.records = next(self._steps)
            else:
                self.records = self._steps.send(found)
        except StopIteration as end:
            self._found = end.value
        except Exception as error:
            self._found = error


class Together:
    """Jobs that wait. Whoever comes first leads: works for all who wait by then, and then calls the next.

    `write` stores batches in one transaction and returns the ids of each. When it raises, each batch is
    written again by itself, so what is wrong with one is nobody else's business. Jobs are worked on `within`
    such a block; `begin` is called before the first steps of some that are all here by then.
    """

    def __init__(
        self,
        turn: Turn,
        write: Callable[[Sequence[Sequence[Record]]], list[Ids]],
        *,
        begin: Callable[[], None] = lambda: None,
        within: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self.within = within
        self._begin = begin
        self._turn = turn
        self._write = write
        self._lock = threading.Lock()  # held for moments
        self._waiting: list[Job] = []
        self._led = False
        self._writing = threading.Lock()
        self._here = 0  # jobs that have come and not been called
        self._took = 0.0  # seconds, the last transaction
        self._expected, self._until = 0, 0.0  # how many are likely to be here by when
        self._full: threading.Lock | None = None  # the leader waits for it

    def join(self, job: Job) -> None:
        """Comes back when the job is done, or has something to do that is nobody else's business."""
        leads = self.enter(job)
        if not leads:
            job.wait()
        if leads or job.leads:
            self.lead()

    def enter(self, job: Job) -> bool:
        """Puts the job into the line. Whether it leads: then `lead` is wanted, on any thread."""
        with self._lock:
            self._waiting.append(job)
            self._here += 1
            if self._full is not None and self._here >= self._expected:
                self._full.release()
                self._full = None
            leads, self._led = not self._led, True
        return leads

    def lead(self) -> None:
        """Works for all who wait, in the turn of this thread."""
        with self.within(), self._turn.taken():
            self._lead()

    def _lead(self) -> None:
        """Whoever leads hands over as soon as it writes, so that the next one reads meanwhile."""
        jobs: list[Job] = []
        leads = True
        try:
            self._read(jobs)
            if not jobs:
                return
            with self._alone():
                self._gather()
                self._read(jobs)
                self._hand_over()
                leads = False
                began = time.monotonic()
                outcomes = self._store(jobs)
                self._took = time.monotonic() - began
            for job, found in outcomes:
                job.go_on(found)
        finally:
            if leads:
                self._hand_over()
            self._call(jobs)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """For the length of the block nobody else here writes."""
        with self._turn.left():
            self._writing.acquire()
        try:
            yield
        finally:
            self._writing.release()

    def _read(self, jobs: list[Job]) -> None:
        """The first step of all who wait; JOBS gets those that have something to be stored."""
        with self._lock:
            found, self._waiting = self._waiting, []
        self._begin()
        left = deque(found)
        try:
            while left:
                self._turn.let_in()
                job = left[0]
                if job.records is None:
                    job.go_on()
                left.popleft()
                if job.records is None:
                    self._call([job])
                else:
                    jobs.append(job)
        finally:
            self._call(left)

    def _gather(self) -> None:
        """Wait a moment for those who are likely to come back."""
        with self._lock:
            pause = self._until - time.monotonic()
            if self._here >= self._expected or pause <= 0:
                return
            full = self._full = threading.Lock()
            full.acquire()
        with self._turn.left():
            full.acquire(timeout=pause)
        with self._lock:
            self._full = None

    def _store(self, jobs: Sequence[Job]) -> list[tuple[Job, Ids | Exception]]:
        """Store what the jobs bring: in one transaction or, when this fails, in one for each."""
        if not jobs:
            return []
        try:
            return list(zip(jobs, self._write([job.records or () for job in jobs]), strict=True))
        except Exception as error:
            if len(jobs) == 1:
                return [(jobs[0], error)]
            return [found for job in jobs for found in self._store([job])]

    def _hand_over(self) -> None:
        with self._lock:
            following = self._waiting[0] if self._waiting else None
            self._led = following is not None
        if following is not None:
            following.leads = True
            following.call()

    def _call(self, jobs: Collection[Job]) -> None:
        """They go on by themselves."""
        if not jobs:
            return
        with self._lock:
            self._expected, self._until = self._here, time.monotonic() + _PAUSE * self._took
            self._here -= len(jobs)
        for job in jobs:
            job.call()

"""One thread stores statements for all who have sent some to the event loop."""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Executor, ThreadPoolExecutor

from xapi.lrs import LRS
from xapi.together import Job, Steps


class Waiting(Job):
    """A request that waits in the event loop until it is called."""

    def __init__(self, steps: Steps, clerk: Clerk, called: asyncio.Future[None]) -> None:
        super().__init__(steps)
        self.called = called
        self.led = False
        self._clerk = clerk

    def call(self) -> None:
        self._clerk.call(self)


class Clerk:
    """Used by one event loop. What is nobody else's business is done on a thread of the executor."""

    def __init__(self, store: LRS, executor: Executor, loop: asyncio.AbstractEventLoop) -> None:
        self._store = store
        self._executor = executor
        self._loop = loop
        self._thread = ThreadPoolExecutor(1, "clerk")
        self._called: deque[Waiting] = deque()
        self._told = False

    async def done(self, steps: Steps) -> Job:
        """The job of these steps, when it has its answer."""
        job = Waiting(steps, self, self._loop.create_future())
        if self._store.together.enter(job):
            self._lead(job)
        await job.called
        if not job.done:
            await self._loop.run_in_executor(self._executor, self._store.go_on, job)
        return job

    def call(self, job: Waiting) -> None:
        """On any thread: the job leads now, or it goes back to the loop, which is told once for many."""
        if job.leads and not job.led:
            self._lead(job)
            return
        self._called.append(job)
        if not self._told:
            self._told = True
            self._loop.call_soon_threadsafe(self._go_back)

    def close(self) -> None:
        """Waits for what is being stored."""
        self._thread.shutdown()

    def _lead(self, job: Waiting) -> None:
        job.led = True
        self._thread.submit(self._store.together.lead)

    def _go_back(self) -> None:
        self._told = False
        while self._called:
            called = self._called.popleft().called
            if not called.done():
                called.set_result(None)

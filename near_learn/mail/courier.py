"""The courier: a thread of a serving process that sends what a request has put into the outbox."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from queue import Empty, SimpleQueue

from flask import Flask, g
from sqlalchemy.exc import InterfaceError, OperationalError

from near_learn.db import db
from near_learn.mail import outbox, sending

SHORTEST_NAP, LONGEST_NAP = 1.0, 60.0
SECONDS_TO_FINISH = 10.0
# What is raised when the database cannot be used.
GONE = (OperationalError, InterfaceError)


class Courier:
    """Sends in the background, so that nobody waits for a mail server and no answer's time tells anything.

    The thread begins with the first mail of a process and ends when nothing waits any more.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._work = threading.Event()
        self._tasks: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._idle = threading.Event()
        self._idle.set()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def soon(self, task: Callable[[], None]) -> None:
        """Does TASK in the background, in the application's context, before the next mail is sent.

        For what must not be felt in the time of an answer. It is done again when the database could not be
        used, and lost if the process is stopped first.
        """
        self._tasks.put(task)
        self.wake()

    def finish(self, seconds: float) -> None:
        """Waits until nothing is left to do at present, at most so long."""
        self._idle.wait(seconds)

    def wake(self) -> None:
        """There may be something to send."""
        with self._lock:
            self._work.set()
            if self._stopped.is_set():
                return
            self._idle.clear()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
                self._thread.start()
                atexit.register(self.stop)

    def stop(self) -> None:
        """Lets the thread finish the mail in hand."""
        with self._lock:
            self._stopped.set()
            self._work.set()
            thread = self._thread
        if thread:
            thread.join(SECONDS_TO_FINISH)

    def _run(self) -> None:
        pause = SHORTEST_NAP
        while True:
            self._work.clear()
            try:
                nap = self._round()
                pause = SHORTEST_NAP
            except Exception as error:
                # The thread's edge: nothing may end it, or this process would send no mail any more.
                what = "the database cannot be used" if isinstance(error, GONE) else "a fault"
                self._app.logger.exception("mail: %s", what)
                nap, pause = pause, min(LONGEST_NAP, pause * 2)
            with self._lock:
                stopped = self._stopped.is_set()
                if stopped or not self._work.is_set():
                    self._idle.set()
                    if stopped or nap is None:
                        self._thread = None
                        return
            self._work.wait(nap)
            if self._stopped.is_set():
                return

    def _round(self) -> float | None:
        """Sends what is due; how many seconds until there is more to do, None when nothing waits.

        Raises what the database raises, also where the context is left. The mails in it are safe.
        """
        with self._app.app_context():
            self._do_tasks()
            sending.deliver(self._stopped.is_set)
            with db.engine.connect() as connection:
                due = outbox.next_due(connection)
        if due is None:
            return None
        return min(LONGEST_NAP, max(SHORTEST_NAP, (due - datetime.now(UTC)).total_seconds()))

    def _do_tasks(self) -> None:
        while True:
            try:
                task = self._tasks.get_nowait()
            except Empty:
                return
            try:
                task()
            except GONE:
                # Not its fault. What is wrong with a task itself must not come back for ever.
                self._tasks.put(task)
                raise


def init_app(app: Flask) -> None:
    courier = Courier(app)
    app.extensions["courier"] = courier

    @app.teardown_request
    def wake(_error: BaseException | None) -> None:
        # The transaction that stored the mail has ended by now.
        if g.pop("mail_waits", False):
            courier.wake()

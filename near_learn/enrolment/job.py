"""Applying a long list in the background, so that its page can tell how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app

from near_learn.enrolment.progress import Tell

# Lists up to this long are applied before the page is answered.
SHORT = 100

Step = Callable[[Tell], None]


@dataclass
class Job:
    """How far it is."""

    done: int = 0
    total: int = 0
    thread: threading.Thread | None = None

    def tell(self, done: int, total: int) -> None:
        """So far now."""
        self.done, self.total = done, total


class Jobs:
    """What this process is working on. Other processes know only that somebody is."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def start(self, id_: str, step: Step) -> None:
        """Runs STEP in a thread. It brings its own context and catches what it can expect."""
        job = self._jobs[id_] = Job()

        def run() -> None:
            try:
                step(job.tell)
            finally:
                self._jobs.pop(id_, None)

        job.thread = threading.Thread(target=run, name="enrolment", daemon=True)
        job.thread.start()

    def get(self, id_: str) -> Job | None:
        """The job of a list, while it runs here."""
        return self._jobs.get(id_)

    def wait(self) -> None:
        """Returns when nothing runs any more."""
        for job in list(self._jobs.values()):
            if job.thread:
                job.thread.join()


def init_app(app: Flask) -> None:
    app.extensions["enrolment_jobs"] = Jobs()


def jobs() -> Jobs:
    """Those of the current application."""
    found: Jobs = current_app.extensions["enrolment_jobs"]
    return found

"""The production server: granian around the application."""

from __future__ import annotations

import ctypes
import errno
import gc
import socket
import sys
from collections.abc import Callable
from multiprocessing import Process
from typing import TYPE_CHECKING

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from near_learn.config import Settings

if TYPE_CHECKING:
    from flask import Flask

    from near_learn.front import Front
    from near_learn.whole import Whole


class AddressTaken(Exception):
    """Another program listens at this address; the text says how to choose another."""


def check_free(host: str, port: int) -> None:
    """Raises AddressTaken when PORT cannot be listened on, before anything slow has begun."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise AddressTaken(
                    f"Port {port} on {host} is taken by another program. Stop it, or choose another port: "
                    f"NEAR_LEARN_PORT={port + 1} make demo, or near-learn serve --port {port + 1}"
                ) from error
            raise AddressTaken(f"Cannot listen on {host}:{port}: {error.strerror}") from error


# Both are made in the server process: one for a server that gives each request a thread, one for others.
APPLICATION = "near_learn.server:application"
FRONT = "near_learn.server:front"
# Folders of templates that are read before the first request: a page of reports has a dozen, and takes long
# enough without. Those of all pages would take a second at each start.
READ_FIRST = ("", "reports", "outcomes")
# Objects made and still there, after which the young ones are looked through for garbage that holds itself.
# Of 700, which is Python's, nearly all are statements and rows of a request that is being worked on.
YOUNG = 10_000
M_ARENA_MAX = -8  # of glibc's mallopt(3)
ARENAS = 2


def application() -> Whole:
    """The application of a server that gives each request a thread."""
    # Imported here, and below: the process that starts the others does not know the application.
    from near_learn.whole import Whole

    return Whole(_made())


def front() -> Front:
    """The same behind an event loop, which decides who works on what."""
    from near_learn.front import Front

    app = _made()
    return Front(app, app.extensions["settings"].threads)


def _made() -> Flask:
    """The application in a server process."""
    from near_learn import create_app

    share_memory()
    app = create_app()
    make_ready(app)
    return app


def make_ready(app: Flask) -> None:
    """What comes before the first request. What APP is made of stays, so nobody looks for garbage in it, and
    elsewhere not after every few statements."""
    from near_learn.application import read_templates

    read_templates(app, READ_FIRST)
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)


def share_memory() -> None:
    """Lets threads use the same few arenas of memory, where the system's library has such.

    Otherwise each thread keeps what it has freed for itself. Python's threads take turns anyway.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(M_ARENA_MAX, ARENAS)


def serve_after(prepare: Callable[[Settings], None], settings: Settings) -> None:
    """Serves as soon as PREPARE has come to its end; when it fails, ends as it does.

    It works in a process of its own. The one that stays has never known the application, so those that it
    makes hold their own only.
    """
    first = Process(target=_apart, args=(prepare, settings))
    first.start()
    first.join()
    if first.exitcode:
        sys.exit(1)
    serve(settings)


def _apart(prepare: Callable[[Settings], None], settings: Settings) -> None:
    try:
        prepare(settings)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(1)  # the process that waits has been interrupted too, and says so


def serve(settings: Settings, application: str = "") -> None:
    """Serves until a signal stops it. The settings reach the server processes through the environment.

    Another `application` is for measuring: what the same server does with an application that does nothing.
    """
    behind_front = not application and settings.database.startswith("sqlite")
    Server(
        application or (FRONT if behind_front else APPLICATION),
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI if behind_front else Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=None if behind_front else settings.threads,
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,
    ).serve()

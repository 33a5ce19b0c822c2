# SPDX-License-Identifier: Apache-2.0
"""The production server: gunicorn, one process of threads, WebSockets included. A second one is refused: `web.one_watcher`."""

from __future__ import annotations

import ctypes
import errno
import gc
import os
import re
import signal
import socket
import sys
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from core.config import Config
from core.errors import Conflict, Invalid
from core.turns import TURNS
from web import turn_taking

_PEEKED = 16 * 1024
_OPEN_CHANNEL = f"GET {turn_taking.SOCKETS}".encode()
_URGENT = tuple(f"{method} {path}".encode() for method, path in turn_taking.URGENT)
_FRAMING = re.compile(
    rb"\r\n(?:content-length:[ \t]*([0-9]{1,6})[ \t]*(?=\r|$)|transfer-encoding)", re.IGNORECASE
)
_PR_SET_PDEATHSIG = 1
"""From linux/prctl.h: the signal that a process gets when its parent dies."""


class OneWorker(ThreadWorker):  # type: ignore[misc]
    """A worker that ends once, however often it is told to.

    Ctrl-C in a terminal reaches it twice, from the terminal and from its parent. The second would break into the first: at
    worst while that holds the lock of the thread pool, and then nothing moves until the parent loses patience.
    """

    quitting = False

    def handle(self, conn: Any) -> Any:
        """One request. One that is there already takes its turn before it is read, else it does when it has been read."""
        is_here, urgent = _look(conn)
        if not is_here:
            return super().handle(conn)
        with TURNS.taken(urgent=urgent):
            return super().handle(conn)

    def handle_quit(self, sig: Any, frame: Any) -> None:
        if not self.quitting:
            self.quitting = True
            super().handle_quit(sig, frame)


def _look(conn: Any) -> tuple[bool, bool]:
    """Whether the next thing on a kept connection is one whole request, so that no turn waits for the line; whether urgent."""
    if not conn.initialized or conn.is_http2 or conn.parser.unreader.buf.getvalue():
        return False, False
    try:
        seen = conn.sock.recv(_PEEKED, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return False, False
    head, end, body = seen.partition(b"\r\n\r\n")
    if not end or head.startswith(_OPEN_CHANNEL):
        return False, False
    match _FRAMING.findall(head):
        case []:
            is_here = head.startswith(b"GET ")
        case [stated] if stated:
            is_here = len(body) >= int(stated)
        case _:
            is_here = False
    return is_here, head.startswith(_URGENT)


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured from ours and from nothing else (no config file, no control socket)."""

    def __init__(self, config: Config, *, on_ready: Any = None) -> None:
        self._config = config
        self._on_ready = on_ready
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": f"{self._config.host}:{self._config.port}",
            "workers": 1,
            "worker_class": OneWorker,
            # Every open WebSocket holds a thread, so threads and connections stand above the number of learners.
            "threads": self._config.threads,
            "worker_connections": max(2000, self._config.threads * 2),
            "timeout": 120,
            "graceful_timeout": 5,
            "keepalive": 15,
            "loglevel": "warning",
            "control_socket_disable": True,
            "proc_name": "kasauti",
            "post_fork": _die_with_the_parent,
            "post_worker_init": self._started,
            "worker_exit": _stop,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        # Built in the worker, after the fork: threads and database connections do not survive one.
        from web.process import build_process

        return build_process(self._config)

    def _started(self, worker: Any) -> None:
        # What is there now stays: a collection that looked at all of it would hold up everybody for a tenth of a second.
        gc.collect()
        gc.freeze()
        if self._on_ready is not None and worker.age == 1:  # not again when a lost worker was replaced
            self._on_ready()


def _die_with_the_parent(_server: Any, _worker: Any) -> None:
    # Else a worker whose parent was killed keeps the port, and the next start is refused until its connections end.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _stop(_server: Any, worker: Any) -> None:
    app = getattr(worker, "wsgi", None)
    stop = getattr(app, "extensions", {}).get("kasauti-stop") if app is not None else None
    if stop is None:
        return  # the parent calls this too, and a worker that never came up has nothing to end
    worker.quitting = True
    stop()
    # Threads that wait on open WebSockets would hold the exit up until the parent loses patience. All is stored by now.
    sys.stdout.flush()
    os._exit(0)


def require_free_port(config: Config) -> None:
    """Conflict(``port_busy``) when something else listens there; Invalid(``address_unusable``) where nothing could."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Conflict("port_busy", host=config.host, port=config.port) from error
            raise Invalid(
                "address_unusable", host=config.host, port=config.port, reason=error.strerror or str(error)
            ) from error

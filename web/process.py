# SPDX-License-Identifier: Apache-2.0
"""One server process: the application with its threads running."""

from __future__ import annotations

from apiflask import APIFlask

from core.config import Config
from web import logs, wiring
from web.app import create_app
from web.sockets import live
from web.worker import Worker


def build_process(config: Config) -> APIFlask:
    """Build the application and start writer, frame pipeline and worker. ``extensions["kasauti-stop"]`` ends them."""
    logs.configure()
    parts = wiring.build(config)
    app = create_app(parts)
    worker = Worker(parts, live.handlers(app))
    parts.start()
    worker.start()

    def stop() -> None:
        worker.stop()
        parts.stop()

    app.extensions["kasauti-stop"] = stop
    return app

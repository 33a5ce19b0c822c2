# SPDX-License-Identifier: Apache-2.0
"""One server process: the application with its threads running."""

from __future__ import annotations

from typing import Final

from apiflask import APIFlask

from core.config import Config
from core.turns import TURNS
from web import effects, enrolment_jobs, logs, wiring
from web.analysis_jobs import AnalysisJobs
from web.app import create_app
from web.notices.postman import Postman
from web.resting import take_up_pauses
from web.worker import Worker

TURNS_BESIDE_A_SERVER: Final = 3
"""A statement to a database server is waited for without the interpreter, so some may go at once; measured."""


def build_process(config: Config, *, parts: wiring.Services | None = None) -> APIFlask:
    """Build the application and start writer, frame pipeline and worker. ``extensions["kasauti-stop"]`` ends them."""
    logs.configure()
    parts = parts or wiring.build(config)
    app = create_app(parts)
    if parts.engine.dialect.name != "sqlite":
        TURNS.places = TURNS_BESIDE_A_SERVER
    handlers = effects.handlers(app)
    worker, postman = Worker(parts, handlers), Postman(parts, handlers)
    analyses = AnalysisJobs(parts)
    parts.start()
    take_up_pauses(parts)
    worker.start()
    postman.start()
    analyses.start()
    enrolment_jobs.go_on_with_all(parts)

    def stop() -> None:
        analyses.stop()
        postman.stop()
        worker.stop()
        parts.stop()

    app.extensions["kasauti-stop"] = stop
    return app

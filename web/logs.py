# SPDX-License-Identifier: Apache-2.0
"""How the server speaks: one line an event, with ids and codes; never names, answers, images or local variables."""

from __future__ import annotations

import logging
import sys

import structlog


def configure() -> None:
    """Set up logging for a server process. Tracebacks name places only: values could be answers."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )

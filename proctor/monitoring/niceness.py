# SPDX-License-Identifier: Apache-2.0
"""Threads that give way to others. Nothing else about threads is decided here."""

from __future__ import annotations

import os
import threading

import structlog

log = structlog.get_logger(__name__)

NICENESS = 5
"""Looking may wait, an answer may not: the system gives the processor to the other threads first."""


def yield_to_others() -> None:
    """Make this thread give way; where the system knows no such thing for threads, nothing changes."""
    if hasattr(os, "setpriority"):
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        except OSError as error:
            log.info("niceness_refused", error=type(error).__name__)

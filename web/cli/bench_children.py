# SPDX-License-Identifier: Apache-2.0
"""What the bench starts ends with it, also when it is killed. Nothing is measured here."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO

_PR_SET_PDEATHSIG = 1
"""From linux/prctl.h: the signal that a process gets when its parent dies."""


def end_with_the_parent() -> None:
    """Called in a child before its program begins: else a server under measure outlives the bench that was killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def started(
    command: Sequence[str], *, settings: Mapping[str, str], log: IO[bytes] | int
) -> subprocess.Popen[bytes]:
    """A program of ours with these variables; what it prints goes to the log."""
    return subprocess.Popen(  # noqa: S603 - our own command
        command,
        env=settings,
        stdout=log,
        stderr=log,
        preexec_fn=end_with_the_parent,  # noqa: PLW1509 - no threads here
    )

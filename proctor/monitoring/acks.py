# SPDX-License-Identifier: Apache-2.0
"""What the pipeline answers at once. Pure values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ack:
    """The answer to one frame or claim: taken in, or refused under a code.

    How many were dropped so far for a newer one; after a claim, whether the server wants the frame itself.
    """

    ok: bool
    seq: int
    dropped: int
    code: str | None = None
    wanted: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """How many sessions are watched, and the share (0 to 1) of their frames of the last half minute that was looked at."""

    sessions: int
    looked_share: float

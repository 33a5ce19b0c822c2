# SPDX-License-Identifier: Apache-2.0
"""What a learner's own device says that it does of the watching. Claims about pictures are judged elsewhere. Pure."""

from __future__ import annotations

from dataclasses import dataclass

UNABLE = frozenset({"", "line", "waiting", "slow", "failed", "refused", "ended"})
"""Why a device does not: a thin or dear line, not yet, too slow, something failed, the learner or a program ended it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Whether the device does one thing, why not (one of UNABLE), and the milliseconds that it needs for a picture."""

    able: bool
    why: str = ""
    ms: int = 0

    @property
    def ends_trust(self) -> bool:
        """Whether it has given up for good, so that the server does all of it."""
        return not self.able and self.why in ("slow", "failed", "refused", "ended")

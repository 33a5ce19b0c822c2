# SPDX-License-Identifier: Apache-2.0
"""A learner's own check of device and line, in words for a manager."""

from __future__ import annotations

from typing import Any

from assessor import api as assessor
from web.words import _


def check_words(check: assessor.SystemCheck | None) -> dict[str, Any] | None:
    """When it was and what it found, worst first, or None where there was no check."""
    if check is None:
        return None
    worst_first = sorted(check.found.items(), key=lambda found: _SEVERITY.index(found[1]))
    return {
        "at": check.checked_at,
        "worst": worst_first[0][1].value,
        "found": [f"{_part(part)}: {_verdict(verdict)}" for part, verdict in worst_first],
    }


_SEVERITY = [
    assessor.CheckVerdict.BAD,
    assessor.CheckVerdict.WARN,
    assessor.CheckVerdict.UNKNOWN,
    assessor.CheckVerdict.OK,
]


def _part(part: assessor.CheckPart) -> str:
    return {
        assessor.CheckPart.BROWSER: _("Browser"),
        assessor.CheckPart.STORAGE: _("Memory"),
        assessor.CheckPart.LINE: _("Connection"),
        assessor.CheckPart.CAMERA: _("Camera"),
        assessor.CheckPart.SCREEN: _("Screen"),
        assessor.CheckPart.CLOCK: _("Clock"),
        assessor.CheckPart.BATTERY: _("Battery"),
    }[part]


def _verdict(verdict: assessor.CheckVerdict) -> str:
    return {
        assessor.CheckVerdict.OK: _("good"),
        assessor.CheckVerdict.WARN: _("could be better"),
        assessor.CheckVerdict.BAD: _("must be put right"),
        assessor.CheckVerdict.UNKNOWN: _("not known"),
    }[verdict]

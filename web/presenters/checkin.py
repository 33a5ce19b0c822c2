# SPDX-License-Identifier: Apache-2.0
"""What the page of the check-in shows, and what its script is told after each frame."""

from __future__ import annotations

from typing import Any

from proctor import api as proctor


def check_in_page(plan: proctor.WatchPlan, *, step: proctor.CheckInStep, seconds: int) -> dict[str, Any]:
    """The page: `steps` are those of the plan in order, `step` the one that is due, `seconds` the calm ones."""
    return {
        "steps": [one.value for one in proctor.check_in_steps(plan)],
        "step": step.value,
        "seconds": seconds,
        "liveness": plan.liveness,
    }


def view_json(view: proctor.CheckInView) -> dict[str, Any]:
    """A view as the script reads it."""
    return {
        "phase": view.phase.value,
        "seen": None if view.seen is None else view.seen.value,
        "progress": view.progress,
        "seconds_left": view.seconds_left,
        "challenge": view.challenge,
        "digits": view.digits,
        "tries": view.tries,
        "number": view.number,
        "of": view.of,
        "every_ms": view.every_ms,
        "may_skip": view.may_skip,
        "unseen": view.unseen,
    }

# SPDX-License-Identifier: Apache-2.0
"""The form of a sitting's watch plan."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import Invalid
from proctor import api as proctor


def read_plan(form: Mapping[str, str]) -> proctor.WatchPlan:
    """What the form says. Invalid(``request_malformed``)."""
    try:
        mode = proctor.Mode(form.get("mode", proctor.Mode.FULL.value))
    except ValueError as error:
        raise Invalid("request_malformed", members=["mode"]) from error
    chosen = {name: form.get(name) == "yes" for name in proctor.WATCH_CHECKS}
    return proctor.WatchPlan.from_json({**chosen, "mode": mode})

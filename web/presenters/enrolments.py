# SPDX-License-Identifier: Apache-2.0
"""How far a long list of candidates is, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from web.enrolment_jobs import ACTIVE
from web.error_texts import text_of
from web.words import _

SHOWN: Final = 200
"""Refused rows on the page."""


def enrolment_page(state: Mapping[str, Any]) -> dict[str, Any]:
    """A run as the page and its script need it; ``refused`` has the row and what was wrong with it."""
    done, everything, stage = int(state["done"]), int(state["all"]), str(state["stage"])
    words = {
        "reading": _("The list is being read."),
        "checking": _(
            "%(done)s of %(all)s rows are checked. Nobody is enrolled yet.", done=done, all=everything
        ),
        "enrolling": _("%(done)s of %(all)s rows are done.", done=done, all=everything),
        "stopped": _("Stopped."),
        "failed": _("Nobody was enrolled."),
    }
    over = stage not in ACTIVE
    return {
        "stage": stage,
        "done": done,
        "all": everything,
        "words": words.get(stage, _("Finished.")),
        "over": over,
        "enrolled": state["enrolled"] if over else None,
        "left": max(0, everything - state["enrolled"] - len(state["refused"])) if over else None,
        "sent": bool(state["order"]["send"]),
        "refused": [
            {"row": row, "why": text_of(code, facts).title} for row, code, facts in state["refused"][:SHOWN]
        ],
        "refused_in_all": len(state["refused"]),
    }

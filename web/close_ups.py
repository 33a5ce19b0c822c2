# SPDX-License-Identifier: Apache-2.0
"""When a learner's page is asked for some larger pictures. How large and how often they are is the line's; no verdict here."""

from __future__ import annotations

from contextlib import suppress

from core.errors import NotFound
from proctor import api as proctor
from web.wiring import Services

CLOSE_UP = frozenset(
    (
        proctor.RuleName.SEVERAL_FACES,
        proctor.RuleName.SOMEONE_ELSE,
        proctor.RuleName.PHONE_POSSIBLE,
        proctor.RuleName.BOOK_POSSIBLE,
    )
)
"""What shows better in a larger picture."""


def look_closer(parts: Services, session_id: str) -> None:
    """A person looks at this learner now; whoever is not watched any more is asked for nothing."""
    with suppress(NotFound):
        parts.pipeline.line(session_id).closer(at=parts.clock.now())


def look_at_what_begins(parts: Services, view: proctor.LiveView | None) -> None:
    """Something that shows better in a larger picture begins, or is open."""
    if view is not None and not CLOSE_UP.isdisjoint(view.beginning):
        look_closer(parts, view.session_id)

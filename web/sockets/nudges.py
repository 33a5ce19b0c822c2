# SPDX-License-Identifier: Apache-2.0
"""The learner is told first: a private hint of what a rule has seen for some seconds. Nothing is judged here."""

from __future__ import annotations

import threading

import structlog
from flask import Flask

from assessor import api as assessor
from core.errors import KasautiError
from core.uow import Actor
from proctor import api as proctor
from web import talking
from web.presenters.hints import hint_text
from web.wiring import Services

log = structlog.get_logger(__name__)

ASK_AGAIN_SECONDS = 60.0


class Nudges:
    """Looks at each seen frame; what it gave lately it does not ask the database about again."""

    def __init__(self, app: Flask, parts: Services) -> None:
        self._app = app
        self._parts = parts
        self._lock = threading.Lock()
        self._asked: dict[str, dict[proctor.Hint, float]] = {}

    def look(self, session_id: str, view: proctor.LiveView | None) -> None:
        """A frame of this session was looked at, or its line changed; its watching may be over."""
        if view is None:
            with self._lock:
                self._asked.pop(session_id, None)
            return
        for hint in proctor.due_hints(view.beginning, now=self._parts.clock.now()):
            if self._is_new(session_id, hint):
                self._give(view.attempt_id, hint)

    def _is_new(self, session_id: str, hint: proctor.Hint) -> bool:
        now = self._parts.clock.monotonic()
        with self._lock:
            asked = self._asked.setdefault(session_id, {})
            if now - asked.get(hint, -ASK_AGAIN_SECONDS) < ASK_AGAIN_SECONDS:
                return False
            asked[hint] = now
        return True

    def _give(self, attempt_id: str, hint: proctor.Hint) -> None:
        """A hint that cannot be given is not worth more than a line in the log: the alert comes all the same."""
        try:
            with self._parts.store.write(Actor.system()) as uow:
                session = proctor.session_of_attempt(uow, attempt_id)
                if session is None:
                    return
                organisation_id = session.organisation_id
                line = assessor.attempt_lines(uow, [attempt_id], organisation_id=organisation_id)[attempt_id]
                if line.attempt.state is not assessor.AttemptState.RUNNING or line.attempt.paused:
                    return
                with self._app.app_context():
                    text = hint_text(hint, language=line.entry.language.value, by_machine=True)
                talking.give_hint(uow, attempt_id, organisation_id=organisation_id, hint=hint, text=text)
        except KasautiError as error:
            log.warning("hint_not_given", attempt=attempt_id, hint=hint.value, code=error.code)

# SPDX-License-Identifier: Apache-2.0
"""Everything that leaves the database after a commit, by event: news for open pages, and notices to people."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask

from core.outbox import Handler, OutboxMessage
from web import key_corrections, sign_in
from web.lti import scores
from web.notices import sources
from web.sockets import live


def handlers(app: Flask) -> Mapping[str, Handler]:
    """The handlers of every event that has an effect; where two parts wait for one event, both are carried out."""
    parts = app.extensions["kasauti"]
    found: dict[str, Handler] = {**live.handlers(app), **sign_in.handlers(parts)}
    for more in (sources.handlers(app), scores.handlers(parts), key_corrections.handlers(parts)):
        for name, handler in more.items():
            found[name] = _both(found[name], handler) if name in found else handler
    return found


def _both(first: Handler, second: Handler) -> Handler:
    def carry_out(message: OutboxMessage) -> None:
        first(message)
        second(message)

    return carry_out

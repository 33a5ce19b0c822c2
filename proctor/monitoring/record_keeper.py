# SPDX-License-Identifier: Apache-2.0
"""Writes down how well a learner was watched: every few minutes, when a page lost trust, and at the end."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from core.uow import Actor, Store
from proctor.monitoring.claims import trust_in
from proctor.monitoring.live import LiveSession
from proctor.monitoring.operations import keep_watched

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RecordKeeper:
    """Keeps the records of sessions; what cannot be written now is written with the next."""

    store: Store

    def save(self, live: LiveSession) -> None:
        """Write the record as it stands."""
        counters, known = live.counters, live.record.trust
        live.record.trust = trust_in(live)
        frames = {
            "looked": counters.observed,
            "claimed": counters.claimed,
            "left_out": counters.dropped,
            "late": counters.late,
            "unreadable": counters.undecodable + counters.failed,
            "refused": counters.refused + counters.too_fast + counters.out_of_order,
        }
        watched = live.record.to_json(frames, networks=live.networks)
        try:
            with self.store.write(Actor.system()) as uow:
                keep_watched(uow, live.ref.session_id, watched)
        except Exception as error:
            live.record.trust = known
            log.exception("record_not_saved", session=live.ref.session_id, error=type(error).__name__)

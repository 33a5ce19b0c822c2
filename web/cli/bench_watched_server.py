# SPDX-License-Identifier: Apache-2.0
"""The server of the proctoring bench: the production one, with every learner watched in one mode, and its alerts timed.

Run as a process of its own: ``python -m web.cli.bench_watched_server MODE FACE ALERTS``; FACE is a JPEG to enrol, ALERTS
the file to which the milliseconds from the frame that completed a rule to the written incident are appended.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from core.config import Config
from core.uow import UnitOfWork
from proctor import api as proctor
from web import wiring
from web.process import build_process
from web.server import Server


class WatchedServer(Server):
    """Builds its process with a pipeline of the bench."""

    def __init__(self, config: Config, mode: proctor.Mode, face: bytes, alerts: Path) -> None:
        self._mode, self._face, self._alerts = mode, face, alerts
        self._own = config
        super().__init__(config)

    def load(self) -> Any:
        parts = wiring.build(self._own)
        seen = wiring.load_detector(self._own).observe(
            proctor.decode_jpeg(self._face), parts.clock.now(), 0, proctor.EVERYTHING
        )
        watching = proctor.Watching(
            enrolled=seen.embedding, mode=self._mode, prefilter=self._mode is proctor.Mode.PREFILTERED
        )

        def known(_uow: UnitOfWork, _session_id: str) -> proctor.Watching:
            return watching

        def note(notice: proctor.AlertNotice) -> None:
            if notice.alert.ended_at is None:
                late = (parts.clock.now() - notice.alert.raised_at).total_seconds() * 1000
                with self._alerts.open("a", encoding="ascii") as file:
                    file.write(f"{notice.alert.rule.value} {late:.1f}\n")

        parts.watch_with(wiring.build_pipeline(parts, on_alert=note, watching_of=known))
        return build_process(self._own, parts=parts)


def main() -> None:
    """Serve until told to stop."""
    mode, face, alerts = sys.argv[1:]
    WatchedServer(wiring.read_config(), proctor.Mode(mode), Path(face).read_bytes(), Path(alerts)).run()


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""The jobs that make reports on batches: one after the other, in a thread of the server's process.

A report's row says how far its job is, so that any page can show it, and asks it to stop. A job that was cut off is taken up
again by the next process. Nothing here knows of requests, and no statistic is computed here.
"""

from __future__ import annotations

import threading
from typing import Final

import structlog

from assessor import api as assessor
from core.errors import KasautiError, Unavailable
from core.events import Event
from core.uow import Actor
from scoring.api import ScoringError
from web.device_classes import devices_of_entries
from web.wiring import Services

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 5.0
"""Between two looks for a report that waits; an order in this process wakes the thread at once."""
PULSE_SECONDS: Final = 0.5
"""Between two looks at how far a job is, and whether somebody asked it to stop."""
BEAT_SECONDS: Final = 10.0
"""A job that stands still for long writes so often that it lives."""
GATHERING: Final = 0.1
"""The share of a job that is the reading of its data."""


class AnalysisJobs:
    """Makes what is ordered, the oldest order first."""

    def __init__(self, parts: Services) -> None:
        self._parts = parts
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        parts.store.on_commit.append(self._noticed)

    def start(self) -> None:
        """Start the thread; after any fork. What an earlier process left unmade is made, too."""
        self._thread = threading.Thread(target=self._run, name="kasauti-analyses", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End at the next step of the job that runs; its report waits again."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def run_waiting(self) -> int:
        """Make every report that waits, in the calling thread; how many there were."""
        made = 0
        while not self._stopping.is_set() and self._next():
            made += 1
        return made

    def _next(self) -> bool:
        with self._parts.store.read(Actor.system()) as uow:
            if not assessor.has_waiting_report(uow):
                return False
        with self._parts.store.write(Actor.system()) as uow:
            taken = assessor.take_report(uow)
        if taken is None:
            return False
        _Job(self._parts, taken, self._stopping).carry_out()
        return True

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.run_waiting()
            except Exception as error:  # noqa: BLE001 - the database may be away; the next look finds the order again
                log.error("analysis_round_failed", error=type(error).__name__)
            self._wake.wait(LOOK_SECONDS)
            self._wake.clear()

    def _noticed(self, events: list[Event]) -> None:
        if any(event.name == "report_ordered" for event in events):
            self._wake.set()


class _Job:
    """One report: its data are read, it is made, its document is kept."""

    def __init__(self, parts: Services, taken: assessor.Taken, stopping: threading.Event) -> None:
        self._parts = parts
        self._taken = taken
        self._stopping = stopping
        self._pulse = Pulse(parts, taken, stopping)

    def carry_out(self) -> None:
        """Make the report, or write down why not."""
        report_id, store = self._taken.report_id, self._parts.store
        try:
            with self._pulse:
                data = self._gather()
                document = assessor.make_report(self._taken.kind, data, progress=self._making)
            with store.write(Actor.system()) as uow:
                assessor.finish_report(uow, report_id, data=data, document=document)
        except assessor.Cancelled:
            with store.write(Actor.system()) as uow:
                if self._stopping.is_set():
                    assessor.put_back_report(uow, report_id)
                else:
                    assessor.stop_report(uow, report_id)
        except Unavailable:
            self._put_back()  # no fault of the report
            raise
        except (KasautiError, ScoringError) as refusal:
            self._fail(refusal.code)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, whoever waits for the report must hear of it
            log.error(
                "report_failed", report_id=report_id, kind=self._taken.kind.value, error=type(error).__name__
            )
            self._fail(Unavailable("report_failed").code)

    def _gather(self) -> assessor.BatchData:
        batch_id, agency_id = self._taken.batch_id, self._taken.agency_id
        with self._parts.store.read(Actor.system()) as uow:
            entries = assessor.person_labels(uow, batch_id, organisation_id=agency_id)
            return assessor.gather_batch(
                uow,
                batch_id,
                organisation_id=agency_id,
                devices=devices_of_entries(uow, entries),
                progress=lambda share, stage: self._pulse.tell(GATHERING * share, stage),
            )

    def _making(self, share: float, stage: str) -> None:
        self._pulse.tell(GATHERING + (1 - GATHERING) * share, stage)

    def _put_back(self) -> None:
        with self._parts.store.write(Actor.system()) as uow:
            assessor.put_back_report(uow, self._taken.report_id)

    def _fail(self, code: str) -> None:
        with self._parts.store.write(Actor.system()) as uow:
            assessor.fail_report(uow, self._taken.report_id, code=code)


class Pulse:
    """Beside a job: writes how far it is, and looks whether it is to stop. The job itself never waits for the database."""

    def __init__(self, parts: Services, taken: assessor.Taken, stopping: threading.Event) -> None:
        self._parts = parts
        self._taken = taken
        self._stopping = stopping
        self._told = self._written = (0.0, "")
        self._beat_due = parts.clock.monotonic() + BEAT_SECONDS
        self._unwanted = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kasauti-analysis-pulse", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def tell(self, share: float, stage: str) -> None:
        """How far the job is; raises Cancelled where it is to stop."""
        self._told = (share, stage)
        if self._unwanted.is_set() or self._stopping.is_set():
            raise assessor.Cancelled

    def _run(self) -> None:
        while not self._over.wait(PULSE_SECONDS):
            try:
                self.look()
            except Exception as error:  # noqa: BLE001 - the job goes on, and the next look may go well
                log.warning("report_progress_unwritten", error=type(error).__name__)

    def look(self) -> None:
        """Write how far the job is, where that is new, and find out whether it is still wanted."""
        told, now = self._told, self._parts.clock.monotonic()
        if told == self._written and now < self._beat_due:
            with self._parts.store.read(Actor.system()) as uow:
                found = assessor.report(uow, self._taken.report_id, organisation_id=self._taken.agency_id)
            wanted = found.state is assessor.ReportState.RUNNING and not found.stopping
        else:
            with self._parts.store.write(Actor.system()) as uow:
                wanted = assessor.note_progress(uow, self._taken.report_id, share=told[0], stage=told[1])
            self._written, self._beat_due = told, now + BEAT_SECONDS
        if not wanted:
            self._unwanted.set()

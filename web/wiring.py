# SPDX-License-Identifier: Apache-2.0
"""The only place that builds real things and joins siblings: assessor and proctor meet here and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import assert_never

from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError

from assessor import api as assessor
from core.blobs import BlobStore
from core.clock import Clock
from core.config import Config, Mode, load_config
from core.db import make_engine
from core.errors import Conflict, Invalid, NotFound, Unavailable
from core.ids import secret_token
from core.postgres import weaknesses
from core.uow import Actor, Store, UnitOfWork
from core.writer import GroupWriter
from proctor import api as proctor
from web.clock_watch import ClockWatch, carried_clock
from web.notices.channels import Channels, build_channels
from web.presence import PresenceBoard

SECRET_FILE = "secret.key"  # noqa: S105 - a file name


@dataclass(slots=True)
class Services:
    """Everything a view, a socket, the worker or a command may need."""

    config: Config
    clock: Clock
    engine: Engine
    store: Store
    writer: GroupWriter
    blobs: BlobStore
    photo_detector: proctor.SharedDetector
    check_ins: proctor.CheckInDesk
    channels: Channels
    presence: PresenceBoard
    clock_watch: ClockWatch
    on_frame: Callable[[str], None] = lambda _session_id: None
    rechecks: proctor.RecheckBoard = field(default_factory=proctor.RecheckBoard)
    _pipeline: proctor.FramePipeline | None = field(default=None)

    @property
    def pipeline(self) -> proctor.FramePipeline:
        """The frame pipeline, built when first needed: it loads the vision libraries."""
        if self._pipeline is None:
            self._pipeline = build_pipeline(self)
        return self._pipeline

    def watch_with(self, pipeline: proctor.FramePipeline) -> None:
        """Use this pipeline instead of the usual one; before anything asks for it."""
        self._pipeline = pipeline

    def start(self) -> None:
        """Start this process's threads; after any fork."""
        self.writer.start()
        self.pipeline.start()

    def stop(self) -> None:
        """Finish what is queued and end the threads."""
        if self._pipeline is not None:
            self._pipeline.stop()
        self.writer.stop()
        self.engine.dispose()

    @property
    def code_pepper(self) -> bytes:
        return self.config.key("access-code")

    @property
    def person_key(self) -> bytes:
        return self.config.key("person-ids")

    @property
    def receipt_key(self) -> bytes:
        return self.config.key("answer-receipt")


def read_config(environment: Mapping[str, str] | None = None) -> Config:
    """The configuration with a secret: in development one is made on first use and kept under ``var``."""
    environment = dict(os.environ if environment is None else environment)
    config = load_config(environment)
    if config.secret_key:
        return config
    return load_config({**environment, "KASAUTI_SECRET_KEY": _development_secret(config.var)})


def build(config: Config, *, clock: Clock | None = None) -> Services:
    """Build the parts; nothing is started and no table is made.

    Raises Invalid ``secret_key_development``, ``config_bad_value``; Unavailable ``folder_unusable``, ``sqlite_missing``,
    ``sqlite_too_old``, ``database_unusable``.
    """
    if config.mode is Mode.PRODUCTION and config.secret_key == _kept_secret(config.var):
        raise Invalid("secret_key_development")
    _make_folder(config.var)
    clock = clock or carried_clock(config.var)
    engine = _open_database(config)
    store = Store(engine, clock)
    return Services(
        config=config,
        clock=clock,
        engine=engine,
        store=store,
        writer=GroupWriter(store),
        blobs=BlobStore(config.evidence_root, config.key("evidence")),
        photo_detector=proctor.SharedDetector(lambda: load_detector(config)),
        check_ins=proctor.CheckInDesk(
            lambda: proctor.load_looker(config.models, identity=config.identity_network),
            seconds=config.check_in_seconds,
        ),
        channels=build_channels(config, clock),
        presence=PresenceBoard(lambda: known_presences(store)),
        clock_watch=ClockWatch(clock, store, config.var),
    )


def known_presences(store: Store) -> list[assessor.Presence]:
    """What an earlier process wrote about the devices of running tests."""
    with store.read(Actor.system()) as uow:
        return assessor.presences(uow)


def require_durable(parts: Services) -> str:
    """What the database server is set to that may lose confirmed answers, in words; "" where nothing is.

    Raises Unavailable ``database_not_durable`` (facts settings) in production.
    """
    if parts.engine.dialect.name == "sqlite":
        return ""  # this process itself sets how SQLite writes: see core.db
    weak = ", ".join(f"{name}={value}" for name, value in sorted(weaknesses(parts.engine).items()))
    if weak and parts.config.mode is Mode.PRODUCTION:
        raise Unavailable("database_not_durable", settings=weak)
    return weak


def load_detector(config: Config) -> proctor.Detector:
    """A detector of its own for each thread, from the locked weights. Unavailable(``model_missing``)."""
    return proctor.load_live_detector(config.models, identity=config.identity_network)


def build_pipeline(
    parts: Services,
    *,
    on_alert: Callable[[proctor.AlertNotice], None] = lambda _notice: None,
    watching_of: Callable[[UnitOfWork, str], proctor.Watching] | None = None,
) -> proctor.FramePipeline:
    """The pipeline from frames to incidents, with the hold placed in the same unit of work as the incident.

    Walls hear of incidents through the outbox, so ``on_alert`` is for who measures; so is another ``watching_of``.
    """

    def raise_incident_and_hold(uow: UnitOfWork, alert: proctor.AlertRaised) -> proctor.IncidentSummary:
        incident = proctor.raise_incident(uow, alert, blobs=parts.blobs)
        assessor.place_hold(uow, incident.attempt_id, cause_id=incident.id)
        return incident

    def keep_sample(uow: UnitOfWork, session: proctor.SessionRef, kept: proctor.KeptFrame) -> None:
        proctor.keep_frame(
            uow,
            kept,
            session_id=session.session_id,
            attempt_id=session.attempt_id,
            organisation_id=session.organisation_id,
            incident_id=None,
            blobs=parts.blobs,
        )

    def frame_seen(session_id: str) -> None:
        parts.on_frame(session_id)  # looked up at each call: the sockets are mounted later

    return proctor.FramePipeline(
        detector_factory=lambda: load_detector(parts.config),
        store=parts.store,
        on_alert=on_alert,
        clock=parts.clock,
        workers=parts.config.vision_workers,
        blobs=parts.blobs,
        raise_incident=raise_incident_and_hold,
        on_change=frame_seen,
        keep_sample=keep_sample,
        watching_of=watching_of or partial(proctor.watching_of, blobs=parts.blobs),
        rechecks=parts.rechecks,
        parameters=proctor.Parameters().comparing_by(parts.config.identity_network),
    )


def decide_incident(
    uow: UnitOfWork, incident_id: str, *, organisation_id: str, verdict: proctor.Verdict, reason: str
) -> proctor.IncidentSummary:
    """Dismissal releases the hold, a second agreement confirms it, in one transaction; a proposal leaves it as it is.

    Conflict ``attempt_still_running``: nobody upholds for good before the learner could explain.
    """
    incident = proctor.decide_incident(
        uow, incident_id, organisation_id=organisation_id, verdict=verdict, reason=reason
    )
    match incident.state:
        case proctor.IncidentState.UPHELD:
            _require_over(uow, incident)
            assessor.confirm_hold(uow, cause_id=incident.id)
        case proctor.IncidentState.DISMISSED:
            assessor.release_hold(uow, cause_id=incident.id)
        case proctor.IncidentState.OPEN | proctor.IncidentState.PROPOSED:
            pass
        case _:
            assert_never(incident.state)
    return incident


def _require_over(uow: UnitOfWork, incident: proctor.IncidentSummary) -> None:
    lines = assessor.attempt_lines(uow, [incident.attempt_id], organisation_id=incident.organisation_id)
    if any(line.attempt.state is not assessor.AttemptState.SUBMITTED for line in lines.values()):
        raise Conflict("attempt_still_running")


def decide_incident_of(
    uow: UnitOfWork,
    attempt_id: str,
    incident_id: str,
    *,
    organisation_id: str,
    verdict: proctor.Verdict,
    reason: str,
) -> proctor.IncidentSummary:
    """As `decide_incident`, for an incident of this attempt; NotFound ``incident_unknown`` for another's."""
    found = proctor.incident(uow, incident_id, organisation_id=organisation_id)
    if found.summary.attempt_id != attempt_id:
        raise NotFound("incident_unknown")
    return decide_incident(uow, incident_id, organisation_id=organisation_id, verdict=verdict, reason=reason)


def raise_note(
    uow: UnitOfWork, attempt_id: str, alert_id: str, *, organisation_id: str, reason: str, blobs: BlobStore
) -> proctor.IncidentSummary:
    """A person makes an incident of what was only noted of this attempt; the interim hold is placed in the same transaction.

    NotFound ``alert_unknown`` for another attempt's too.
    """
    if proctor.alert(uow, alert_id, organisation_id=organisation_id).attempt_id != attempt_id:
        raise NotFound("alert_unknown")
    incident = proctor.raise_note(uow, alert_id, organisation_id=organisation_id, reason=reason, blobs=blobs)
    assessor.place_hold(uow, incident.attempt_id, cause_id=incident.id)
    return incident


def raise_by_hand(
    uow: UnitOfWork,
    attempt_id: str,
    *,
    organisation_id: str,
    reason: str,
    blobs: BlobStore,
    seen_at: datetime | None = None,
    frames: tuple[proctor.KeptFrame, ...] = (),
) -> proctor.IncidentSummary:
    """A person raises what he or she saw; the interim hold is placed in the same transaction.

    Pictures are kept of it: `frames` that are in memory, and the samples around the moment. NotFound ``session_unknown``.
    """
    session = proctor.session_of_attempt(uow, attempt_id)
    if session is None or session.organisation_id != organisation_id:
        raise NotFound("session_unknown")
    incident = proctor.raise_by_person(
        uow, session.ref, reason=reason, seen_at=seen_at, frames=frames, blobs=blobs
    )
    assessor.place_hold(uow, attempt_id, cause_id=incident.id)
    return incident


def frames_now(parts: Services, attempt_id: str) -> tuple[proctor.KeptFrame, ...]:
    """What the camera of this learner shows now, ready to be stored, so that no unit of work waits for it; or nothing."""
    with parts.store.read(Actor.system()) as uow:
        session = proctor.session_of_attempt(uow, attempt_id)
    return () if session is None else parts.pipeline.frames_now(session.id)


def raise_mark(
    uow: UnitOfWork, task_id: str, reviewer_id: str, *, organisation_id: str, blobs: BlobStore
) -> proctor.IncidentSummary:
    """A person makes an incident of what somebody marked in a blind look; the hold is placed in the same transaction.

    It is raised in the name of whoever acts, with the reason of the mark. Conflict ``moment_raised``.
    """
    mark = proctor.load_mark(uow, task_id, reviewer_id, organisation_id=organisation_id)
    incident = raise_by_hand(
        uow,
        mark.attempt_id,
        organisation_id=organisation_id,
        reason=mark.reason,
        blobs=blobs,
        seen_at=mark.moment_at,
    )
    proctor.note_raised(uow, mark, incident_id=incident.id)
    return incident


def decide_appeal(
    uow: UnitOfWork,
    attempt_id: str,
    appeal_id: str,
    *,
    organisation_id: str,
    outcome: proctor.AppealOutcome,
    reason: str,
) -> proctor.Appeal:
    """A granted appeal dismisses the incident and lifts its hold, in one transaction.

    NotFound ``appeal_unknown`` for one of another attempt.
    """
    if appeal_id not in {one.id for one in proctor.appeals_of_attempt(uow, attempt_id).values()}:
        raise NotFound("appeal_unknown")
    appeal = proctor.decide_appeal(
        uow, appeal_id, organisation_id=organisation_id, outcome=outcome, reason=reason
    )
    if outcome is proctor.AppealOutcome.GRANTED:
        assessor.lift_hold(uow, cause_id=appeal.incident_id)
    return appeal


def send_message(uow: UnitOfWork, attempt_id: str, *, organisation_id: str, text: str) -> None:
    """A proctor's message, and the version of the learner's page that makes it fetch it."""
    proctor.send_message(uow, attempt_id, organisation_id=organisation_id, text=text)
    assessor.touch_attempts(uow, [attempt_id], organisation_id=organisation_id)


def broadcast_message(uow: UnitOfWork, sitting_id: str, *, organisation_id: str, text: str) -> int:
    """The same message to everybody of a sitting whose test runs; how many they were. NotFound(``sitting_unknown``)."""
    roster = assessor.proctor_roster(uow, sitting_id, person_id=uow.actor.id, organisation_id=organisation_id)
    reached = [
        line.attempt.id for line in roster.lines if line.attempt.state is assessor.AttemptState.RUNNING
    ]
    proctor.broadcast_message(uow, reached, organisation_id=organisation_id, text=text)
    assessor.touch_attempts(uow, reached, organisation_id=organisation_id)
    return len(reached)


def stop_watching(uow: UnitOfWork, attempt_id: str) -> str | None:
    """End the proctoring session of an attempt that is over; its id, for the pipeline to finish after the commit."""
    session = proctor.session_of_attempt(uow, attempt_id)
    if session is None or session.state is proctor.SessionState.ENDED:
        return None
    proctor.end_session(uow, session.id, ended_by=proctor.SessionEnd.ATTEMPT_ENDED)
    return session.id


def _kept_secret(var: Path) -> str | None:
    file = var / SECRET_FILE
    return file.read_text(encoding="ascii").strip() if file.exists() else None


def _development_secret(var: Path) -> str:
    kept = _kept_secret(var)
    if kept:
        return kept
    _make_folder(var)
    secret = secret_token(48)
    try:
        descriptor = os.open(var / SECRET_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secret + "\n")
    except OSError as error:
        raise Unavailable("folder_unusable", path=str(var), reason=error.strerror or str(error)) from error
    return secret


def _make_folder(var: Path) -> None:
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds keys, answers and pictures
    except OSError as error:
        raise Unavailable("folder_unusable", path=str(var), reason=error.strerror or str(error)) from error


def _open_database(config: Config) -> Engine:
    try:
        return make_engine(config.database_url)
    except ArgumentError as error:
        raise Invalid("config_bad_value", key="database", expected="an SQLAlchemy URL") from error
    except ModuleNotFoundError as error:
        raise Unavailable("database_unusable", reason=str(error)) from error

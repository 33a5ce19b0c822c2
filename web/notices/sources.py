# SPDX-License-Identifier: Apache-2.0
"""Which events bring a notice, and the effect of ``notice_queued`` itself. Every source queues once for each event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from flask import Flask

from assessor import api as assessor
from core.notices.model import DecisionAbout
from core.notices.queries import told_since
from core.outbox import Handler, OutboxMessage
from core.uow import Actor, UnitOfWork
from web.notices.queueing import tell_decision, tell_result_declared
from web.notices.sending import send_notice
from web.wiring import Services

QUIET = timedelta(hours=1)
Source = Callable[[UnitOfWork, Services, OutboxMessage], None]


def handlers(app: Flask) -> Mapping[str, Handler]:
    """The effects of notices by event."""
    parts: Services = app.extensions["kasauti"]
    sources = {name: partial(_queue, parts, source) for name, source in SOURCES.items()}
    return {**sources, "notice_queued": partial(send_notice, app, parts)}


def _queue(parts: Services, source: Source, message: OutboxMessage) -> None:
    with parts.store.write(Actor.system()) as uow:
        source(uow, parts, message)


def _result_declared(uow: UnitOfWork, parts: Services, message: OutboxMessage) -> None:
    tell_result_declared(
        uow,
        parts,
        str(message.payload["entry_id"]),
        organisation_id=message.organisation_id or "",
        cause_id=message.id,
    )


def _incident_decided(uow: UnitOfWork, parts: Services, message: OutboxMessage) -> None:
    summary = assessor.attempt_summary(uow, str(message.payload["attempt_id"]))
    tell_decision(
        uow,
        parts,
        summary.entry_id,
        organisation_id=message.organisation_id or "",
        about=DecisionAbout.INCIDENT,
        cause_id=message.id,
    )


def _appeal_decided(uow: UnitOfWork, parts: Services, message: OutboxMessage) -> None:
    summary = assessor.attempt_summary(uow, str(message.payload["attempt_id"]))
    owner, about = message.organisation_id or "", DecisionAbout.APPEAL
    tell_decision(uow, parts, summary.entry_id, organisation_id=owner, about=about, cause_id=message.id)


def _reassessment_granted(uow: UnitOfWork, parts: Services, message: OutboxMessage) -> None:
    tell_decision(
        uow,
        parts,
        str(message.payload["previous_entry_id"]),  # its code is the one that the learner has
        organisation_id=message.organisation_id or "",
        about=DecisionAbout.REASSESSMENT,
        cause_id=message.id,
    )


def _late_answer_decided(uow: UnitOfWork, parts: Services, message: OutboxMessage) -> None:
    """One notice for all that is decided about an attempt within an hour: answers are decided one by one."""
    owner = message.organisation_id or ""
    entry_id = assessor.attempt_summary(uow, message.subject_id).entry_id
    if told_since(uow, entry_id, organisation_id=owner, event=message.name, since=uow.now - QUIET):
        return
    about = DecisionAbout.LATE_ANSWERS
    tell_decision(uow, parts, entry_id, organisation_id=owner, about=about, cause_id=message.id)


def _result_corrected(uow: UnitOfWork, parts: Services, message: OutboxMessage) -> None:
    """Only who knew a result is told that it no longer counts; others get theirs when it is declared."""
    if message.payload["declared"]:
        owner, about = message.organisation_id or "", DecisionAbout.RESULT_CORRECTED
        entry_id = str(message.payload["entry_id"])
        tell_decision(uow, parts, entry_id, organisation_id=owner, about=about, cause_id=message.id)


SOURCES: Mapping[str, Source] = {
    "result_corrected": _result_corrected,
    "result_declared": _result_declared,
    "incident_decided": _incident_decided,
    "appeal_decided": _appeal_decided,
    "late_answer_decided": _late_answer_decided,
    "reassessment_granted": _reassessment_granted,
}

# SPDX-License-Identifier: Apache-2.0
"""From a queued notice to its channel: claim it, write it in the person's language, hand it over, note what became of it."""

from __future__ import annotations

from typing import Final

import structlog
from flask import Flask
from flask_babel import force_locale

from core.errors import Unavailable
from core.identity import queries as identity
from core.notices.model import Channel, Failure, NoticeState
from core.notices.operations import Outgoing, claim_notice, note_failure, note_sent
from core.outbox import OutboxMessage
from core.uow import Actor
from web.i18n import LANGUAGES
from web.notices.ports import Message, Undelivered
from web.notices.texts import Facts, body_of, text_of_notice
from web.wiring import Services

log = structlog.get_logger(__name__)
_SYSTEM: Final = Actor.system()


def write_message(app: Flask, outgoing: Outgoing, *, organisation: str, home: str) -> Message:
    """The message of a notice in its person's language, whoever asked for it; works outside a request."""
    facts = Facts(outgoing.letter.words, organisation, home)
    language = outgoing.language if outgoing.language in LANGUAGES else "en"
    with app.app_context(), force_locale(language):
        text = text_of_notice(outgoing.kind, facts)
        body = text.short if outgoing.letter.address.channel is Channel.PHONE else body_of(text, facts)
    return Message(
        id=outgoing.id,
        kind=outgoing.kind.value,
        to=outgoing.letter.address,
        language=language,
        subject=text.subject,
        body=body,
    )


def send_notice(app: Flask, parts: Services, message: OutboxMessage) -> None:
    """The effect of ``notice_queued``; harmless when repeated. Raises Unavailable ``notice_not_sent`` for another try."""
    with parts.store.write(_SYSTEM) as uow:
        outgoing = claim_notice(uow, message.subject_id, key=parts.config.key("notices"))
    if outgoing is None:
        return
    with parts.store.read(_SYSTEM) as uow:
        organisation = identity.organisation(uow, outgoing.organisation_id)
    name = organisation.name if organisation else ""
    try:
        written = write_message(app, outgoing, organisation=name, home=parts.config.base_url)
        parts.channels.send(written)
    except Undelivered as refusal:
        _failed(parts, outgoing, refusal.why)
    except Exception as error:  # noqa: BLE001 - a broken text or adapter must not leave a notice claimed for ever
        log.error("notice_broken", id=outgoing.id, kind=outgoing.kind.value, error=type(error).__name__)
        _failed(parts, outgoing, Failure.PORT_ERROR)
    else:
        with parts.store.write(_SYSTEM) as uow:
            note_sent(uow, outgoing.id)


def _failed(parts: Services, outgoing: Outgoing, why: Failure) -> None:
    log.warning("notice_not_sent", id=outgoing.id, kind=outgoing.kind.value, reason=why.value)
    with parts.store.write(_SYSTEM) as uow:
        state = note_failure(uow, outgoing.id, why)
    if state is NoticeState.WAITING or not why.final:
        raise Unavailable(
            "notice_not_sent", reason=why.value
        )  # the outbox tries again, or shows a dead letter

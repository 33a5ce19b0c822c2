# SPDX-License-Identifier: Apache-2.0
"""Commands of practice: choosing what to practise, the next question, an answer, forgetting it all; and links of agencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete

from assessor.attempts.refs import StoredValue, loaded
from assessor.formative.events import PracticeLinkClosed, PracticeLinkOpened
from assessor.formative.model import PcProgress, next_item, progress
from assessor.formative.queries import (
    PracticeQuestion,
    Practiser,
    history_of,
    names_of,
    open_link,
    pool_of,
    question_of,
    run_of,
    sits_test,
)
from assessor.formative.tables import FormativeAnswerRow, FormativeLinkRow, FormativeRunRow
from core import ids
from core.errors import Conflict, NotFound
from core.identity.secrets import hash_key
from core.uow import UnitOfWork
from item_bank.api import Feedback, credential_version, note_shown, practice_feedback, practice_item


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeReply:
    """What a learner is told of an answer, at once: how good it was, why, and how far the criterion is now.

    `value` is the answer in the names of the page.
    """

    question: PracticeQuestion
    value: StoredValue
    feedback: Feedback
    progress: PcProgress


def begin_practice(uow: UnitOfWork, who: Practiser, *, pcs: Sequence[str]) -> None:
    """Choose what to practise (nothing: everything) and put the first question. Raises as `next_question`."""
    row = run_of(uow, who) or _new_run(uow, who)
    pool = {item.pc for item in pool_of(uow, who)}
    row.pcs = [pc for pc in dict.fromkeys(pcs) if pc in pool]
    if pcs and not row.pcs:
        raise Conflict("practice_empty")
    next_question(uow, who)


def next_question(uow: UnitOfWork, who: Practiser) -> None:
    """Put the next question; one that was not answered stays away for now.

    Raises NotFound `practice_unknown`; Conflict `practice_during_test`, `practice_empty`.
    """
    require_no_test(uow, who)
    row = _require_run(uow, who)
    number = row.question + 1
    chosen = next_item(
        pool_of(uow, who),
        history_of(uow, row),
        pcs=row.pcs,
        number=number,
        generator=ids.seeded(f"{row.secret}/{number}"),
    )
    if chosen is None:
        raise Conflict("practice_empty")
    row.question, row.version_id, row.last_at = number, chosen.version_id, uow.now
    note_shown(uow, chosen.item_id)
    uow.db.flush()


def answer_practice(
    uow: UnitOfWork, who: Practiser, *, number: int, raw: object, media_base: str
) -> PracticeReply:
    """Judge an answer to the question at hand and say why; how good it was is kept, the answer itself is not.

    Raises NotFound `practice_unknown`; Conflict `practice_during_test`, `practice_answered`; Invalid as `parse_value` and
    `parse_parts`.
    """
    require_no_test(uow, who)
    row = _require_run(uow, who)
    history = history_of(uow, row)
    if number != row.question or any(one.number == number for one in history):
        raise Conflict("practice_answered")
    question = question_of(uow, row, media_base=media_base)
    version = practice_item(uow, row.version_id or "")
    names = names_of(row, version)
    value = names.parse(names.content.items[0], raw)
    judged = practice_feedback(uow, version.id, loaded(value))
    uow.db.add(
        FormativeAnswerRow(
            id=ids.new_id(),
            run_id=row.id,
            number=number,
            item_id=version.item_id,
            pc=version.content.pc,
            judged=judged.judged,
            at=uow.now,
        )
    )
    row.last_at = uow.now
    uow.db.flush()
    standing = progress(pool_of(uow, who), history_of(uow, row))
    return PracticeReply(
        question=question,
        value=None if value is None else names.shown(version.id, value),
        feedback=judged,
        progress=next(one for one in standing if one.pc == version.content.pc),
    )


def delete_practice(uow: UnitOfWork, who: Practiser) -> None:
    """Forget everything that somebody practised; nothing of it is in a log or an event."""
    row = run_of(uow, who)
    if row is not None:
        uow.db.execute(delete(FormativeAnswerRow).where(FormativeAnswerRow.run_id == row.id))
        uow.db.delete(row)
        uow.db.flush()


def open_practice_link(uow: UnitOfWork, *, organisation_id: str, credential_version_id: str) -> str:
    """Invite whoever has the link to practise; the token is shown this once. Raises NotFound `credential_unknown`."""
    credential_version(uow, credential_version_id)
    token = ids.secret_token()
    row = FormativeLinkRow(
        id=ids.new_id(),
        agency_id=organisation_id,
        credential_version_id=credential_version_id,
        token_hash=hash_key(token),
        opened_at=uow.now,
        opened_by=uow.actor.id or "system",
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        PracticeLinkOpened(
            organisation_id=organisation_id, subject_id=row.id, credential_version_id=credential_version_id
        )
    )
    return token


def close_practice_link(uow: UnitOfWork, link_id: str, *, organisation_id: str) -> None:
    """End a link at once, for those too who came by it before. Raises NotFound `practice_link_unknown`."""
    row = uow.db.get(FormativeLinkRow, link_id)
    if row is None or row.agency_id != organisation_id or row.closed_at is not None:
        raise NotFound("practice_link_unknown")
    row.closed_at = uow.now
    uow.db.flush()
    uow.emit(PracticeLinkClosed(organisation_id=organisation_id, subject_id=row.id))


def enter_by_link(uow: UnitOfWork, token: str) -> str:
    """Let a browser practise that came by a link; the secret for its cookie. Raises NotFound `practice_link_unknown`."""
    link = open_link(uow, token)
    visitor = ids.secret_token()
    who = Practiser(
        agency_id=link.agency_id,
        credential_version_id=link.credential_version_id,
        link_id=link.id,
        visitor=visitor,
    )
    _new_run(uow, who)
    return visitor


def require_no_test(uow: UnitOfWork, who: Practiser) -> None:
    """Refuse while an attempt of the candidate runs, whatever it is for; raises Conflict `practice_during_test`."""
    if sits_test(uow, who):
        raise Conflict("practice_during_test")


def _new_run(uow: UnitOfWork, who: Practiser) -> FormativeRunRow:
    require_no_test(uow, who)
    row = FormativeRunRow(
        id=ids.new_id(),
        agency_id=who.agency_id,
        credential_version_id=who.credential_version_id,
        candidate_id=who.candidate_id,
        link_id=who.link_id,
        visitor_hash=None if who.visitor is None else hash_key(who.visitor),
        secret=ids.secret_token(),
        pcs=[],
        question=0,
        started_at=uow.now,
        last_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    return row


def _require_run(uow: UnitOfWork, who: Practiser) -> FormativeRunRow:
    row = run_of(uow, who)
    if row is None:
        raise NotFound("practice_unknown")
    return row

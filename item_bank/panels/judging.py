# SPDX-License-Identifier: Apache-2.0
"""Commands of rounds: the chair opens and closes them and concludes, judges judge. Adopting is in ``adoption``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from core.canonical import digest
from core.errors import Conflict, Invalid, NotFound
from core.identity import queries as identity
from core.ids import new_id
from core.uow import UnitOfWork
from item_bank.panels import events
from item_bank.panels.cuts import PanelOutcome
from item_bank.panels.minutes import minutes
from item_bank.panels.model import (
    BOOKMARK,
    FEWEST_JUDGES,
    Judge,
    Panel,
    PanelCommand,
    PanelMethod,
    PanelState,
    Recommended,
    Round,
    decide,
    read_notes,
    read_recommended,
    read_value,
    require_box,
    require_ready,
    require_state,
)
from item_bank.panels.operations import led
from item_bank.panels.outcome import booklet_pages
from item_bank.panels.queries import (
    handed_in_judges,
    judgement_log,
    own_judgements,
    panel,
    panel_outcomes,
    panel_seat,
)
from item_bank.panels.tables import PanelHandInRow, PanelJudgementRow, PanelRoundRow, PanelRow
from item_bank.standards.queries import credential_version
from scoring.api import Scope


def open_round(uow: UnitOfWork, panel_id: str) -> Panel:
    """Ask the judges.

    Conflict(``panel_state`` | ``panel_round_many`` | ``panel_judges_few`` | ``panel_objects_few`` |
    ``panel_parameters_missing``), Forbidden(``panel_chair_only``).
    """
    found = led(uow, panel_id)
    after = decide(found.state, PanelCommand.OPEN_ROUND)
    require_ready(found)
    number = len(found.rounds) + 1
    uow.db.add(PanelRoundRow(panel_id=found.id, number=number, opened_at=uow.now, counted=[], notes=""))
    uow.db.get_one(PanelRow, found.id).state = after
    uow.db.flush()
    uow.emit(
        events.RoundOpened(
            organisation_id=found.owner_id, subject_id=found.id, round=number, judges=len(found.sitting)
        )
    )
    return panel(uow, found.id)


def save_judgements(
    uow: UnitOfWork, panel_id: str, *, values: Mapping[int, str], seen: int | None = None
) -> int:
    """Keep what a judge says of some objects (0: the bookmark); returns how many were new or changed.

    Empty text leaves what was said. ``seen`` is how many judgements of this judge there were when the page was made: what
    another window said since is not written over. Conflict(``panel_state`` | ``panel_handed_in`` | ``panel_not_seated`` |
    ``panel_judged_elsewhere``), Invalid(``panel_value``), NotFound(``panel_unknown`` | ``panel_object_unknown``).
    """
    found, judge, held = _judging(uow, panel_id)
    changes = _changes(uow, found, judge, values)
    log = judgement_log(uow, found, judge)
    since = set() if seen is None else {number for number, _value in log[max(seen, 0) :]}
    if elsewhere := since & changes.keys():
        raise Conflict("panel_judged_elsewhere", objects=len(elsewhere), first=min(elsewhere))
    for number, value in changes.items():
        _say(uow, found, judge, held, number=number, value=value)
    uow.db.flush()
    return len(changes)


def hand_in(uow: UnitOfWork, panel_id: str) -> Panel:
    """Say that the round is complete; from then on a judge's values stand unless the chair gives them back.

    Conflict(``panel_incomplete``, missing, and as `save_judgements`), Invalid(``panel_box``).
    """
    found, judge, held = _judging(uow, panel_id)
    said = own_judgements(uow, found, judge)
    if missing := [number for number in _numbers(found) if number not in said]:
        raise Conflict("panel_incomplete", missing=len(missing))
    require_box(found, said)
    query = select(PanelJudgementRow.number).where(
        PanelJudgementRow.panel_id == found.id,
        PanelJudgementRow.round == held.number,
        PanelJudgementRow.judge_id == judge.id,
    )
    here = set(uow.db.scalars(query))
    for number in _numbers(found):
        if number not in here:  # said in an earlier round, and meant again
            _say(uow, found, judge, held, number=number, value=said[number])
    uow.db.add(
        PanelHandInRow(id=new_id(), panel_id=found.id, round=held.number, judge_id=judge.id, at=uow.now)
    )
    uow.db.flush()
    uow.emit(
        events.JudgementsHandedIn(
            organisation_id=found.owner_id, subject_id=found.id, round=held.number, judge_id=judge.id
        )
    )
    return panel(uow, found.id)


def give_back(uow: UnitOfWork, panel_id: str, *, judge_id: str) -> Panel:
    """Let a judge change what was handed in. Conflict(``panel_state``), NotFound(``panel_judge_unknown``)."""
    found = led(uow, panel_id)
    require_state(found, PanelState.JUDGING)
    held = found.rounds[-1]
    row = uow.db.scalar(
        select(PanelHandInRow).where(
            PanelHandInRow.panel_id == found.id,
            PanelHandInRow.round == held.number,
            PanelHandInRow.judge_id == judge_id,
            PanelHandInRow.given_back_at.is_(None),
        )
    )
    if row is None:
        raise NotFound("panel_judge_unknown")
    row.given_back_at = uow.now
    uow.db.flush()
    uow.emit(
        events.JudgementsGivenBack(
            organisation_id=found.owner_id, subject_id=found.id, round=held.number, judge_id=judge_id
        )
    )
    return found


def close_round(uow: UnitOfWork, panel_id: str) -> Panel:
    """End a round; who has not handed in does not count. Conflict(``panel_state`` | ``panel_round_few``)."""
    found = led(uow, panel_id)
    after = decide(found.state, PanelCommand.CLOSE_ROUND)
    there = handed_in_judges(uow, found)
    counted = [judge.id for judge in found.sitting if judge.id in there]
    if len(counted) < FEWEST_JUDGES:
        raise Conflict("panel_round_few", fewest=FEWEST_JUDGES, judges=len(counted))
    row = uow.db.get_one(PanelRoundRow, (found.id, found.rounds[-1].number))
    row.closed_at, row.counted = uow.now, counted
    uow.db.get_one(PanelRow, found.id).state = after
    uow.db.flush()
    uow.emit(
        events.RoundClosed(
            organisation_id=found.owner_id, subject_id=found.id, round=row.number, counted=len(counted)
        )
    )
    return panel(uow, found.id)


def note_discussion(uow: UnitOfWork, panel_id: str, *, notes: str) -> Panel:
    """Write down what was said after the newest round; it stands in the minutes. Invalid(``panel_notes``)."""
    found = led(uow, panel_id)
    require_state(found, PanelState.DISCUSSING)
    row = uow.db.get_one(PanelRoundRow, (found.id, found.rounds[-1].number))
    row.notes = read_notes(notes)
    uow.db.flush()
    uow.emit(
        events.PanelChanged(organisation_id=found.owner_id, subject_id=found.id, objects=len(found.objects))
    )
    return panel(uow, found.id)


def conclude_panel(
    uow: UnitOfWork, panel_id: str, *, shares: Mapping[Scope, str], reasons: Mapping[Scope, str]
) -> Panel:
    """End with a recommendation: a share for one part of the credential or more; the minutes are made and hashed.

    Invalid(``panel_nothing`` | ``panel_scope`` | ``panel_share`` | ``panel_reason``), Conflict(``panel_state``),
    Forbidden(``panel_chair_only``). Nothing of a credential changes by it.
    """
    found = led(uow, panel_id)
    after = decide(found.state, PanelCommand.CONCLUDE)
    credential = credential_version(uow, found.credential_version_id)
    made = panel_outcomes(uow, found, credential.document)
    recommended = _recommended(made[-1], shares, reasons)
    people = {found.chair_id, *(judge.person_id for judge in found.judges)}
    document = minutes(
        found,
        made,
        credential={
            "id": credential.id,
            "code": credential.document.code,
            "version": credential.document.version,
            "sha256": credential.sha256,
        },
        recommended=recommended,
        names=identity.names(uow, people),
        at=uow.now.isoformat(),
    )
    row = uow.db.get_one(PanelRow, found.id)
    row.state, row.ended_at, row.minutes, row.sha256 = after, uow.now, document, digest(document)
    uow.db.flush()
    uow.emit(
        events.PanelConcluded(
            organisation_id=found.owner_id,
            subject_id=found.id,
            credential_version_id=credential.id,
            sha256=row.sha256,
        )
    )
    return panel(uow, found.id)


def cancel_panel(uow: UnitOfWork, panel_id: str) -> Panel:
    """End without a recommendation; what was judged stays. Conflict(``panel_state``), Forbidden(``panel_chair_only``)."""
    found = led(uow, panel_id)
    row = uow.db.get_one(PanelRow, found.id)
    row.state, row.ended_at = decide(found.state, PanelCommand.CANCEL), uow.now
    uow.db.flush()
    uow.emit(
        events.PanelCancelled(organisation_id=found.owner_id, subject_id=found.id, rounds=len(found.rounds))
    )
    return panel(uow, found.id)


def _recommended(
    last: PanelOutcome, shares: Mapping[Scope, str], reasons: Mapping[Scope, str]
) -> Sequence[Recommended]:
    computed = {cut.scope: cut.share for cut in last.cuts if cut.share is not None}
    if not shares:
        raise Invalid("panel_nothing")
    return [
        read_recommended(
            scope, text, computed=computed.get(scope, 0.0), reason=reasons.get(scope, ""), known=computed
        )
        for scope, text in shares.items()
    ]


def _judging(uow: UnitOfWork, panel_id: str) -> tuple[Panel, Judge, Round]:
    found, judge = panel_seat(uow, panel_id)
    require_state(found, PanelState.JUDGING)
    if judge not in found.sitting:
        raise Conflict("panel_not_seated")
    if judge.id in handed_in_judges(uow, found):
        raise Conflict("panel_handed_in")
    return found, judge, found.rounds[-1]


def _changes(uow: UnitOfWork, found: Panel, judge: Judge, values: Mapping[int, str]) -> dict[int, str]:
    """What would be new or different, as it is stored."""
    numbers, known = _numbers(found), own_judgements(uow, found, judge)
    pages = len(booklet_pages(found))
    changes: dict[int, str] = {}
    for number, text in values.items():
        if number not in numbers:
            raise NotFound("panel_object_unknown", objects=1)
        if text.strip():
            value = read_value(text, method=found.method, pages=pages)
            if value != known.get(number):
                changes[number] = value
    return changes


def _numbers(found: Panel) -> tuple[int, ...]:
    if found.method is PanelMethod.BOOKMARK:
        return (BOOKMARK,)
    return tuple(one.number for one in found.objects)


def _say(uow: UnitOfWork, found: Panel, judge: Judge, held: Round, *, number: int, value: str) -> None:
    uow.db.add(
        PanelJudgementRow(
            id=new_id(),
            panel_id=found.id,
            round=held.number,
            judge_id=judge.id,
            number=number,
            value=value,
            at=uow.now,
        )
    )

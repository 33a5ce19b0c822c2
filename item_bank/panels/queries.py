# SPDX-License-Identifier: Apache-2.0
"""Reads of panels: the owner's staff see them, judges their own judgements; who owns the credential sees what was concluded."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from core.errors import NotFound
from core.uow import ActorKind, UnitOfWork
from item_bank.items.media import media_file
from item_bank.items.model import ItemContent, ItemDocument, ItemState
from item_bank.items.parts import MediaFile
from item_bank.items.queries import item_documents, item_versions, newest_versions
from item_bank.panels.cuts import Judgements, PanelOutcome
from item_bank.panels.loading import panels_of
from item_bank.panels.model import Judge, JudgeState, ObjectKind, Panel, PanelObject, PanelState, Round
from item_bank.panels.outcome import outcome
from item_bank.panels.tables import (
    PanelAdoptionRow,
    PanelHandInRow,
    PanelJudgementRow,
    PanelJudgeRow,
    PanelRow,
)
from item_bank.standards.model import CredentialDocument, mark_maxima
from item_bank.standards.queries import credential_version
from item_bank.standards.tables import CredentialVersionRow
from item_bank.tenancy import require_owner

_AT_WORK = (PanelState.JUDGING, PanelState.DISCUSSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelAdoption:
    """A recommendation that was written into a draft; ``changes`` are ``{"scope", "before", "after"}`` with exact shares.

    ``sha256`` is that of the draft afterwards, ``minutes_sha256`` that of the minutes it rests on.
    """

    panel_id: str
    panel_name: str
    minutes_sha256: str
    credential_version_id: str
    adopted_by: str
    at: datetime
    sha256: str
    changes: tuple[Mapping[str, Any], ...]


def panel(uow: UnitOfWork, panel_id: str) -> Panel:
    """One panel for the staff of its owner, else NotFound(``panel_unknown``)."""
    row = uow.db.get(PanelRow, panel_id)
    if row is None:
        raise NotFound("panel_unknown")
    require_owner(uow, row.owner_id, code="panel_unknown")
    return panels_of(uow, [row])[0]


def panels(uow: UnitOfWork, *, owner_id: str) -> list[Panel]:
    """Every panel of an organisation, newest first, for its staff."""
    require_owner(uow, owner_id, code="organisation_unknown")
    query = select(PanelRow).where(PanelRow.owner_id == owner_id).order_by(PanelRow.id.desc())
    return panels_of(uow, uow.db.scalars(query).all())


def panel_seats(uow: UnitOfWork) -> list[Panel]:
    """The panels on which the actor is a judge or is asked to be one, newest first."""
    query = (
        select(PanelRow)
        .join(PanelJudgeRow, PanelJudgeRow.panel_id == PanelRow.id)
        .where(
            PanelJudgeRow.person_id == uow.actor.id,
            PanelJudgeRow.state != JudgeState.RELEASED,
            PanelRow.owner_id == uow.actor.organisation_id,
        )
        .order_by(PanelRow.id.desc())
    )
    return panels_of(uow, uow.db.scalars(query).all())


def panel_seat(uow: UnitOfWork, panel_id: str) -> tuple[Panel, Judge]:
    """A panel with the actor's own seat on it; NotFound(``panel_unknown``) for everybody who has none."""
    found = panel(uow, panel_id)
    own = found.judge_of(uow.actor.id)
    if own is None:
        raise NotFound("panel_unknown")
    return found, own


def panel_recommendations(uow: UnitOfWork) -> list[Panel]:
    """What other organisations' panels recommend for the credentials of the actor's organisation, newest first."""
    own = select(CredentialVersionRow.id).where(CredentialVersionRow.owner_id == uow.actor.organisation_id)
    query = (
        select(PanelRow)
        .where(
            PanelRow.credential_version_id.in_(own),
            PanelRow.state == PanelState.CONCLUDED,
            PanelRow.owner_id != uow.actor.organisation_id,
        )
        .order_by(PanelRow.id.desc())
    )
    return panels_of(uow, uow.db.scalars(query).all())


def panel_minutes(uow: UnitOfWork, panel_id: str) -> dict[str, Any]:
    """The minutes of a concluded panel, for its owner and for who owns the credential; NotFound(``panel_unknown``)."""
    query = (
        select(PanelRow)
        .join(CredentialVersionRow, CredentialVersionRow.id == PanelRow.credential_version_id)
        .where(PanelRow.id == panel_id, PanelRow.state == PanelState.CONCLUDED)
    )
    if uow.actor.kind is not ActorKind.SYSTEM:
        mine = uow.actor.organisation_id
        query = query.where(or_(PanelRow.owner_id == mine, CredentialVersionRow.owner_id == mine))
    row = uow.db.scalar(query)
    if row is None or uow.actor.kind is ActorKind.CANDIDATE or row.minutes is None:
        raise NotFound("panel_unknown")
    return copy.deepcopy(row.minutes)


def panel_adoptions(uow: UnitOfWork, panel_id: str) -> list[PanelAdoption]:
    """Where a recommendation was written into a draft, oldest first. Callers have established who may read it."""
    return _adoptions(uow, PanelAdoptionRow.panel_id == panel_id)


def credential_adoptions(uow: UnitOfWork, credential_version_id: str) -> list[PanelAdoption]:
    """The recommendations behind a credential's thresholds, oldest first. Callers have established who may read it."""
    return _adoptions(uow, PanelAdoptionRow.credential_version_id == credential_version_id)


def _adoptions(uow: UnitOfWork, which: ColumnElement[bool]) -> list[PanelAdoption]:
    query = (
        select(PanelAdoptionRow, PanelRow.name, PanelRow.sha256)
        .join(PanelRow, PanelRow.id == PanelAdoptionRow.panel_id)
        .where(which)
        .order_by(PanelAdoptionRow.id)
    )
    return [
        PanelAdoption(
            panel_id=row.panel_id,
            panel_name=name,
            minutes_sha256=minutes_sha256,
            credential_version_id=row.credential_version_id,
            adopted_by=row.adopted_by,
            at=row.at,
            sha256=row.sha256,
            changes=tuple(row.changes),
        )
        for row, name, minutes_sha256 in uow.db.execute(query)
    ]


def possible_objects(uow: UnitOfWork, found: Panel, *, component: str) -> list[PanelObject]:
    """What could be judged in a component: the live items of the owner's bank, what the document itself sets, its PCs.

    Items without a criterion, and PCs without marks of their own there, are left out. Numbers are places in this list, from 1.
    """
    document = credential_version(uow, found.credential_version_id).document
    marks = mark_maxima(document.nos)
    own = [
        (ObjectKind.ITEM, version.id, version.external_id, version.content.pc, version.content.marks)
        for version in newest_versions(
            uow,
            owner_id=found.owner_id,
            credential_version_id=found.credential_version_id,
            state=ItemState.LIVE,
        )
        if document.pc(version.content.pc) is not None
    ]
    own += [
        (ObjectKind.CRITERION, one.id, one.id, one.pc, one.maximum)
        for one in document.items
        if one.component == component
    ]
    own += [
        (ObjectKind.PC, pc.id, pc.printed, pc.id, pc.marks_in(component))
        for pc in document.pcs
        if pc.marks_in(component)
    ]
    there = {pc for cell in marks.maxima if cell.component == component for pc in document.pcs_of(cell)}
    return [
        PanelObject(
            number=number,
            kind=kind,
            reference=reference,
            label=label,
            pc=pc,
            component=component,
            maximum=most,
        )
        for number, (kind, reference, label, pc, most) in enumerate(
            (one for one in own if one[3] in there and one[4] > 0), start=1
        )
    ]


def judged_items(uow: UnitOfWork, found: Panel, judge: Judge) -> dict[int, ItemContent]:
    """The items by the number of the object, without keys, for a judge who takes part while the panel is at work; else none."""
    if judge.state is not JudgeState.ACCEPTED or found.state not in _AT_WORK:
        return {}
    items = {one.number: one.reference for one in found.objects if one.kind is ObjectKind.ITEM}
    versions = item_versions(uow, items.values())
    return {
        number: versions[reference].content
        for number, reference in items.items()
        if versions[reference].owner_id == found.owner_id
    }


def judged_keys(uow: UnitOfWork, found: Panel, judge: Judge) -> dict[int, ItemDocument]:
    """Reads keys: the same items with what is right, for a judge whose judgement without it counts already; else nothing."""
    if not found.knows_keys(judge):
        return {}
    own = judged_items(uow, found, judge)
    items = {one.number: one.reference for one in found.objects if one.number in own}
    documents = item_documents(uow, items.values(), owner_id=found.owner_id)
    return {number: documents[reference] for number, reference in items.items()}


def judged_media(uow: UnitOfWork, panel_id: str, sha256: str) -> MediaFile:
    """A picture, sound or film of an item that the actor judges now; NotFound(``panel_unknown`` | ``media_unknown``)."""
    found, judge = panel_seat(uow, panel_id)
    shown = judged_items(uow, found, judge).values()
    if sha256 not in {one.sha256 for content in shown for one in content.media}:
        raise NotFound("media_unknown")
    return media_file(uow, sha256, owner_id=found.owner_id)


def handed_in_judges(uow: UnitOfWork, found: Panel) -> frozenset[str]:
    """The judges (ids) who have handed in the newest round."""
    if found.round is None:
        return frozenset()
    query = select(PanelHandInRow.judge_id).where(
        PanelHandInRow.panel_id == found.id,
        PanelHandInRow.round == found.round.number,
        PanelHandInRow.given_back_at.is_(None),
    )
    return frozenset(uow.db.scalars(query))


def own_judgements(uow: UnitOfWork, found: Panel, judge: Judge) -> dict[int, str]:
    """What a judge says now, by the number of the object: a new round begins with what was said in the last one."""
    return dict(judgement_log(uow, found, judge))


def judgement_log(uow: UnitOfWork, found: Panel, judge: Judge) -> list[tuple[int, str]]:
    """Everything that a judge has said, as (number of the object, value), oldest first."""
    query = (
        select(PanelJudgementRow.number, PanelJudgementRow.value)
        .where(PanelJudgementRow.panel_id == found.id, PanelJudgementRow.judge_id == judge.id)
        .order_by(PanelJudgementRow.round, PanelJudgementRow.id)
    )
    return [(row.number, row.value) for row in uow.db.execute(query)]


def judgements_said(uow: UnitOfWork, found: Panel) -> dict[str, int]:
    """How many judgements of the open round each judge (id) has made; what they are stays closed until the round is."""
    if found.round is None:
        return {}
    query = select(PanelJudgementRow.judge_id, PanelJudgementRow.number).where(
        and_(PanelJudgementRow.panel_id == found.id, PanelJudgementRow.round == found.round.number)
    )
    made: dict[str, set[int]] = defaultdict(set)
    for row in uow.db.execute(query.distinct()):
        made[row.judge_id].add(row.number)
    return {judge: len(numbers) for judge, numbers in made.items()}


def counted_judgements(uow: UnitOfWork, found: Panel, held: Round) -> Judgements:
    """The judgements of a closed round that count, by judge (id) and object."""
    query = (
        select(PanelJudgementRow.judge_id, PanelJudgementRow.number, PanelJudgementRow.value)
        .where(PanelJudgementRow.panel_id == found.id, PanelJudgementRow.round == held.number)
        .order_by(PanelJudgementRow.id)
    )
    said: dict[str, dict[int, str]] = {judge: {} for judge in held.counted}
    for row in uow.db.execute(query):
        if row.judge_id in said:
            said[row.judge_id][row.number] = row.value
    return said


def panel_outcomes(uow: UnitOfWork, found: Panel, document: CredentialDocument) -> list[PanelOutcome]:
    """What each closed round came to, in order."""
    made: list[PanelOutcome] = []
    before: Judgements | None = None
    for held in found.rounds:
        if held.closed_at is not None:
            said = counted_judgements(uow, found, held)
            made.append(outcome(found, document, said, before=before))
            before = said
    return made

# SPDX-License-Identifier: Apache-2.0
"""From the rows of a panel to its value. Who may see it is for ``queries`` and ``operations``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from core.uow import UnitOfWork
from item_bank.panels.model import Impact, Judge, ObjectFacts, Panel, PanelObject, Recommended, Round
from item_bank.panels.tables import PanelJudgeRow, PanelObjectRow, PanelRoundRow, PanelRow
from scoring.api import CREDENTIAL, Level, Scope


def panels_of(uow: UnitOfWork, rows: Sequence[PanelRow]) -> list[Panel]:
    """The panels of these rows in their order, by three statements whatever their number."""
    ids = [row.id for row in rows]
    objects: dict[str, list[PanelObject]] = defaultdict(list)
    judges: dict[str, list[Judge]] = defaultdict(list)
    rounds: dict[str, list[Round]] = defaultdict(list)
    for one in uow.db.scalars(
        select(PanelObjectRow).where(PanelObjectRow.panel_id.in_(ids)).order_by(PanelObjectRow.number)
    ):
        objects[one.panel_id].append(_object(one))
    for seat in uow.db.scalars(
        select(PanelJudgeRow).where(PanelJudgeRow.panel_id.in_(ids)).order_by(PanelJudgeRow.number)
    ):
        judges[seat.panel_id].append(_judge(seat))
    for held in uow.db.scalars(
        select(PanelRoundRow).where(PanelRoundRow.panel_id.in_(ids)).order_by(PanelRoundRow.number)
    ):
        rounds[held.panel_id].append(_round(held))
    return [_panel(row, objects[row.id], judges[row.id], rounds[row.id]) for row in rows]


def facts_of(document: dict[str, Any]) -> ObjectFacts:
    """What is known of an object, from its JSON."""
    known = {**document, "difficulties": tuple(document.get("difficulties", ()))}
    return ObjectFacts(**known)


def scope_of(document: dict[str, Any]) -> Scope:
    """A scope from its JSON as in a rule document."""
    if "credential" in document:
        return CREDENTIAL
    for level in (Level.PC, Level.ELEMENT):
        if level.value in document:
            return Scope(level, document[level.value], document.get("nos"))
    return Scope(Level.NOS, document["nos"], document["nos"])


def _panel(row: PanelRow, objects: list[PanelObject], judges: list[Judge], rounds: list[Round]) -> Panel:
    return Panel(
        id=row.id,
        owner_id=row.owner_id,
        credential_version_id=row.credential_version_id,
        name=row.name,
        method=row.method,
        portrait=row.portrait,
        state=row.state,
        chair_id=row.chair_id,
        show_facts=row.show_facts,
        created_at=row.created_at,
        ended_at=row.ended_at,
        objects=tuple(objects),
        judges=tuple(judges),
        rounds=tuple(rounds),
        impact=None
        if row.impact is None
        else Impact(source=row.impact["source"], shares=tuple(row.impact["shares"])),
        recommended=tuple(_recommended(one) for one in (row.minutes or {}).get("recommended", ())),
        sha256=row.sha256,
    )


def _recommended(document: dict[str, Any]) -> Recommended:
    return Recommended(
        scope=scope_of(document["scope"]),
        share=Fraction(document["share"]),
        computed=document["computed"],
        reason=document["reason"],
    )


def _object(row: PanelObjectRow) -> PanelObject:
    return PanelObject(
        number=row.number,
        kind=row.kind,
        reference=row.reference,
        label=row.label,
        pc=row.pc,
        component=row.component,
        maximum=Fraction(row.maximum),
        facts=facts_of(row.facts),
    )


def _judge(row: PanelJudgeRow) -> Judge:
    return Judge(
        id=row.id,
        person_id=row.person_id,
        number=row.number,
        state=row.state,
        expertise=row.expertise,
        interest=row.interest,
        invited_at=row.invited_at,
        answered_at=row.answered_at,
    )


def _round(row: PanelRoundRow) -> Round:
    return Round(
        number=row.number,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        counted=tuple(row.counted),
        notes=row.notes,
    )

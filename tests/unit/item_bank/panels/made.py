# SPDX-License-Identifier: Apache-2.0
"""Panels for tests, without a database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from item_bank.panels.model import (
    Judge,
    JudgeState,
    ObjectFacts,
    ObjectKind,
    Panel,
    PanelMethod,
    PanelObject,
    PanelState,
)

NOON = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)


def an_object(
    number: int, *, pc: str = "PC1", component: str = "theory", maximum: str = "1", **facts: Any
) -> PanelObject:
    return PanelObject(
        number=number,
        kind=ObjectKind.ITEM,
        reference=f"version{number}",
        label=f"I-{number}",
        pc=pc,
        component=component,
        maximum=Fraction(maximum),
        facts=ObjectFacts(**facts),
    )


def a_panel(
    *,
    method: PanelMethod = PanelMethod.ANGOFF,
    objects: Sequence[PanelObject] = (),
    judges: int = 3,
    **changes: Any,
) -> Panel:
    return Panel(
        **{
            "id": "panel",
            "owner_id": "body",
            "credential_version_id": "credential",
            "name": "Cut of 2027",
            "method": method,
            "portrait": "A learner who is just good enough.",
            "state": PanelState.SETUP,
            "chair_id": "chair",
            "show_facts": False,
            "created_at": NOON,
            "ended_at": None,
            "objects": tuple(objects),
            "judges": tuple(
                Judge(
                    id=f"judge{number}",
                    person_id=f"person{number}",
                    number=number,
                    state=JudgeState.ACCEPTED,
                    expertise="Ten years.",
                    interest="",
                    invited_at=NOON,
                    answered_at=NOON,
                )
                for number in range(1, judges + 1)
            ),
            "rounds": (),
            "impact": None,
            "recommended": (),
            "sha256": "",
            **changes,
        }
    )

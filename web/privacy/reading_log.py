# SPDX-License-Identifier: Apache-2.0
"""Who opened the review of an attempt, written down once a person and hour; and what a learner calls whom.

What such a page shows is not known here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol

from core.uow import Actor
from proctor import api as proctor
from web.wiring import Services


def note_reading(parts: Services, reader: Actor, attempt_id: str, *, organisation_id: str) -> None:
    """Before the page goes out. Callers have established whose the attempt is."""
    with parts.store.read(reader) as uow:
        known = proctor.was_read_lately(uow, attempt_id)
    if not known:
        with parts.store.write(reader) as uow:
            proctor.note_review_read(uow, attempt_id, organisation_id=organisation_id)


class Read(Protocol):
    """One look: who, of what kind, when."""

    @property
    def actor_kind(self) -> str: ...

    @property
    def actor_id(self) -> str: ...

    @property
    def at(self) -> datetime: ...


def numbered_readers(looks: Iterable[Read], *, known: Collection[str]) -> dict[str, int]:
    """A number from 1 for each person who looked and is not `known` to the learner, in the order of their first looks.

    Whoever decides about a learner must not have to fear the learner; that one and the same person looked twice is told.
    """
    people = {
        one.actor_id: None
        for one in sorted(looks, key=lambda one: one.at)
        if one.actor_kind == "person" and one.actor_id not in known
    }
    return {person_id: number for number, person_id in enumerate(people, 1)}

# SPDX-License-Identifier: Apache-2.0
"""Who may touch what is owned: the staff of the owner, or the platform itself. Everyone else is told that there is nothing.

A candidate carries the organisation that holds the sitting, but is no staff of it: what has keys in it is never for candidates.
"""

from __future__ import annotations

from core.errors import NotFound
from core.uow import Actor, ActorKind, UnitOfWork


def belongs_to(actor: Actor, organisation_id: str) -> bool:
    """Whether ``actor`` comes to us through this organisation, a candidate too, or is the platform."""
    return actor.kind is ActorKind.SYSTEM or actor.organisation_id == organisation_id


def require_owner(uow: UnitOfWork, organisation_id: str, *, code: str) -> None:
    """NotFound(``code``) unless the actor is staff or a program of the owner; absent and forbidden look alike."""
    if uow.actor.kind is ActorKind.CANDIDATE or not belongs_to(uow.actor, organisation_id):
        raise NotFound(code)

# SPDX-License-Identifier: Apache-2.0
"""Statements of the hot path give what SQLAlchemy gives, on both databases, and fail as it fails."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from core.audit import AuditRow
from core.ids import new_id
from core.prepared import Prepared
from core.uow import Actor, Store

_QUERY = select(AuditRow.__table__).where(AuditRow.id == bindparam("id"), AuditRow.name == "bell_rang")
_ADD = insert(AuditRow)


def row(store: Store, **other: Any) -> dict[str, Any]:
    plain = {
        "id": new_id(),
        "at": store.clock.now(),
        "name": "bell_rang",
        "version": 1,
        "actor_kind": "system",
        "actor_id": "system",
        "organisation_id": None,
        "subject_id": "bell",
        "payload": {"loud": ["ज़ोर से", 3, None]},
    }
    return {**plain, **other}


def test_a_row_that_is_stored_is_found_again_with_every_type_as_it_was(store: Store) -> None:
    add, find = Prepared(_ADD), Prepared(_QUERY)
    kept = [row(store), row(store, payload={})]
    with store.write(Actor.system()) as uow:
        for one in kept:
            add.run(uow.db.connection(), one)
    with store.read(Actor.system()) as uow:
        db = uow.db.connection()
        for one in kept:
            found = find.one_or_none(db, {"id": one["id"]})
            assert found._asdict() == one
            assert tuple(found) == tuple(db.execute(_QUERY, {"id": one["id"]}).one())
        assert find.one_or_none(db, {"id": new_id()}) is None


def test_what_the_database_refuses_is_refused_as_ever(store: Store) -> None:
    add, one = Prepared(_ADD), row(store)
    with store.write(Actor.system()) as uow:
        add.run(uow.db.connection(), one)
    with pytest.raises(IntegrityError), store.write(Actor.system()) as uow:
        add.run(uow.db.connection(), one)
    with pytest.raises(IntegrityError), store.write(Actor.system()) as uow:
        add.run(uow.db.connection(), row(store, subject_id=None))


def test_a_parameter_that_is_not_given_is_a_mistake(store: Store) -> None:
    with pytest.raises(Exception, match="id"), store.read(Actor.system()) as uow:
        Prepared(_QUERY).one_or_none(uow.db.connection(), {})

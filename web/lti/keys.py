# SPDX-License-Identifier: Apache-2.0
"""Our own signing keys towards learning platforms: made when needed, changed every 90 days, published 30 days longer."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import delete, select

from core.ids import new_id
from core.sealing import Sealer
from core.uow import Actor, UnitOfWork
from web.lti.tables import LtiKeyRow
from web.wiring import Services

SIGNS = timedelta(days=90)
PUBLISHED = timedelta(days=120)
_BITS = 2048


def published_keys(parts: Services) -> dict[str, Any]:
    """The public halves, newest first; there is always one."""
    _current(parts)
    with parts.store.read(Actor.system()) as uow:
        rows = uow.db.scalars(select(LtiKeyRow).order_by(LtiKeyRow.id.desc())).all()
        return {"keys": [_key(parts, row).as_dict(private=False) for row in rows]}


def sign(parts: Services, claims: dict[str, Any]) -> str:
    """A JWT by the present key (RS256)."""
    key = _current(parts)
    return jwt.encode({"alg": "RS256", "kid": key.kid, "typ": "JWT"}, claims, key)


def _current(parts: Services) -> RSAKey:
    with parts.store.read(Actor.system()) as uow:
        row = _signing(uow)
        if row is not None:
            return _key(parts, row)
    identifier = new_id()
    fresh = RSAKey.generate_key(_BITS, {"kid": identifier, "use": "sig", "alg": "RS256"})
    plain = json.dumps(fresh.as_dict(private=True)).encode()
    sealed = Sealer(parts.config.key("lti-keys")).seal(plain, scope=identifier)
    with parts.store.write(Actor.system()) as uow:
        uow.db.execute(delete(LtiKeyRow).where(LtiKeyRow.created_at <= uow.now - PUBLISHED))
        row = _signing(uow)
        if row is not None:
            return _key(parts, row)  # somebody else was quicker
        uow.db.add(LtiKeyRow(id=identifier, sealed_key=sealed, created_at=uow.now))
    return fresh


def _signing(uow: UnitOfWork) -> LtiKeyRow | None:
    young = LtiKeyRow.created_at > uow.now - SIGNS
    return uow.db.scalar(select(LtiKeyRow).where(young).order_by(LtiKeyRow.id.desc()).limit(1))


def _key(parts: Services, row: LtiKeyRow) -> RSAKey:
    plain = Sealer(parts.config.key("lti-keys")).open(row.sealed_key, scope=row.id)
    return RSAKey.import_key(json.loads(plain))

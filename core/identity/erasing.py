# SPDX-License-Identifier: Apache-2.0
"""Erasing who stood behind a consent. That it was given, when and to which words stays: it is the proof, and names nobody."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import update

from core.identity.tables import GuardianConsentRow
from core.uow import UnitOfWork

ERASED = "[erased]"


def erase_guardians(uow: UnitOfWork, subject_ids: Collection[str]) -> int:
    """Replace names, masked addresses and reasons of guardians; how many there were."""
    mine = GuardianConsentRow.subject_id.in_(subject_ids)
    wiped = update(GuardianConsentRow).where(mine)
    done = uow.db.execute(wiped.values(guardian_name=ERASED, masked="", code_key=None))
    uow.db.execute(wiped.where(GuardianConsentRow.reason != "").values(reason=ERASED))
    return int(getattr(done, "rowcount", 0))

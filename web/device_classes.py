# SPDX-License-Identifier: Apache-2.0
"""On what kind of device somebody sits, as far as a browser says it of itself at sign-in. Nothing finer is kept or told."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import select

from core.uow import UnitOfWork
from web.tables import LoginKind, LoginRow

_CHUNK = 500


class DeviceClass(StrEnum):
    """The kinds of device that tests are compared by. A tablet that calls itself a computer counts as one."""

    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"


_CLASSES = {
    "Android": DeviceClass.PHONE,
    "iPhone": DeviceClass.PHONE,
    "iPad": DeviceClass.TABLET,
    "Windows": DeviceClass.COMPUTER,
    "macOS": DeviceClass.COMPUTER,
    "ChromeOS": DeviceClass.COMPUTER,
    "Linux": DeviceClass.COMPUTER,
}


def device_class(browser: str) -> DeviceClass | None:
    """The class by a browser's short name, such as ``Firefox, Windows`` (``browser_of``); None where that does not say."""
    return _CLASSES.get(browser.rpartition(", ")[2])


def devices_of_entries(uow: UnitOfWork, entry_ids: Collection[str]) -> dict[str, str]:
    """The class of the device with which the learner of each entry came in last; entries of which nobody knows are left out."""
    found: dict[str, str] = {}
    wanted = sorted(entry_ids)
    for start in range(0, len(wanted), _CHUNK):
        query = (
            select(LoginRow.subject_id, LoginRow.browser)
            .where(
                LoginRow.kind == LoginKind.CANDIDATE, LoginRow.subject_id.in_(wanted[start : start + _CHUNK])
            )
            .order_by(LoginRow.created_at, LoginRow.token_hash)
        )
        for entry_id, browser in uow.db.execute(query):
            kind = device_class(browser)
            if kind is not None:
                found[entry_id] = kind.value
    return found

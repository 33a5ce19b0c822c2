# SPDX-License-Identifier: Apache-2.0
"""What a sitting asks of browsers, who was let in without it, and which logins showed the right browser.

The hashes themselves are computed in `safe_browser`; what a request carries is the web's business.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select

from assessor.scheduling import events
from assessor.scheduling.browser_model import (
    BrowserCheck,
    BrowserRelease,
    BrowserRules,
    SecureBrowser,
)
from assessor.scheduling.browser_tables import BrowserCheckRow, BrowserReleaseRow, BrowserRulesRow
from assessor.scheduling.names import require_full_reason
from assessor.scheduling.queries import load_entry, load_sitting
from assessor.scheduling.safe_browser import Means
from assessor.scheduling.tables import EntryRow, SittingRow
from core.errors import Forbidden, NotFound
from core.ids import new_id
from core.prepared import Prepared
from core.uow import ActorKind, UnitOfWork

NOTHING = BrowserRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryBrowser:
    """What an entry's sitting asks; `camera`: whether its pictures are taken."""

    sitting_id: str
    camera: bool
    rules: BrowserRules


def browser_rules(uow: UnitOfWork, sitting_id: str) -> BrowserRules:
    """What a sitting asks; nothing unless somebody said so. Callers have established whose it is."""
    row = uow.db.get(BrowserRulesRow, sitting_id)
    return NOTHING if row is None else _rules(row)


def rules_of_entry(uow: UnitOfWork, entry_id: str) -> EntryBrowser:
    """What an entry's sitting asks, in one read; raises NotFound `entry_unknown`."""
    uow.db.flush()
    found = _OF_ENTRY.one_or_none(uow.db.connection(), {"entry_id": entry_id})
    if found is None:
        raise NotFound("entry_unknown")
    return EntryBrowser(
        sitting_id=found.id,
        camera=found.proctored,
        rules=NOTHING if found.full_screen is None else _rules(found),
    )


def open_browser_rules(uow: UnitOfWork, sitting_id: str) -> EntryBrowser:
    """What a sitting asks, for its public door; raises NotFound `sitting_unknown`, also where no Safe Exam Browser is used."""
    row = uow.db.get(SittingRow, sitting_id)
    rules = browser_rules(uow, sitting_id)
    if row is None or rules.secure_browser is SecureBrowser.OFF:
        raise NotFound("sitting_unknown")
    return EntryBrowser(sitting_id=sitting_id, camera=row.proctored, rules=rules)


def set_browser_rules(uow: UnitOfWork, sitting_id: str, *, organisation_id: str, rules: BrowserRules) -> None:
    """Say what a sitting asks of browsers from now on. Raises NotFound `sitting_unknown`; Forbidden `person_needed`."""
    load_sitting(uow, sitting_id, organisation_id=organisation_id)
    _require_person(uow)
    row = uow.db.get(BrowserRulesRow, sitting_id)
    if row is None:
        row = BrowserRulesRow(sitting_id=sitting_id)
        uow.db.add(row)
    row.full_screen, row.paste = rules.full_screen, rules.paste
    row.secure_browser, row.exam_keys = rules.secure_browser, list(rules.exam_keys)
    row.set_by, row.set_at = uow.actor.id, uow.now
    uow.db.flush()
    uow.emit(
        events.BrowserRulesSet(
            organisation_id=organisation_id,
            subject_id=sitting_id,
            full_screen=rules.full_screen,
            paste=rules.paste,
            secure_browser=rules.secure_browser.value,
            exam_keys=len(rules.exam_keys),
        )
    )


def release_browser(
    uow: UnitOfWork, sitting_id: str, *, organisation_id: str, reason: str, entry_id: str | None = None
) -> str:
    """Let one entry, or everybody of a sitting, in without Safe Exam Browser from now on; return the release's id.

    Raises NotFound `sitting_unknown`, `entry_unknown`; Invalid `reason_malformed`; Forbidden `person_needed`.
    """
    load_sitting(uow, sitting_id, organisation_id=organisation_id)
    entry = None if entry_id is None else load_entry(uow, entry_id, organisation_id=organisation_id)
    if entry is not None and entry.sitting_id != sitting_id:
        raise NotFound("entry_unknown")
    _require_person(uow)
    row = BrowserReleaseRow(
        id=new_id(),
        organisation_id=organisation_id,
        sitting_id=sitting_id,
        entry_id=entry_id,
        reason=require_full_reason(reason),
        released_by=uow.actor.id,
        released_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        events.BrowserReleased(
            organisation_id=organisation_id, subject_id=row.id, sitting_id=sitting_id, entry_id=entry_id
        )
    )
    return row.id


def browser_releases(
    uow: UnitOfWork, sitting_id: str, *, entry_id: str | None = None
) -> list[BrowserRelease]:
    """The releases of a sitting, or those that hold for one entry, oldest first. Callers have established whose it is."""
    query = select(BrowserReleaseRow).where(BrowserReleaseRow.sitting_id == sitting_id)
    if entry_id is not None:
        query = query.where(or_(BrowserReleaseRow.entry_id == entry_id, BrowserReleaseRow.entry_id.is_(None)))
    return [
        BrowserRelease(
            id=row.id,
            sitting_id=row.sitting_id,
            entry_id=row.entry_id,
            reason=row.reason,
            released_by=row.released_by,
            released_at=row.released_at,
        )
        for row in uow.db.scalars(query.order_by(BrowserReleaseRow.id))
    ]


def note_browser_check(
    uow: UnitOfWork, entry_id: str, *, login_hash: str, browser_hash: str, means: Means
) -> None:
    """Remember that this login's browser is the right one; the first time counts for all."""
    if not is_browser_checked(uow, entry_id, login_hash=login_hash, browser_hash=browser_hash):
        uow.db.add(
            BrowserCheckRow(
                id=new_id(),
                entry_id=entry_id,
                login_hash=login_hash,
                browser_hash=browser_hash,
                means=means,
                checked_at=uow.now,
            )
        )
        uow.db.flush()


def is_browser_checked(uow: UnitOfWork, entry_id: str, *, login_hash: str, browser_hash: str) -> bool:
    """Whether this login's browser showed itself to be the right one before."""
    query = select(BrowserCheckRow.id).where(
        BrowserCheckRow.entry_id == entry_id,
        BrowserCheckRow.login_hash == login_hash,
        BrowserCheckRow.browser_hash == browser_hash,
    )
    return uow.db.scalar(query) is not None


def browser_checks(uow: UnitOfWork, entry_id: str) -> list[BrowserCheck]:
    """The browsers of an entry that showed themselves to be right, oldest first. Callers have established whose it is."""
    query = select(BrowserCheckRow).where(BrowserCheckRow.entry_id == entry_id).order_by(BrowserCheckRow.id)
    return [
        BrowserCheck(means=row.means, browser=row.browser_hash[:6], checked_at=row.checked_at)
        for row in uow.db.scalars(query)
    ]


# Built once: the gate and every start ask it.
_OF_ENTRY = Prepared(
    select(
        SittingRow.id,
        SittingRow.proctored,
        BrowserRulesRow.full_screen,
        BrowserRulesRow.paste,
        BrowserRulesRow.secure_browser,
        BrowserRulesRow.exam_keys,
    )
    .join(EntryRow, EntryRow.sitting_id == SittingRow.id)
    .outerjoin(BrowserRulesRow, BrowserRulesRow.sitting_id == SittingRow.id)
    .where(EntryRow.id == bindparam("entry_id"))
)


def _require_person(uow: UnitOfWork) -> None:
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("person_needed")


def _rules(row: BrowserRulesRow) -> BrowserRules:
    return BrowserRules(
        full_screen=row.full_screen,
        paste=row.paste,
        secure_browser=row.secure_browser,
        exam_keys=tuple(row.exam_keys),
    )

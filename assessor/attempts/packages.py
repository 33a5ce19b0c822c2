# SPDX-License-Identifier: Apache-2.0
"""A paper on its way to a browser before the start: locked, so that no start has to wait for it and nobody reads it early.

Each part is AES-256-GCM under a key of the attempt, which is derived and never stored; only a running attempt gives it away.
How a page looks, and how parts travel, is the web's business.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assessor.attempts.model import Attempt, AttemptState, closed, require_running
from assessor.attempts.operations import window_of
from assessor.attempts.papers import CandidatePaper, paper_of
from assessor.attempts.queries import load_attempt, load_attempt_of_entry, refs_of
from assessor.attempts.tables import AttemptRow
from assessor.attempts.timing import Window
from assessor.scheduling.model import require_enrolled
from assessor.scheduling.queries import Entry
from core.errors import Conflict
from core.uow import UnitOfWork
from item_bank.api import MediaFile, media_file, media_ref, pinned_contents

PACKAGE_LEAD: Final = timedelta(minutes=30)
"""How long before the opening of the window a paper may be fetched."""

_NONCE: Final = 12
_SEALED: Final = _NONCE + 16  # a tag of 16 bytes follows the ciphertext


@dataclass(frozen=True, slots=True)
class Sealer:
    """Locks the parts of one attempt's package. `key` has 32 bytes."""

    key: bytes

    def seal(self, name: str, data: bytes) -> bytes:
        """Nonce (12 bytes), ciphertext and tag; `name` is bound to it, so no part can take the place of another.

        The nonce follows from name and content, so equal parts are sealed equally and no nonce serves two contents.
        """
        of_nonces = hmac.digest(self.key, b"nonce", hashlib.sha256)
        content = name.encode() + b"\0" + hashlib.sha256(data).digest()
        nonce = hmac.digest(of_nonces, content, hashlib.sha256)[:_NONCE]
        return nonce + AESGCM(self.key).encrypt(nonce, data, name.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagePaper:
    """A paper to be locked, with every file that it shows by the attempt's own name for it: media type, bytes sealed.

    `limit_seconds` is the paper's, without anybody's extra time.
    """

    paper: CandidatePaper
    limit_seconds: int
    media: dict[str, tuple[str, int]]
    sealer: Sealer


def package_opens_at(entry: Entry) -> datetime:
    """The instant from which an entry's package may be fetched."""
    return window_of(entry).opens_at - PACKAGE_LEAD


def require_package(attempt: Attempt, *, now: datetime, window: Window) -> None:
    """Refuse a package that comes too early or too late.

    Raises Conflict `package_not_yet` (facts `from_at`), `window_closed`, `attempt_closed`.
    """
    if attempt.state is AttemptState.SUBMITTED:
        raise closed(attempt)
    if attempt.state is not AttemptState.CREATED:
        return
    if now < window.opens_at - PACKAGE_LEAD:
        raise Conflict("package_not_yet", from_at=(window.opens_at - PACKAGE_LEAD).isoformat())
    if now >= window.closes_at:
        raise Conflict("window_closed", closes_at=window.closes_at.isoformat())


def package_paper(uow: UnitOfWork, entry: Entry, *, media_base: str, key: bytes) -> PackagePaper:
    """The paper of an entry that may prepare itself; `key` is the platform's for packages.

    Raises NotFound `attempt_unknown`; Conflict `entry_withdrawn`, `form_altered`, and as `require_package`.
    """
    row = _packaged(uow, entry)
    names = refs_of(uow, row)
    shown = {item.version_id: item.sha256 for item in names.content.items if item.media}
    contents = pinned_contents(uow, shown)
    return PackagePaper(
        paper=paper_of(uow, row, media_base=media_base),
        limit_seconds=names.content.limit_seconds,
        media={
            media_ref(version_id, media.name, opaque=names.opaque): (media.media_type, media.size + _SEALED)
            for version_id, content in contents.items()
            for media in content.media
        },
        sealer=_sealer(row, key=key),
    )


def package_media(uow: UnitOfWork, entry: Entry, ref: str, *, key: bytes) -> tuple[MediaFile, Sealer]:
    """A file of the paper, to be locked; raises as `package_paper`, and NotFound `media_unknown`."""
    row = _packaged(uow, entry)
    media = refs_of(uow, row).media(ref)
    return media_file(uow, media.sha256, owner_id=row.agency_id), _sealer(row, key=key)


def package_key(uow: UnitOfWork, attempt_id: str, *, key: bytes) -> bytes:
    """What unlocks the package of a running attempt: 32 bytes.

    Raises NotFound `attempt_unknown`; Conflict `attempt_not_started`, `attempt_closed`.
    """
    row = load_attempt(uow, attempt_id)
    require_running(row.to_model())
    return _sealer(row, key=key).key


def _packaged(uow: UnitOfWork, entry: Entry) -> AttemptRow:
    require_enrolled(entry.state)
    row = load_attempt_of_entry(uow, entry.id)
    require_package(row.to_model(), now=uow.now, window=window_of(entry))
    return row


def _sealer(row: AttemptRow, *, key: bytes) -> Sealer:
    return Sealer(hmac.digest(key, row.secret.encode(), hashlib.sha256))

# SPDX-License-Identifier: Apache-2.0
"""Files that learners upload as answers: stored encrypted under the attempt's key, never changed, gone with it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from assessor.attempts import events
from assessor.attempts.file_types import MAXIMUM_FILES, require_file, tidy_name
from assessor.attempts.inputs import require_device
from assessor.attempts.model import deadline_now, require_running
from assessor.attempts.queries import load_attempt, refs_of
from assessor.attempts.tables import AttemptRow, ResponseFileRow
from core import ids
from core.blobs import BlobStore
from core.errors import Conflict, Invalid, NotFound, Unavailable
from core.uow import UnitOfWork
from scoring.api import Interaction


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFile:
    """An uploaded file without its bytes; `size` is in bytes, `sha256` (hex) is theirs."""

    id: str
    attempt_id: str
    item_version_id: str
    part: str
    name: str
    media_type: str
    size: int
    sha256: str
    stored_at: datetime


def store_response_file(
    uow: UnitOfWork,
    attempt_id: str,
    *,
    device: str,
    item: str,
    part: str,
    name: str,
    data: bytes,
    blobs: BlobStore,
    grace_seconds: int,
) -> ResponseFile:
    """Keep a file for a part of a running attempt, named by its references; the answer then refers to its id.

    Raises NotFound `attempt_unknown`, `item_unknown`; Invalid `device_malformed`, `answer_malformed` (the part takes no
    file), as `require_file`, `answer_files_too_many`; Conflict `attempt_not_started`, `attempt_closed`, `late_answer`,
    `lease_lost`; and what the blob store raises.
    """
    row = load_attempt(uow, attempt_id)
    _require_open(uow, row, device=require_device(device), grace_seconds=grace_seconds)
    names = refs_of(uow, row)
    form_item = names.item(item)
    shape = names.part(form_item, part)
    if shape.kind is not Interaction.UPLOAD:
        raise Invalid("answer_malformed")
    media_type = require_file(data, shape)
    held = select(func.count()).where(
        ResponseFileRow.attempt_id == row.id,
        ResponseFileRow.item_version_id == form_item.version_id,
        ResponseFileRow.part == shape.id,
    )
    if (uow.db.scalar(held) or 0) >= MAXIMUM_FILES:
        raise Invalid("answer_files_too_many", limit=MAXIMUM_FILES)
    ref = blobs.put(row.id, data, uow)
    stored = ResponseFileRow(
        id=ids.new_id(),
        attempt_id=row.id,
        item_version_id=form_item.version_id,
        part=shape.id,
        name=tidy_name(name),
        media_type=media_type,
        address=ref.address,
        sha256=ref.sha256,
        size=ref.size,
        stored_at=uow.now,
    )
    uow.db.add(stored)
    uow.db.flush()
    uow.emit(
        events.ResponseFileStored(
            organisation_id=row.agency_id, subject_id=row.id, file_id=stored.id, size=stored.size
        )
    )
    return _file_of(stored)


def response_files(uow: UnitOfWork, file_ids: Collection[str]) -> dict[str, ResponseFile]:
    """Uploaded files by id. Callers have established whose they are."""
    query = select(ResponseFileRow).where(ResponseFileRow.id.in_(file_ids))
    return {row.id: _file_of(row) for row in uow.db.scalars(query)}


def response_file_data(
    uow: UnitOfWork, file_id: str, *, organisation_id: str, blobs: BlobStore
) -> tuple[ResponseFile, bytes]:
    """A file with its bytes, the view logged; so it needs a writing unit of work. Callers have established who may see it.

    Raises NotFound `answer_file_unknown`; Unavailable `blob_damaged`, and what the blob store raises.
    """
    row = uow.db.get(ResponseFileRow, file_id)
    if row is None:
        raise NotFound("answer_file_unknown")
    data = blobs.get(row.attempt_id, row.address, uow)
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise Unavailable("blob_damaged")
    uow.emit(
        events.ResponseFileViewed(
            organisation_id=organisation_id, subject_id=row.id, attempt_id=row.attempt_id
        )
    )
    return _file_of(row), data


def require_own_files(
    uow: UnitOfWork, files: Mapping[str, str], *, attempt_id: str, item_version_id: str
) -> None:
    """Refuse an answer that refers to a file of another attempt, item or part; raises Invalid `answer_file_unknown`.

    `files` has the file ids by part.
    """
    found = response_files(uow, list(files.values()))
    for part, file_id in files.items():
        file = found.get(file_id)
        if file is None or (file.attempt_id, file.item_version_id, file.part) != (
            attempt_id,
            item_version_id,
            part,
        ):
            raise Invalid("answer_file_unknown")


def _require_open(uow: UnitOfWork, row: AttemptRow, *, device: str, grace_seconds: int) -> None:
    attempt = row.to_model()
    require_running(attempt)
    ends_at, at = deadline_now(attempt, now=uow.now, grace_seconds=grace_seconds)
    if not at.takes_answers:
        raise Conflict("late_answer", ended_at=ends_at.isoformat(), ended_by=None)
    if row.lease_device != device:
        raise Conflict("lease_lost", epoch=row.lease_epoch)


def _file_of(row: ResponseFileRow) -> ResponseFile:
    return ResponseFile(
        id=row.id,
        attempt_id=row.attempt_id,
        item_version_id=row.item_version_id,
        part=row.part,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        stored_at=row.stored_at,
    )

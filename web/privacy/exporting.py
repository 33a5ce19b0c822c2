# SPDX-License-Identifier: Apache-2.0
"""Everything that is kept of a learner, in one ZIP file for them. Its form is documented in docs/privacy.md.

It never holds a key or a right answer, nor anybody else's face: whatever a picture may show of others is hidden anew.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from assessor import api as assessor
from core.errors import KasautiError, NotFound
from core.identity import queries as identity
from core.identity.consents import consents_of, kept_notice
from core.identity.guardians import guardians_of
from core.notices.queries import notices_of
from core.privacy.events import PersonalDataExported
from core.privacy.queries import exports_of, newest_erasure, receipts
from core.uow import UnitOfWork
from proctor import api as proctor
from web.privacy.export_watching import watching
from web.privacy.own_pictures import cases_of, own_picture
from web.privacy.reading_log import numbered_readers
from web.privacy.retention import kept_of
from web.wiring import Services

FORM_VERSION = "2"
MOST_MESSAGES = 10_000
MOST_LOOKS = 100_000


@dataclass(frozen=True, slots=True)
class Export:
    """A finished file: its bytes, how many pictures it has, and the hex SHA-256."""

    data: bytes
    pictures: int
    sha256: str


def build_export(uow: UnitOfWork, parts: Services, entry_id: str, *, organisation_id: str) -> Export:
    """The file about one entry; reading alone, so that it holds up nobody. NotFound `entry_unknown`."""
    entry = assessor.entry(uow, entry_id, organisation_id=organisation_id)
    attempt_id = assessor.attempt_of_entry(uow, entry_id)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        pictures = list(_pictures(uow, parts, file, attempt_id, organisation_id))
        files = list(_files(uow, parts, file, attempt_id))
        documents = {
            "about": _about(uow, entry_id, organisation_id),
            "person": _person(uow, parts, entry_id, organisation_id),
            "test": _test(uow, entry, attempt_id, organisation_id),
            "answers": assessor.own_answers(uow, attempt_id) | {"files": files},
            "records": [asdict(one) for one in assessor.records_of_entry(uow, entry_id)],
            "watching": watching(uow, attempt_id) | {"pictures": pictures},
            "consents": _consents(uow, entry_id),
            "messages": _messages(uow, attempt_id, entry_id, organisation_id),
            "access_log": _access_log(uow, attempt_id, entry_id),
            "retention": _retention(uow, attempt_id, entry_id),
        }
        for name, document in documents.items():
            text = json.dumps(document, ensure_ascii=False, indent=2, default=_plain)
            file.writestr(f"{name}.json", text)
    data = buffer.getvalue()
    return Export(data, len(pictures), hashlib.sha256(data).hexdigest())


def note_export(uow: UnitOfWork, export: Export, entry_id: str, *, organisation_id: str) -> None:
    """Write down who took it out."""
    uow.emit(
        PersonalDataExported(
            organisation_id=organisation_id,
            subject_id=entry_id,
            pictures=export.pictures,
            sha256=export.sha256,
        )
    )


def _about(uow: UnitOfWork, entry_id: str, organisation_id: str) -> dict[str, Any]:
    return {
        "form": FORM_VERSION,
        "made_at": uow.now,
        "entry": entry_id,
        "held_by": identity.organisation_name(uow, organisation_id),
        "times": "ISO 8601, UTC",
    }


def _person(uow: UnitOfWork, parts: Services, entry_id: str, organisation_id: str) -> dict[str, Any]:
    record = assessor.candidate_record(
        uow, entry_id, organisation_id=organisation_id, person_key=parts.person_key
    )
    plan = record.plan
    return {
        "name": plan.name,
        "language": plan.language,
        "date_of_birth": plan.date_of_birth,
        "gender": plan.gender,
        "disabled": plan.disabled,
        "disabilities": list(plan.disabilities),
        "email": plan.email,
        "phone": plan.phone,
        "apaar_last_four": record.apaar_end,
        "agency_number": plan.agency_number,
        "guardian": {"name": plan.guardian.name, "contact": plan.guardian.contact} if plan.guardian else None,
    }


def _test(uow: UnitOfWork, entry: assessor.Entry, attempt_id: str, organisation_id: str) -> dict[str, Any]:
    record = assessor.attempt_record(uow, attempt_id, organisation_id=organisation_id)
    result = assessor.result_for_entry(uow, entry.id).result
    return {
        "place": entry.sitting.place,
        "opens_at": entry.sitting.opens_at,
        "closes_at": entry.sitting.closes_at,
        "accommodations": [{"aid": one.aid, "reason": one.reason} for one in entry.accommodations],
        "extra_minutes": entry.extra_minutes,
        "started_at": record.started_at,
        "ended_at": record.line.attempt.ended_at,
        "ended_by": record.line.attempt.ended_by,
        "paused": [{"from": one.paused_at, "to": one.resumed_at} for one in record.pauses],
        "without_contact": [{"from": one.lost_at, "to": one.back_at} for one in record.outages],
        "time_given_back": [
            {"seconds": one.seconds, "reason": one.reason, "at": one.granted_at} for one in record.credits
        ],
        "result": None
        if result is None
        else {
            "declared_at": result.summary.declared_at,
            "passed": result.summary.passed,
            "sha256": result.summary.sha256,
            "marks": result.document["marks"],
        },
    }


def _consents(uow: UnitOfWork, entry_id: str) -> list[dict[str, Any]]:
    return [
        {
            "version": one.notice_version,
            "purposes": list(one.purposes),
            "language": one.language,
            "given_at": one.given_at,
            "withdrawn_at": one.withdrawn_at,
            "words": _words(uow, one.notice_version),
            "guardians": [
                {
                    "name": other.guardian_name,
                    "relation": other.relation,
                    "given_at": other.given_at,
                    "withdrawn_at": other.withdrawn_at,
                }
                for other in guardians_of(uow, entry_id)
                if other.notice_version == one.notice_version and not other.notes_withdrawal
            ],
        }
        for one in consents_of(uow, entry_id)
    ]


def _words(uow: UnitOfWork, version: str) -> Any:
    try:
        return kept_notice(uow, version).document
    except NotFound:
        return None  # agreed to before the words were kept


def _messages(uow: UnitOfWork, attempt_id: str, entry_id: str, organisation_id: str) -> dict[str, Any]:
    return {
        "during_the_test": [
            {"text": one.text, "at": one.sent_at, "direction": one.direction, "hint": one.hint}
            for one in proctor.messages_of_attempt(uow, attempt_id, limit=MOST_MESSAGES)
        ],
        "notices": [
            {"about": one.kind, "to": one.masked, "state": one.state, "at": one.queued_at}
            for one in notices_of(uow, [entry_id], organisation_id=organisation_id)
        ],
    }


def _access_log(uow: UnitOfWork, attempt_id: str, entry_id: str) -> list[dict[str, Any]]:
    looks = proctor.looks_of_attempts(uow, [attempt_id], limit=MOST_LOOKS)
    read = proctor.reviews_read(uow, [attempt_id], limit=MOST_LOOKS)
    taken = exports_of(uow, [entry_id])
    people = {one.actor_id for one in looks if one.actor_kind == "person"}
    people |= {one.actor_id for one in read if one.actor_kind == "person"}
    people |= {one.actor_id for one in taken if one.actor_kind == "person"}
    session = proctor.session_of_attempt(uow, attempt_id)
    spells = () if session is None else proctor.spells_over_session(uow, session)
    names = dict(identity.names(uow, people | {one.proctor_id for one in spells}))
    known = {one.proctor_id for one in spells} | {one.actor_id for one in taken}
    for person_id, number in numbered_readers((*looks, *read), known=known).items():
        names[person_id] = f"reviewer {number}"
    rows: list[dict[str, Any]] = [
        {"at": one.at, "who": names.get(one.actor_id, one.actor_kind), "what": one.kind} for one in looks
    ]
    rows += [
        {
            "at": one.started_at,
            "until": one.last_at,
            "who": names.get(one.proctor_id, "person"),
            "what": "watched_live",
        }
        for one in spells
    ]
    for what, those in (("review", read), ("export", taken)):
        rows += [
            {"at": one.at, "who": names.get(one.actor_id, one.actor_kind), "what": what} for one in those
        ]
    return sorted(rows, key=lambda row: row["at"])


def _retention(uow: UnitOfWork, attempt_id: str, entry_id: str) -> dict[str, Any]:
    candidate = assessor.subjects_of(uow, attempt_ids=[attempt_id])[0].candidate_id
    asked = newest_erasure(uow, candidate)
    return {
        "kept": [
            {
                "class": one.data_class,
                "count": one.count,
                "until": one.due_at,
                "held_because": sorted(one.holds),
            }
            for one in kept_of(uow, [attempt_id])
        ],
        "deleted": [
            {
                "receipt": one.id,
                "class": one.data_class,
                "count": one.count,
                "sha256_of_the_list": one.digest,
                "at": one.deleted_at,
                "policy": one.policy_version,
            }
            for one in receipts(uow, subject_ids=[entry_id])
        ],
        "erasure": None if asked is None else {"state": asked.state, "at": asked.erase_at},
    }


def _files(
    uow: UnitOfWork, parts: Services, file: zipfile.ZipFile, attempt_id: str
) -> Iterable[dict[str, Any]]:
    for number, (stored, data) in enumerate(assessor.own_files(uow, attempt_id, blobs=parts.blobs), start=1):
        path = f"files/{number:03}-{_file_name(stored.name)}"
        file.writestr(path, data)
        yield {"file": path, "name": stored.name, "sha256": stored.sha256, "size": stored.size}


def _pictures(
    uow: UnitOfWork, parts: Services, file: zipfile.ZipFile, attempt_id: str, organisation_id: str
) -> Iterable[dict[str, Any]]:
    cases = cases_of(uow, attempt_id)
    for number, kept in enumerate(proctor.evidence_of_attempts(uow, [attempt_id]), start=1):
        path = f"pictures/{number:04}-{kept.kind}.jpg"
        try:
            seen = proctor.read_evidence(uow, kept.id, organisation_id=organisation_id, blobs=parts.blobs)
            data, hidden = own_picture(parts, seen.data, kept, cases=cases)
        except KasautiError as error:
            yield {"kind": kept.kind, "at": kept.captured_at, "file": None, "missing_because": error.code}
            continue
        file.writestr(path, data, compress_type=zipfile.ZIP_STORED)
        yield {
            "kind": kept.kind,
            "at": kept.captured_at,
            "file": path,
            "hidden": hidden,
            "sha256_as_received": kept.sha256,
            "sha256_as_stored": kept.stored_sha256,
        }


def _file_name(name: str) -> str:
    kept = "".join(one if one.isalnum() or one in "-._" else "_" for one in name)
    return kept.lstrip(".")[-80:] or "file"


def _plain(value: object) -> object:
    match value:
        case datetime() | date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case tuple() | frozenset() | set():
            return list(value)
        case _:
            return str(value)

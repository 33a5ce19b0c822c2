# SPDX-License-Identifier: Apache-2.0
"""Personal data in plain words: what is kept until when, who looked, what is deleted, and where a request stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assessor import api as assessor
from core.identity import queries as identity
from core.privacy.model import (
    PERIODS,
    STATUTORY,
    DataClass,
    ErasureState,
    Hold,
    Mode,
    Settings,
    Start,
    is_held,
)
from core.privacy.queries import Erasure, Receipt, exports_of, newest_erasure, receipts, settings_of
from core.uow import UnitOfWork
from proctor import api as proctor
from web.privacy.erasing import outlook
from web.privacy.reading_log import numbered_readers
from web.privacy.retention import Kept, kept_of
from web.words import _

LISTED_LOOKS = 500
RECEIPT_COLUMNS = (
    "receipt",
    "class",
    "count",
    "because",
    "due_at",
    "deleted_at",
    "policy",
    "clause",
    "digest",
    "keys",
)


def class_label(data_class: DataClass) -> str:
    """A class of data, as people call it."""
    return {
        DataClass.SAMPLES: _("One camera picture a minute"),
        DataClass.IDENTITY: _("Photo and ID card from before the test"),
        DataClass.INCIDENTS: _("Pictures of incidents"),
        DataClass.NOTES: _("Pictures of notes"),
        DataClass.BASELINE: _("What was measured of the face before the test"),
        DataClass.MESSAGES: _("Messages with the proctor"),
        DataClass.DEVICE_NOTES: _("What the browser noted"),
        DataClass.SYSTEM_CHECKS: _("Check of the device"),
        DataClass.PRACTICE: _("Practice"),
        DataClass.ANSWERS: _("Answers and uploaded files"),
        DataClass.PARTICULARS: _("Name, date of birth and how to reach the person"),
        DataClass.CONSENTS: _("What was agreed to"),
        DataClass.RESULT: _("Result"),
        DataClass.ACCESS_LOG: _("Who looked at what"),
    }[data_class]


def hold_label(hold: Hold) -> str:
    """Why something stays."""
    return {
        Hold.TEST_NOT_OVER: _("The test is not over."),
        Hold.INCIDENT_OPEN: _("A person still has to decide about an incident."),
        Hold.APPEAL_OPEN: _("An appeal is not decided yet."),
        Hold.APPEAL_POSSIBLE: _("The learner can still appeal against an upheld incident."),
        Hold.LOOK_OPEN: _("A person still has to look at these pictures."),
        Hold.RESULT_NOT_DECLARED: _("The result is not declared yet."),
        Hold.RESULT_NOT_TAKEN: _("The awarding body has not taken over the result yet."),
    }[hold]


def statutory_lines() -> list[dict[str, str]]:
    """What stays after an erasure, and why."""
    why = {
        DataClass.RESULT: _("The awarding body must be able to prove it. It has a number, not a name."),
        DataClass.CONSENTS: _("Proof that nothing was recorded without consent. Without the name."),
        DataClass.ACCESS_LOG: _("The law asks for at least one year. Without the name."),
    }
    return [{"label": class_label(one), "why": why[one]} for one in STATUTORY]


def data_page(uow: UnitOfWork, entry: assessor.Entry, *, attempt_id: str, to_learner: bool) -> dict[str, Any]:
    """What is kept about one learner, who looked, what is deleted, and where a request stands."""
    candidate_id = assessor.candidate_of(uow, entry.id, organisation_id=entry.agency_id)
    found = outlook(uow, candidate_id, organisation_id=entry.agency_id)
    request = newest_erasure(uow, candidate_id)
    settings = settings_of(uow, entry.agency_id)
    looks = look_rows(uow, entry.id, attempt_id=attempt_id, to_learner=to_learner)
    return {
        "name": entry.candidate_name,
        "entry_id": entry.id,
        "zone": entry.sitting.time_zone,
        "batch_id": entry.sitting.batch_id,
        "batch_name": entry.sitting.batch_name,
        "agency": identity.organisation_name(uow, entry.agency_id),
        "kept": [_kept(one) for one in kept_of(uow, [attempt_id])],
        "looks": looks[:LISTED_LOOKS],
        "looks_listed": LISTED_LOOKS if len(looks) > LISTED_LOOKS else None,
        "receipts": [receipt_row(one) for one in receipts(uow, subject_ids=[entry.id])],
        "erasure": None if request is None else erasure_row(uow, request, found.holds),
        "holds": [hold_label(one) for one in sorted(found.holds)],
        "earliest": found.earliest,
        "stays": statutory_lines(),
        "mode": settings.mode.value,
        "clause": settings.mode.clause,
        "erased": entry.candidate_name == assessor.ERASED_NAME,
    }


def look_rows(uow: UnitOfWork, entry_id: str, *, attempt_id: str, to_learner: bool) -> list[dict[str, Any]]:
    """Who watched live, read the review, looked at pictures or took the data out, newest first.

    A learner reads the names of those who watched and who took data out; reviewers stay "Reviewer 1", "Reviewer 2".
    """
    looks = proctor.looks_of_attempts(uow, [attempt_id], limit=LISTED_LOOKS + 1)
    taken = exports_of(uow, [entry_id])
    read = proctor.reviews_read(uow, [attempt_id])
    session = proctor.session_of_attempt(uow, attempt_id)
    spells = () if session is None else proctor.spells_over_session(uow, session)
    people = {one.actor_id for one in looks} | {one.actor_id for one in taken}
    people |= {one.actor_id for one in read}
    names = dict(identity.names(uow, people | {one.proctor_id for one in spells}))
    if to_learner:
        known = {one.proctor_id for one in spells} | {one.actor_id for one in taken}
        for person_id, number in numbered_readers((*looks, *read), known=known).items():
            names[person_id] = _("Reviewer %(number)s", number=number)
    rows: list[dict[str, Any]] = [
        {
            "at": one.at,
            "who": _who(one.actor_kind, one.actor_id, names),
            "what": kind_label(one.kind),
            "taken_at": one.captured_at,
        }
        for one in looks
    ]
    for what, those in ((_("All data as a file"), taken), (_("opened the review"), read)):
        rows += [
            {
                "at": one.at,
                "who": _who(one.actor_kind, one.actor_id, names),
                "what": what,
                "taken_at": None,
            }
            for one in those
        ]
    rows += [
        {
            "at": one.started_at,
            "until": one.last_at,
            "who": names.get(one.proctor_id, "–"),
            "what": _("watched the test live"),
            "taken_at": None,
        }
        for one in spells
    ]
    return sorted(rows, key=lambda row: row["at"], reverse=True)


def kind_label(kind: proctor.EvidenceKind) -> str:
    """What a kept picture is."""
    return {
        proctor.EvidenceKind.IDENTITY_PHOTO: _("Photo before the test"),
        proctor.EvidenceKind.ID_CARD: _("ID card"),
        proctor.EvidenceKind.CHECK_IN: _("Picture of the camera check"),
        proctor.EvidenceKind.SAMPLE: _("Camera picture"),
    }.get(kind, _("Picture of an incident or a note"))


def receipt_row(one: Receipt) -> dict[str, Any]:
    """A receipt for people."""
    return {
        "id": one.id,
        "label": class_label(one.data_class),
        "count": one.count,
        "at": one.deleted_at,
        "because": _("On request") if one.erasure_id else _("Period over"),
        "digest": one.digest,
        "keys": len(one.keys),
        "policy": one.policy_version,
        "clause": one.mode.clause,
    }


def receipt_line(one: Receipt) -> list[object]:
    """A receipt as a line of a file, in the order of ``RECEIPT_COLUMNS``."""
    return [
        one.id,
        one.data_class.value,
        one.count,
        one.because.value,
        one.due_at.isoformat(),
        one.deleted_at.isoformat(),
        one.policy_version,
        one.mode.clause,
        one.digest,
        " ".join(one.keys),
    ]


def erasure_row(uow: UnitOfWork, one: Erasure, holds: frozenset[Hold]) -> dict[str, Any]:
    """Where a request stands; what holds it counts only while it is open."""
    names = identity.names(uow, {one.asked_by, one.decided_by or ""})
    return {
        "id": one.id,
        "entry_id": one.entry_id,
        "state": one.state.value,
        "label": state_label(one.state),
        "tone": {"done": "success", "refused": "warning", "taken_back": "neutral"}.get(
            one.state.value, "info"
        ),
        "open": one.state.open,
        "asked_at": one.asked_at,
        "asked_by": names.get(one.asked_by, _("the learner")),
        "reason": one.reason,
        "decided_by": names.get(one.decided_by or "", _("the learner")),
        "decided_at": one.decided_at,
        "answer": one.answer,
        "erase_at": one.erase_at,
        "done_at": one.done_at,
        "holds": [hold_label(hold) for hold in sorted(holds)] if one.state.open else [],
    }


def state_label(state: ErasureState) -> str:
    """A state in words."""
    return {
        ErasureState.ASKED: _("Requested"),
        ErasureState.CONFIRMED: _("Confirmed"),
        ErasureState.DONE: _("Deleted"),
        ErasureState.REFUSED: _("Refused"),
        ErasureState.TAKEN_BACK: _("Taken back"),
    }[state]


def period_rows(settings: Settings, asked: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The form of periods: each class with its days, limits and start."""
    starts = {
        Start.TEST_CLOSED: _("after the end of the sitting"),
        Start.APPEAL_OVER: _("after the result and the time to appeal"),
    }
    return [
        {
            "name": f"days-{data_class.value}",
            "label": class_label(data_class),
            "value": (asked or {}).get(f"days-{data_class.value}", str(settings.days_of(data_class))),
            "lowest": period.lowest,
            "highest": period.highest,
            "from": starts[period.start],
        }
        for data_class, period in PERIODS.items()
    ]


def mode_choices() -> list[tuple[str, str]]:
    """The two readings of the law."""
    return [
        (Mode.DELETE_EARLY.value, _("Delete when the period is over")),
        (Mode.KEEP_A_YEAR.value, _("Keep at least one year")),
    ]


def people_of(uow: UnitOfWork, requests: Sequence[Erasure], *, organisation_id: str) -> dict[str, str]:
    """Names of the learners of some requests, by entry id."""
    ids = [one.entry_id for one in requests]
    return {one.entry_id: one.name for one in assessor.contacts(uow, ids, organisation_id=organisation_id)}


def _kept(one: Kept) -> dict[str, Any]:
    return {
        "label": class_label(one.data_class),
        "count": one.count,
        "until": one.due_at,
        "holds": [
            hold_label(hold) for hold in sorted(one.holds) if is_held(one.data_class, frozenset({hold}))
        ],
    }


def _who(kind: str, actor_id: str, names: Mapping[str, str]) -> str:
    if actor_id in names:
        return names[actor_id]
    return _("The learner") if kind == "candidate" else _("The platform")

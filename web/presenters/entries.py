# SPDX-License-Identifier: Apache-2.0
"""What a manager sees of one candidate: who they are, the times that they have, their tries, what may be done next."""

from __future__ import annotations

from typing import Any

from assessor import api as assessor
from core.uow import UnitOfWork
from web.i18n import LANGUAGES, show_instant
from web.presenters.common import bilingual
from web.presenters.scheduling import aid_options, disability_options, gender_options
from web.presenters.system_check import check_words
from web.words import _


def entry_page(uow: UnitOfWork, line: assessor.BatchLine, record: assessor.CandidateRecord) -> dict[str, Any]:
    """Everything of the page but the values of its fields."""
    entry, begun = line.entry, line.attempt.state is not assessor.AttemptState.CREATED
    sitting, policy = entry.sitting, assessor.assessment_policy(uow, entry.awarding_body_id)
    enrolled = entry.state is assessor.EntryState.ENROLLED
    over = line.result is not None and line.result.state is assessor.ResultState.DECLARED
    last = record.tries[-1].id == entry.id
    failed = over and line.result is not None and not line.result.passed
    credential = assessor.credential_of_entry(uow, entry.id).document
    return {
        "check": check_words(assessor.system_check(uow, line.entry.id)),
        "entry": entry,
        "begun": begun,
        "attempt_id": line.attempt.id,
        "state": "begun" if begun and enrolled else entry.state.value,
        "result": line.result,
        "credential_title": bilingual(credential.title),
        "record": record,
        "tries": [_try(one) for one in record.tries],
        "sittings": _later_sittings(uow, entry),
        "policy": policy,
        "today": uow.now.date().isoformat(),
        "aids": aid_options(),
        "sitting": sitting,
        "may": {
            "code": enrolled,
            "withdraw": enrolled and not over,
            "move": enrolled and not begun,
            "absent": assessor.may_be_absent(entry, begun=begun, now=uow.now),
            "undo_absence": entry.state is assessor.EntryState.ABSENT and last,
            "again": last and (failed or entry.state is assessor.EntryState.ABSENT),
            "accommodate": enrolled and line.attempt.state is not assessor.AttemptState.SUBMITTED,
        },
    }


def candidate_choices() -> dict[str, list[tuple[str, str]]]:
    """The choices of the fields of a candidate."""
    return {
        "language": list(LANGUAGES.items()),
        "gender": gender_options(),
        "disabled": [("yes", _("Yes")), ("no", _("No"))],
        "disabilities": disability_options(),
        "level": [(one, one) for one in assessor.NSQF_LEVELS],
        "pathway": [("trained", _("After training")), ("rpl", _("Recognition of prior learning"))],
    }


def candidate_values(record: assessor.CandidateRecord) -> dict[str, Any]:
    """The values of the fields for a stored candidate; an APAAR id is never shown again."""
    plan = record.plan
    minutes = plan.training_minutes
    return {
        "name": plan.name,
        "language": plan.language.value,
        "date_of_birth": plan.date_of_birth.isoformat() if plan.date_of_birth else "",
        "gender": plan.gender.value if plan.gender else "",
        "disabled": {True: "yes", False: "no", None: ""}[plan.disabled],
        "disabilities": [one.value for one in plan.disabilities],
        "email": plan.email,
        "phone": plan.phone,
        "agency_number": plan.agency_number,
        "level": plan.qualification.level,
        "school_class": _text(plan.qualification.school_class),
        "experience_years": _text(plan.qualification.experience_years),
        "pathway": plan.pathway.value,
        "training_hours": "" if minutes is None else f"{minutes / 60:g}",
        "guardian_name": plan.guardian.name if plan.guardian else "",
        "guardian_contact": plan.guardian.contact if plan.guardian else "",
    }


def aid_values(entry: assessor.Entry) -> dict[str, str]:
    """The values of the fields of accommodations."""
    values = {"extra_minutes": str(entry.extra_minutes)}
    for one in entry.accommodations:
        values |= {one.aid.value: "yes", f"why-{one.aid.value}": one.reason}
    return values


def time_rows(uow: UnitOfWork, entry: assessor.Entry, *, extra_minutes: int) -> list[dict[str, Any]]:
    """The times that so many extra minutes lead to, by the function that rules the attempt."""
    times = assessor.entry_times(uow, entry, extra_minutes=extra_minutes)
    return [
        {"term": _("Time for the paper"), "minutes": times.seconds // 60},
        {"term": _("May begin from"), "at": times.opens_at},
        {"term": _("May begin until"), "at": times.closes_at},
        {"term": _("Who begins first ends at"), "at": times.earliest_end},
        {"term": _("Who begins last ends at"), "at": times.latest_end},
    ]


def _try(entry: assessor.Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "number": entry.try_number,
        "place": entry.sitting.place,
        "opens_at": entry.sitting.opens_at,
        "time_zone": entry.sitting.time_zone,
        "state": entry.state.value,
    }


def _later_sittings(uow: UnitOfWork, entry: assessor.Entry) -> list[tuple[str, str]]:
    """Sittings of the same credential that are still to close, for one more try."""
    wanted = assessor.assessment(
        uow, entry.assessment_id, organisation_id=entry.agency_id
    ).credential_version_id
    return [
        (
            sitting.id,
            f"{sitting.batch_name}, {sitting.place}: {show_instant(sitting.closes_at, sitting.time_zone)}",
        )
        for one in assessor.batch_overviews(uow, organisation_id=entry.agency_id)
        for sitting in one.sittings
        if sitting.closes_at > uow.now
        and sitting.id != entry.sitting.id
        and sitting.state is assessor.SittingState.PLANNED
        and assessor.assessment(
            uow, one.batch.assessment_id, organisation_id=entry.agency_id
        ).credential_version_id
        == wanted
    ]


def _text(number: int | None) -> str:
    return "" if number is None else str(number)

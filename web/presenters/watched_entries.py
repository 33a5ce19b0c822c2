# SPDX-License-Identifier: Apache-2.0
"""What managers see of consent: one candidate's, and who asked for a place with an invigilator. It reaches no result."""

from __future__ import annotations

from typing import Any

from assessor import api as assessor
from core.errors import NotFound
from core.identity import consents, guardians
from core.identity import queries as identity
from core.uow import UnitOfWork
from proctor import api as proctor
from web.consent_notices import LANGUAGES
from web.consenting import Standing
from web.presenters.consent import consent_lines, guardian_lines, relations
from web.presenters.watching import (
    effect_lines,
    plan_lines,
    profile_choices,
    profile_word,
    proof_choices,
    proof_word,
)


def wishes_page(uow: UnitOfWork, *, organisation_id: str) -> dict[str, Any]:
    """Everybody who waits for a place with an invigilator, the oldest wish first."""
    wishes = assessor.open_place_requests(uow, organisation_id=organisation_id)
    entries = assessor.entries_by_id(uow, [one.entry_id for one in wishes])
    return {
        "rows": [
            {
                "entry_id": one.entry_id,
                "name": entries[one.entry_id].candidate_name,
                "number": entries[one.entry_id].agency_number,
                "batch": entries[one.entry_id].sitting.batch_name,
                "place": entries[one.entry_id].sitting.place,
                "sitting_id": entries[one.entry_id].sitting.id,
                "opens_at": entries[one.entry_id].sitting.opens_at,
                "zone": entries[one.entry_id].sitting.time_zone,
                "asked_at": one.asked_at,
                "running": one.running,
            }
            for one in wishes
            if one.entry_id in entries
        ]
    }


def candidate_consent(
    uow: UnitOfWork, entry: assessor.Entry, standing: Standing, attempt_id: str
) -> dict[str, Any]:
    """One candidate's consent, guardian, exemptions and wish."""
    asked = guardians.guardians_of(uow, entry.id)
    granted = proctor.exemptions_of(uow, attempt_id)
    wish = assessor.place_request(uow, entry.id)
    people = {one.granted_by for one in granted}
    people |= {one.recorded_by for one in asked if one.recorded_by}
    if wish is not None and wish.settled_by:
        people.add(wish.settled_by)
    names = identity.names(uow, people)
    begun = standing.session is not None and standing.session.state in (
        proctor.SessionState.ACTIVE,
        proctor.SessionState.ENDED,
    )
    return {
        "entry": entry,
        "zone": entry.sitting.time_zone,
        "watched": standing.watched,
        "proctored": entry.sitting.proctored,
        "plan": plan_lines(standing.plan) if standing.plan is not None else [],
        "of_age": standing.of_age,
        "needs_guardian": standing.needs_guardian,
        "agreed": standing.consent is not None,
        "stopped": standing.session is not None and standing.session.withdrawn,
        "begun": begun,
        "given": consent_lines(uow, consents.consents_of(uow, entry.id)),
        "guardians": [
            {**line, "recorded_by": names.get(line["recorded_by"] or "", "")}
            for line in guardian_lines(asked)
        ],
        "guardian_stands": any(one.stands for one in asked),
        "exemptions": [
            {
                "id": one.id,
                "profile": profile_word(one.profile),
                "effects": effect_lines(one.profile),
                "proof": proof_word(one.proof),
                "reason": one.reason,
                "by": names.get(one.granted_by, ""),
                "at": one.granted_at,
            }
            for one in granted
        ],
        "profiles": [
            choice for choice in profile_choices() if choice[0] not in {one.profile for one in granted}
        ],
        "proofs": proof_choices(),
        "relations": relations(),
        "wish": wish,
        "settled_by": names.get(wish.settled_by or "", "") if wish is not None else "",
    }


def notice_page(uow: UnitOfWork, entry: assessor.Entry, version: str, *, language: str) -> dict[str, Any]:
    """The kept words of a version in both languages, the reader's first. NotFound `notice_version_unknown`.

    Only a version that this candidate or their guardian was asked to agree to.
    """
    known = {one.notice_version for one in consents.consents_of(uow, entry.id)}
    known |= {one.notice_version for one in guardians.guardians_of(uow, entry.id)}
    if version not in known:
        raise NotFound("notice_version_unknown")
    kept = consents.kept_notice(uow, version)
    spoken = sorted(LANGUAGES, key=lambda one: one != language)
    return {
        "entry": entry,
        "kept": kept,
        "zone": entry.sitting.time_zone,
        "languages": [
            {
                "code": one,
                "rights": kept.document["rights"][one],
                "items": [{"optional": item["optional"], **item[one]} for item in kept.document["items"]],
            }
            for one in spoken
        ],
    }

# SPDX-License-Identifier: Apache-2.0
"""What a learner sees of the notice, of a guardian's consent and of exemptions. Nothing here decides or accuses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assessor import api as assessor
from core.errors import NotFound
from core.identity import consents, guardians
from core.identity.guardian_model import GuardianConsent, Relation
from core.identity.model import Consent
from core.uow import UnitOfWork
from proctor import api as proctor
from web import i18n
from web.consent_notices import shown_in
from web.consenting import Standing
from web.presenters.watching import exempted_lines
from web.words import _


def consent_part(
    uow: UnitOfWork, entry: assessor.Entry, standing: Standing, *, attempt_id: str, step: str
) -> dict[str, Any]:
    """The members of the gate that are about agreeing; the notice itself only where it is to be read."""
    page: dict[str, Any] = {
        "notice": None,
        "ask_age": False,
        "guardian": None,
        "wish": None,
        "not_made": [],
        "agreed": standing.consent is not None,
    }
    if step == "consent":
        page["notice"] = shown_in(standing.notice, i18n.language()) | {"version": standing.notice.version}
        page["ask_age"] = standing.watched and standing.of_age is None
    if step == "guardian":
        page["guardian"] = guardian_part(standing.guardian)
    if standing.watched and step in ("consent", "guardian", "camera", "wait"):
        wish = assessor.place_request(uow, entry.id)
        page["wish"] = wish is not None and wish.open
    if standing.watched and step != "closed":
        page["not_made"] = exempted_lines(proctor.exempted_profiles(uow, attempt_id))
    return page


def relations() -> list[tuple[str, str]]:
    """What a guardian may be to a learner, for a list to choose from."""
    return [(one.value, relation_word(one)) for one in Relation]


def relation_word(relation: Relation) -> str:
    """A relation in words."""
    return {
        Relation.MOTHER: _("Mother"),
        Relation.FATHER: _("Father"),
        Relation.LEGAL_GUARDIAN: _("Legal guardian"),
    }[relation]


def guardian_part(asked: GuardianConsent | None) -> dict[str, Any]:
    """What the step of the guardian shows: whether a code is on its way, and where to."""
    return {
        "relations": relations(),
        "sent": asked is not None and asked.code_sent_at is not None,
        "masked": "" if asked is None else asked.masked,
        "name": "" if asked is None else asked.guardian_name,
        "relation": "" if asked is None else asked.relation.value,
    }


def consent_page(uow: UnitOfWork, entry: assessor.Entry, standing: Standing) -> dict[str, Any]:
    """The learner's own page of what was agreed to, in the words of that time."""
    return {
        "zone": entry.sitting.time_zone,
        "standing": any(one.withdrawn_at is None for one in consents.consents_of(uow, entry.id)),
        "running": standing.session is not None and standing.session.state is proctor.SessionState.ACTIVE,
        "stopped": standing.session is not None and standing.session.withdrawn,
        "given": consent_lines(uow, consents.consents_of(uow, entry.id)),
        "guardians": guardian_lines(
            one for one in guardians.guardians_of(uow, entry.id) if not one.notes_withdrawal
        ),
        "optional": sorted(
            {"voice"} & set(standing.consent.purposes if standing.consent is not None else ())
        ),
    }


def consent_lines(uow: UnitOfWork, given: Iterable[Consent]) -> list[dict[str, Any]]:
    """Each consent with the words that belonged to it; `items` is empty where an older release kept none."""
    lines = []
    for one in given:
        try:
            kept = consents.kept_notice(uow, one.notice_version)
        except NotFound:
            items, intact, digest = [], True, ""
        else:
            shown = [*kept.document["items"]]
            spoken = one.language if one.language in ("en", "hi") else "en"
            items = [
                {"key": item["key"], "agreed": item["key"] in one.purposes, **item[spoken]} for item in shown
            ]
            intact, digest = kept.intact, kept.sha256
        lines.append(
            {
                "version": one.notice_version,
                "sha256": digest,
                "intact": intact,
                "language": one.language,
                "given_at": one.given_at,
                "withdrawn_at": one.withdrawn_at,
                "items": items,
            }
        )
    return lines


def guardian_lines(asked: Iterable[GuardianConsent]) -> list[dict[str, Any]]:
    """Each guardian who was asked, with how and when they agreed."""
    return [
        {
            "name": one.guardian_name,
            "relation": relation_word(one.relation),
            "means": one.means.value,
            "masked": one.masked,
            "given_at": one.given_at,
            "withdrawn_at": one.withdrawn_at,
            "recorded_by": one.recorded_by,
            "reason": one.reason,
            "noted": one.notes_withdrawal,
        }
        for one in asked
    ]

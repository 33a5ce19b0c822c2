# SPDX-License-Identifier: Apache-2.0
"""From a learner's yes (and a guardian's) to a session that may take pictures, and back. Pages and words are elsewhere.

One thing lets pictures in: a proctoring session that refers to a consent which stands. Only `open_watching` makes one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from assessor import api as assessor
from core.errors import Conflict, Invalid
from core.identity import consents, guardians
from core.identity import queries as identity
from core.identity.consents import Notice
from core.identity.guardian_model import GuardianConsent, is_of_age
from core.identity.model import Consent
from core.identity.operations import record_consent
from core.privacy.queries import mode_of
from core.uow import UnitOfWork
from proctor import api as proctor
from web.consent_notices import items_of, notice_of, required_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a learner is with agreeing. `of_age` None: nobody knows yet; `session` None: nothing was opened.

    `checked_in`: photo and, by the plan, the steps beside it are taken.
    """

    watched: bool
    plan: proctor.WatchPlan | None
    notice: Notice
    consent: Consent | None
    of_age: bool | None
    guardian: GuardianConsent | None
    session: proctor.SessionSummary | None
    checked_in: bool = False

    @property
    def needs_guardian(self) -> bool:
        """Whether somebody under 18 waits for a guardian's yes."""
        return self.watched and self.of_age is False and not (self.guardian and self.guardian.stands)

    @property
    def complete(self) -> bool:
        """Whether everybody who must agree has agreed to these very words."""
        return self.consent is not None and not (
            self.watched and (self.of_age is None or self.needs_guardian)
        )

    @property
    def may_capture(self) -> bool:
        """Whether a picture may be taken now."""
        return self.watched and self.complete and self.session is not None and self.session.takes_pictures


def notice_for(
    uow: UnitOfWork, entry: assessor.Entry, *, watched: bool
) -> tuple[Notice, proctor.WatchPlan | None]:
    """The notice that this learner is to agree to, with the plan behind it."""
    plan = proctor.plan_of(uow, entry.sitting.id) if watched else None
    document = assessor.document_of(uow, entry)
    agency = identity.organisation_name(uow, entry.agency_id)
    days = mode_of(uow, entry.agency_id).longest(entry.sitting.retention_days)
    return notice_of(plan, agency=agency, body=document.awarding_body, days=days), plan


def standing_of(uow: UnitOfWork, entry: assessor.Entry, *, attempt_id: str) -> Standing:
    """Where this learner stands now."""
    watched = assessor.is_watched(uow, entry)
    notice, plan = notice_for(uow, entry, watched=watched)
    of_age, guardian, session = None, None, None
    if watched:
        zone = ZoneInfo(entry.sitting.time_zone)
        said = None if entry.date_of_birth is not None else consents.said_of_age(uow, entry.id)
        of_age = is_of_age(entry.date_of_birth, said=said, day=uow.now.astimezone(zone).date())
        if of_age is False:
            guardian = guardians.guardian_of(uow, entry.id, notice_version=notice.version)
        session = proctor.session_of_attempt(uow, attempt_id)
        if session is not None and session.sitting_id != entry.sitting.id:
            session = None  # of the sitting before a move
    return Standing(
        watched=watched,
        plan=plan,
        notice=notice,
        consent=identity.consent_of(uow, entry.id, notice_version=notice.version),
        of_age=of_age,
        guardian=guardian,
        session=session,
        checked_in=session is not None and is_checked_in(uow, session),
    )


def is_checked_in(uow: UnitOfWork, session: proctor.SessionSummary) -> bool:
    """Whether the photo was taken and every other step that the plan asks for."""
    return proctor.check_in_step(uow, session) is proctor.CheckInStep.DONE


def is_unopened(standing: Standing) -> bool:
    """Whether everybody has agreed but the session does not refer to it yet."""
    session = standing.session
    return standing.watched and standing.complete and (session is None or session.consent_id is None)


def open_watching(uow: UnitOfWork, entry: assessor.Entry, *, attempt_id: str) -> Standing:
    """Open the session once everybody has agreed; before that, and without a camera, nothing happens."""
    standing = standing_of(uow, entry, attempt_id=attempt_id)
    if not standing.watched or not standing.complete or standing.consent is None or standing.plan is None:
        return standing
    if standing.session is not None and standing.session.state in (
        proctor.SessionState.ACTIVE,
        proctor.SessionState.ENDED,
    ):
        return standing
    session = proctor.open_session(
        uow, attempt_id, organisation_id=entry.agency_id, sitting_id=entry.sitting.id
    )
    proctor.record_consent_reference(
        uow,
        session.id,
        consent_id=standing.consent.id,
        plan=standing.plan,
        agreed=standing.consent.purposes,
        exemptions=proctor.exempted_profiles(uow, attempt_id),
    )
    return standing_of(uow, entry, attempt_id=attempt_id)


def agree(
    uow: UnitOfWork,
    entry: assessor.Entry,
    *,
    attempt_id: str,
    version: str,
    items: Collection[str],
    of_age: bool | None,
    language: str,
) -> Standing:
    """The learner's yes to the notice as it stands; agreeing again changes nothing. A wish for an invigilator is over.

    Raises Conflict `notice_changed`; Invalid `consent_incomplete`, `age_unsaid`.
    """
    standing = standing_of(uow, entry, attempt_id=attempt_id)
    if version != standing.notice.version:
        raise Conflict("notice_changed")
    asked = items_of(standing.plan)
    if not required_of(asked) <= set(items):
        raise Invalid("consent_incomplete")
    if standing.watched and standing.of_age is None:
        if of_age is None:
            raise Invalid("age_unsaid")
        consents.state_age(uow, entry.id, organisation_id=entry.agency_id, of_age=of_age)
    if standing.consent is None:
        consents.keep_notice(uow, standing.notice)
        record_consent(
            uow,
            entry.id,
            organisation_id=entry.agency_id,
            notice_version=version,
            purposes=[key for key in asked if key in items],
            language=language,
        )
    if standing.watched:
        assessor.take_back_wish(uow, entry)
    return open_watching(uow, entry, attempt_id=attempt_id)


def ready_to_start(
    uow: UnitOfWork, entry_id: str, *, attempt_id: str
) -> tuple[proctor.SessionSummary | None, bool]:
    """The session to watch, or None, and whether the camera need not hold up the start.

    Raises Conflict `consent_missing`, `guardian_not_agreed`.

    Who came back to a running test is never held up: consent was given before it began, and may have been taken back since.
    """
    agreed = identity.standing_consent(uow, entry_id) is not None
    if not agreed and assessor.state_of_entry(uow, entry_id) is assessor.AttemptState.CREATED:
        raise Conflict("consent_missing")
    session = proctor.session_of_attempt(uow, attempt_id)
    if session is None:
        return None, assessor.has_invigilator(uow, entry_id)
    match session.state:
        case proctor.SessionState.ACTIVE:
            return session, True
        case proctor.SessionState.ENDED:
            return None, True
    entry = assessor.learner_entry(uow, entry_id)
    if not assessor.is_watched(uow, entry):
        return None, True
    if session.takes_pictures and standing_of(uow, entry, attempt_id=attempt_id).needs_guardian:
        raise Conflict("guardian_not_agreed")  # the date of birth was put right since
    ready = session.takes_pictures and is_checked_in(uow, session)
    return (session, ready) if session.sitting_id == entry.sitting.id else (None, False)


def require_capture(uow: UnitOfWork, entry: assessor.Entry, *, attempt_id: str) -> proctor.SessionSummary:
    """The session for which a picture may be taken now; every route that takes one asks here first.

    Raises Conflict `consent_missing`, `guardian_not_agreed`, `session_ended`.
    """
    standing = standing_of(uow, entry, attempt_id=attempt_id)
    if standing.consent is not None and standing.needs_guardian:
        raise Conflict("guardian_not_agreed")
    if standing.session is not None and standing.session.state is proctor.SessionState.ENDED:
        raise Conflict("session_ended")
    if not standing.may_capture or standing.session is None:
        raise Conflict("consent_missing")
    return standing.session


def withdraw_everything(uow: UnitOfWork, entry: assessor.Entry, *, attempt_id: str) -> str | None:
    """Take everything back. In a running test the watching ends at once and people are told; answers go on being saved.

    The id of a session for the pipeline to finish after the commit, or None.
    """
    consents.withdraw_consents(uow, entry.id, organisation_id=entry.agency_id)
    guardians.withdraw_guardians(uow, entry.id, organisation_id=entry.agency_id)
    return _end_watching(uow, entry, attempt_id)


def withdraw_guardian(uow: UnitOfWork, entry: assessor.Entry, *, attempt_id: str, reason: str) -> str | None:
    """A manager notes that the guardian takes it back; the learner's own consent stays, and waits for a guardian again.

    The id of a session for the pipeline to finish after the commit, or None. Raises as `record_guardian_withdrawal`.
    """
    guardians.record_guardian_withdrawal(uow, entry.id, organisation_id=entry.agency_id, reason=reason)
    return _end_watching(uow, entry, attempt_id)


def _end_watching(uow: UnitOfWork, entry: assessor.Entry, attempt_id: str) -> str | None:
    """Nothing is captured from now on; a running test goes on without a camera, and people are told."""
    session = proctor.session_of_attempt(uow, attempt_id)
    if session is None:
        return None
    running = session.state is proctor.SessionState.ACTIVE
    proctor.take_back_consent(uow, session.id)
    if running:
        assessor.ask_for_invigilator(uow, entry, because=assessor.AskedBecause.WITHDRAWN, running=True)
        assessor.touch_attempts(uow, [attempt_id], organisation_id=entry.agency_id)  # the room hears of it
    return session.id if running else None


def withdraw_optional(
    uow: UnitOfWork, entry: assessor.Entry, *, attempt_id: str, item: str, language: str
) -> None:
    """Take one optional item back; the rest stays agreed to. Raises Conflict `consent_missing`, `item_not_optional`.

    Whatever the notice said when it was agreed to: a notice that changed meanwhile keeps nobody from taking back.
    """
    standing = standing_of(uow, entry, attempt_id=attempt_id)
    agreed = standing.consent or identity.standing_consent(uow, entry.id)
    if agreed is None or item not in agreed.purposes:
        raise Conflict("consent_missing")
    if item in required_of(items_of(standing.plan)):
        raise Conflict("item_not_optional")
    less = consents.replace_consent(
        uow,
        agreed,
        organisation_id=entry.agency_id,
        purposes=set(agreed.purposes) - {item},
        language=language,
    )
    if standing.session is not None:
        kept = proctor.keep_agreed(uow, standing.session.id, agreed=less.purposes, consent_id=less.id)
        proctor.keep_check_in(uow, kept)

# SPDX-License-Identifier: Apache-2.0
"""What happens to identities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationAdded(Event):
    """A tenant was registered."""

    name: ClassVar[str] = "organisation_added"
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAdded(Event):
    """A member of staff was added."""

    name: ClassVar[str] = "person_added"
    roles: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(Event):
    """A password was replaced."""

    name: ClassVar[str] = "password_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDisabled(Event):
    """An account was closed."""

    name: ClassVar[str] = "person_disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyIssued(Event):
    """A key was made; only its prefix is recorded."""

    name: ClassVar[str] = "api_key_issued"
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRevoked(Event):
    """A key was ended."""

    name: ClassVar[str] = "api_key_revoked"
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven(Event):
    """A learner agreed to a notice."""

    name: ClassVar[str] = "consent_given"
    notice_version: str
    purposes: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Event):
    """A learner took a consent back; `purposes` are those that were agreed to."""

    name: ClassVar[str] = "consent_withdrawn"
    notice_version: str
    purposes: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeStated(Event):
    """A learner without a known date of birth said whether they are 18 or older."""

    name: ClassVar[str] = "age_stated"
    of_age: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianAsked(Event):
    """A code was sent to a learner's guardian; neither name nor address stands here."""

    name: ClassVar[str] = "guardian_asked"
    notice_version: str
    relation: str
    codes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianConsented(Event):
    """A guardian agreed: by the code that came back, or on paper that the actor has seen."""

    name: ClassVar[str] = "guardian_consented"
    notice_version: str
    relation: str
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianWithdrew(Event):
    """A guardian's consent was taken back: together with the learner's, or alone, as a member of staff noted."""

    name: ClassVar[str] = "guardian_consent_withdrawn"
    notice_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffInvited(Event):
    """Somebody was invited to become a member of staff; the address itself is not recorded."""

    name: ClassVar[str] = "staff_invited"
    roles: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationWithdrawn(Event):
    """An invitation was taken back."""

    name: ClassVar[str] = "invitation_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAccepted(Event):
    """An invitation became an account."""

    name: ClassVar[str] = "invitation_accepted"
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesChanged(Event):
    """The roles of a member of staff were changed."""

    name: ClassVar[str] = "roles_changed"
    before: list[str]
    after: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonEnabled(Event):
    """A closed account was opened again."""

    name: ClassVar[str] = "person_enabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordResetIssued(Event):
    """A link for a new password was made."""

    name: ClassVar[str] = "password_reset_issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorEnrolled(Event):
    """A second factor was set up and proved."""

    name: ClassVar[str] = "second_factor_enrolled"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorRemoved(Event):
    """A second factor was removed, by the person or reset by an administrator."""

    name: ClassVar[str] = "second_factor_removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodesIssued(Event):
    """New recovery codes took the place of the old ones."""

    name: ClassVar[str] = "recovery_codes_issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodeUsed(Event):
    """A recovery code was used in place of the second factor."""

    name: ClassVar[str] = "recovery_code_used"
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorDemanded(Event):
    """An organisation decided whether its staff need a second factor."""

    name: ClassVar[str] = "second_factor_demanded"
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn(Event):
    """A member of staff signed in."""

    name: ClassVar[str] = "signed_in"
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginsEnded(Event):
    """Logins of a member of staff were ended before their time."""

    name: ClassVar[str] = "logins_ended"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProved(Event):
    """A member of staff proved again who they are, for an act that needs it."""

    name: ClassVar[str] = "identity_proved"
    method: str
    act: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOnConfigured(Event):
    """An organisation set up or changed its own sign-in."""

    name: ClassVar[str] = "sign_on_configured"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOnRemoved(Event):
    """An organisation removed its own sign-in and every link to it."""

    name: ClassVar[str] = "sign_on_removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOnLinked(Event):
    """An account was linked to the organisation's own sign-in."""

    name: ClassVar[str] = "sign_on_linked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordForgotten(Event):
    """Somebody asked for a new password; whether the account exists is not recorded."""

    name: ClassVar[str] = "password_forgotten"

# SPDX-License-Identifier: Apache-2.0
"""What administrators do with the staff of their own organisation, and the one-time links that follow from it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Select, func, select, update

from core.errors import Conflict, Invalid, NotFound
from core.identity import events
from core.identity.model import (
    Invitation,
    IssuedInvitation,
    OrganisationKind,
    Person,
    Role,
    StaffMember,
    login_email,
)
from core.identity.passwords import NewPassword
from core.identity.queries import person_of
from core.identity.secrets import hash_key
from core.identity.tables import (
    InvitationRow,
    OrganisationRow,
    PasswordResetRow,
    PersonRow,
    RoleGrantRow,
    SecondFactorRow,
    SignOnLinkRow,
)
from core.ids import new_id, secret_token
from core.uow import UnitOfWork

INVITATION_HOURS = 72
RESET_HOURS = 72
FORGOTTEN_MINUTES = 60
_LANGUAGES = ("en", "hi")


def members(uow: UnitOfWork, organisation_id: str) -> list[StaffMember]:
    """The staff of an organisation by name, closed accounts too."""
    rows = uow.db.scalars(
        select(PersonRow)
        .where(PersonRow.organisation_id == organisation_id)
        .order_by(PersonRow.name, PersonRow.id)
    ).all()
    ids = [row.id for row in rows]
    enrolled = set(
        uow.db.scalars(
            select(SecondFactorRow.person_id).where(
                SecondFactorRow.person_id.in_(ids), SecondFactorRow.confirmed_at.is_not(None)
            )
        )
    )
    linked = set(uow.db.scalars(select(SignOnLinkRow.person_id).where(SignOnLinkRow.person_id.in_(ids))))
    return [_member(row, row.id in enrolled, row.id in linked) for row in rows]


def member(uow: UnitOfWork, organisation_id: str, person_id: str) -> StaffMember:
    """One of them. NotFound(``person_unknown``), also for another organisation's."""
    row = _row(uow, organisation_id, person_id)
    factor = uow.db.get(SecondFactorRow, row.id)
    linked = uow.db.scalar(select(SignOnLinkRow.person_id).where(SignOnLinkRow.person_id == row.id))
    return _member(row, factor is not None and factor.confirmed_at is not None, linked is not None)


def second_factor_required(uow: UnitOfWork, organisation_id: str) -> bool:
    """Whether the organisation's staff need a second factor."""
    row = uow.db.get(OrganisationRow, organisation_id)
    return row is not None and row.second_factor_required


def require_second_factor(uow: UnitOfWork, organisation_id: str, *, required: bool) -> None:
    """Demand a second factor of all staff, or no longer; whoever has none sets one up before anything else."""
    row = _organisation(uow, organisation_id)
    if row.second_factor_required is not required:
        row.second_factor_required = required
        uow.emit(events.SecondFactorDemanded(organisation_id=row.id, subject_id=row.id, required=required))


def invitations(uow: UnitOfWork, organisation_id: str) -> list[Invitation]:
    """The invitations that can still be accepted, newest first."""
    query = _open_invitations(uow).where(InvitationRow.organisation_id == organisation_id)
    return [_invitation(row) for row in uow.db.scalars(query.order_by(InvitationRow.id.desc()))]


def invite(
    uow: UnitOfWork, organisation_id: str, *, name: str, email: str, roles: Collection[Role], language: str
) -> IssuedInvitation:
    """Make a one-time link, good for 72 hours; an earlier one for the same address is taken back.

    Invalid(``email_malformed`` | ``name_empty`` | ``role_not_here`` | ``roles_missing`` | ``language_unknown``),
    Conflict(``email_taken``) when a colleague has the address. Whether another organisation knows it is not told.
    """
    organisation = _organisation(uow, organisation_id)
    email = login_email(email)
    if not 1 <= len(name.strip()) <= 200:
        raise Invalid("name_empty")
    if language not in _LANGUAGES:
        raise Invalid("language_unknown")
    _check_roles(organisation.kind, roles)
    taken = select(PersonRow.id).where(PersonRow.email == email, PersonRow.organisation_id == organisation_id)
    if uow.db.scalar(taken) is not None:
        raise Conflict("email_taken")
    for earlier in uow.db.scalars(
        _open_invitations(uow).where(
            InvitationRow.email == email, InvitationRow.organisation_id == organisation_id
        )
    ):
        earlier.withdrawn_at = uow.now
    token = secret_token()
    row = InvitationRow(
        id=new_id(),
        organisation_id=organisation_id,
        name=name.strip(),
        email=email,
        language=language,
        roles=[role.value for role in sorted(roles)],
        token_hash=hash_key(token),
        created_at=uow.now,
        expires_at=uow.now + timedelta(hours=INVITATION_HOURS),
        organisation=organisation,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(events.StaffInvited(organisation_id=organisation_id, subject_id=row.id, roles=list(row.roles)))
    return IssuedInvitation(_invitation(row), token)


def withdraw_invitation(uow: UnitOfWork, organisation_id: str, invitation_id: str) -> None:
    """Make the link worthless. NotFound(``invitation_unknown``), also when it was accepted or is over."""
    row = uow.db.scalar(
        _open_invitations(uow).where(
            InvitationRow.id == invitation_id, InvitationRow.organisation_id == organisation_id
        )
    )
    if row is None:
        raise NotFound("invitation_unknown")
    row.withdrawn_at = uow.now
    uow.emit(events.InvitationWithdrawn(organisation_id=organisation_id, subject_id=row.id))


def open_invitation(uow: UnitOfWork, token: str) -> Invitation:
    """What the link stands for. NotFound(``invitation_unknown``) when it is used, withdrawn, over or was never made."""
    return _invitation(_by_token(uow, token))


def accept_invitation(uow: UnitOfWork, token: str, *, password: NewPassword) -> Person:
    """Make the account that was offered; the link is used up. NotFound(``invitation_unknown``), Conflict(``email_taken``)."""
    row = _by_token(uow, token)
    if uow.db.scalar(select(PersonRow.id).where(PersonRow.email == row.email)) is not None:
        raise Conflict("email_taken")
    kind = row.organisation.kind
    roles = [role for role in map(Role, row.roles) if kind in role.organisation_kinds]
    person = PersonRow(
        id=new_id(),
        organisation_id=row.organisation_id,
        name=row.name,
        email=row.email,
        password_hash=password.hash,
        language=row.language,
        created_at=uow.now,
        organisation=row.organisation,
        grants=[RoleGrantRow(role=role, granted_at=uow.now) for role in roles],
    )
    uow.db.add(person)
    row.accepted_at = uow.now
    uow.db.flush()
    names = [role.value for role in roles]
    uow.emit(events.PersonAdded(organisation_id=row.organisation_id, subject_id=person.id, roles=names))
    uow.emit(
        events.InvitationAccepted(organisation_id=row.organisation_id, subject_id=row.id, person_id=person.id)
    )
    return person_of(person)


def set_roles(uow: UnitOfWork, organisation_id: str, person_id: str, roles: Collection[Role]) -> None:
    """Give exactly these roles.

    Invalid(``role_not_here`` | ``roles_missing``), Conflict(``last_administrator``), NotFound(``person_unknown``).
    """
    row = _row(uow, organisation_id, person_id)
    _check_roles(row.organisation.kind, roles)
    held = {grant.role: grant for grant in row.grants}
    wanted = set(roles)
    if Role.ADMINISTRATOR in held.keys() - wanted:
        _keep_an_administrator(uow, row)
    if held.keys() == wanted:
        return
    before = sorted(role.value for role in held)
    for role in held.keys() - wanted:
        uow.db.delete(held[role])
    for role in sorted(wanted - held.keys()):
        uow.db.add(RoleGrantRow(person_id=row.id, role=role, granted_at=uow.now))
    uow.db.flush()
    uow.db.expire(row, ["grants"])
    after = sorted(role.value for role in wanted)
    uow.emit(
        events.RolesChanged(organisation_id=organisation_id, subject_id=row.id, before=before, after=after)
    )


def disable(uow: UnitOfWork, organisation_id: str, person_id: str) -> None:
    """Close a colleague's account. Conflict(``self_disable`` | ``last_administrator``); repeating changes nothing."""
    row = _row(uow, organisation_id, person_id)
    if row.id == uow.actor.id:
        raise Conflict("self_disable")
    if not row.active:
        return
    if any(grant.role is Role.ADMINISTRATOR for grant in row.grants):
        _keep_an_administrator(uow, row)
    row.active = False
    uow.emit(events.PersonDisabled(organisation_id=organisation_id, subject_id=row.id))


def enable(uow: UnitOfWork, organisation_id: str, person_id: str) -> None:
    """Open a closed account again; the logins that it had stay ended."""
    row = _row(uow, organisation_id, person_id)
    if not row.active:
        row.active = True
        uow.emit(events.PersonEnabled(organisation_id=organisation_id, subject_id=row.id))


def note_sign_in(uow: UnitOfWork, person_id: str, *, method: str) -> None:
    """Remember a sign-in that succeeded."""
    row = uow.db.get(PersonRow, person_id)
    if row is not None:
        row.last_sign_in_at = uow.now
        uow.emit(events.SignedIn(organisation_id=row.organisation_id, subject_id=row.id, method=method))


def issue_reset(uow: UnitOfWork, person_id: str, *, lasting: timedelta = timedelta(hours=RESET_HOURS)) -> str:
    """The secret of a one-time link for a new password; earlier links of the person open nothing any more."""
    row = uow.db.get(PersonRow, person_id)
    if row is None or not row.active:
        raise NotFound("person_unknown")
    _close_resets(uow, person_id)
    token = secret_token()
    uow.db.add(
        PasswordResetRow(
            token_hash=hash_key(token),
            person_id=person_id,
            created_at=uow.now,
            expires_at=uow.now + lasting,
        )
    )
    uow.emit(events.PasswordResetIssued(organisation_id=row.organisation_id, subject_id=row.id))
    return token


def person_of_reset(uow: UnitOfWork, token: str) -> Person:
    """Whose new password the link sets. NotFound(``reset_unknown``) when it is used, replaced, over or was never made."""
    return person_of(_reset(uow, token)[1])


def set_password_by_link(uow: UnitOfWork, token: str, *, password: NewPassword) -> Person:
    """Replace the password; the link is used up. NotFound(``reset_unknown``)."""
    reset, row = _reset(uow, token)
    reset.used_at = uow.now
    replace_password(uow, row.id, password=password)
    return person_of(row)


def replace_password(uow: UnitOfWork, person_id: str, *, password: NewPassword) -> None:
    """Store a new password and make every open link for one worthless. NotFound(``person_unknown``)."""
    row = uow.db.get(PersonRow, person_id)
    if row is None:
        raise NotFound("person_unknown")
    row.password_hash = password.hash
    _close_resets(uow, person_id)
    uow.emit(events.PasswordChanged(organisation_id=row.organisation_id, subject_id=row.id))


def person_by_email(uow: UnitOfWork, email: str) -> Person | None:
    """The active member of staff with this address, for the platform's own flows only."""
    row = uow.db.scalar(select(PersonRow).where(PersonRow.email == email.strip().lower(), PersonRow.active))
    return person_of(row) if row is not None else None


def _reset(uow: UnitOfWork, token: str) -> tuple[PasswordResetRow, PersonRow]:
    reset = uow.db.get(PasswordResetRow, hash_key(token))
    person = uow.db.get(PersonRow, reset.person_id) if reset is not None else None
    if reset is None or person is None or not person.active:
        raise NotFound("reset_unknown")
    if reset.used_at is not None or reset.expires_at <= uow.now:
        raise NotFound("reset_unknown")
    return reset, person


def _close_resets(uow: UnitOfWork, person_id: str) -> None:
    uow.db.execute(
        update(PasswordResetRow)
        .where(PasswordResetRow.person_id == person_id, PasswordResetRow.used_at.is_(None))
        .values(used_at=uow.now)
    )


def _open_invitations(uow: UnitOfWork) -> Select[InvitationRow]:
    return select(InvitationRow).where(
        InvitationRow.accepted_at.is_(None),
        InvitationRow.withdrawn_at.is_(None),
        InvitationRow.expires_at > uow.now,
    )


def _by_token(uow: UnitOfWork, token: str) -> InvitationRow:
    row: InvitationRow | None = uow.db.scalar(
        _open_invitations(uow).where(InvitationRow.token_hash == hash_key(token))
    )
    if row is None:
        raise NotFound("invitation_unknown")
    return row


def _check_roles(kind: OrganisationKind, roles: Collection[Role]) -> None:
    if not roles:
        raise Invalid("roles_missing")
    for role in roles:
        if kind not in role.organisation_kinds:
            raise Invalid("role_not_here", role=role.value, organisation_kind=kind.value)


def _keep_an_administrator(uow: UnitOfWork, row: PersonRow) -> None:
    _organisation(uow, row.organisation_id)
    others = uow.db.scalar(
        select(func.count())
        .select_from(RoleGrantRow)
        .join(PersonRow, PersonRow.id == RoleGrantRow.person_id)
        .where(
            RoleGrantRow.role == Role.ADMINISTRATOR,
            PersonRow.organisation_id == row.organisation_id,
            PersonRow.active,
            PersonRow.id != row.id,
        )
    )
    if row.active and not others:
        raise Conflict("last_administrator")


def _row(uow: UnitOfWork, organisation_id: str, person_id: str) -> PersonRow:
    row = uow.db.get(PersonRow, person_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound("person_unknown")
    return row


def _organisation(uow: UnitOfWork, organisation_id: str) -> OrganisationRow:
    # Locked: two administrators who disable each other at the same moment must not both succeed.
    row = uow.db.get(OrganisationRow, organisation_id, with_for_update=True)
    if row is None:
        raise NotFound("organisation_unknown")
    return row


def _member(row: PersonRow, second_factor: bool, linked: bool) -> StaffMember:  # noqa: FBT001 - two facts read together
    return StaffMember(
        id=row.id,
        name=row.name,
        email=row.email,
        language=row.language,
        roles=frozenset(grant.role for grant in row.grants),
        active=row.active,
        created_at=row.created_at,
        last_sign_in_at=row.last_sign_in_at,
        second_factor=second_factor,
        organisation_sign_on=linked,
    )


def _invitation(row: InvitationRow) -> Invitation:
    return Invitation(
        id=row.id,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation.name,
        name=row.name,
        email=row.email,
        language=row.language,
        roles=frozenset(map(Role, row.roles)),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )

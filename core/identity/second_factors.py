# SPDX-License-Identifier: Apache-2.0
"""A person's second factor and recovery codes: set up, prove, use, remove. The mathematics is in ``totp``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from core.errors import Conflict, Invalid, NotFound
from core.identity import events, totp
from core.identity.secrets import hash_code
from core.identity.tables import PersonRow, RecoveryCodeRow, SecondFactorRow
from core.ids import access_code, normalise_code
from core.sealing import Sealer
from core.uow import UnitOfWork

RECOVERY_CODES = 10
_LONGEST_CODE = 40


@dataclass(frozen=True, slots=True)
class FactorKeys:
    """The platform's keys for second factors: one seals the secrets, one peppers the recovery codes (32 bytes each)."""

    seal: bytes
    pepper: bytes


def is_enrolled(uow: UnitOfWork, person_id: str) -> bool:
    """Whether the person has a second factor in force."""
    row = uow.db.get(SecondFactorRow, person_id)
    return row is not None and row.confirmed_at is not None


def codes_left(uow: UnitOfWork, person_id: str) -> int:
    """How many recovery codes are still unused."""
    query = select(func.count()).where(
        RecoveryCodeRow.person_id == person_id, RecoveryCodeRow.used_at.is_(None)
    )
    return uow.db.scalar(query) or 0


def begin_enrolment(uow: UnitOfWork, person_id: str, *, keys: FactorKeys) -> None:
    """Make a secret to be confirmed; an unconfirmed one is replaced. Conflict(``second_factor_exists``)."""
    row = uow.db.get(SecondFactorRow, person_id)
    if row is not None and row.confirmed_at is not None:
        raise Conflict("second_factor_exists")
    if row is not None:
        uow.db.delete(row)
        uow.db.flush()
    sealed = Sealer(keys.seal).seal(totp.new_secret().encode(), scope=person_id)
    uow.db.add(SecondFactorRow(person_id=person_id, sealed_secret=sealed, last_step=0, created_at=uow.now))


def secret_to_confirm(uow: UnitOfWork, person_id: str, *, keys: FactorKeys) -> str:
    """The secret that waits to be confirmed, to be shown as a QR code. NotFound(``second_factor_unknown``)."""
    row = uow.db.get(SecondFactorRow, person_id)
    if row is None or row.confirmed_at is not None:
        raise NotFound("second_factor_unknown")
    return _secret(row, keys)


def confirm_enrolment(uow: UnitOfWork, person_id: str, *, code: str, keys: FactorKeys) -> list[str]:
    """Put the factor in force when the code fits; the ten recovery codes, readable this once.

    Invalid(``second_factor_wrong``), NotFound(``second_factor_unknown``).
    """
    row = uow.db.get(SecondFactorRow, person_id)
    if row is None or row.confirmed_at is not None:
        raise NotFound("second_factor_unknown")
    step = totp.fitting_step(_secret(row, keys), _digits(code), at=uow.now, after=row.last_step)
    if step is None:
        raise Invalid("second_factor_wrong")
    row.last_step, row.confirmed_at = step, uow.now
    uow.emit(events.SecondFactorEnrolled(organisation_id=_organisation(uow, person_id), subject_id=person_id))
    return issue_recovery_codes(uow, person_id, keys=keys)


def check_second_factor(uow: UnitOfWork, person_id: str, *, code: str, keys: FactorKeys) -> bool:
    """Whether a code of the program, or an unused recovery code, fits; either is used up by this. The caller counts tries."""
    row = uow.db.scalar(
        select(SecondFactorRow).where(SecondFactorRow.person_id == person_id).with_for_update()
    )
    if row is None or row.confirmed_at is None:
        return False
    step = totp.fitting_step(_secret(row, keys), _digits(code), at=uow.now, after=row.last_step)
    if step is not None:
        row.last_step = step
        return True
    return _use_recovery_code(uow, person_id, code, keys)


def issue_recovery_codes(uow: UnitOfWork, person_id: str, *, keys: FactorKeys) -> list[str]:
    """Ten new codes in place of the old ones; only their keyed hashes are stored. Conflict(``second_factor_missing``)."""
    if not is_enrolled(uow, person_id):
        raise Conflict("second_factor_missing")
    uow.db.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person_id))
    codes: list[str] = []
    while len(codes) < RECOVERY_CODES:
        code = access_code()
        if code not in codes:
            codes.append(code)
    uow.db.add_all(_code_rows(person_id, codes, keys))
    uow.emit(events.RecoveryCodesIssued(organisation_id=_organisation(uow, person_id), subject_id=person_id))
    return codes


def remove_second_factor(uow: UnitOfWork, person_id: str) -> None:
    """Take the factor and its codes away; without one nothing happens."""
    row = uow.db.get(SecondFactorRow, person_id)
    if row is None:
        return
    uow.db.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person_id))
    uow.db.delete(row)
    uow.emit(events.SecondFactorRemoved(organisation_id=_organisation(uow, person_id), subject_id=person_id))


def _use_recovery_code(uow: UnitOfWork, person_id: str, code: str, keys: FactorKeys) -> bool:
    typed = hash_code(normalise_code(code[:_LONGEST_CODE]), pepper=keys.pepper)
    row = uow.db.get(RecoveryCodeRow, (person_id, typed))
    if row is None or row.used_at is not None:
        return False
    row.used_at = uow.now
    uow.db.flush()
    left = codes_left(uow, person_id)
    uow.emit(
        events.RecoveryCodeUsed(
            organisation_id=_organisation(uow, person_id), subject_id=person_id, left=left
        )
    )
    return True


def _code_rows(person_id: str, codes: Sequence[str], keys: FactorKeys) -> list[RecoveryCodeRow]:
    return [
        RecoveryCodeRow(person_id=person_id, code_hash=hash_code(normalise_code(code), pepper=keys.pepper))
        for code in codes
    ]


def _secret(row: SecondFactorRow, keys: FactorKeys) -> str:
    return Sealer(keys.seal).open(row.sealed_secret, scope=row.person_id).decode()


def _digits(code: str) -> str:
    return "".join(letter for letter in code[:_LONGEST_CODE] if letter.isascii() and letter.isalnum())


def _organisation(uow: UnitOfWork, person_id: str) -> str | None:
    person = uow.db.get(PersonRow, person_id)
    return person.organisation_id if person is not None else None

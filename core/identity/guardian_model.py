# SPDX-License-Identifier: Apache-2.0
"""A guardian's consent for somebody under 18: who may give it and how it is proven. Pure; no storage, no sending here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from core.errors import Conflict, Invalid, Unavailable

OF_AGE = 18
CODE_DIGITS = 6
CODE_LASTS = timedelta(minutes=30)
SEND_AGAIN_AFTER = timedelta(seconds=60)
MOST_CODES = 5
MOST_TRIES = 5
LONGEST_NAME = 200


class Relation(StrEnum):
    """What the guardian is to the learner."""

    MOTHER = "mother"
    FATHER = "father"
    LEGAL_GUARDIAN = "legal_guardian"


class Means(StrEnum):
    """How a guardian's consent was shown: a code that came back, or a signed form that a member of staff has seen."""

    CODE = "code"
    PAPER = "paper"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianConsent:
    """A guardian who was asked; given once `given_at` is there. `masked` is enough of the address to know one's own by.

    One that was given and taken back in the same instant is the note of a member of staff, `recorded_by`, that the guardian
    takes back what was given before: it never stood.
    """

    notice_version: str
    guardian_name: str
    relation: Relation
    means: Means
    masked: str = ""
    codes_sent: int = 0
    code_sent_at: datetime | None = None
    tries: int = 0
    given_at: datetime | None = None
    withdrawn_at: datetime | None = None
    recorded_by: str | None = None
    reason: str = ""

    @property
    def stands(self) -> bool:
        """Whether it was given and not taken back."""
        return self.given_at is not None and self.withdrawn_at is None

    @property
    def notes_withdrawal(self) -> bool:
        """Whether this says that a guardian took it back, and why."""
        return (
            self.recorded_by is not None and self.given_at is not None and self.given_at == self.withdrawn_at
        )


def is_of_age(born: date | None, *, said: bool | None, day: date) -> bool | None:
    """Whether a learner is 18 or older on `day`: by the date of birth, else by what was said; None: nobody knows."""
    if born is None:
        return said
    return (day.year - OF_AGE, day.month, day.day) >= (born.year, born.month, born.day)


def require_guardian_name(text: str) -> str:
    """A name as it is kept, 2 to 200 visible characters; raises Invalid `guardian_name_malformed`."""
    name = " ".join(text.split())
    joiners = str.maketrans("", "", "\u200c\u200d")  # Devanagari needs them
    if not 2 <= len(name) <= LONGEST_NAME or not name.translate(joiners).isprintable():
        raise Invalid("guardian_name_malformed", lowest=2, highest=LONGEST_NAME)
    return name


def require_relation(text: str) -> Relation:
    """Raises Invalid `guardian_relation_unknown`."""
    try:
        return Relation(text)
    except ValueError as error:
        raise Invalid("guardian_relation_unknown") from error


def sent(asked: GuardianConsent, *, now: datetime) -> GuardianConsent:
    """After one more code was sent; the old one opens nothing any more.

    Raises Conflict `guardian_already_agreed`; Unavailable `guardian_code_just_sent`, `guardian_codes_used_up`.
    """
    if asked.stands:
        raise Conflict("guardian_already_agreed")
    if asked.code_sent_at is not None and now < asked.code_sent_at + SEND_AGAIN_AFTER:
        raise Unavailable("guardian_code_just_sent", seconds=SEND_AGAIN_AFTER.seconds)
    if asked.codes_sent >= MOST_CODES:
        raise Unavailable("guardian_codes_used_up", most=MOST_CODES)
    return replace(asked, codes_sent=asked.codes_sent + 1, code_sent_at=now, tries=0)


def tried(asked: GuardianConsent, *, right: bool, now: datetime) -> GuardianConsent:
    """After a code was typed; a wrong one is counted, the right one gives the consent.

    Raises Conflict `guardian_already_agreed`, `guardian_code_not_sent`, `guardian_code_expired`, `guardian_code_tries`.
    """
    if asked.stands:
        raise Conflict("guardian_already_agreed")
    if asked.code_sent_at is None:
        raise Conflict("guardian_code_not_sent")
    if now >= asked.code_sent_at + CODE_LASTS:
        raise Conflict("guardian_code_expired", minutes=CODE_LASTS.seconds // 60)
    if asked.tries >= MOST_TRIES:
        raise Conflict("guardian_code_tries", most=MOST_TRIES)
    after = replace(asked, tries=asked.tries + 1)
    return replace(after, given_at=now) if right else after

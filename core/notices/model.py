# SPDX-License-Identifier: Apache-2.0
"""Rules of notices: what kinds there are, how an address looks, and how a notice moves. Pure; texts are chosen in ``web``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from core.errors import Conflict, Invalid

MAXIMUM_TRIES = 8
CLAIM_SECONDS = 120
"""How long one worker may take to hand a notice over before another may try."""
MAXIMUM_WORDS = 8_000
_EMAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\".]+")
_PHONE = re.compile(r"\+[1-9][0-9]{7,14}")
_INDIAN = re.compile(r"[6-9][0-9]{9}")


class Channel(StrEnum):
    """How a notice travels."""

    EMAIL = "email"
    PHONE = "phone"


class NoticeKind(StrEnum):
    """What a notice is about; ``web.notices.texts`` has the words of each in every language."""

    ACCESS_CODE = "access_code"
    SITTING_CHANGED = "sitting_changed"
    SITTING_CANCELLED = "sitting_cancelled"
    RESULT_DECLARED = "result_declared"
    DECISION_MADE = "decision_made"
    ERASURE_NOTICE = "erasure_notice"
    STAFF_INVITATION = "staff_invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a kind, not a password
    SECOND_FACTOR_RESET = "second_factor_reset"
    ERASURE_DONE = "erasure_done"
    GUARDIAN_CODE = "guardian_code"
    PANEL_NEWS = "panel_news"

    @property
    def confidential(self) -> bool:
        """Whether its words open something, so that nobody may read them once it has left or failed."""
        return self in (
            NoticeKind.ACCESS_CODE,
            NoticeKind.STAFF_INVITATION,
            NoticeKind.PASSWORD_RESET,
            NoticeKind.GUARDIAN_CODE,
        )

    @property
    def words(self) -> frozenset[str]:
        """The words that its text needs; instants in ISO 8601, UTC, beside the ``time_zone`` to show them in."""
        return frozenset(_WORDS[self].split())


_WORDS: Mapping[NoticeKind, str] = {
    NoticeKind.ACCESS_CODE: "name title place opens_at closes_at time_zone code",
    NoticeKind.SITTING_CHANGED: "name title place opens_at closes_at time_zone",
    NoticeKind.SITTING_CANCELLED: "name title place opens_at time_zone",
    NoticeKind.RESULT_DECLARED: "name title",
    NoticeKind.DECISION_MADE: "name title about",
    NoticeKind.ERASURE_NOTICE: "name erase_at time_zone",
    NoticeKind.STAFF_INVITATION: "name organisation link expires_at time_zone",
    NoticeKind.PASSWORD_RESET: "name link expires_at time_zone",
    NoticeKind.SECOND_FACTOR_RESET: "name organisation",
    NoticeKind.ERASURE_DONE: "name erased_at reference time_zone",
    NoticeKind.GUARDIAN_CODE: "name learner title items code expires_at time_zone",
    NoticeKind.PANEL_NEWS: "name panel news link",
}


class DecisionAbout(StrEnum):
    """What a ``decision_made`` notice is about: its word ``about``."""

    INCIDENT = "incident"
    APPEAL = "appeal"
    LATE_ANSWERS = "late_answers"
    REASSESSMENT = "reassessment"
    RESULT_CORRECTED = "result_corrected"


class PanelNews(StrEnum):
    """What a ``panel_news`` notice tells a judge: its word ``news``."""

    INVITED = "invited"
    ROUND_OPENED = "round_opened"
    GIVEN_BACK = "given_back"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"


class NoticeState(StrEnum):
    """Where a notice is."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Failure(StrEnum):
    """Why a notice did not leave. All but the first four are worth another try."""

    NO_ADDRESS = "no_address"
    NO_CHANNEL = "no_channel"
    REJECTED = "rejected"
    UNREADABLE = "unreadable"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    PORT_ERROR = "port_error"

    @property
    def final(self) -> bool:
        """Whether trying again by itself is useless."""
        return self in (Failure.NO_ADDRESS, Failure.NO_CHANNEL, Failure.REJECTED, Failure.UNREADABLE)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a notice goes: an e-mail address, or a telephone number as ``+`` and digits."""

    channel: Channel
    value: str

    @classmethod
    def email(cls, text: str) -> Address:
        """An e-mail address; Invalid ``email_malformed``."""
        value = text.strip()
        if len(value) > 254 or not value.isprintable() or not _EMAIL.fullmatch(value):
            raise Invalid("email_malformed")
        return cls(Channel.EMAIL, value)

    @classmethod
    def phone(cls, text: str) -> Address:
        """A telephone number: international with ``+``, or the ten digits of an Indian mobile; Invalid ``phone_malformed``."""
        bare = re.sub(r"[\s().-]", "", text).translate(_DEVANAGARI)
        bare = f"+{bare[2:]}" if bare.startswith("00") else bare
        national = bare.removeprefix("0") if len(bare) == 11 else bare
        national = national.removeprefix("91") if len(national) == 12 else national
        value = f"+91{national}" if _INDIAN.fullmatch(national) else bare
        if not value.isascii() or not _PHONE.fullmatch(value):
            raise Invalid("phone_malformed")
        return cls(Channel.PHONE, value)

    @property
    def masked(self) -> str:
        """Enough to know one's own by: ``r***@x.in``, ``+91***3210``."""
        if self.channel is Channel.PHONE:
            return f"{self.value[:3]}***{self.value[-4:]}"
        local, _, domain = self.value.rpartition("@")
        return f"{local[:1]}***@{domain}"


_DEVANAGARI = str.maketrans("०१२३४५६७८९", "0123456789")


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a notice is: ``tries`` began so far, and until when a worker holds it."""

    state: NoticeState
    tries: int = 0
    claimed_until: datetime | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker begins to hand it over."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """The port took it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The port did not take it."""

    why: Failure


@dataclass(frozen=True, slots=True)
class Withdraw:
    """It is no longer true; it must not leave."""


@dataclass(frozen=True, slots=True)
class TryAgain:
    """A person asks for another round; ``readable``: its words are still there."""

    readable: bool


Command = Claim | Arrived | Failed | Withdraw | TryAgain


def decide(standing: Standing, command: Command, *, now: datetime) -> Standing:
    """What a command makes of a notice. What is over stays as it is, so that a repeated command is harmless.

    Raises Conflict ``notice_claimed`` (another worker has it), ``notice_over`` (nothing to try again), ``notice_words_gone``.
    """
    match command:
        case TryAgain(readable=readable):
            return _again(standing, readable=readable)
        case _ if standing.state is not NoticeState.WAITING:
            return standing
        case Claim():
            if standing.claimed_until is not None and standing.claimed_until > now:
                raise Conflict("notice_claimed")
            until = now + timedelta(seconds=CLAIM_SECONDS)
            return Standing(NoticeState.WAITING, standing.tries + 1, until, standing.failure)
        case Arrived():
            return Standing(NoticeState.SENT, standing.tries)
        case Failed(why=why):
            over = why.final or standing.tries >= MAXIMUM_TRIES
            state = NoticeState.FAILED if over else NoticeState.WAITING
            return Standing(state, standing.tries, None, why)
        case Withdraw():
            return Standing(NoticeState.WITHDRAWN, standing.tries)
        case _:
            assert_never(command)


def keeps_words(standing: Standing, *, confidential: bool) -> bool:
    """Whether the words are still needed: to send them, or to send them again unless they open something."""
    match standing.state:
        case NoticeState.WAITING:
            return True
        case NoticeState.FAILED:
            return not confidential and standing.failure is not Failure.NO_ADDRESS
        case NoticeState.SENT | NoticeState.WITHDRAWN:
            return False
        case _:
            assert_never(standing.state)


def check_words(kind: NoticeKind, words: Mapping[str, str]) -> None:
    """Raises ValueError where the caller forgot a word of the kind, and Invalid ``notice_too_long``."""
    if missing := kind.words - words.keys():
        raise ValueError(f"a notice {kind.value} needs {', '.join(sorted(missing))}")
    if sum(map(len, words.values())) > MAXIMUM_WORDS:
        raise Invalid("notice_too_long", maximum=MAXIMUM_WORDS)


def _again(standing: Standing, *, readable: bool) -> Standing:
    if standing.state is not NoticeState.FAILED:
        raise Conflict("notice_over")
    if not readable:
        raise Conflict("notice_words_gone")
    return Standing(NoticeState.WAITING, 0, None, standing.failure)

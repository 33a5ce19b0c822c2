# SPDX-License-Identifier: Apache-2.0
"""Messages between a proctor and a learner, ready-made hints, and a raised hand. Pure; no storage, no words for people here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from core.errors import Conflict, Invalid
from proctor.rules.alerts import RuleName

LONGEST_MESSAGE = 500
HIGHEST_NUMBER = 2**53 - 1
MOST_AT_ONCE = 5
MOST_OF_AN_ATTEMPT = 200
AT_ONCE = timedelta(minutes=1)
HINT_PAUSE = timedelta(minutes=1)
HELD = timedelta(seconds=3)
"""What a rule sees for so long the learner is told, alone and before anybody else where the rule needs longer."""


class Direction(StrEnum):
    """Which way a message went."""

    TO_LEARNER = "to_learner"
    FROM_LEARNER = "from_learner"


class Hint(StrEnum):
    """What a learner is asked to do, in words that accuse nobody; `web` has the words in each language."""

    SHOW_FACE = "show_face"
    MORE_LIGHT = "more_light"
    LOOK_AT_SCREEN = "look_at_screen"
    PHONE_AWAY = "phone_away"
    BE_ALONE = "be_alone"
    FREE_CAMERA = "free_camera"
    QUIET = "quiet"
    STAY_ON_PAGE = "stay_on_page"


_HINTS: Mapping[str, Hint] = MappingProxyType(
    {
        "face_gone": Hint.SHOW_FACE,
        "several_faces": Hint.BE_ALONE,
        "camera_covered": Hint.FREE_CAMERA,
        "camera_stopped": Hint.FREE_CAMERA,
        "camera_frozen": Hint.FREE_CAMERA,
        "camera_blurred": Hint.FREE_CAMERA,
        "camera_dark": Hint.MORE_LIGHT,
        "looking_away": Hint.LOOK_AT_SCREEN,
        "phone_possible": Hint.PHONE_AWAY,
        "book_possible": Hint.PHONE_AWAY,
        "speech": Hint.QUIET,
        "focus_lost": Hint.STAY_ON_PAGE,
    }
)


def nudge_for(rule: RuleName) -> Hint | None:
    """What the learner alone is told first when this rule sees something; None where there is nothing to ask for.

    Of someone else, a loop or altered pictures an honest learner can put nothing right, so people look first.
    """
    return _HINTS.get(rule.value)


def due_hints(beginning: Mapping[RuleName, datetime], *, now: datetime) -> tuple[Hint, ...]:
    """The hints that a learner gets now, each once: of what rules have seen for three seconds, mostly before it is an alert."""
    held = [rule for rule, since in beginning.items() if now - since >= HELD]
    return tuple(dict.fromkeys(hint for rule in held if (hint := nudge_for(rule)) is not None))


def may_hint(hint: Hint, given: Mapping[Hint, datetime], *, now: datetime) -> bool:
    """Whether the machine may give this hint again: `given` is when each was given last; at most one a minute of each."""
    last = given.get(hint)
    return last is None or now - last >= HINT_PAUSE


def require_text(text: str) -> str:
    """A message as it is kept: 1 to 500 visible characters on lines without spaces around them.

    Raises Invalid `message_malformed`.
    """
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    kept = "\n".join(lines)
    if not 1 <= len(kept) <= LONGEST_MESSAGE or not all(line == "" or line.isprintable() for line in lines):
        raise Invalid("message_malformed", highest=LONGEST_MESSAGE)
    return kept


def require_number(number: object) -> int:
    """The number that a learner's page gave to a message, 1 to 2**53 - 1, unless Invalid `message_number_malformed`."""
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= HIGHEST_NUMBER:
        raise Invalid("message_number_malformed")
    return number


def require_hint(text: str) -> Hint:
    """The hint of this name, unless Invalid `hint_unknown`."""
    try:
        return Hint(text)
    except ValueError as error:
        raise Invalid("hint_unknown") from error


def require_pace(sent: Collection[datetime], *, now: datetime) -> None:
    """Refuse a learner's message that comes too soon after others: at most 5 in a minute, 200 in one test.

    Raises Conflict `messages_too_fast`, `messages_too_many`.
    """
    if len(sent) >= MOST_OF_AN_ATTEMPT:
        raise Conflict("messages_too_many", highest=MOST_OF_AN_ATTEMPT)
    if sum(now - at < AT_ONCE for at in sent) >= MOST_AT_ONCE:
        raise Conflict("messages_too_fast", highest=MOST_AT_ONCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a learner wants of people: since when a hand is up, and since when a message waits for an answer (UTC)."""

    hand_at: datetime | None = None
    waiting_at: datetime | None = None
    waiting: int = 0

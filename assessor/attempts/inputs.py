# SPDX-License-Identifier: Apache-2.0
"""The shapes and ranges of what comes from outside: answers, numbers, devices. Pure; nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import Invalid
from scoring.api import Interaction

MAXIMUM_NUMBER = 2**31 - 1
"""The largest sequence number, epoch or revision: what an INTEGER column of every engine holds."""
MAXIMUM_TEXT = 2_000
MAXIMUM_DEVICE = 64
MAXIMUM_CLIENT_TIME = 40
MAXIMUM_TARGET = 40
MAXIMUM_CREDIT = 24 * 3600
MAXIMUM_SECONDS = 30 * 24 * 3600
"""More than any assessment takes, and well inside an INTEGER."""

ResponseValue = None | str | tuple[str, ...] | dict[str, Any]
"""A value: None (cleared), a text, the true identifiers of the chosen options in the item's order, or by part (`shapes`)."""


def parse_value(raw: object, *, interaction: Interaction, options: Mapping[str, str]) -> ResponseValue:
    """A learner's value in true identifiers; `options` maps the opaque ids to them, in the item's order.

    An empty text or list means cleared.
    Raises Invalid: `answer_malformed`, `answer_too_long`, `option_unknown`, `too_many_options`.
    """
    if raw is None:
        return None
    match interaction:
        case Interaction.TEXT_ENTRY:
            return _parse_text(raw)
        case Interaction.CHOICE_SINGLE | Interaction.CHOICE_MULTIPLE:
            return _parse_choice(raw, options=options, single=interaction is Interaction.CHOICE_SINGLE)
        case _:
            raise Invalid("answer_malformed")  # such an item has parts, see `shapes`


def require_number(value: object, *, name: str) -> int:
    """`value` as an integer from 1 to 2^31 - 1; raises Invalid `number_out_of_range`."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAXIMUM_NUMBER:
        raise Invalid("number_out_of_range", name=name, lowest=1, highest=MAXIMUM_NUMBER)
    return value


def require_credit(seconds: int, *, held: int) -> int:
    """The credit after granting `seconds` more: 1 to a day at once, 30 days in all.

    Raises Invalid `credit_out_of_range`.
    """
    if not 1 <= seconds <= MAXIMUM_CREDIT or held + seconds > MAXIMUM_SECONDS:
        raise Invalid("credit_out_of_range", lowest=1, highest=MAXIMUM_CREDIT)
    return held + seconds


def require_device(value: object) -> str:
    """`value` as a device's name: 1 to 64 of A-Z a-z 0-9 - _; raises Invalid `device_malformed`."""
    if not isinstance(value, str) or not 1 <= len(value) <= MAXIMUM_DEVICE:
        raise Invalid("device_malformed")
    if not (value.isascii() and value.replace("-", "").replace("_", "").isalnum()):
        raise Invalid("device_malformed")
    return value


def tidy_client_time(text: str) -> str:
    """The browser's own time as it is kept: up to 40 visible ASCII characters. Nothing is decided by it."""
    return "".join(character for character in text[:MAXIMUM_CLIENT_TIME] if "!" <= character <= "~")


def _parse_text(raw: object) -> ResponseValue:
    if not isinstance(raw, str):
        raise Invalid("answer_malformed")
    if len(raw) > MAXIMUM_TEXT:
        raise Invalid("answer_too_long", length=len(raw), limit=MAXIMUM_TEXT)
    if "\0" in raw or any("\ud800" <= character <= "\udfff" for character in raw):
        raise Invalid("answer_malformed")  # NUL and lone surrogates: no database can hold them
    return raw or None


def _parse_choice(raw: object, *, options: Mapping[str, str], single: bool) -> ResponseValue:
    if not isinstance(raw, list | tuple) or not all(isinstance(choice, str) for choice in raw):
        raise Invalid("answer_malformed")
    chosen = frozenset(raw)
    if len(chosen) != len(raw):
        raise Invalid("answer_malformed")
    if chosen - options.keys():
        raise Invalid("option_unknown")
    if single and len(chosen) > 1:
        raise Invalid("too_many_options", limit=1)
    return tuple(true for opaque, true in options.items() if opaque in chosen) or None

# SPDX-License-Identifier: Apache-2.0
"""The shape of a message to a learner. Pure; no storage here."""

from __future__ import annotations

from core.errors import Invalid

LONGEST_MESSAGE = 500


def require_text(text: str) -> str:
    """A message as it is kept: 1 to 500 visible characters on lines without spaces around them.

    Raises Invalid `message_malformed`.
    """
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    kept = "\n".join(lines)
    if not 1 <= len(kept) <= LONGEST_MESSAGE or not all(line == "" or line.isprintable() for line in lines):
        raise Invalid("message_malformed", highest=LONGEST_MESSAGE)
    return kept

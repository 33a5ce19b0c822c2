# SPDX-License-Identifier: Apache-2.0
"""What an error text is made of. The texts themselves stand beside this module, by area."""

from __future__ import annotations

from dataclasses import dataclass


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a text for translation without translating it now."""
    return text


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What happened (a sentence), and the advice that follows it; facts may be named as ``%(name)s``."""

    title: str
    advice: str

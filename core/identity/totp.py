# SPDX-License-Identifier: Apache-2.0
"""Time-based one-time codes (RFC 6238: SHA-1, 6 digits, 30 seconds). Pure: no storage, no clock."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime

import pyotp

from core.ids import random_bytes

PERIOD_SECONDS = 30
DIGITS = 6
DRIFT_STEPS = 1
_SECRET_BYTES = 20


def new_secret() -> str:
    """A fresh secret of 160 bits in base 32, as authenticator programs take it."""
    return base64.b32encode(random_bytes(_SECRET_BYTES)).decode()


def step_of(at: datetime) -> int:
    """The number of the 30-second step at an instant."""
    return int(at.timestamp()) // PERIOD_SECONDS


def code_of(secret: str, step: int, *, digits: int = DIGITS) -> str:
    """The code of one step (RFC 4226, section 5.3, with the step as the counter)."""
    return pyotp.TOTP(secret, digits=digits, interval=PERIOD_SECONDS).generate_otp(step)


def fitting_step(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """The step that ``code`` belongs to, one step of drift either way, or None.

    Never the step ``after`` or an earlier one, so that no code serves twice.
    """
    now = step_of(at)
    candidates = range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1)
    fitting = [
        step for step in candidates if hmac.compare_digest(code_of(secret, step).encode(), code.encode())
    ]
    return next((step for step in fitting if step > after), None)


def address_of(secret: str, *, account: str, issuer: str) -> str:
    """The ``otpauth://`` address that a QR code carries."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=PERIOD_SECONDS).provisioning_uri(
        name=account, issuer_name=issuer
    )

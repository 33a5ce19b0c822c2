# SPDX-License-Identifier: Apache-2.0
"""The notices that left, read from the folder where the development port puts them."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.web.site import Site
from web import effects
from web.notices.postman import Postman


def letters(site: Site) -> list[EmailMessage]:
    """Carry out what waits, hand over what was queued, and read every e-mail, oldest first."""
    site.worker.round()
    Postman(site.parts, effects.handlers(site.app)).round()
    files = sorted((site.parts.config.var / "notices").glob("*.eml"))
    found = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    return [letter for letter in found if isinstance(letter, EmailMessage)]

# SPDX-License-Identifier: Apache-2.0
"""A message as an e-mail (RFC 5322), for the mail server and for the folder alike."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses, parseaddr

from core.errors import Invalid
from core.notices.model import Address
from web.notices.ports import Message

_BARE_SENDER = "kasauti@localhost"


def require_sender(text: str) -> str:
    """A sender such as ``Skill Agency <no-reply@agency.in>``; Invalid ``config_bad_value``."""
    try:
        [(name, address)] = getaddresses([text])
        found = Address.email(address).value
        if not text.isprintable() or not found.isascii():
            raise Invalid("email_malformed")
        return str(MailAddress(display_name=name, addr_spec=found))
    except (Invalid, ValueError) as error:
        raise Invalid("config_bad_value", key="notices_from", expected="Name <address@host>") from error


def write_letter(message: Message, *, sender: str, at: datetime) -> EmailMessage:
    """The message with its headers; ``Message-ID`` is made of the notice's id, the same at every try."""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = sender or _BARE_SENDER
    letter["To"] = message.to.value
    letter["Subject"] = " ".join(message.subject.split())
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = f"<{message.id}@{_domain(sender)}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"
    letter.set_content(message.body, subtype="plain", charset="utf-8", cte="base64")
    letter["Content-Language"] = message.language  # set_content would take it away
    return letter


def _domain(sender: str) -> str:
    return parseaddr(sender or _BARE_SENDER)[1].rpartition("@")[2] or "localhost"

# SPDX-License-Identifier: Apache-2.0
"""The port to a provider of short messages: a signed POST to one configured address, and never anywhere else.

Headers and signature are those of Standard Webhooks 1.0 (standardwebhooks.com): HMAC-SHA256 over ``id.timestamp.body``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Final
from urllib.parse import urlsplit

from core.clock import Clock
from core.errors import Invalid
from core.notices.model import Channel, Failure
from web.notices.ports import TIMEOUT_SECONDS, Message, Undelivered

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_TRANSIENT: Final = frozenset({408, 409, 423, 425, 429})
_MINIMUM_SECRET: Final = 16


def parse_webhook(text: str) -> str:
    """The address: https, or http on this machine; Invalid ``config_bad_value``."""
    try:
        parts = urlsplit(text)
        fits = bool(parts.hostname) and parts.port != 0 and parts.username is None and not parts.fragment
    except ValueError:
        fits = False
        parts = urlsplit("")
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not fits or not secure or not text.isascii() or not text.isprintable():
        expected = "https://host/path (http only on this machine), file:FOLDER or off"
        raise Invalid("config_bad_value", key="notices_sms", expected=expected)
    return text


def parse_secret(text: str) -> bytes:
    """The shared secret: ``whsec_`` and base64 (as providers give it), or any text of 16 characters and more.

    Invalid ``config_bad_value``; the secret is never repeated.
    """
    try:
        coded = text.startswith("whsec_")
        secret = base64.b64decode(text.removeprefix("whsec_"), validate=True) if coded else text.encode()
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) < _MINIMUM_SECRET:
        expected = "whsec_ and base64 of at least 16 bytes, or at least 16 characters"
        raise Invalid("config_bad_value", key="notices_sms_secret", expected=expected)
    return secret


def sign(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


class WebhookPort:
    """Posts ``{id, kind, to, language, text}``; any 2xx is a receipt."""

    def __init__(self, url: str, secret: bytes, *, clock: Clock, timeout: float = TIMEOUT_SECONDS) -> None:
        self._url = url
        self._secret = secret
        self._clock = clock
        self._timeout = timeout

    def send(self, message: Message) -> None:
        """Hand it over; Undelivered ``rejected`` for an answer that will not change (4xx, a redirect)."""
        import requests

        if message.to.channel is not Channel.PHONE:
            raise Undelivered(Failure.NO_CHANNEL)
        document = {
            "id": message.id,
            "kind": message.kind,
            "to": message.to.value,
            "language": message.language,
            "text": message.body,
        }
        body = json.dumps(document, ensure_ascii=False).encode()
        timestamp = int(self._clock.now().timestamp())
        headers = {
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self._secret, message.id, timestamp, body),
        }
        try:
            with requests.post(
                self._url,
                data=body,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,  # the answer's body is never read: it may be endless
            ) as answer:
                status = answer.status_code
        except requests.Timeout:
            raise Undelivered(Failure.TIMED_OUT) from None
        except requests.ConnectionError:
            raise Undelivered(Failure.UNREACHABLE) from None
        except requests.RequestException:
            raise Undelivered(Failure.PORT_ERROR) from None
        if not 200 <= status < 300:
            lasting = status < 500 and status not in _TRANSIENT
            raise Undelivered(Failure.REJECTED if lasting else Failure.PORT_ERROR)

# SPDX-License-Identifier: Apache-2.0
"""The port to a mail server: ``smtp://`` (STARTTLS where offered or demanded) and ``smtps://`` (TLS from the first byte)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from core.clock import Clock
from core.errors import Invalid
from core.notices.model import Channel, Failure
from web.notices.letters import write_letter
from web.notices.ports import TIMEOUT_SECONDS, Message, Undelivered

_EXPECTED: Final = (
    "smtp://[user:password@]host[:port][?starttls=yes|no] or smtps://[user:password@]host[:port]"
)
_PORTS: Final = {"smtp": 587, "smtps": 465}
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server as configured. ``starttls`` is demanded unless it is of this machine or says ``starttls=no``."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    implicit_tls: bool = False
    starttls: bool = True


def parse_mail_server(text: str) -> MailServer:
    """Read an URL; Invalid ``config_bad_value`` (the URL itself, with its password, is never repeated)."""
    wrong = Invalid("config_bad_value", key="notices_email", expected=_EXPECTED)
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise wrong from error
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    asked = options.pop("starttls", None)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    fits = host and parts.path in ("", "/") and not options and asked in (None, "yes", "no")
    if not fits or (password and not user) or (asked and parts.scheme == "smtps"):
        raise wrong
    starttls = asked == "yes" if asked else host not in _LOOPBACK
    if user and parts.scheme == "smtp" and not starttls and host not in _LOOPBACK:
        raise wrong  # a password must not cross a network in the clear
    return MailServer(
        host, port, user, password, parts.scheme == "smtps", parts.scheme == "smtp" and starttls
    )


class SmtpPort:
    """Hands each message to a mail server over a connection of its own."""

    def __init__(
        self,
        server: MailServer,
        *,
        sender: str,
        clock: Clock,
        tls: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._server = server
        self._sender = sender
        self._clock = clock
        self._tls = tls or ssl.create_default_context()
        self._timeout = timeout

    def send(self, message: Message) -> None:
        """Hand it over; Undelivered ``rejected`` when the server refuses the recipient or the message for good."""
        if message.to.channel is not Channel.EMAIL:
            raise Undelivered(Failure.NO_CHANNEL)
        letter = write_letter(message, sender=self._sender, at=self._clock.now())
        with _named_failures(), self._connection() as connection:
            if not message.to.value.isascii() and not connection.has_extn("smtputf8"):
                raise Undelivered(Failure.REJECTED)  # this server cannot carry such an address
            connection.send_message(letter)

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        if server.implicit_tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._timeout, context=self._tls
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        with connection:
            if server.starttls:
                connection.starttls(context=self._tls)
            if server.user:
                connection.login(server.user, server.password)
            connection.ehlo_or_helo_if_needed()
            yield connection


@contextmanager
def _named_failures() -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        raise Undelivered(_refusal(min(codes, default=0))) from None  # the reply repeats the address
    except smtplib.SMTPDataError as error:
        raise Undelivered(_refusal(error.smtp_code)) from None
    except TimeoutError:
        raise Undelivered(Failure.TIMED_OUT) from None
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError) as error:
        waited = isinstance(error.__context__, TimeoutError)  # smtplib turns a silent server into a lost one
        raise Undelivered(Failure.TIMED_OUT if waited else Failure.UNREACHABLE) from None
    except (smtplib.SMTPException, ssl.SSLError):
        raise Undelivered(Failure.PORT_ERROR) from None
    except OSError:
        raise Undelivered(Failure.UNREACHABLE) from None


def _refusal(code: int) -> Failure:
    return Failure.REJECTED if 500 <= code < 600 else Failure.PORT_ERROR

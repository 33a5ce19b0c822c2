# SPDX-License-Identifier: Apache-2.0
"""From the configuration to the port: which adapter serves which channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.clock import Clock
from core.config import Config, Mode
from core.errors import Invalid
from core.notices.model import Channel
from web.notices.folder import FolderPort
from web.notices.letters import require_sender
from web.notices.mail_server import SmtpPort, parse_mail_server
from web.notices.ports import Message, NoPort, Port
from web.notices.webhook import WebhookPort, parse_secret, parse_webhook

OFF = "off"
FILE = "file:"


@dataclass(frozen=True, slots=True)
class Channels:
    """The port by channel; a channel that is not configured lets nothing out."""

    ports: Mapping[Channel, Port]

    def send(self, message: Message) -> None:
        """Hand a message to the port of its address; raises Undelivered."""
        self.ports[message.to.channel].send(message)

    @property
    def open(self) -> frozenset[Channel]:
        """The channels through which something leaves."""
        return frozenset(channel for channel, port in self.ports.items() if not isinstance(port, NoPort))


def build_channels(config: Config, clock: Clock) -> Channels:
    """The configured ports; nothing is connected yet. Invalid ``config_bad_value`` names the setting and what it takes."""
    sender = require_sender(config.notices_from) if config.notices_from else ""
    return Channels(
        {
            Channel.EMAIL: _email(config, clock, sender),
            Channel.PHONE: _phone(config, clock, sender),
        }
    )


def _email(config: Config, clock: Clock, sender: str) -> Port:
    if (found := _simple("notices_email", config.notices_email, config, clock, sender)) is not None:
        return found
    server = parse_mail_server(config.notices_email)
    if not sender:
        raise Invalid("config_bad_value", key="notices_from", expected="Name <address@host>")
    return SmtpPort(server, sender=sender, clock=clock)


def _phone(config: Config, clock: Clock, sender: str) -> Port:
    if (found := _simple("notices_sms", config.notices_sms, config, clock, sender)) is not None:
        return found
    return WebhookPort(
        parse_webhook(config.notices_sms), parse_secret(config.notices_sms_secret), clock=clock
    )


def _simple(key: str, value: str, config: Config, clock: Clock, sender: str) -> Port | None:
    if not value and config.mode is Mode.DEVELOPMENT:
        return FolderPort(config.var / "notices", sender=sender, clock=clock)
    if value in ("", OFF):
        return NoPort()
    if not value.startswith(FILE):
        return None
    folder = Path(value.removeprefix(FILE).removeprefix("//"))
    if not folder.parts:
        raise Invalid("config_bad_value", key=key, expected="file:FOLDER")
    return FolderPort(folder, sender=sender, clock=clock)

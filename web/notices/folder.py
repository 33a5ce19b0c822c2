# SPDX-License-Identifier: Apache-2.0
"""The port into a folder: one file a notice, for development and for agencies that send by hand."""

from __future__ import annotations

import os
from pathlib import Path

from core.clock import Clock
from core.notices.model import Channel, Failure
from web.notices.letters import write_letter
from web.notices.ports import Message, Undelivered


class FolderPort:
    """Writes ``<id>.eml`` for an e-mail and ``<id>.txt`` for a short message; the same id writes the same file again."""

    def __init__(self, folder: Path, *, sender: str, clock: Clock) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock

    def send(self, message: Message) -> None:
        """Write the file whole or not at all; Undelivered ``unreachable`` when the folder cannot be written."""
        if message.to.channel is Channel.EMAIL:
            name = f"{message.id}.eml"
            data = write_letter(message, sender=self._sender, at=self._clock.now()).as_bytes()
        else:
            name = f"{message.id}.txt"
            data = f"{message.to.value}\n\n{message.body}\n".encode()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial = self._folder / f".{name}.part"
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            partial.replace(self._folder / name)
        except OSError:
            raise Undelivered(Failure.UNREACHABLE) from None

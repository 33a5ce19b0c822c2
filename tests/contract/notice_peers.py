# SPDX-License-Identifier: Apache-2.0
"""Real peers on the loopback for the ports of notices: a mail server, a provider of short messages, a folder."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Protocol

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.clock import FixedClock
from core.notices.model import Address
from web.notices.folder import FolderPort
from web.notices.mail_server import MailServer, SmtpPort
from web.notices.ports import Port
from web.notices.webhook import WebhookPort

SENDER = "कौशल Agency <no-reply@agency.in>"
SECRET = b"a shared secret of the two"
PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Received:
    """A message as the other side has it."""

    id: str
    to: str
    subject: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Peer(Protocol):
    """The other side of a port, and how to make it misbehave."""

    port: Port
    address: Address

    def received(self) -> list[Received]:
        """What arrived, in order."""

    def refuse(self, *, for_good: bool) -> None:
        """From now on, take nothing."""


class MailPeer:
    """A mail server in this process."""

    address = Address.email("ravi@example.in")

    def __init__(self, clock: FixedClock, *, server: MailServer | None = None, **options: Any) -> None:
        self._letters: list[bytes] = []
        self._answer = ""
        self.users: list[tuple[bytes, bytes]] = []
        self.controller = Controller(
            self, hostname="127.0.0.1", port=free_port(), authenticator=self._authenticate, **options
        )
        self.controller.start()
        wanted = server or MailServer("127.0.0.1", 0, starttls=False)
        here = MailServer(
            "localhost",
            self.controller.port,
            wanted.user,
            wanted.password,
            wanted.implicit_tls,
            wanted.starttls,
        )
        self.port = SmtpPort(here, sender=SENDER, clock=clock, tls=trusting(), timeout=PATIENCE)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - its library's name
        if self._answer:
            return self._answer
        self._letters.append(envelope.content)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - its library's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self._answer.startswith("55"):
            return self._answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def received(self) -> list[Received]:
        return [read_letter(letter) for letter in self._letters]

    def refuse(self, *, for_good: bool) -> None:
        self._answer = "550 no such user" if for_good else "451 try later"

    def refuse_no_more(self) -> None:
        """Take everything again."""
        self._answer = ""

    def stop(self) -> None:
        self.controller.stop()

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _how: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.users.append((data.login, data.password))
        return AuthResult(success=data.password == b"pass word", handled=False)


class WebhookPeer:
    """A provider's server in this process; it notes headers, body and path of every call."""

    address = Address.phone("+919876543210")

    def __init__(self, clock: FixedClock) -> None:
        self.calls: list[tuple[str, Mapping[str, str], bytes]] = []
        self.status, self.headers, peer = 200, dict[str, str](), self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                peer.calls.append((self.path, dict(self.headers.items()), body))
                self.send_response(peer.status)
                for name, value in peer.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            do_GET = do_POST  # noqa: N815 - its library's name

            def log_message(self, *_parts: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/send?account=7"
        self.port = WebhookPort(self.url, SECRET, clock=clock, timeout=PATIENCE)

    def received(self) -> list[Received]:
        if not 200 <= self.status < 300:
            return []
        found = []
        for _path, headers, body in self.calls:
            said = json.loads(body)
            lower = {name.lower(): value for name, value in headers.items()}
            found.append(Received(said["id"], said["to"], "", said["text"], lower))
        return found

    def refuse(self, *, for_good: bool) -> None:
        self.status = 422 if for_good else 503

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join(5)


class FolderPeer:
    """A folder; read back as files."""

    address = Address.email("ravi@example.in")

    def __init__(self, clock: FixedClock, folder: Path) -> None:
        self.folder = folder
        self.port = FolderPort(folder, sender=SENDER, clock=clock)

    def received(self) -> list[Received]:
        return [read_letter(file.read_bytes()) for file in sorted(self.folder.glob("*.eml"))]

    def refuse(self, *, for_good: bool) -> None:
        """A file where the folder should be: nothing can be written under it."""
        self.folder.write_text("in the way", encoding="ascii")


def read_letter(data: bytes) -> Received:
    """An e-mail as a mail program reads it."""
    letter = email.message_from_bytes(data, policy=email.policy.default)
    body = letter.get_body(("plain",))
    assert body is not None
    return Received(
        str(letter["Message-ID"]).strip("<>").partition("@")[0],
        str(letter["To"]),
        str(letter["Subject"]),
        body.get_content(),
        {name.lower(): str(value) for name, value in letter.items()},
    )


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def silent_peer() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


def certificate(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS for ``localhost``, with a certificate made for this test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    _TRUSTED[:] = [pem]  # all of them are called "localhost": trust the newest
    return context


_TRUSTED: list[Path] = []


def trusting() -> ssl.SSLContext:
    """A client's side that trusts the certificates of these tests and no other."""
    context = ssl.create_default_context()
    for pem in _TRUSTED:
        context.load_verify_locations(pem)
    return context

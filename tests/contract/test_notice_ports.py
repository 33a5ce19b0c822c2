# SPDX-License-Identifier: Apache-2.0
"""The port of notices: one contract for every adapter, against real peers on the loopback; then what is each one's own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.clock import FixedClock
from core.config import Config, Mode
from core.errors import Invalid
from core.notices.model import Address, Channel, Failure
from tests.contract.notice_peers import (
    PATIENCE,
    SECRET,
    SENDER,
    FolderPeer,
    MailPeer,
    Peer,
    WebhookPeer,
    certificate,
    free_port,
    silent_peer,
)
from web.notices.channels import build_channels
from web.notices.folder import FolderPort
from web.notices.mail_server import MailServer, SmtpPort, parse_mail_server
from web.notices.ports import Message, NoPort, Undelivered
from web.notices.webhook import WebhookPort, parse_secret, parse_webhook, sign

SUBJECT = "डिजिटल भुगतान के लिए आपका प्रवेश कोड: यह विषय जान-बूझकर बहुत लंबा है ताकि वह एक पंक्ति में न समाए"
BODY = "नमस्ते रवि,\n\nआपका प्रवेश कोड K7QD-M2XP-9F है।\n.\nA line that is one dot, and one — with a dash.\n"


def message(peer: Peer, number: int = 1) -> Message:
    return Message(f"n{number}", "access_code", peer.address, "hi", SUBJECT, BODY)


@pytest.fixture(params=["mail", "webhook", "folder"])
def peer(request: pytest.FixtureRequest, clock: FixedClock, tmp_path: Path) -> Iterator[Peer]:
    made = {
        "mail": lambda: MailPeer(clock),
        "webhook": lambda: WebhookPeer(clock),
        "folder": lambda: FolderPeer(clock, tmp_path / "out"),
    }[request.param]()
    yield made
    if not isinstance(made, FolderPeer):
        made.stop()


# ------------------------------------------------------------------------------------------- the contract


def test_a_message_arrives_with_its_hindi_whole(peer: Peer) -> None:
    peer.port.send(message(peer))
    [found] = peer.received()
    assert (found.id, found.to) == ("n1", peer.address.value)
    assert found.body.replace("\r\n", "\n").strip() == BODY.strip()
    assert found.subject in (SUBJECT, "")  # a short message has none


def test_the_same_notice_keeps_its_id_at_a_second_try(peer: Peer) -> None:
    peer.port.send(message(peer))
    peer.port.send(message(peer))
    assert {found.id for found in peer.received()} == {"n1"}


def test_several_messages_arrive_apart(peer: Peer) -> None:
    for number in range(1, 4):
        peer.port.send(message(peer, number))
    assert [found.id for found in peer.received()] == ["n1", "n2", "n3"]


def test_a_peer_that_cannot_take_it_now_is_worth_another_try(peer: Peer) -> None:
    peer.refuse(for_good=False)
    with pytest.raises(Undelivered) as refusal:
        peer.port.send(message(peer))
    assert not refusal.value.why.final
    assert peer.address.value not in str(refusal.value)
    assert peer.address.value not in repr(refusal.value.__cause__)


# --------------------------------------------------------------------------------------- the mail server


def test_a_recipient_who_does_not_exist_is_not_tried_for_ever(clock: FixedClock) -> None:
    peer = MailPeer(clock)
    peer.refuse(for_good=True)
    with pytest.raises(Undelivered, match="rejected"):
        peer.port.send(message(peer))
    peer.stop()


def test_a_letter_has_the_headers_of_one_and_nothing_that_a_name_smuggled_in(clock: FixedClock) -> None:
    peer = MailPeer(clock)
    peer.port.send(Message("n1", "access_code", peer.address, "hi", "Hello\r\nBcc: eve@x.in", "text"))
    [found] = peer.received()
    peer.stop()
    assert found.headers["from"] == SENDER
    assert found.headers["subject"] == "Hello Bcc: eve@x.in"
    assert "bcc" not in found.headers
    assert found.headers["message-id"] == "<n1@agency.in>"
    assert found.headers["content-language"] == "hi"
    assert found.headers["auto-submitted"] == "auto-generated"
    assert found.headers["date"] == "Fri, 20 Nov 2026 06:30:00 +0000"


def test_starttls_and_a_password_are_used(clock: FixedClock, tmp_path: Path) -> None:
    server = MailServer("", 0, "mailer", "pass word", starttls=True)
    peer = MailPeer(clock, server=server, tls_context=certificate(tmp_path), auth_required=True)
    peer.port.send(message(peer))
    peer.stop()
    assert len(peer.received()) == 1
    assert peer.users == [(b"mailer", b"pass word")]


def test_tls_from_the_first_byte_works(clock: FixedClock, tmp_path: Path) -> None:
    server = MailServer("", 0, implicit_tls=True, starttls=False)
    peer = MailPeer(clock, server=server, ssl_context=certificate(tmp_path))
    peer.port.send(message(peer))
    peer.stop()
    assert len(peer.received()) == 1


def test_a_server_without_starttls_never_gets_the_message_where_tls_is_demanded(clock: FixedClock) -> None:
    peer = MailPeer(clock, server=MailServer("", 0, starttls=True))
    with pytest.raises(Undelivered, match="port_error"):
        peer.port.send(message(peer))
    peer.stop()
    assert peer.received() == []


def test_a_certificate_of_somebody_else_is_not_trusted(clock: FixedClock, tmp_path: Path) -> None:
    peer = MailPeer(clock, server=MailServer("", 0, starttls=True), tls_context=certificate(tmp_path))
    here = MailServer("localhost", peer.controller.port, starttls=True)
    with pytest.raises(Undelivered, match="port_error"):
        SmtpPort(here, sender=SENDER, clock=clock, timeout=PATIENCE).send(message(peer))
    peer.stop()
    assert peer.received() == []


def test_a_wrong_password_is_a_fault_of_the_port_and_worth_another_try(
    clock: FixedClock, tmp_path: Path
) -> None:
    server = MailServer("", 0, "mailer", "wrong", starttls=True)
    peer = MailPeer(clock, server=server, tls_context=certificate(tmp_path), auth_required=True)
    with pytest.raises(Undelivered, match="port_error"):
        peer.port.send(message(peer))
    peer.stop()


def test_nobody_listening_and_nobody_answering_are_told_apart(clock: FixedClock) -> None:
    ravi = Address.email("ravi@example.in")
    note = Message("n1", "access_code", ravi, "en", "s", "b")
    gone = MailServer("127.0.0.1", free_port(), starttls=False)
    with pytest.raises(Undelivered, match="unreachable"):
        SmtpPort(gone, sender=SENDER, clock=clock, timeout=PATIENCE).send(note)
    with silent_peer() as port, pytest.raises(Undelivered, match="timed_out"):
        SmtpPort(MailServer("127.0.0.1", port, starttls=False), sender=SENDER, clock=clock, timeout=0.2).send(
            note
        )
    hook = WebhookPort(f"http://127.0.0.1:{free_port()}/", SECRET, clock=clock, timeout=PATIENCE)
    with pytest.raises(Undelivered, match="unreachable"):
        hook.send(Message("n1", "access_code", WebhookPeer.address, "en", "s", "b"))
    with silent_peer() as port, pytest.raises(Undelivered, match="timed_out"):
        WebhookPort(f"http://127.0.0.1:{port}/", SECRET, clock=clock, timeout=0.2).send(
            Message("n1", "access_code", WebhookPeer.address, "en", "s", "b")
        )


def test_a_hindi_address_arrives_or_is_refused_for_good(clock: FixedClock) -> None:
    ravi = Address.email("रवि@example.in")
    for speaks, arrives in ((True, 1), (False, 0)):
        peer = MailPeer(clock, enable_SMTPUTF8=speaks)
        note = Message("n1", "access_code", ravi, "hi", SUBJECT, BODY)
        if speaks:
            peer.port.send(note)
        else:
            with pytest.raises(Undelivered, match="rejected"):
                peer.port.send(note)
        peer.stop()
        assert len(peer.received()) == arrives


# --------------------------------------------------------------------------------------------- the webhook


def test_a_call_is_signed_as_standard_webhooks_say(clock: FixedClock) -> None:
    peer = WebhookPeer(clock)
    peer.port.send(message(peer))
    peer.stop()
    [(path, headers, body)] = peer.calls
    lower = {name.lower(): value for name, value in headers.items()}
    assert path == "/send?account=7"
    assert lower["webhook-id"] == "n1"
    assert int(lower["webhook-timestamp"]) == int(clock.now().timestamp())
    signed = f"n1.{lower['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert lower["webhook-signature"] == f"v1,{expected}"


def test_the_signature_is_the_one_of_the_published_example() -> None:
    """From the reference implementations' own tests (standardwebhooks.com)."""
    secret = parse_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (201, None), (204, None), (301, Failure.REJECTED), (400, Failure.REJECTED), (401, Failure.REJECTED),
        (404, Failure.REJECTED), (408, Failure.PORT_ERROR), (429, Failure.PORT_ERROR), (500, Failure.PORT_ERROR),
        (502, Failure.PORT_ERROR),
    ],
)  # fmt: skip
def test_an_answer_is_a_receipt_a_refusal_or_worth_another_try(
    clock: FixedClock, status: int, why: Failure | None
) -> None:
    peer = WebhookPeer(clock)
    peer.status = status
    try:
        peer.port.send(message(peer))
        found = None
    except Undelivered as refusal:
        found = refusal.why
    peer.stop()
    assert found is why


def test_a_redirect_leads_nowhere_else(clock: FixedClock) -> None:
    elsewhere, peer = WebhookPeer(clock), WebhookPeer(clock)
    peer.status, peer.headers = 307, {"Location": elsewhere.url}
    with pytest.raises(Undelivered, match="rejected"):
        peer.port.send(message(peer))
    peer.stop()
    elsewhere.stop()
    assert elsewhere.calls == []


# ---------------------------------------------------------------------------------------------- the folder


def test_a_file_is_whole_private_and_the_same_at_a_second_try(clock: FixedClock, tmp_path: Path) -> None:
    port = FolderPort(tmp_path / "out", sender="", clock=clock)
    short = Message("n2", "access_code", Address.phone("+919876543210"), "hi", "", "आपका कोड K7QD")
    for _ in range(2):
        port.send(short)
    [file] = (tmp_path / "out").iterdir()
    assert (file.name, file.read_text(encoding="utf-8")) == ("n2.txt", "+919876543210\n\nआपका कोड K7QD\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


# ------------------------------------------------------------------------------------------- configuration


def config(tmp_path: Path, **settings: str) -> Config:
    return Config(var=tmp_path, secret_key="s" * 40, **settings)  # type: ignore[arg-type]


def test_without_settings_development_writes_files_and_production_sends_nothing(
    clock: FixedClock, tmp_path: Path
) -> None:
    ravi = Message("n1", "access_code", Address.email("ravi@x.in"), "en", "s", "b")
    build_channels(config(tmp_path), clock).send(ravi)
    assert (tmp_path / "notices" / "n1.eml").exists()
    closed = build_channels(Config(mode=Mode.PRODUCTION, var=tmp_path, secret_key="s" * 40), clock)
    assert closed.open == frozenset()
    with pytest.raises(Undelivered, match="no_channel"):
        closed.send(ravi)


def test_each_setting_leads_to_its_port(clock: FixedClock, tmp_path: Path) -> None:
    made = build_channels(
        config(
            tmp_path,
            notices_email="smtps://mailer:s%40cret@mail.example.in",
            notices_from="Agency <no-reply@agency.in>",
            notices_sms="https://sms.example.in/send",
            notices_sms_secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ),
        clock,
    )
    assert isinstance(made.ports[Channel.EMAIL], SmtpPort)
    assert isinstance(made.ports[Channel.PHONE], WebhookPort)
    assert made.open == {Channel.EMAIL, Channel.PHONE}
    off = build_channels(config(tmp_path, notices_email="off", notices_sms=f"file:{tmp_path}/sms"), clock)
    assert isinstance(off.ports[Channel.EMAIL], NoPort)
    assert isinstance(off.ports[Channel.PHONE], FolderPort)


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("smtp://mail.example.in", MailServer("mail.example.in", 587)),
        ("smtp://mail.example.in:25?starttls=no", MailServer("mail.example.in", 25, starttls=False)),
        ("smtp://127.0.0.1:1025", MailServer("127.0.0.1", 1025, starttls=False)),
        ("smtp://localhost:1025?starttls=yes", MailServer("localhost", 1025)),
        ("smtps://u%20v:p%3A@mail.example.in/", MailServer("mail.example.in", 465, "u v", "p:", True, False)),
    ],
)
def test_an_address_of_a_mail_server_is_read(text: str, server: MailServer) -> None:
    assert parse_mail_server(text) == server
    assert not server.password or server.password not in repr(server)


@pytest.mark.parametrize(
    "text",
    [
        "mail.example.in", "http://mail.example.in", "smtp://", "smtp://:secret@mail.example.in", "smtp://mail.example.in:x",
        "smtp://mail.example.in:99999", "smtp://mail.example.in/box", "smtp://mail.example.in?starttls=maybe",
        "smtp://mail.example.in?tls=1", "smtps://mail.example.in?starttls=yes",
        "smtp://mailer:secret@mail.example.in?starttls=no", "file:",
    ],
)  # fmt: skip
def test_a_wrong_address_of_a_mail_server_names_the_setting_and_never_its_password(
    clock: FixedClock, tmp_path: Path, text: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        build_channels(config(tmp_path, notices_email=text, notices_from="a@b.in"), clock)
    assert refusal.value.facts["key"] == "notices_email"
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "sender", ["", "Agency", "Agency <no-reply>", "a@b.in, c@d.in", "A\nBcc: x@y.in <a@b.in>"]
)
def test_a_mail_server_needs_one_sender(clock: FixedClock, tmp_path: Path, sender: str) -> None:
    with pytest.raises(Invalid) as refusal:
        build_channels(config(tmp_path, notices_email="smtp://mail.example.in", notices_from=sender), clock)
    assert refusal.value.facts["key"] == "notices_from"


@pytest.mark.parametrize(
    "text",
    [
        "http://sms.example.in/",
        "ftp://x",
        "https://",
        "https://user:pw@sms.example.in/",
        "https://x/#y",
        "sms.example.in",
        "https://x:0/",
    ],
)
def test_a_webhook_goes_over_https_to_one_plain_address(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_webhook(text)
    assert refusal.value.facts["key"] == "notices_sms"
    assert parse_webhook("http://127.0.0.1:9/x")
    assert parse_webhook("https://sms.example.in/x?y=1")


@pytest.mark.parametrize("text", ["", "short", "whsec_!!!", "whsec_c2hvcnQ="])
def test_a_webhook_needs_a_secret_of_some_length(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_secret(text)
    assert refusal.value.facts["key"] == "notices_sms_secret"
    assert not text or text not in str(refusal.value)

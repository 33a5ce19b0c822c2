# SPDX-License-Identifier: Apache-2.0
"""``kasauti notices``: what waits, what was not sent, and whether the configured channels work."""

from __future__ import annotations

import json

import click

from core.errors import Unavailable
from core.ids import new_id
from core.notices.model import Address, NoticeState
from core.notices.operations import send_again
from core.notices.queries import Notice, notice_counts
from core.notices.queries import notices as listed
from web import wiring
from web.cli.accounts import SYSTEM, open_store
from web.notices.ports import Message, Undelivered

_OPEN = (NoticeState.WAITING, NoticeState.FAILED)


@click.group()
def notices() -> None:
    """Messages to learners and staff."""


@notices.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def list_notices(*, as_json: bool) -> None:
    """List the notices that wait or were not sent, newest first, with the reason. Words and addresses are never shown."""
    with open_store().read(SYSTEM) as uow:
        counts = notice_counts(uow, organisation_id=None)
        found = listed(uow, organisation_id=None, states=_OPEN, limit=1000)
    if as_json:
        document = {
            "counts": {state.value: number for state, number in counts.items()},
            "open": [_document(one) for one in found],
        }
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    click.echo(", ".join(f"{state.value}: {number}" for state, number in counts.items()))
    for one in found:
        reason = one.failure.value if one.failure else "-"
        click.echo(
            f"{one.id}  {one.state.value}  {one.kind.value}  {one.masked or 'paper'}  {reason}  tries {one.tries}"
        )


@notices.command("test")
@click.argument("address")
@click.option("--language", type=click.Choice(["en", "hi"]), default="en", show_default=True)
def test_channel(address: str, language: str) -> None:
    """Send one test message to ADDRESS (an e-mail address or a telephone number) through the configured channel."""
    to = Address.email(address) if "@" in address else Address.phone(address)
    parts = wiring.build(wiring.read_config())
    texts = {
        "en": ("A test message of Kasauti", "This is a test. Messages leave this platform."),
        "hi": ("कसौटी का परीक्षण संदेश", "यह एक परीक्षण है। संदेश इस मंच से भेजे जा रहे हैं।"),
    }
    subject, body = texts[language]
    try:
        parts.channels.send(Message(new_id(), "test", to, language, subject, f"{body}\n"))
    except Undelivered as refusal:
        raise Unavailable("notice_not_sent", reason=refusal.why.value) from refusal
    finally:
        parts.engine.dispose()
    click.echo(f"The channel took the message to {to.masked}.")


@notices.command("again")
@click.argument("notice_ids", nargs=-1, required=True)
def again(notice_ids: tuple[str, ...]) -> None:
    """Try NOTICE_IDS anew that were not sent; the server hands them over."""
    with open_store().write(SYSTEM) as uow:
        for notice_id in notice_ids:
            send_again(uow, notice_id, organisation_id=None)
    click.echo(f"{len(notice_ids)} queued again")


def _document(one: Notice) -> dict[str, object]:
    return {
        "id": one.id,
        "organisation": one.organisation_id,
        "kind": one.kind.value,
        "state": one.state.value,
        "channel": one.channel.value if one.channel else None,
        "to": one.masked,
        "reason": one.failure.value if one.failure else None,
        "tries": one.tries,
        "queued_at": one.queued_at.isoformat(),
    }

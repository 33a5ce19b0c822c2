# SPDX-License-Identifier: Apache-2.0
"""``kasauti privacy``: what is over its period, deleting it now, and the receipts. The server does the same by itself."""

from __future__ import annotations

import json
from collections import Counter

import click

from core.privacy.model import POLICY_VERSION
from core.privacy.queries import Receipt
from core.privacy.queries import receipts as written
from web import wiring
from web.cli.accounts import SYSTEM, open_store
from web.migrate import migrate
from web.privacy import erasing, retention
from web.privacy.retention import Kept
from web.wiring import Services


@click.group()
def privacy() -> None:
    """Personal data: what is due for deletion, and proof of what is gone. Names are never shown."""


@privacy.command("due")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def list_due(*, as_json: bool) -> None:
    """List what is over its period, and why something of it stays all the same."""
    parts = _parts()
    found = retention.due(parts)
    parts.engine.dispose()
    if as_json:
        click.echo(json.dumps({"policy": POLICY_VERSION, "due": [_kept(one) for one in found]}))
        return
    for one in found:
        why = ", ".join(sorted(one.holds)) if one.held else "is deleted next"
        click.echo(f"{one.entry_id}  {one.data_class.value}  {one.count}  {one.due_at.isoformat()}  {why}")
    click.echo(f"{len(found)} due, {sum(one.held for one in found)} of them held")


@privacy.command("run")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def run_now(*, as_json: bool) -> None:
    """Delete now what is due and not held, and carry out the erasures whose 48 hours are over."""
    parts = _parts()
    receipts, erased = retention.sweep(parts), erasing.carry_out_due(parts)
    left = Counter(one.data_class.value for one in retention.due(parts))
    parts.engine.dispose()
    if as_json:
        click.echo(json.dumps({"receipts": receipts, "erasures": erased, "still_due": dict(left)}))
        return
    click.echo(f"{len(receipts)} receipts written, {len(erased)} persons erased, {left.total()} still due")


@privacy.command("receipts")
@click.option("--organisation", help="Id of the organisation; of all when not given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def list_receipts(organisation: str | None, *, as_json: bool) -> None:
    """List the receipts of deletions, newest first."""
    with open_store().read(SYSTEM) as uow:
        found = written(uow, organisation_id=organisation, limit=100_000)
    if as_json:
        click.echo(json.dumps({"receipts": [_receipt(one) for one in found]}))
        return
    for one in found:
        click.echo(
            f"{one.id}  {one.deleted_at.isoformat()}  {one.data_class.value}  {one.count}  {one.because.value}"
        )


def _parts() -> Services:
    parts = wiring.build(wiring.read_config())
    migrate(parts.engine)
    return parts


def _kept(one: Kept) -> dict[str, object]:
    return {
        "entry": one.entry_id,
        "attempt": one.attempt_id,
        "organisation": one.organisation_id,
        "class": one.data_class.value,
        "count": one.count,
        "due_at": one.due_at.isoformat(),
        "held_because": sorted(one.holds) if one.held else [],
    }


def _receipt(one: Receipt) -> dict[str, object]:
    return {
        "id": one.id,
        "subject": one.subject_id,
        "attempt": one.attempt_id,
        "class": one.data_class.value,
        "because": one.because.value,
        "count": one.count,
        "digest": one.digest,
        "keys_destroyed": list(one.keys),
        "policy": one.policy_version,
        "clause": one.mode.clause,
        "due_at": one.due_at.isoformat(),
        "deleted_at": one.deleted_at.isoformat(),
        "erasure": one.erasure_id,
    }

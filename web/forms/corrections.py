# SPDX-License-Identifier: Apache-2.0
"""Reads the form that asks for a corrected key. What makes sense for the item is decided in `assessor`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from assessor import api as assessor
from core.errors import Invalid
from item_bank import api as bank
from scoring.rescoring.api import Policy

_LINES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCorrection:
    """What was filled in."""

    new_key: assessor.NewKey
    policy: Policy
    reason: str


def read_correction(form: MultiDict[str, str], content: bank.ItemContent) -> AskedCorrection:
    """The corrected key, who is helped by it, and why; raises Invalid `request_malformed`."""
    try:
        kind = assessor.NewKeyKind(form.get("kind", ""))
        policy = Policy(form.get("policy", ""))
    except ValueError as error:
        raise Invalid("request_malformed") from error
    keyed = kind is assessor.NewKeyKind.KEYED
    by_version = kind is assessor.NewKeyKind.VERSION
    return AskedCorrection(
        new_key=assessor.NewKey(
            kind=kind,
            accepted=accepted_of(content.interaction, form) if keyed else (),
            as_version_id=form.get("as_version", "")[:40] if by_version else None,
        ),
        policy=policy,
        reason=form.get("reason", "")[:1000],
    )


def accepted_of(interaction: bank.Interaction, form: MultiDict[str, str]) -> tuple[tuple[str, ...], ...]:
    """The right responses: each ticked option, the ticked options together, or each line of text."""
    if interaction is bank.Interaction.TEXT_ENTRY:
        lines: Sequence[str] = form.get("texts", "").splitlines()
        return tuple((line.strip()[:1000],) for line in lines[:_LINES] if line.strip())
    ticked = tuple(form.getlist("accepted")[:_LINES])
    if interaction is bank.Interaction.CHOICE_MULTIPLE:
        return (ticked,)
    return tuple((option,) for option in ticked)

# SPDX-License-Identifier: Apache-2.0
"""What the pages of corrected keys show. Key material stands here: these pages are for the staff of the item's owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assessor import api as assessor
from item_bank import api as bank
from web.error_texts import text_of
from web.presenters.author import plain_stem


def correction_rows(
    found: Sequence[assessor.KeyCorrection],
    versions: Mapping[str, bank.ItemVersion],
    names: Mapping[str, str],
    progress: Mapping[str, tuple[int, int]],
) -> list[dict[str, Any]]:
    """Corrections as a list."""
    return [
        {
            "id": one.id,
            "item": versions[one.item_version_id].external_id,
            "pc": versions[one.item_version_id].content.pc,
            "kind": one.new_key.kind.value,
            "policy": one.policy.value,
            "state": one.state.value,
            "asked_by": names.get(one.asked_by, ""),
            "asked_at": one.asked_at,
            "decided_by": names.get(one.decided_by or "", ""),
            "decided_at": one.decided_at,
            "changed": progress.get(one.id, (0, 0))[1],
        }
        for one in found
    ]


def question(document: bank.ItemDocument, version: bank.ItemVersion) -> dict[str, Any]:
    """The question with its options and the key that it was written with."""
    content = document.content
    options = [
        {
            "letter": letter,
            "texts": {
                body.language: next(option.text for option in body.options if option.letter == letter)
                for body in content.bodies
            },
            "right": letter in document.key.correct,
        }
        for letter in ([] if content.is_rich else content.letters)
    ]
    return {
        "id": version.id,
        "item_id": version.item_id,
        "external_id": version.external_id,
        "version": version.number,
        "pc": content.pc,
        "type": content.interaction.value,
        "rich": content.is_rich,
        "text": content.interaction is bank.Interaction.TEXT_ENTRY and not content.is_rich,
        "several": content.interaction is bank.Interaction.CHOICE_MULTIPLE,
        "stems": {body.language: plain_stem(body, rich=content.is_rich) for body in content.bodies},
        "options": options,
        "key": list(document.key.correct),
    }


def successors(version: bank.ItemVersion, known: Sequence[bank.ItemVersion]) -> list[tuple[str, str]]:
    """The live versions of the item that are answered in the same way, for a select."""
    return [
        (other.id, f"{other.external_id}, {other.number}")
        for other in known
        if other.id != version.id
        and other.state is bank.ItemState.LIVE
        and (other.content.structure, other.content.marks)
        == (version.content.structure, version.content.marks)
    ]


def correction_page(
    found: assessor.KeyCorrection,
    asked_about: Mapping[str, Any],
    names: Mapping[str, str],
    *,
    genuine: bool,
    other: bank.ItemVersion | None,
) -> dict[str, Any]:
    """One correction with its story; `genuine`: its signature holds."""
    accepted = [" + ".join(response) for response in found.new_key.accepted]
    return {
        "id": found.id,
        "question": asked_about,
        "kind": found.new_key.kind.value,
        "accepted": accepted,
        "letters": sorted({letter for response in found.new_key.accepted for letter in response}),
        "as_version": "" if other is None else str(other.number),
        "policy": found.policy.value,
        "reason": found.reason,
        "state": found.state.value,
        "asked_by": names.get(found.asked_by, ""),
        "asked_at": found.asked_at,
        "decided_by": names.get(found.decided_by or "", ""),
        "decided_at": found.decided_at,
        "answer": found.answer,
        "digest": found.sha256,
        "signature": found.signature,
        "genuine": genuine,
        "applied_at": found.applied_at,
    }


def difference_page(
    run: assessor.DryRun,
    entries: Mapping[str, str],
    done: Sequence[assessor.CorrectedEntry],
) -> dict[str, Any]:
    """The difference with a row for each person; `entries` has the names that the reader may see, by entry."""
    outcome = {one.entry_id: one for one in done}
    return {
        **{name: value for name, value in run.document.items() if name not in ("persons", "failed")},
        "sha256": run.sha256,
        "persons": [
            _person(number, one, entries, outcome.get(one["person"]))
            for number, one in enumerate(run.document["persons"], 1)
        ],
        "failed": [
            {"label": entries.get(one["entry"], ""), "number": number, "cause": _words(one["cause"])}
            for number, one in enumerate(run.document["failed"], 1)
        ],
        "done": sum(one.done_at is not None for one in done),
        "not_done": [one for one in done if one.cause not in ("", "unchanged")],
    }


def _person(
    number: int,
    one: Mapping[str, Any],
    entries: Mapping[str, str],
    outcome: assessor.CorrectedEntry | None,
) -> dict[str, Any]:
    return {
        "number": number,
        "entry_id": one["person"],
        "name": entries.get(one["person"], ""),
        "before": f"{one['total_before']} / {one['maximum_before']}",
        "after": f"{one['total_after']} / {one['maximum_after']}",
        "verdict_before": one["verdict_before"],
        "verdict_after": one["verdict_after"],
        "direction": "down" if one["share_change"].startswith("-") else "up",
        "items": one["items"],
        "state": one["state"],
        "held": one["held"],
        "delivered": one["delivered"],
        "after_id": None if outcome is None else outcome.after_id,
        "unchanged": outcome is not None and outcome.cause == "unchanged",
        "cause": "" if outcome is None or outcome.cause == "unchanged" else _words(outcome.cause),
    }


def _words(code: str) -> str:
    """Why a result could not be computed; "" for no reason."""
    return text_of(code, {}).title if code else ""

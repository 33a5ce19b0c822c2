# SPDX-License-Identifier: Apache-2.0
"""The minutes of a panel: everything that the recommendation rests on, as one document with a fingerprint. Pure.

Every number is exact text, since the document is hashed. Judges are named with their expertise; what each of them said stands
under a letter. Learners are numbers, items are their names in the bank: no content of an item, no key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from item_bank.panels.cuts import ObjectOutcome, PanelOutcome, ScopeCut
from item_bank.panels.feedback import judge_letters
from item_bank.panels.model import Judge, JudgeState, Panel, Recommended
from scoring.cut_scores.api import Agreement

VERSION = 1


def minutes(
    panel: Panel,
    outcomes: Sequence[PanelOutcome],
    *,
    credential: Mapping[str, str],
    recommended: Sequence[Recommended],
    names: Mapping[str, str],
    at: str,
) -> dict[str, Any]:
    """The document: ``outcomes`` are those of the rounds in their order, ``names`` are by person id, ``at`` is its instant."""
    sign = judge_letters(panel)
    return {
        "kind": "standard_setting_minutes",
        "version": VERSION,
        "panel": {
            "id": panel.id,
            "name": panel.name,
            "method": panel.method.value,
            "portrait": panel.portrait,
            "chair": names.get(panel.chair_id, ""),
            "created_at": panel.created_at.isoformat(),
            "concluded_at": at,
        },
        "credential": dict(credential),
        "judges": sorted((_judge(judge, names) for judge in panel.judges), key=lambda one: str(one["name"])),
        "objects": [
            {
                "number": one.number,
                "kind": one.kind.value,
                "label": one.label,
                "pc": one.pc,
                "component": one.component,
                "maximum": str(one.maximum),
                **one.facts.to_document(),
            }
            for one in panel.objects
        ],
        "impact": None
        if panel.impact is None
        else {"source": panel.impact.source, "people": len(panel.impact.shares)},
        "rounds": [
            {
                "number": held.number,
                "opened_at": held.opened_at.isoformat(),
                "closed_at": "" if held.closed_at is None else held.closed_at.isoformat(),
                "notes": held.notes,
                **outcome_document(found, sign),
            }
            for held, found in zip(panel.rounds, outcomes, strict=True)
        ],
        "recommended": [one.to_document() for one in recommended],
    }


def outcome_document(found: PanelOutcome, sign: Mapping[str, str]) -> dict[str, Any]:
    """A round's outcome as JSON with text for numbers; ``sign`` has a letter for each judge."""
    order = sorted(range(len(found.judges)), key=lambda place: sign[found.judges[place]])
    return {
        "judges": [sign[found.judges[place]] for place in order],
        "cuts": [_cut(cut, order) for cut in found.cuts],
        "objects": [_object(one, order) for one in found.objects],
        "agreement": _agreement(found.agreement),
        "reason": found.reason,
        "outliers": sorted(sign[judge] for judge in found.outliers),
        "changed": found.changed,
        "pages": [
            {"number": page.number, "object": int(page.item), "score": page.score, "theta": _text(page.theta)}
            for page in found.pages
        ],
        "bookmarks": [found.marks[place] for place in order if found.marks],
        "groups": None
        if found.groups is None
        else {**_texts(found.groups.to_document()), "border": found.border},
        "borderline": None if found.borderline is None else _texts(found.borderline.to_document()),
    }


def _judge(judge: Judge, names: Mapping[str, str]) -> dict[str, str]:
    said = judge.state is JudgeState.ACCEPTED
    return {
        "name": names.get(judge.person_id, ""),
        "state": judge.state.value,
        "expertise": judge.expertise if said else "",
        "interest": judge.interest if said else "",
    }


def _cut(cut: ScopeCut, order: Sequence[int]) -> dict[str, Any]:
    return {
        "scope": cut.scope.to_document(),
        "share": _text(cut.share),
        "median": _text(cut.median),
        "standard_error": _text(cut.standard_error),
        "by_judge": [_text(cut.by_judge[place]) for place in order if cut.by_judge],
        "objects": cut.objects,
        "covered": str(cut.covered),
        "below": _text(cut.below),
        "reason": cut.reason,
    }


def _object(one: ObjectOutcome, order: Sequence[int]) -> dict[str, Any]:
    return {
        "number": one.number,
        "values": [_text(one.values[place]) for place in order if one.values],
        "mean": _text(one.mean),
        "sd": _text(one.sd),
        "lowest": _text(one.lowest),
        "highest": _text(one.highest),
        "discuss": one.discuss,
        "gap": _text(one.gap),
    }


def _agreement(found: Agreement | None) -> dict[str, Any] | None:
    return None if found is None else _texts(found.to_document())


def _texts(value: Any) -> Any:
    match value:
        case dict():
            return {name: _texts(part) for name, part in value.items()}
        case float():
            return _text(value)
        case _:
            return value


def _text(value: float | None) -> str | None:
    """A number as text with six places, so that the same panel has the same fingerprint on every machine."""
    return None if value is None else f"{value + 0.0:.6f}"

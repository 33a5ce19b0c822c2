# SPDX-License-Identifier: Apache-2.0
"""What a judge of a panel sees: the question, the things to judge, and the own place among nameless others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from item_bank import api as bank
from scoring.api import Level
from web.presenters.author import key_lines
from web.presenters.common import bilingual
from web.presenters.panel_words import (
    number_of,
    number_word,
    object_label,
    pc_printed,
    pc_title,
    scope_label,
    share_word,
)
from web.words import _

_LISTED = 15
"""So many judges' cuts are listed one by one; of more the lowest and the highest."""


def seat_rows(panels: Sequence[bank.Panel], person_id: str) -> list[dict[str, Any]]:
    """The panels of a judge, with what waits for this judge."""
    rows = []
    for one in panels:
        judge = one.judge_of(person_id)
        if judge is None:
            continue
        seated = judge.state is bank.JudgeState.ACCEPTED
        waits = (
            "answer" if judge.state is bank.JudgeState.INVITED and not one.state.over
            else "judge" if seated and one.state is bank.PanelState.JUDGING
            else ""
        )  # fmt: skip
        rows.append(
            {
                "id": one.id,
                "name": one.name,
                "state": one.state.value,
                "waits": waits,
                "seat": judge.state.value,
            }
        )
    return rows


def seat_page(
    found: bank.Panel,
    judge: bank.Judge,
    credential: bank.CredentialVersion,
    *,
    own: Mapping[int, str],
    handed_in: bool,
    outcomes: Sequence[bank.PanelOutcome],
    names: Mapping[str, str],
    seen: int = 0,
    typed: Mapping[int, str] | None = None,
) -> dict[str, Any]:
    """What a judge sees: the question, the objects with what one said, and the last closed round's feedback.

    ``seen`` is how many judgements there are now; ``typed`` is what a form sent that could not be saved: it stands in the
    fields again, and what is saved beside it.
    """
    document = credential.document
    shown = {**own, **{number: text for number, text in (typed or {}).items() if text.strip()}}
    last = outcomes[-1] if outcomes and judge.state is bank.JudgeState.ACCEPTED else None
    told = None if last is None else bank.panel_feedback(found, last, judge_id=judge.id)
    places = {} if told is None else {one.outcome.number: one for one in told.objects}
    return {
        "id": found.id,
        "name": found.name,
        "method": found.method.value,
        "of_people": found.method.of_people,
        "of_numbers": bool(found.method.numbers),
        "knows_keys": found.knows_keys(judge),
        "seen": seen,
        "portrait": found.portrait,
        "state": found.state.value,
        "seat": judge.state.value,
        "expertise": judge.expertise,
        "interest": judge.interest,
        "number": len(found.rounds),
        "title": bilingual(document.title),
        "code": document.code,
        "handed_in": handed_in,
        "may_judge": found.state is bank.PanelState.JUDGING
        and judge.state is bank.JudgeState.ACCEPTED
        and not handed_in,
        "objects": [
            {
                "number": one.number,
                "label": names.get(one.reference, one.label) if found.method.of_people else object_label(one),
                "kind": one.kind.value,
                "pc": pc_printed(document, one.pc) if one.pc else "",
                "maximum": one.maximum,
                "text": _text(one, document),
                "asked": number_word(one.reference) if one.kind is bank.ObjectKind.NUMBER else "",
                "value": shown.get(one.number, ""),
                "saved": _beside(own.get(one.number, ""), shown.get(one.number, "")),
                "told": _told(places.get(one.number)),
            }
            for one in found.objects
        ],
        "said": sum(one.number in own for one in found.objects),
        "pages": [
            {"number": page.number, "object": int(page.item), "score": page.score}
            for page in bank.booklet_pages(found)
        ],
        "bookmark": shown.get(bank.BOOKMARK, ""),
        "bookmark_saved": _beside(own.get(bank.BOOKMARK, ""), shown.get(bank.BOOKMARK, "")),
        "cuts": [] if told is None else [_own_cut(one, document) for one in told.cuts],
        "told_round": len(outcomes),
        "below": None
        if last is None
        else next((share_word(one.below) for one in last.cuts if one.below is not None), None),
    }


def _own_cut(one: bank.OwnCut, document: bank.CredentialDocument) -> dict[str, Any]:
    return {
        "label": scope_label(one.scope, document),
        "whole": one.scope.level is Level.CREDENTIAL,
        "own": share_word(one.own),
        "own_percent": round(one.own * 100, 1),
        "panel": share_word(one.panel),
        "panel_percent": round(one.panel * 100, 1),
        "all": [share_word(value) for value in one.all] if len(one.all) <= _LISTED else [],
        "from": share_word(one.all[0]),
        "to": share_word(one.all[-1]),
        "lower": one.lower,
        "higher": one.higher,
    }


def _told(one: bank.OwnObject | None) -> dict[str, Any] | None:
    if one is None or one.outcome.mean is None:
        return None
    return {
        "own": share_word(one.own),
        "mean": share_word(one.outcome.mean),
        "range": f"{share_word(one.outcome.lowest)} – {share_word(one.outcome.highest)}",
        "discuss": one.outcome.discuss,
        "facility": share_word(number_of(one.facility)) if one.facility else "",
        "people": one.people,
    }


def right_answers(one: bank.ItemDocument) -> list[dict[str, Any]]:
    """What is right in an item, part by part, and why where its author says so: for a judge who may see the key."""
    if one.content.parts:
        return key_lines(one)
    body = one.content.bodies[0]
    options = {option.letter: f"{option.letter}. {option.text}" for option in body.options}
    why = dict(one.key.rationale.by_language).get(body.language, "") if one.key.rationale else ""
    return [
        {
            "part": "",
            "label": _("Right"),
            "correct": [options.get(value, value) for value in one.key.correct],
            "facts": [why] if why else [],
        }
    ]


def _beside(saved: str, shown: str) -> str:
    """What is saved, where something else stands in the field."""
    return saved if saved and saved != shown else ""


def _text(one: bank.PanelObject, document: bank.CredentialDocument) -> dict[str, str]:
    """What the document itself says of a criterion or a PC; an item and a learner have no such text."""
    if one.kind is bank.ObjectKind.PC:
        return pc_title(document, one.reference)
    observed = {part.id: part.text for part in (document.practical.criteria if document.practical else ())}
    asked = {part.id: part.text for part in document.viva}
    return bilingual((observed | asked).get(one.reference))

# SPDX-License-Identifier: Apache-2.0
"""Answers embedded in a text, as Moodle's cloze questions have them: ``{2:SHORTANSWER:=right~%50%half#why}``.

The syntax: docs.moodle.org, "Embedded Answers (Cloze) question type".
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from item_bank.formats import shapes, shares
from item_bank.formats.drafts import Draft
from item_bank.formats.intake import TextForm
from item_bank.formats.model import ReadItem

_FIELD = re.compile(r"(?<!\\)\{\s*([0-9]{0,3})\s*:\s*([A-Z_]+)\s*:((?:\\.|[^\\}])*)\}", re.DOTALL)
_TEXTS: Final = frozenset({"SHORTANSWER", "SA", "MW"})
_EXACT: Final = frozenset({"SHORTANSWER_C", "SAC", "MWC"})
_NUMBERS: Final = frozenset({"NUMERICAL", "NM"})
_LISTS: Final = frozenset({"MULTICHOICE", "MC", "MULTICHOICE_S", "MCS"})
_RADIO: Final = frozenset(
    {"MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"}
)
_SEVERAL: Final = frozenset(
    {"MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH", "MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS"}
)
_SHARE = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]{1,10})?)%")


@dataclass(frozen=True, slots=True)
class _Answer:
    text: str
    share: Fraction
    feedback: str


def read_cloze(draft: Draft, raw: str, form: TextForm) -> ReadItem:
    """A text with embedded answers as one item. Codes: ``cloze_type``, ``cloze_empty`` and those of ``shapes``."""
    fields = list(_FIELD.finditer(raw))
    if not fields or len(fields) > 50:
        draft.refuse("cloze_empty", f"the text has {len(fields)} embedded answers; 1 to 50 can be read")
        return draft.refused(
            "cloze_empty", f"the text has {len(fields)} embedded answers; 1 to 50 can be read"
        )
    weights = [int(found[1] or 1) for found in fields]
    if not all(weights):
        draft.lose("embedded answers without weight count like the others")
        weights = [weight or 1 for weight in weights]
    draft.marks = Fraction(sum(weights))
    plans = [
        _part(draft, f"R{place}", found[2], found[3], Fraction(weight))
        for place, (found, weight) in enumerate(zip(fields, weights, strict=True), start=1)
    ]
    count = 0

    def place_of(_found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f"[[R{count}]]"

    stem = draft.take(_FIELD.sub(place_of, raw).replace("\\{", "{").replace("\\}", "}"), form)
    kept = [plan for plan in plans if plan is not None]
    if len(kept) < len(plans):
        return draft.finish({"id": draft.external_id(stem)})
    return shapes.rich(draft, stem, kept, places=True)


def _part(draft: Draft, name: str, kind: str, inner: str, marks: Fraction) -> shapes.PartPlan | None:
    answers = _answers(draft, inner)
    for one in answers:
        if one.feedback:
            draft.explain(one.feedback, TextForm.HTML, label=f"{name}, {one.text[:40]}")
    if kind in _TEXTS | _EXACT:
        texts = [shapes.TextAnswer(one.text, one.share) for one in answers]
        return shapes.text_part(draft, name, texts, marks=marks, exact_case=kind in _EXACT)
    if kind in _NUMBERS:
        return _number(draft, name, answers, marks)
    if kind in _LISTS | _RADIO | _SEVERAL:
        return _choices(draft, name, kind, answers, marks)
    draft.refuse("cloze_type", f"embedded answers of the type {kind[:30]!r} cannot be read")
    return None


def _answers(draft: Draft, inner: str) -> list[_Answer]:
    found = []
    for part in re.split(r"(?<!\\)~", inner):
        text, share = part.strip(), Fraction(0)
        if text.startswith("="):
            text, share = text[1:], Fraction(1)
        elif (weight := _SHARE.match(text)) is not None:
            text = text[weight.end() :]
            share = shares.share_of(weight[1]) or Fraction(0)
        answer, _, feedback = re.sub(r"\\#", "\ue010", text).partition("#")
        found.append(_Answer(_plain(answer), share, _plain(feedback)))
    if not any(one.text for one in found):
        draft.refuse("cloze_empty", "an embedded answer has no answers")
    return [one for one in found if one.text]


def _plain(text: str) -> str:
    """Escapes and entities undone: answers are plain text inside HTML."""
    text = text.replace("\ue010", "#")
    return html.unescape(re.sub(r"\\([}~#/\"\\{=])", r"\1", text)).strip()


def _number(draft: Draft, name: str, answers: list[_Answer], marks: Fraction) -> shapes.PartPlan:
    read = []
    for one in answers:
        written, _, margin = one.text.partition(":")
        value, within = shares.number_of(written), shares.number_of(margin or "0")
        if one.text == "*" and one.share <= 0:
            continue
        if value is None or within is None or within < 0:
            draft.refuse("number_unreadable", f"{one.text[:40]!r} is no number")
        else:
            read.append((shapes.Tolerated(value, within, within), one.share))
    return shapes.number_part(draft, name, read, marks=marks)


def _choices(draft: Draft, name: str, kind: str, answers: list[_Answer], marks: Fraction) -> shapes.PartPlan:
    options = [draft.take(one.text, TextForm.PLAIN) for one in answers]
    earned = [(place, one.share) for place, one in enumerate(answers) if one.share]
    shuffle = kind.endswith("S")
    if len(options) < 2:
        draft.refuse("too_few_options", "a list needs at least two answers")
    if kind in _SEVERAL:
        right = [place for place, share in earned if share > 0]
        if (
            sum((share for _, share in earned if share > 0), Fraction(0)) != 1
        ):  # Moodle: each right one the same
            earned = [(place, Fraction(1, len(right))) for place in right]
        mapped = shares.in_decimals([share * marks for _, share in earned])
        entries: list[list[Any]] = [
            [shares.letter(place), str(share)] for (place, _), share in zip(earned, mapped, strict=True)
        ]
        part = _part_of(name, "choice_multiple", len(options), shuffle=shuffle, most=0)
        key: dict[str, Any] = {
            "correct": [shares.letter(place) for place in right],
            "marks": marks,
            "mapping": {"entries": entries, "lower": "0"},
        }
        return shapes.PartPlan(part, key, tuple((shares.letter(at), text) for at, text in enumerate(options)))
    if not any(share == 1 for _, share in earned):
        draft.refuse("no_full_marks", "no answer of a list earns the full marks")
    plan = shapes.inline_part(name, options, earned, marks=marks, shuffle=shuffle)
    if kind in _RADIO:
        plan.part["kind"] = "choice_single"
    return plan


def _part_of(name: str, kind: str, count: int, *, shuffle: bool, most: int) -> dict[str, Any]:
    return {
        "id": name,
        "kind": kind,
        "choices": [{"id": shares.letter(place)} for place in range(count)],
        "shuffle": shuffle,
        "most": most,
    }

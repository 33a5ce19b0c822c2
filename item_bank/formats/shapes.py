# SPDX-License-Identifier: Apache-2.0
"""How each kind of question of another system becomes an item document: its parts, its key, its marks.

A question in plain text that is all right or all wrong and worth one mark becomes a simple item, any other a rich one.
Fractions are exact: 33.33333 % is a third. What cannot be said of an item is refused by name, never left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from item_bank.formats.drafts import Draft, Prose
from item_bank.formats.model import ReadItem
from item_bank.formats.shares import fixed, in_decimals, letter
from item_bank.items.parsing import LETTERS
from scoring.api import Normalisation, normalise

RESPONSE: Final = "RESPONSE"
_TRUE: Final = {"en": ("True", "False"), "hi": ("सही", "ग़लत"), "mr": ("बरोबर", "चूक"), "bn": ("সত্য", "মিথ্যা")}
_TEXT_STEPS: Final = ("nfc", "trim", "collapse_spaces")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of a question with what it earns, as a fraction of the question's marks."""

    text: Prose
    share: Fraction


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """An accepted text with what it earns."""

    text: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class Tolerated:
    """A number with how far below and above it still counts, both >= 0."""

    value: Decimal
    below: Decimal = Decimal(0)
    above: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class PartPlan:
    """One interaction of a rich item: its structure, its key without ``part``, and its texts."""

    part: dict[str, Any]
    key: dict[str, Any]
    texts: tuple[tuple[str, Prose], ...] = ()


# ------------------------------------------------------------------------------------------------------ kinds


def choice(draft: Draft, stem: Prose, answers: Sequence[Answer], *, single: bool, shuffle: bool) -> ReadItem:
    """One or several right answers. Codes: ``no_full_marks``, ``too_few_options``."""
    kind = "choice_single" if single else "choice_multiple"
    right = [
        letter(place)
        for place, one in enumerate(answers)
        if (one.share > 0 and not single) or (single and one.share == 1)
    ]
    gained = sum((one.share for one in answers if one.share > 0), Fraction(0))
    if len(answers) < 2:
        draft.refuse("too_few_options", f"a choice needs at least two answers, here are {len(answers)}")
    elif not right or (not single and gained != 1):
        draft.refuse(
            "no_full_marks",
            f"no choice of answers earns exactly the full marks; the right ones earn {float(gained) * 100:g} %",
        )
    penalties = [one.share for one in answers if one.share < 0]
    partial = (
        any(one.share not in (0, 1) for one in answers) or len(right) > 1
        if single
        else bool(right) and _is_partial(answers, len(right))
    )
    plain = stem.is_plain and all(one.text.is_plain for one in answers)
    if plain and not partial and draft.marks == 1 and len(answers) <= len(LETTERS):
        return _simple_choice(draft, stem, answers, right=right, kind=kind, shuffle=shuffle)
    mapping = None
    if partial:
        mapped = in_decimals([one.share * draft.marks for one in answers])
        mapping = [[letter(place), share] for place, share in enumerate(mapped) if share]
    key = _key(draft.marks, right[:1] if single else right, mapping, floor=not single and bool(penalties))
    part = {
        "id": RESPONSE,
        "kind": kind,
        "choices": [{"id": letter(place)} for place in range(len(answers))],
        "shuffle": shuffle,
        "most": 1 if single else 0,
    }
    texts = tuple((letter(place), one.text) for place, one in enumerate(answers))
    return rich(draft, stem, [PartPlan(part, key, texts)])


def _is_partial(answers: Sequence[Answer], right: int) -> bool:
    """Whether the fractions say more than all or nothing; one right answer and full penalties say just that."""
    return not (right == 1 and all(one.share == 1 or one.share <= -1 for one in answers))


def _simple_choice(
    draft: Draft, stem: Prose, answers: Sequence[Answer], *, right: Sequence[str], kind: str, shuffle: bool
) -> ReadItem:
    document = draft.heading(stem, kind)
    document |= {"key": list(right), "shuffle": shuffle}
    for language in draft.languages:
        document[language] = {
            "stem": stem.plain(language),
            "options": {letter(place): one.text.plain(language) for place, one in enumerate(answers)},
        }
    return draft.finish(document)


def true_false(draft: Draft, stem: Prose, *, true: bool) -> ReadItem:
    """Whether a statement is true, in the words of each language."""
    document = draft.heading(stem, "choice_single")  # settles the languages
    words = [
        Prose(
            {
                language: draft.take(_TRUE.get(language, _TRUE["en"])[place]).taken("")
                for language in draft.languages
            }
        )
        for place in (0, 1)
    ]
    if any(language not in _TRUE for language in draft.languages):
        draft.lose("the words for true and false are English in a language that this program has none for")
    del document
    return choice(
        draft,
        stem,
        [Answer(words[0], Fraction(int(true))), Answer(words[1], Fraction(int(not true)))],
        single=True,
        shuffle=False,
    )


def short_answer(draft: Draft, stem: Prose, answers: Sequence[TextAnswer], *, exact_case: bool) -> ReadItem:
    """A typed text. Codes: ``wildcard_answer``, ``no_full_marks``."""
    plan = text_part(draft, RESPONSE, answers, marks=draft.marks, exact_case=exact_case)
    if stem.is_plain and draft.marks == 1 and "mapping" not in plan.key:
        document = draft.heading(stem, "text_entry")
        document |= {"key": plan.key.get("correct", []), "normalise": plan.key["normalise"]}
        for language in draft.languages:
            document[language] = {"stem": stem.plain(language)}
        return draft.finish(document)
    return rich(draft, stem, [plan])


def text_part(
    draft: Draft, name: str, answers: Sequence[TextAnswer], *, marks: Fraction, exact_case: bool
) -> PartPlan:
    """A typed text as a part."""
    steps = [*_TEXT_STEPS, *(() if exact_case else ("casefold",))]
    kept: dict[str, Fraction] = {}
    for one in answers:
        text = _literal(draft, one)
        if text is None:
            continue
        same = normalise(text, tuple(Normalisation(step) for step in steps))
        if same not in kept or kept[same] < one.share:
            kept[same if kept.get(same) is not None else text] = one.share
    full = [text for text, share in kept.items() if share == 1]
    if not full:
        draft.refuse("no_full_marks", "no text earns the full marks")
    partial = {text: share for text, share in kept.items() if share not in (0, 1)}
    key: dict[str, Any] = {"correct": full, "normalise": steps, "marks": str(marks)}
    if partial:
        chosen = tuple(Normalisation(step) for step in steps)
        entries = {
            normalise(text, chosen): str(in_decimals([share * marks])[0])
            for text, share in kept.items()
            if share
        }
        key["mapping"] = {"entries": [[text, share] for text, share in entries.items()]}
    return PartPlan({"id": name, "kind": "text_entry"}, key)


def _literal(draft: Draft, answer: TextAnswer) -> str | None:
    """The answer as a text: ``*`` stands for anything in Moodle, which cannot be compared exactly."""
    text = answer.text.strip()
    if "*" not in text:
        return text
    if "*" in text.replace("\\*", ""):
        if answer.share > 0:
            draft.refuse(
                "wildcard_answer", f"the answer {text[:60]!r} stands for many texts; list them instead"
            )
        elif text == "*":
            draft.lose("what is said to any other answer")
        else:
            draft.lose("what is said to wrong answers of a pattern")
        return None
    return text.replace("\\*", "*")


def numeric(draft: Draft, stem: Prose, answers: Sequence[tuple[Tolerated, Fraction]]) -> ReadItem:
    """A typed number with its tolerance. Codes: ``several_numbers``, ``no_full_marks``."""
    return rich(draft, stem, [number_part(draft, RESPONSE, answers, marks=draft.marks)])


def number_part(
    draft: Draft, name: str, answers: Sequence[tuple[Tolerated, Fraction]], *, marks: Fraction
) -> PartPlan:
    """A number as a part."""
    counted = [one for one in answers if one[1] > 0]
    if len(counted) > 1:
        draft.refuse(
            "several_numbers", f"{len(counted)} numbers earn marks; an item has one number with a tolerance"
        )
    if not counted or max(share for _, share in counted) != 1:
        draft.refuse("no_full_marks", "no number earns the full marks")
    if len(answers) > len(counted):
        draft.lose("what is said to wrong numbers")
    number = counted[0][0] if counted else Tolerated(Decimal(0))
    key: dict[str, Any] = {"correct": [fixed(number.value)], "marks": str(marks)}
    if number.below or number.above:
        key["tolerance"] = {
            "mode": "absolute",
            "below": fixed(number.below),
            "above": fixed(number.above),
        }
    return PartPlan({"id": name, "kind": "numeric"}, key)


def match(
    draft: Draft, stem: Prose, pairs: Sequence[tuple[Prose, Prose]], extra: Sequence[Prose], *, shuffle: bool
) -> ReadItem:
    """Pairs to be made; each right one earns its part of the marks. ``extra`` are answers that fit nothing."""
    targets: list[Prose] = []
    named: list[str] = []
    for answer in [*(right for _, right in pairs), *extra]:
        known = [place for place, one in enumerate(targets) if one == answer]
        if not known:
            targets.append(answer)
        named.append(f"T{(known[0] if known else len(targets) - 1) + 1}")
    correct = [f"S{place + 1} {named[place]}" for place in range(len(pairs))]
    if len(pairs) < 2 or len(targets) < 2:
        draft.refuse("too_few_options", "a match needs at least two pairs with different answers")
    part = {
        "id": RESPONSE,
        "kind": "match",
        "choices": [{"id": f"S{place + 1}"} for place in range(len(pairs))],
        "targets": [{"id": f"T{place + 1}", "most": 0} for place in range(len(targets))],
        "shuffle": shuffle,
        "most": len(pairs),
    }
    key = _key(draft.marks, correct, shared(draft.marks, correct), floor=False)
    texts = (
        *((f"S{place + 1}", left) for place, (left, _) in enumerate(pairs)),
        *((f"T{place + 1}", right) for place, right in enumerate(targets)),
    )
    return rich(draft, stem, [PartPlan(part, key, texts)])


def shared(marks: Fraction, correct: Sequence[str]) -> list[list[Any]]:
    """A mapping in which each right value earns the same part of the marks."""
    each = in_decimals([marks / max(1, len(correct))] * len(correct))
    return [[value, share] for value, share in zip(correct, each, strict=True)]


def order(draft: Draft, stem: Prose, things: Sequence[Prose]) -> ReadItem:
    """Things in their right order, which earns all or nothing."""
    names = [letter(place) for place in range(len(things))]
    part = {
        "id": RESPONSE,
        "kind": "order",
        "choices": [{"id": name} for name in names],
        "shuffle": True,
        "most": 0,
    }
    key = {"correct": names, "marks": str(draft.marks)}
    return rich(draft, stem, [PartPlan(part, key, tuple(zip(names, things, strict=True)))])


def extended(draft: Draft, stem: Prose, *, lines: int | None = None, guide: Prose | None = None) -> ReadItem:
    """A text that a person marks."""
    part: dict[str, Any] = {"id": RESPONSE, "kind": "extended_text", **({"lines": lines} if lines else {})}
    return rich(draft, stem, [PartPlan(part, _by_hand(draft, stem, guide))])


def upload(draft: Draft, stem: Prose, *, accept: Sequence[str], guide: Prose | None = None) -> ReadItem:
    """A file that a person marks."""
    part: dict[str, Any] = {"id": RESPONSE, "kind": "upload", **({"accept": list(accept)} if accept else {})}
    return rich(draft, stem, [PartPlan(part, _by_hand(draft, stem, guide))])


def _by_hand(draft: Draft, stem: Prose, guide: Prose | None) -> dict[str, Any]:
    draft.heading(stem, "extended_text")  # settles the languages
    key: dict[str, Any] = {"marks": str(draft.marks)}
    if guide is not None and any(taken.markup for taken in guide.by_language.values()):
        from item_bank.markup import plain_text

        key["guide"] = {
            language: guide.plain(language) if guide.is_plain else plain_text(guide.markup(language))
            for language in draft.languages
        }
    return key


def inline_part(
    name: str,
    options: Sequence[Prose],
    right: Sequence[tuple[int, Fraction]],
    *,
    marks: Fraction,
    shuffle: bool,
) -> PartPlan:
    """A list to choose from within a line; ``right`` are places in ``options`` with what they earn of ``marks``."""
    part = {
        "id": name,
        "kind": "inline_choice",
        "choices": [{"id": letter(place)} for place in range(len(options))],
        "shuffle": shuffle,
    }
    best = [letter(place) for place, share in right if share == 1]
    partial = len(right) != 1 or right[0][1] != 1
    mapping = (
        [[letter(place), in_decimals([share * marks])[0]] for place, share in right if share]
        if partial
        else None
    )
    texts = tuple((letter(place), text) for place, text in enumerate(options))
    return PartPlan(part, _key(marks, best[:1], mapping, floor=False), texts)


# --------------------------------------------------------------------------------------------------- assembly


def rich(draft: Draft, stem: Prose, plans: Sequence[PartPlan], *, places: bool = False) -> ReadItem:
    """A rich item of one part or several. With ``places`` the stem says where they stand, else they follow it."""
    kinds = [str(plan.part["kind"]) for plan in plans]
    document = draft.heading(stem, kinds[0] if len(kinds) == 1 else "composite")
    for plan in plans:
        plan.key["part"] = plan.part["id"]
    document |= {
        "marks": str(draft.marks),
        "parts": [plan.part for plan in plans],
        "key": {"parts": [_written(plan.key) for plan in plans]},
    }
    for language in draft.languages:
        flow = stem.markup(language)
        if not places:
            flow = _with_places(flow, plans)
        body: dict[str, Any] = {"stem": flow}
        texts = {
            f"{plan.part['id']}.{name}": text.markup(language) for plan in plans for name, text in plan.texts
        }
        if texts:
            body["texts"] = texts
        document[language] = body
    return draft.finish(document)


def _with_places(flow: str, plans: Sequence[PartPlan]) -> str:
    marks = "".join(f"[[{plan.part['id']}]]" for plan in plans)
    inline = all(plan.part["kind"] in ("text_entry", "numeric", "inline_choice") for plan in plans)
    body = flow if flow.startswith(("<p", "<div")) else f"<p>{flow}</p>" if flow else ""
    return f"{body}<p>{marks}</p>" if inline else f"{body}{marks}"


def _key(
    marks: Fraction, correct: Sequence[str], mapping: list[list[Any]] | None, *, floor: bool
) -> dict[str, Any]:
    key: dict[str, Any] = {"correct": list(correct), "marks": marks}
    if mapping:
        key["mapping"] = {"entries": [[value, str(share)] for value, share in mapping]}
        if floor:
            key["mapping"] |= {"lower": "0"}
    return key


def _written(key: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if name == "marks" else value for name, value in key.items()}

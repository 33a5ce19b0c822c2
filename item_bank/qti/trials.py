# SPDX-License-Identifier: Apache-2.0
"""Whether part keys score as a program does: both run over the same responses. What the keys are is found in ``keys``."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from core import ids
from item_bank.items.model import Body, Difficulty, ItemContent, ItemKey
from item_bank.items.parts import Part, PartKey, Tolerance
from item_bank.items.programs import item_program
from item_bank.items.self_test import best_of, machine_score, point_in, response_value
from item_bank.qti.recognition import standard_form
from scoring.api import BaseType, Cardinality, Interaction, ItemProgram, format_mark

_DRAWS: Final = 24
"""Seeded mixtures of answers."""


def same_scores(parts: Sequence[Part], key: ItemKey, marks: Fraction, program: ItemProgram) -> bool:
    """Whether part keys and program give the same SCORE for a few dozen responses. Raises ScoringError."""
    content = probe_content(parts, marks)
    compiled = item_program(content, key)
    if _same_program(compiled, program):
        return True
    known = {part.id for part in parts if not part.kind.by_hand}
    original = replace(
        program,
        declarations=tuple(
            one
            for one in program.declarations
            if one.name != "responseDeclaration" or one.get("identifier") in known
        ),
    )
    return all(
        (machine_score(compiled, responses) or 0) == (machine_score(original, responses) or 0)
        for responses in _trials(parts, key)
    )


def _same_program(compiled: ItemProgram, program: ItemProgram) -> bool:
    """Whether two programs are one, word for word, but for what is evened out before: then nothing has to be tried."""
    return compiled.declarations == program.declarations and standard_form(
        compiled.response_processing
    ) == standard_form(program.response_processing)


def _trials(parts: Sequence[Part], key: ItemKey) -> list[dict[str, object]]:
    """Responses that tell programs apart: nothing, each answer alone, all of them, and seeded mixtures."""
    machine = [(part, found) for part in parts if not part.kind.by_hand and (found := key.part(part.id))]
    pools = {part.id: _answers(part, found) for part, found in machine}
    best: dict[str, object] = {}
    for part, found in machine:
        value = best_of(part, found)
        if value is None and found.correct:
            value = response_value(part, found.correct)
        if value is not None:
            best[part.id] = value
    trials: list[dict[str, object]] = [{}, dict.fromkeys(pools), best]
    for name, pool in pools.items():
        trials += [{name: value} for value in pool[:30]]
        trials += [{**best, name: value} for value in pool[:10]]
    draw: random.Random = ids.seeded("|".join(sorted(pools)))
    for _ in range(_DRAWS):
        trials.append({name: draw.choice(pool) for name, pool in pools.items() if pool})
    for part, _ in machine:
        if part.cardinality is not Cardinality.SINGLE:
            singles = [value[0] for value in pools[part.id] if isinstance(value, list) and len(value) == 1]
            trials += [
                {part.id: draw.sample(singles, min(len(singles), size))} for size in (2, 2, 3, 4) if singles
            ]
    return trials


def _answers(part: Part, key: PartKey) -> list[object]:
    values: list[str] = [*key.correct, *(value for value, _ in (key.mapping.entries if key.mapping else ()))]
    choices = [choice.id for choice in part.choices]
    targets = [choice.id for choice in part.targets] or choices
    base = part.base_type
    if base is BaseType.IDENTIFIER:
        values += choices
    elif base in (BaseType.PAIR, BaseType.DIRECTED_PAIR):
        values += [f"{first} {second}" for first in choices[:6] for second in targets[:6]]
        values += [" ".join(reversed(value.split(" "))) for value in key.correct if base is BaseType.PAIR]
    elif base is BaseType.STRING:
        values += [
            "no such answer",
            *(value.upper() for value in key.correct),
            *(f"{value} " for value in key.correct),
        ]
    elif base is BaseType.FLOAT:
        values += _near(part, key)
    elif base is BaseType.POINT:
        values += [point_in(area) for area, _ in key.areas] + ["0 0", "-7 -9", "19999 3"]
    known = list(dict.fromkeys(values))
    answers: list[object] = [response_value(part, (value,)) for value in known]
    if part.cardinality is not Cardinality.SINGLE:
        answers += [list(key.correct), list(reversed(key.correct)), known]
    return answers


def _near(part: Part, key: PartKey) -> list[str]:
    """Numbers at, just inside and just outside the bounds of the tolerance."""
    tolerance = key.tolerance or Tolerance()
    values: list[Fraction] = []
    for text in key.correct:
        number = Fraction(text)
        share = abs(number) / 100 if tolerance.mode.value == "relative" else Fraction(1)
        for edge in (number - tolerance.below * share, number, number + tolerance.above * share):
            values += [edge - Fraction(1, 1000), edge, edge + Fraction(1, 1000)]
    whole = part.kind is Interaction.SLIDER and all(
        bound is None or bound.denominator == 1
        for bound in (part.lower, part.step, *(Fraction(one) for one in key.correct))
    )
    if whole:
        values = [Fraction(round(value)) for value in values]
    texts = [format_mark(value) for value in values]
    written = [] if whole else [f"{text}.0" if "." not in text else f"{text}0" for text in key.correct]
    return [text for text in texts if "/" not in text] + written + ["0"]


def probe_content(parts: Sequence[Part], marks: Fraction) -> ItemContent:
    """Just enough of an item to compile its key."""
    return ItemContent(
        interaction=parts[0].kind, pc="PC1", difficulty=Difficulty.MEDIUM, seconds=60, shuffle=False,
        bodies=(Body("en", "x"),), parts=tuple(parts), marks=marks,
    )  # fmt: skip

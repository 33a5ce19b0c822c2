# SPDX-License-Identifier: Apache-2.0
"""A result as the pure function that anybody can run again: responses, key, paper. Pure; what is stored lives in `records`.

The key of a form has its items by version id, and what people marked as `COMPONENT:CRITERION`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assessor.results.correction_model import Counting, ItemRule
from scoring.api import Cell, ItemOutcome, ItemScoring, format_mark, normalise, parse_mark, read_response
from scoring.rescoring.api import ItemKey, Key, Paper, Scored, Scorer, Treatment, scorer

if TYPE_CHECKING:
    from assessor.results.document import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What one result is a function of, and what that function gives."""

    scorer: Scorer
    responses: Mapping[str, str]
    scored: Scored


def replay_of(evidence: Evidence, outcomes: Mapping[str, ItemOutcome]) -> Replay:
    """The replay of a result; raises ScoringError where key and paper do not fit, as where a cell has no item any more."""
    fitted = None if evidence.settled else evidence.fitted
    made = fitted or scorer(key_of(evidence), paper_of(evidence))
    responses = dict(_responses(evidence, outcomes))
    return Replay(scorer=made, responses=responses, scored=made.score(responses))


def paper_of(evidence: Evidence) -> Paper:
    """What marks count for: the credential's cells, weights and rule."""
    return Paper(evidence.credential.marks, evidence.credential.rule)


def key_of(evidence: Evidence) -> Key:
    """The key of the form with its corrections, and the criteria that people judge."""
    cells = list(evidence.credential.marks.maxima)
    items: dict[str, ItemKey] = {}
    for item in evidence.form.items:
        rule = evidence.rule(item.version_id)
        places = _places(evidence, cells, pc=item.pc, component=evidence.theory_component)
        items[item.version_id] = item_key(rule, places, source=(item.sha256, *rule.source))
    for component, judged in evidence.judged.items():
        for criterion in judged.rubric:
            places = _places(evidence, cells, pc=criterion.pc, component=component, item=criterion.id)
            name = f"{component}:{criterion.id}"
            items[name] = ItemKey(criterion.maximum, places, treatment=Treatment.GIVEN)
    return Key(items)


def item_key(rule: ItemRule, cells: tuple[int, ...], *, source: tuple[str, ...]) -> ItemKey:
    """The key of one theory item; `source` names the versions of what marks it where that is a program or a person."""
    match rule.counting:
        case Counting.EVERYBODY:
            return ItemKey(rule.maximum, cells, treatment=Treatment.EVERYBODY)
        case Counting.DROPPED:
            return ItemKey(rule.maximum, cells, treatment=Treatment.DROPPED)
        case Counting.BY_RESPONSE:
            simple = simple_of(rule)
            if simple is None:
                return ItemKey(rule.maximum, cells, treatment=Treatment.GIVEN, source=source)
            return ItemKey(
                rule.maximum, cells, {text: rule.maximum for one in simple for text in _right(one)}
            )


def simple_of(rule: ItemRule) -> tuple[ItemScoring, ...] | None:
    """The alternatives of an item whose response can be written as one text; None where a program or a person marks."""
    simple = tuple(one for one in rule.alternatives if isinstance(one, ItemScoring))
    steps = {one.normalise for one in simple}
    return simple if len(simple) == len(rule.alternatives) and len(steps) == 1 else None


def _right(scoring: ItemScoring) -> tuple[str, ...]:
    """The texts of the responses that match."""
    if scoring.options:
        return (" ".join(sorted(scoring.correct)),)
    return tuple(normalise(text, scoring.normalise) for text in scoring.correct)


def response_of(rule: ItemRule, answer: object, outcome: ItemOutcome) -> str | None:
    """An answer as a record holds it: the response as text, or the mark where a program or a person gave it."""
    simple = simple_of(rule)
    if simple is None:
        return format_mark(outcome.score)
    value = read_response(simple[0], answer)
    if isinstance(value, str):
        return value if simple[0].options else normalise(value, simple[0].normalise)
    return None if value is None else " ".join(sorted(value))


def _responses(evidence: Evidence, outcomes: Mapping[str, ItemOutcome]) -> Iterator[tuple[str, str]]:
    for item in evidence.form.items:
        version_id = item.version_id
        text = response_of(evidence.rule(version_id), evidence.values.get(version_id), outcomes[version_id])
        if text is not None:
            yield version_id, text
    for component, judged in evidence.judged.items():
        for criterion in judged.rubric:
            if criterion.id in judged.marks:
                yield f"{component}:{criterion.id}", format_mark(parse_mark(judged.marks[criterion.id]))


def _places(
    evidence: Evidence, cells: list[Cell], *, pc: str, component: str, item: str | None = None
) -> tuple[int, ...]:
    """The places of the cells that work on a PC counts for; a cell of one criterion takes that criterion alone."""
    return tuple(
        place
        for place, cell in enumerate(cells)
        if cell.component == component
        and (cell.item == item if cell.item is not None else pc in evidence.credential.pcs_of(cell))
    )

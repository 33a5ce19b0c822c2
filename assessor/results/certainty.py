# SPDX-License-Identifier: Apache-2.0
"""How sure a result is: beside the rule, never instead of it. Pure; nothing here changes a verdict.

Each bar of the rule is looked at by itself: a criterion or element by the posterior chance of mastery, a NOS or the whole
credential by the standard error of its score. What the numbers mean is in `scoring.certainty` and docs/certainty.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any, Final

from assessor.marking.model import Criterion
from assessor.results.correction_model import Counting
from assessor.results.document import Evidence
from item_bank.api import reading_context
from scoring.api import (
    CREDENTIAL,
    BarResult,
    Basis,
    Cell,
    CompensateResult,
    CredentialMarks,
    ItemOutcome,
    Level,
    MarkTable,
    NodeResult,
    Scope,
    Verdict,
    bars_of,
    bearers,
    decide_node,
    format_mark,
    mark_table,
    parse_mark,
)
from scoring.certainty.api import (
    Borderline,
    BorderlineScore,
    DecisionQuality,
    borderline,
    borderline_score,
    threshold_quality,
    within_person,
)

_WHOLE: Final = (Level.NOS, Level.CREDENTIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One thing that was judged: an item (one step), or a criterion with a step from each of its levels to the next.

    `earned` of `steps` steps were climbed (a part of a step where an item was partly right); `worth` is what all of them
    bring in the cell, in marks.
    """

    cell: Cell
    earned: Fraction
    steps: int
    worth: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCertainty:
    """How sure it is that a criterion, an element or a single item of a rule is mastered.

    `path` is the bar of the rule, None where the rule has none here and the declared threshold is looked at instead; then
    `verdict` is None too. `right` of `judgements` steps were climbed. Without `found` there is a `reason`: `no_threshold`,
    `no_judgements`.
    """

    scope: Scope
    path: str | None
    verdict: Verdict | None
    components: tuple[str, ...] | None
    right: int
    judgements: int
    found: Borderline | None
    reason: str | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether what was seen does not settle it."""
        return self.found is not None and self.found.in_doubt

    @property
    def quality(self) -> DecisionQuality | None:
        """How good the threshold is over so many steps, for people of whom nothing is known before."""
        return (
            None if self.found is None else threshold_quality(self.judgements, share=self.found.mastery.share)
        )

    @property
    def against_rule(self) -> bool:
        """Whether mastery is less likely than not although the bar is met, or the other way round."""
        if self.found is None or self.verdict is None:
            return False
        return (self.verdict is Verdict.PASS) != (self.found.mastery.chance >= 0.5)

    def to_document(self) -> dict[str, Any]:
        """As JSON."""
        quality = self.quality
        return {
            "scope": self.scope.to_document(),
            "path": self.path,
            "verdict": None if self.verdict is None else self.verdict.value,
            "right": self.right,
            "judgements": self.judgements,
            "certainty": None if self.found is None else self.found.to_document(),
            "threshold_quality": None if quality is None else quality.to_document(),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalCertainty:
    """The score of a NOS, or of the whole credential, with its conditional standard error, and how sure its bar is.

    All in the marks of the bar (percentage points where it is weighted). `path`, `verdict`, `cut` and `found` are None where
    the rule has no bar here. Without an `error` there is a `reason`: `one_judgement` (of some NOS), `all_alike` (all right,
    or all wrong: the error is then not known).
    """

    scope: Scope
    path: str | None
    verdict: Verdict | None
    basis: Basis
    score: Fraction
    cut: Fraction | None
    maximum: Fraction
    error: float | None
    found: BorderlineScore | None
    reason: str | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether the score may well belong on the other side of the bar."""
        return self.found is not None and self.found.in_doubt

    def to_document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "scope": self.scope.to_document(),
            "path": self.path,
            "verdict": None if self.verdict is None else self.verdict.value,
            "basis": self.basis.value,
            "score": format_mark(self.score),
            "cut": None if self.cut is None else format_mark(self.cut),
            "maximum": format_mark(self.maximum),
            "standard_error": self.error,
            "certainty": None if self.found is None else self.found.to_document(),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultCertainty:
    """How sure a result is, bar by bar.

    `verdict_in_doubt` says that the verdict would be another one if bars in doubt fell the other way: a fail stands as long as
    one bar is surely missed.
    """

    parts: tuple[PartCertainty, ...]
    totals: tuple[TotalCertainty, ...]
    verdict_in_doubt: bool

    @property
    def in_doubt(self) -> tuple[PartCertainty, ...]:
        """The parts with a bar in the rule that are not settled: what a viva or more items would be about."""
        return tuple(part for part in self.parts if part.path is not None and part.in_doubt)

    def to_document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "verdict_in_doubt": self.verdict_in_doubt,
            "parts": [part.to_document() for part in self.parts],
            "totals": [total.to_document() for total in self.totals],
        }


def result_certainty(
    evidence: Evidence, outcomes: Mapping[str, ItemOutcome], document: Mapping[str, Any]
) -> ResultCertainty:
    """How sure the result `document` is, that `evidence` gave by these outcomes."""
    credential = evidence.credential
    table = marks_of(document, credential.marks)
    root = decide_node(credential.rule.root, table)
    judged = _judgements(evidence, outcomes)
    bars = list(bars_of(root))
    totals = [_total(bar, judged, table) for bar in bars if bar.scope.level in _WHOLE and bar.threshold]
    totals += _other_totals({total.scope for total in totals}, judged, table)
    parts = [_part(bar, judged, table) for bar in bars if bar.scope.level not in _WHOLE and bar.threshold]
    with_bar = {part.scope for part in parts}
    declared = reading_context(credential).thresholds
    parts += [
        _without_bar(scope, declared.get(scope), judged, table)
        for scope in bearers(credential.marks)
        if scope not in with_bar
    ]
    return ResultCertainty(
        parts=tuple(parts), totals=tuple(totals), verdict_in_doubt=_hangs(root, parts, totals)
    )


def marks_of(document: Mapping[str, Any], marks: CredentialMarks) -> MarkTable:
    """The marks of a result document as a table of its credential's `marks`."""
    awarded = {
        Cell(
            nos=mark["nos"],
            element=mark["element"],
            pc=mark["pc"],
            component=mark["component"],
            item=mark.get("item"),
        ): mark["awarded"]
        for mark in document["marks"]
    }
    return mark_table(marks, awarded)


def _judgements(evidence: Evidence, outcomes: Mapping[str, ItemOutcome]) -> list[Judgement]:
    """What was judged in each cell of the credential's marks, with what it is worth there."""
    found = []
    for cell, maximum in evidence.credential.marks.maxima.items():
        pcs = evidence.credential.pcs_of(cell)
        own = [
            one
            for one in _judged_in(evidence, outcomes, cell.component)
            if (one[0] == cell.item if cell.item is not None else one[1] in pcs)
        ]
        possible = sum((most for *_, most in own), Fraction(0))
        found += [
            Judgement(cell=cell, earned=earned, steps=steps, worth=maximum * most / possible)
            for _, _, earned, steps, most in own
            if most and steps
        ]
    return found


def _judged_in(
    evidence: Evidence, outcomes: Mapping[str, ItemOutcome], component: str
) -> Iterable[tuple[str, str, Fraction, int, Fraction]]:
    """Id, PC, steps climbed, steps, and maximum of everything that was judged in a component."""
    if component == evidence.theory_component:
        for item in evidence.form.items:
            outcome, rule = outcomes[item.version_id], evidence.rule(item.version_id)
            # What was not asked or is dropped earns nothing; what everybody gets is earned, and shows nothing of anybody.
            if outcome.maximum and not rule.dropped:
                steps = int(rule.counting is Counting.BY_RESPONSE)
                yield item.version_id, item.pc, outcome.score / outcome.maximum, steps, outcome.maximum
    judged = evidence.judged.get(component)
    for criterion in judged.rubric if judged is not None else ():
        climbed, steps = climb(criterion, evidence.judged[component].marks[criterion.id])
        if steps:
            yield criterion.id, criterion.pc, Fraction(climbed), steps, criterion.maximum


def climb(criterion: Criterion, marks: str) -> tuple[int, int]:
    """How many steps above its lowest level a criterion was judged, and how many it has."""
    levels = sorted({parse_mark(level) for level in criterion.levels})
    given = parse_mark(marks)
    return max(sum(level <= given for level in levels) - 1, 0), len(levels) - 1


def _part(bar: BarResult, judged: list[Judgement], table: MarkTable) -> PartCertainty:
    return _mastery(bar.scope, bar.threshold, _within(judged, bar.scope, bar.components, table), bar=bar)


def _without_bar(
    scope: Scope, share: Fraction | None, judged: list[Judgement], table: MarkTable
) -> PartCertainty:
    return _mastery(scope, share, _within(judged, scope, None, table), bar=None)


def _mastery(
    scope: Scope, share: Fraction | None, own: list[Judgement], *, bar: BarResult | None
) -> PartCertainty:
    steps = sum(one.steps for one in own)
    # Parts of steps add up; what is left below a whole one counts for nothing, so that no chance is said too high.
    right = floor(sum((one.earned for one in own), Fraction(0)))
    reason = "no_threshold" if not share else "no_judgements" if not steps else None
    return PartCertainty(
        scope=scope,
        path=None if bar is None else bar.path,
        verdict=None if bar is None else bar.verdict,
        components=None if bar is None else bar.components,
        right=right,
        judgements=steps,
        found=borderline(right, steps, share=share) if share and steps else None,
        reason=reason,
    )


def _total(bar: BarResult, judged: list[Judgement], table: MarkTable) -> TotalCertainty:
    weighted = bar.basis is Basis.WEIGHTED
    own = _within(judged, bar.scope, bar.components, table)
    error, reason = _standard_error(own, table, weighted=weighted, components=bar.components)
    return TotalCertainty(
        scope=bar.scope,
        path=bar.path,
        verdict=bar.verdict,
        basis=bar.basis,
        score=bar.earned,
        cut=bar.bar,
        maximum=bar.maximum,
        error=error,
        found=None
        if error is None
        else borderline_score(float(bar.earned), float(bar.bar), standard_error=error),
        reason=reason,
    )


def _other_totals(known: set[Scope], judged: list[Judgement], table: MarkTable) -> list[TotalCertainty]:
    """Every NOS with marks, and the whole credential, of which the rule asks nothing; once where they are the same."""
    marks = table.credential
    every = [
        scope
        for scope in marks.scopes(Level.NOS)
        if any(marks.maxima[cell] for cell in marks.cells_of(scope))
    ]
    if len(every) > 1:
        every.append(CREDENTIAL)
    elif CREDENTIAL in known:
        return []
    found = []
    for scope in (one for one in every if one not in known):
        total = table.total(scope)
        error, reason = _standard_error(
            _within(judged, scope, None, table), table, weighted=False, components=None
        )
        found.append(
            TotalCertainty(
                scope=scope,
                path=None,
                verdict=None,
                basis=Basis.RAW,
                score=total.earned,
                cut=None,
                maximum=total.maximum,
                error=error,
                found=None,
                reason=reason,
            )
        )
    return found


def _standard_error(
    own: list[Judgement], table: MarkTable, *, weighted: bool, components: tuple[str, ...] | None
) -> tuple[float | None, str | None]:
    """The error of the score in marks, or in percentage points: errors of the NOS are independent, so their squares add."""
    import numpy as np

    squares = 0.0
    for nos in dict.fromkeys(one.cell.nos for one in own):
        inside = [one for one in own if one.cell.nos == nos]
        if len(inside) < 2:
            return None, "one_judgement"
        unit = Fraction(1)
        if weighted:
            unit = table.credential.weight_of_mark(nos, components=components)
        shares = np.array([[float(one.earned / one.steps) for one in inside]])
        worth = np.array([float(one.worth * unit) for one in inside])
        squares += float(within_person(shares, worth)[0]) ** 2
    if squares <= 0:
        return None, "all_alike" if own else "one_judgement"
    return squares**0.5, None


def _within(
    judged: list[Judgement], scope: Scope, components: tuple[str, ...] | None, table: MarkTable
) -> list[Judgement]:
    cells = set(table.credential.cells_of(scope, components=components))
    return [one for one in judged if one.cell in cells]


def _hangs(root: NodeResult, parts: Iterable[PartCertainty], totals: Iterable[TotalCertainty]) -> bool:
    """Whether the bars in doubt could change the verdict."""
    doubtful = {part.path for part in parts if part.in_doubt} | {one.path for one in totals if one.in_doubt}
    return _met(root, doubtful, doubt=True) != _met(root, doubtful, doubt=False)


def _met(node: NodeResult, doubtful: set[str | None], *, doubt: bool) -> bool:
    """Whether a node is met if every bar in doubt is (`doubt`), or is not."""
    if isinstance(node, BarResult):
        return doubt if node.path in doubtful else node.verdict is Verdict.PASS
    if isinstance(node, CompensateResult):
        # Which bar makes up for which is a matter of marks: one bar in doubt leaves all of it in doubt.
        return doubt if any(bar.path in doubtful for bar in node.children) else node.verdict is Verdict.PASS
    return sum(_met(child, doubtful, doubt=doubt) for child in node.children) >= node.needed

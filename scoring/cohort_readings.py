# SPDX-License-Identifier: Apache-2.0
"""What other readings of a rule make of many people at once, exactly in whole numbers. It equals `flips` of each of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from scoring.cohort import FAIL, INCOMPLETE, PASS, VERDICTS, CohortRule, Flags, Whole
from scoring.cohort_margins import margins, margins_in_whole_per_cent
from scoring.cohort_marks import CohortMarks, cohort_marks, decide_marks, whole_marks
from scoring.decide import decide_node
from scoring.flips import Flip, flips
from scoring.marks import MarkTable
from scoring.reading_words import ReadingKind
from scoring.readings import RuleReading
from scoring.rules import Rule
from scoring.verdicts import NodeResult


def decide_with_readings(
    rule: Rule, tables: Sequence[MarkTable], others: Iterable[RuleReading]
) -> list[tuple[NodeResult, tuple[Flip, ...]]]:
    """Everybody's decision, as `decide_node`, with the readings that would change it, as `flips`.

    All tables are of one credential, which the rule fits (`check_rule`); `others` are `readings` of that rule.
    """
    known, marks = tuple(others), cohort_marks(tables)
    if marks is None:  # numbers beyond what machines count in, or nobody
        roots = [decide_node(rule.root, table) for table in tables]
        return [(root, flips(root, table, rule, known)) for root, table in zip(roots, tables, strict=True)]
    roots = decide_marks(rule, marks)
    return list(zip(roots, _flips(rule, marks, roots, known), strict=True))


def _flips(
    rule: Rule, marks: CohortMarks, roots: Sequence[NodeResult], others: Sequence[RuleReading]
) -> list[tuple[Flip, ...]]:
    own = np.array([VERDICTS.index(root.verdict) for root in roots], dtype=np.int8)
    compiled = marks.compiled(rule)
    found: list[list[Flip]] = [[] for _ in roots]
    for reading in others:
        asked = _asked(reading.kind, marks)
        if not asked.any():
            continue
        if (
            reading.kind is ReadingKind.MISSING_LEFT_OUT
        ):  # what there is to be had differs from person to person
            for person in np.flatnonzero(asked).tolist():
                found[person].extend(flips(roots[person], marks.tables[person], rule, (reading,)))
            continue
        said = _said(reading, compiled, marks)
        turned = asked & (said.verdicts != INCOMPLETE) & (said.verdicts != own)
        for person in np.flatnonzero(turned).tolist():
            verdict = VERDICTS[said.verdicts[person]]
            found[person].append(Flip(kind=reading.kind, verdict=verdict, margin_share=said.margin(person)))
    return [tuple(one) for one in found]


def _asked(kind: ReadingKind, marks: CohortMarks) -> Flags:
    """Whom a reading is about."""
    if kind.needs_complete:
        return marks.complete
    return ~marks.complete if kind.needs_missing else np.ones(len(marks.tables), dtype=np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """What a reading says of everybody: verdicts, and margins as whole numbers of one scale."""

    verdicts: NDArray[np.int8]
    margins: Whole | None = None
    scale: int = 1

    def margin(self, person: int) -> Fraction | None:
        return None if self.margins is None else Fraction(int(self.margins[person]), self.scale)


def _said(reading: RuleReading, compiled: CohortRule, marks: CohortMarks) -> _Said:
    if reading.rule is not None:
        return _decided(marks.compiled(reading.rule), marks.steps, marks.missing)
    if reading.kind is ReadingKind.WHOLE_MARKS:
        return _decided(compiled, whole_marks(marks), None)
    if reading.kind is ReadingKind.MISSING_AS_ZERO:
        return _decided(compiled, marks.steps, None)
    earned, root = compiled.decide(marks.steps).earned, compiled.rule.root
    if reading.kind is ReadingKind.WHOLE_PER_CENT:
        rounded = margins_in_whole_per_cent(compiled, earned)
        whole = rounded.of(root)
        return _Said(np.where(whole >= 0, PASS, FAIL).astype(np.int8), whole, rounded.scale)
    exceeded = margins(compiled, earned).exceeds(root)  # strictly above
    return _Said(np.where(exceeded, PASS, FAIL).astype(np.int8))


def _decided(compiled: CohortRule, steps: NDArray[np.int64], missing: Flags | None) -> _Said:
    found = compiled.decide(steps, missing=missing)
    known = margins(compiled, found.earned)
    return _Said(found.verdicts, known.of(compiled.rule.root), known.scale)

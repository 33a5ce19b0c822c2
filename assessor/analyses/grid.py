# SPDX-License-Identifier: Apache-2.0
"""The arrays of a batch while they are filled, one attempt after another. Pure: what was read is handed in.

Each distinct answer to an item is scored once, however many gave it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assessor.analyses.adaptive_papers import AdaptivePaper
from assessor.analyses.data import Change
from assessor.analyses.item_facts import KnownItem
from assessor.analyses.logs import Answered, Away, Moved, Sat
from assessor.analyses.times import Span, Step, StepKind, seconds_by_item
from assessor.attempts.refs import loaded
from assessor.attempts.sections import MoveKind
from assessor.forms.model import FormContent
from assessor.results.document import item_seed
from core.errors import Conflict
from scoring.api import Scoring, ScoringError

NOTHING: Final = "null"
"""The JSON text of an answer that was cleared."""
_STEPS: Final = {
    MoveKind.VISIT: StepKind.VISIT,
    MoveKind.CONFIRM: StepKind.CONFIRM,
    MoveKind.ENTER_SECTION: StepKind.SECTION,
    MoveKind.LEAVE_SECTION: StepKind.SECTION,
}
_NO_MARKS: Final[Mapping[str, Fraction]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLog:
    """What is known of one attempt: answers in the order of their sequence, late copies last; moves as received.

    `hands` has the marks that a person gave, by item version and part.
    """

    sat: Sat
    answers: Sequence[Answered] = ()
    moves: Sequence[Moved] = ()
    pauses: Sequence[Away] = ()
    outages: Sequence[Away] = ()
    hands: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)

    def hand(self, version_id: str) -> Mapping[str, Fraction]:
        """The marks that a person gave to the parts of an item."""
        return self.hands.get(version_id, _NO_MARKS)

    def is_late(self, answer: Answered) -> bool:
        """Received when nothing could be answered any more, or in the seconds of grace after the end."""
        return answer.late or answer.at > self.sat.ended_at


class Judged(NamedTuple):
    """What an answer to an item comes to: `mark` is NaN while a part of it waits for a person's marks."""

    given: bool
    choice: str
    mark: float
    whole: bool


@dataclass(slots=True)
class Grid:
    """Persons x items; `adaptive` are the forms with adaptive sections by id, `digest` is the hash of all that was read."""

    known: Sequence[KnownItem]
    marks: NDArray[np.float64]
    answered: NDArray[np.bool_]
    seconds: NDArray[np.float64]
    choices: list[list[str]]
    columns: Mapping[str, int]
    adaptive: Mapping[str, AdaptivePaper] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)
    _judged: dict[tuple[object, ...], Judged] = field(default_factory=dict)
    _values: dict[str, object] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        sat: Sequence[Sat],
        known: Sequence[KnownItem],
        contents: Mapping[str, FormContent],
        *,
        scoring: Mapping[str, Scoring],
    ) -> Grid:
        """Nothing answered yet: 0 for every item of a person's form, NaN for the others."""
        shape = (len(sat), len(known))
        grid = cls(
            known=known,
            marks=np.full(shape, np.nan),
            answered=np.zeros(shape, dtype=np.bool_),
            seconds=np.full(shape, np.nan),
            choices=[[""] * len(known) for _ in sat],
            columns={one.facts.version_id: column for column, one in enumerate(known)},
            adaptive={
                form_id: AdaptivePaper(content, scoring)
                for form_id, content in contents.items()
                if any(section.adaptive for section in content.sections)
            },
        )
        for form_id, content in contents.items():
            versions = [item.version_id for item in content.items]
            columns = [grid.columns[version] for version in versions if version in grid.columns]
            rows = [row for row, one in enumerate(sat) if one.form_id == form_id]
            grid.marks[np.ix_(rows, columns)] = 0.0
        return grid

    def hash(self, document: object) -> None:
        """Take something that was read into the hash."""
        self.digest.update(json.dumps(document, ensure_ascii=False, sort_keys=True).encode() + b"\n")

    def take(self, row: int, log: AttemptLog) -> None:
        """Fill one person's row. Raises Conflict `result_not_computable` (facts cause)."""
        self._time(row, log)
        _Marking(self, row, log).fill()
        self._hash_log(log)

    def value(self, text: str) -> object:
        """The value that a JSON text holds; each text is read once."""
        if text not in self._values:
            self._values[text] = loaded(json.loads(text))
        return self._values[text]

    def judge(self, column: int, text: str, log: AttemptLog) -> Judged:
        """What an answer of an attempt comes to. Raises Conflict `result_not_computable` (facts cause)."""
        one = self.known[column]
        if one.alike:
            same: tuple[object, ...] = (column, text)
            seed, hand = 0, _NO_MARKS
        else:
            hand = log.hand(one.facts.version_id)
            seed = item_seed(log.sat.attempt_id, one.facts.version_id) if one.drawn else 0
            same = (column, text, seed, *sorted(hand.items()))
        judged = self._judged.get(same)
        if judged is None:
            judged = self._judged[same] = self._judge(one, self.value(text), seed=seed, hand=hand)
        return judged

    def _judge(self, one: KnownItem, value: object, *, seed: int, hand: Mapping[str, Fraction]) -> Judged:
        try:
            score = one.rule.score(value, seed=seed, hand=hand).score
        except ScoringError as error:
            raise Conflict("result_not_computable", cause=error.code) from error
        waits = any(part not in hand and _gives(value, part) for part in one.by_hand)
        return Judged(
            given=bool(value),
            choice=one.choice(value),
            mark=math.nan if waits else float(score),
            whole=score == one.facts.maximum,
        )

    def _time(self, row: int, log: AttemptLog) -> None:
        """The seconds at each item; what came late says nothing about them."""
        steps = [Step(one.at.timestamp(), StepKind.ANSWER, one.item) for one in log.answers if not one.late]
        steps += [
            Step(one.at.timestamp(), _STEPS[one.kind], "" if one.kind.of_section else one.target)
            for one in log.moves
        ]
        steps.sort(key=lambda step: step.at)
        end = log.sat.ended_at.timestamp()
        spent = seconds_by_item(
            steps,
            started_at=log.sat.started_at.timestamp(),
            pauses=_spans(log.pauses, end),
            outages=_spans(log.outages, end),
        )
        for item, seconds in spent.items():
            column = self.columns.get(item)
            if column is not None and seconds is not None:
                self.seconds[row, column] = seconds

    def _hash_log(self, log: AttemptLog) -> None:
        sat = log.sat
        self.hash([sat.attempt_id, sat.form_id, sat.started_at.isoformat(), sat.ended_at.isoformat()])
        parts = (
            [(one[1:5], one.at.timestamp(), one.late, one.counts) for one in log.answers],
            [(one.kind.value, one.target, one.at.timestamp()) for one in log.moves],
            [(one.begin, one.end) for one in _spans((*log.pauses, *log.outages), 0.0)],
            [
                (item, sorted((part, str(mark)) for part, mark in own.items()))
                for item, own in sorted(log.hands.items())
            ],
        )
        self.digest.update(repr(parts).encode())


@dataclass(slots=True)
class _Marking:
    """Marks, choices and changes of one attempt."""

    grid: Grid
    row: int
    log: AttemptLog

    def fill(self) -> None:
        last: dict[str, Answered] = {}
        given: dict[int, str] = {}  # the last answer that is one, whatever was cleared since
        columns = self.grid.columns
        for answer in self.log.answers:
            item = answer.item
            column = columns.get(item)
            if column is not None:
                self._note_change(column, answer, given.get(column))
                if answer.value != NOTHING and (answer.counts or column not in given):
                    given[column] = answer.value
            held = last.get(item)
            if answer.counts and (held is None or (held.epoch, held.seq) < (answer.epoch, answer.seq)):
                last[item] = answer
        self._leave_out(last)
        self._mark({columns[item]: one.value for item, one in last.items() if item in columns})

    def _leave_out(self, last: Mapping[str, Answered]) -> None:
        """What an adaptive section did not ask is not in this person's paper; nor is what was answered there for nothing."""
        grid = self.grid
        paper = grid.adaptive.get(self.log.sat.form_id)
        if paper is None:
            return
        values = {item: grid.value(one.value) for item, one in last.items() if one.value != NOTHING}
        for item in paper.left_out(self.log.moves, values):
            column = grid.columns.get(item)
            if column is not None:
                grid.marks[self.row, column] = grid.seconds[self.row, column] = np.nan

    def _mark(self, texts: Mapping[int, str]) -> None:
        grid, row = self.grid, self.row
        choices = grid.choices[row]
        for column in np.flatnonzero(~np.isnan(grid.marks[row])).tolist():
            judged = grid.judge(column, texts.get(column, NOTHING), self.log)
            choices[column] = judged.choice
            grid.answered[row, column] = judged.given
            grid.marks[row, column] = judged.mark

    def _note_change(self, column: int, answer: Answered, before: str | None) -> None:
        """Write a change down: another answer than before, or any that came late."""
        late = self.log.is_late(answer)
        if answer.value in (NOTHING, before) or (before is None and not late):
            return
        self.grid.changes.append(
            Change(
                person=self.row,
                item=column,
                at=answer.at,
                right_before=before is not None and self.grid.judge(column, before, self.log).whole,
                right_after=self.grid.judge(column, answer.value, self.log).whole,
                late=late,
            )
        )


def _gives(value: object, part: str) -> bool:
    """Whether a part of a rich answer holds anything that a person could mark."""
    return isinstance(value, Mapping) and bool(value.get(part))


def _spans(aways: Iterable[Away], end: float) -> list[Span]:
    return [Span(one.begin.timestamp(), end if one.end is None else one.end.timestamp()) for one in aways]

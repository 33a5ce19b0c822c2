# SPDX-License-Identifier: Apache-2.0
"""What standing results come to under another key of one item. Nothing is changed here.

A result with a record is derived from that: of the answers only those to the item are read, for hundreds of learners at once. A
result without one, or with adaptive sections, is computed anew, and must first come out as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from assessor.attempts.answer_log import last_answers_to
from assessor.attempts.inputs import ResponseValue
from assessor.attempts.tables import AttemptRow
from assessor.marking.answers import hand_marks, hand_places
from assessor.marking.queries import theory_marks
from assessor.results.correction_model import AppliedCorrection, ItemRule
from assessor.results.correction_tables import CorrectedEntryRow, ScoreRecordRow
from assessor.results.document import Evidence, item_outcomes, item_seed
from assessor.results.gathering import Common, Gatherer
from assessor.results.model import ResultState
from assessor.results.replaying import replay_of, response_of
from assessor.results.tables import ResultRow
from assessor.scheduling.queries import entries_by_id
from core.errors import Conflict, NotFound
from core.uow import UnitOfWork
from scoring.api import ScoringError, Verdict, format_mark, parse_mark
from scoring.rescoring.api import Scored, Scorer, answers_hash, record_hash

CHUNK = 500
"""So many results are read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A standing result of an entry that had the item."""

    entry_id: str
    attempt_id: str
    form_id: str
    assessment_id: str
    agency_id: str
    result_id: str
    state: ResultState
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rekeyed:
    """What an entry comes to before and after; `cause` is the code of why that cannot be said."""

    entry_id: str
    before: Scored | None = None
    after: Scored | None = None
    cause: str = ""


def rekeyed(
    uow: UnitOfWork, standing: Sequence[Standing], correction: AppliedCorrection
) -> Iterator[Rekeyed]:
    """Whoever earns other marks for the item, or whose result does not come out as it stands; all others are left out."""
    both = _Both(uow, correction, Gatherer(uow), Gatherer(uow, also=correction))
    for start in range(0, len(standing), CHUNK):
        yield from both.chunk(standing[start : start + CHUNK])


@dataclass(frozen=True, slots=True)
class _Form:
    """A form before and after: its common ground, its fitted keys and their hashes."""

    old: Common
    new: Common
    before: Scorer
    after: Scorer
    key_sha256: str
    paper_sha256: str
    by_hand: bool


@dataclass(slots=True)
class _Both:
    uow: UnitOfWork
    correction: AppliedCorrection
    old: Gatherer
    new: Gatherer
    _forms: dict[str, _Form | None] = field(default_factory=dict)

    def chunk(self, standing: Sequence[Standing]) -> Iterator[Rekeyed]:
        records = self._records(standing)
        running = self._running(standing)
        attempts = [one.attempt_id for one in standing]
        values = last_answers_to(self.uow, attempts, self.correction.version_id)
        marks = theory_marks(self.uow, [one.entry_id for one in standing]) if self._by_hand(standing) else {}
        for one in standing:
            try:
                if one.entry_id in running:
                    raise Conflict("correction_running")
                form, record = self._form(one), records.get(one.result_id)
                if form is None or record is None or not _same_key(form, record):
                    found = self._anew(one)
                else:
                    value, judged = values.get(one.attempt_id), marks.get(one.entry_id, {})
                    found = self._of_record(one, form, record, value, judged)
            except (Conflict, NotFound, ScoringError) as error:
                yield Rekeyed(entry_id=one.entry_id, cause=error.code)
                continue
            if found is not None:
                yield Rekeyed(entry_id=one.entry_id, before=found[0], after=found[1])

    def _of_record(
        self,
        one: Standing,
        form: _Form,
        record: Mapping[str, Any],
        value: ResponseValue,
        judged: Mapping[str, str],
    ) -> tuple[Scored, Scored] | None:
        """Both scorings of a record, None where the item earns the same."""
        version_id = self.correction.version_id
        _require_unaltered(record, one)
        responses: dict[str, str] = record["responses"]
        hand = hand_marks(form.old.form.content, judged).get(version_id, {}) if form.by_hand else {}
        seed = item_seed(one.attempt_id, version_id)

        def response(common: Common) -> str | None:
            rule = common.rules.get(version_id, ItemRule((common.scoring[version_id],)))
            return response_of(rule, value, rule.score(value, seed=seed, hand=hand))

        was, now = response(form.old), response(form.new)
        if was != responses.get(version_id):
            raise Conflict("result_not_reproducible")
        marks = form.before.key.items[version_id].mark(was), form.after.key.items[version_id].mark(now)
        if marks[0] == marks[1] and form.before.maximum == form.after.maximum:
            return None
        others = {item: text for item, text in responses.items() if item != version_id}
        after = form.after.score(others if now is None else {**others, version_id: now})
        before = Scored(
            marks={version_id: marks[0]},
            cells=tuple(None if mark is None else parse_mark(mark) for mark in record["cells"]),
            earned=after.earned - (marks[1] or 0) + (marks[0] or 0),
            maximum=form.before.maximum,
            verdict=Verdict(record["verdict"]),
            bands=record["bands"],
        )
        return before, after

    def _anew(self, one: Standing) -> tuple[Scored, Scored] | None:
        """Both scorings from every answer, None where all items earn the same."""
        entry = entries_by_id(self.uow, [one.entry_id])[one.entry_id]
        attempt = self.uow.db.get_one(AttemptRow, one.attempt_id)
        evidence = self.old.evidence(entry, attempt)
        common = self.new.common(entry, attempt.form_id)
        candidate = replace(
            evidence, rules=common.rules, corrections=common.corrections, fitted=common.fitted
        )
        outcomes = item_outcomes(evidence)
        before = replay_of(evidence, outcomes).scored
        document = self.uow.db.get_one(ResultRow, one.result_id).document
        awarded = [line["awarded"] for line in document["marks"]]
        _require_same(before, awarded, "pass" if one.passed else "fail")
        after = item_outcomes(candidate)
        same = all(outcomes[item].score == after[item].score for item in outcomes)
        return (
            None
            if same and _counting(evidence) == _counting(candidate)
            else (
                before,
                replay_of(candidate, after).scored,
            )
        )

    def _form(self, one: Standing) -> _Form | None:
        """The form of a result; None where every learner has a key of his or her own, or the key fits no paper."""
        if one.form_id not in self._forms:
            old, new = (
                each.of_form(one.assessment_id, one.form_id, agency_id=one.agency_id)
                for each in (self.old, self.new)
            )
            self._forms[one.form_id] = _form(old, new, self.correction.version_id)
        return self._forms[one.form_id]

    def _by_hand(self, standing: Sequence[Standing]) -> bool:
        """Whether a person marks the item in any of their forms."""
        for one in {one.form_id: one for one in standing}.values():
            form = self._form(one)
            if form is not None and form.by_hand:
                return True
        return False

    def _records(self, standing: Sequence[Standing]) -> dict[str, dict[str, Any]]:
        query = select(ScoreRecordRow.result_id, ScoreRecordRow.document).where(
            ScoreRecordRow.result_id.in_([one.result_id for one in standing])
        )
        return dict(self.uow.db.execute(query).all())

    def _running(self, standing: Sequence[Standing]) -> frozenset[str]:
        """The entries that another correction is about to change."""
        query = select(CorrectedEntryRow.entry_id).where(
            CorrectedEntryRow.entry_id.in_([one.entry_id for one in standing]),
            CorrectedEntryRow.done_at.is_(None),
            CorrectedEntryRow.correction_id != self.correction.id,
        )
        return frozenset(self.uow.db.scalars(query))


def _form(old: Common, new: Common, version_id: str) -> _Form | None:
    content = old.form.content
    if old.fitted is None or new.fitted is None or any(section.adaptive for section in content.sections):
        return None
    return _Form(
        old=old,
        new=new,
        before=old.fitted,
        after=new.fitted,
        key_sha256=old.fitted.key.sha256,
        paper_sha256=old.fitted.paper.sha256,
        by_hand=any(place.version_id == version_id for place in hand_places(content).values()),
    )


def _same_key(form: _Form, record: Mapping[str, Any]) -> bool:
    return (record["key"], record["paper"]) == (form.key_sha256, form.paper_sha256)


def _counting(evidence: Evidence) -> frozenset[str]:
    return frozenset(
        item.version_id for item in evidence.form.items if not evidence.rule(item.version_id).dropped
    )


def _require_unaltered(record: Mapping[str, Any], one: Standing) -> None:
    """Raises Conflict `record_altered`."""
    answers = answers_hash(record["responses"] or {}, salt=record["salt"] or "")
    whole = record_hash(record) == record["sha256"] and answers == record["answers"]
    if not whole or (record["verdict"] == "pass") is not one.passed:
        raise Conflict("record_altered")


def _require_same(scored: Scored, cells: Sequence[str | None], verdict: str) -> None:
    """Raises Conflict `result_not_reproducible` where something else comes out than what stands."""
    again = [None if mark is None else format_mark(mark) for mark in scored.cells]
    if again != list(cells) or scored.verdict.value != verdict:
        raise Conflict("result_not_reproducible")

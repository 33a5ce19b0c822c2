# SPDX-License-Identifier: Apache-2.0
"""Gathers what results are computed from. What entries have in common is read once; computing is `document`'s business."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy import select

from assessor.attempts.answer_log import answers
from assessor.attempts.lateness import late_of
from assessor.attempts.model import Answer, LateState, last_answers
from assessor.attempts.move_log import moves_of
from assessor.attempts.sections import fold
from assessor.attempts.settled import settled_sections
from assessor.attempts.settling import Settling
from assessor.attempts.tables import AttemptRow
from assessor.forms import queries as forms
from assessor.forms.queries import Form
from assessor.marking.answers import hand_marks
from assessor.marking.model import Criterion, TaskComponent
from assessor.marking.queries import marks_of_entry
from assessor.marking.rubrics import rubrics_of
from assessor.results.correction_model import (
    AppliedCorrection,
    CorrectionState,
    Counting,
    ItemRule,
    NewKeyKind,
    corrected_rule,
    keyed_alternatives,
)
from assessor.results.correction_tables import KeyCorrectionRow
from assessor.results.document import Admitted, Evidence, Judged, Subject
from assessor.results.events import KeyCorrectionApproved
from assessor.results.replaying import key_of, paper_of
from assessor.scheduling.queries import Entry
from core.audit import AuditRow
from core.errors import Conflict
from core.uow import UnitOfWork
from item_bank.api import (
    CredentialVersion,
    blueprint_component,
    credential_version,
    item_versions,
    scoring_view,
)
from scoring.api import Cell, Scoring, ScoringError
from scoring.rescoring.api import Scorer, scorer

_COUNTING = tuple(state for state in CorrectionState if state.counts)
_APPROVED = ("sha256", "difference_sha256", "signature")


@dataclass(slots=True)
class Common:
    """What everybody with one form and one definition shares."""

    credential: CredentialVersion
    theory_component: str
    form: Form
    scoring: Mapping[str, Scoring]
    corrections: tuple[AppliedCorrection, ...]
    rules: Mapping[str, ItemRule]
    rubrics: Mapping[TaskComponent, tuple[Criterion, ...]]
    fitted: Scorer | None = None
    """Key and paper of whoever has no adaptive sections; None where they do not fit, which each result says by itself."""

    @property
    def blank(self) -> Evidence:
        """The evidence of nobody: what all have in common."""
        content = self.form.content
        return Evidence(
            subject=Subject(
                entry_id="", candidate_id="", attempt_id="", form_id=self.form.id, form_sha256=content.sha256
            ),
            credential=self.credential.document,
            credential_sha256=self.credential.sha256,
            theory_component=self.theory_component,
            form=content,
            scoring=self.scoring,
            values={},
            judged={
                component.value: Judged(rubric=rubric, marks={}) for component, rubric in self.rubrics.items()
            },
            code_version=code_version(),
            rules=self.rules,
            corrections=self.corrections,
            fitted=self.fitted,
        )

    @property
    def emptied(self) -> tuple[Cell, ...]:
        """The cells of theory in which no item counts any more, although there are marks to earn."""
        left = {
            item.pc
            for item in self.form.content.items
            if item.version_id not in self.rules or not self.rules[item.version_id].dropped
        }
        document = self.credential.document
        return tuple(
            cell
            for cell, maximum in document.marks.maxima.items()
            if maximum and cell.component == self.theory_component and cell.item is None
            if left.isdisjoint(document.pcs_of(cell))
        )


@dataclass(slots=True)
class Gatherer:
    """Gathers within one unit of work; `also` is a correction that nobody has approved yet, for a dry run."""

    uow: UnitOfWork
    also: AppliedCorrection | None = None
    _common: dict[tuple[str, str], Common] = field(default_factory=dict)

    def evidence(self, entry: Entry, attempt: AttemptRow) -> Evidence:
        """Everything that an entry's result is computed from.

        Raises Conflict `form_altered`, `item_altered`; NotFound `form_unknown`, `item_unknown`.
        """
        common = self.common(entry, attempt.form_id)
        marks = marks_of_entry(self.uow, entry.id)
        held = last_answers(answers(self.uow, attempt.id))
        blank = common.blank
        return replace(
            blank,
            subject=replace(
                blank.subject, entry_id=entry.id, candidate_id=entry.candidate_id, attempt_id=attempt.id
            ),
            values={version_id: answer.value for version_id, answer in held.items()},
            judged={
                component.value: Judged(
                    rubric=rubric,
                    marks={criterion: mark.marks for criterion, mark in marks[component].items()},
                )
                for component, rubric in common.rubrics.items()
            },
            hand=hand_marks(
                common.form.content,
                {criterion: mark.marks for criterion, mark in marks.get(TaskComponent.THEORY, {}).items()},
            ),
            late=_admitted(self.uow, attempt),
            settled=self._settled(attempt, common.form, held),
        )

    def _settled(self, attempt: AttemptRow, form: Form, held: Mapping[str, Answer]) -> tuple[Settling, ...]:
        """What the adaptive sections settled, by the key of the form: what was asked does not change with a correction."""
        sections = form.content.sections
        if not any(section.adaptive for section in sections):
            return ()
        moves = moves_of(self.uow.db.connection(), attempt.id)
        runs = fold(sections, moves, allowance=attempt.to_model().allowance)
        return settled_sections(self.uow, form.content, runs, last=held)

    def common(self, entry: Entry, form_id: str) -> Common:
        """What everybody shares who has this form."""
        return self.of_form(entry.assessment_id, form_id, agency_id=entry.agency_id)

    def of_form(self, assessment_id: str, form_id: str, *, agency_id: str) -> Common:
        """As `common`, for a form of an agency's assessment."""
        key = (assessment_id, form_id)
        if key not in self._common:
            self._common[key] = self._read(assessment_id, form_id, agency_id)
        return self._common[key]

    def _read(self, assessment_id: str, form_id: str, agency_id: str) -> Common:
        uow = self.uow
        definition = forms.assessment(uow, assessment_id, organisation_id=agency_id)
        credential = credential_version(uow, definition.credential_version_id)
        form = forms.unaltered_form(uow, form_id)
        pins = {item.version_id: item.sha256 for item in form.content.items}
        scoring = scoring_view(uow, pins)
        corrections = counting_corrections(uow, pins)
        if self.also is not None and self.also.version_id in pins:
            corrections = (*corrections, self.also)
        common = Common(
            credential=credential,
            theory_component=blueprint_component(uow, definition.blueprint_id),
            form=form,
            scoring=scoring,
            corrections=corrections,
            rules=rules_of(uow, scoring, corrections),
            rubrics={
                component: rubric.criteria for component, rubric in rubrics_of(credential.document).items()
            },
        )
        common.fitted = _fitted(common.blank)
        return common


def counting_corrections(uow: UnitOfWork, version_ids: Iterable[str]) -> tuple[AppliedCorrection, ...]:
    """The corrections that count for some item versions, in the order of their approval; Conflict `correction_altered`."""
    query = (
        select(KeyCorrectionRow)
        .where(KeyCorrectionRow.item_version_id.in_(list(version_ids)), KeyCorrectionRow.state.in_(_COUNTING))
        .order_by(KeyCorrectionRow.decided_at, KeyCorrectionRow.id)
    )
    rows = list(uow.db.scalars(query))
    if rows:
        _require_approved(uow, rows)
    return tuple(row.to_applied() for row in rows)


def _require_approved(uow: UnitOfWork, rows: Sequence[KeyCorrectionRow]) -> None:
    """Refuse a row changed in the database: it says what was asked for, and the audit log has it as approved."""
    logged = select(AuditRow.subject_id, AuditRow.payload).where(
        AuditRow.subject_id.in_([row.id for row in rows]), AuditRow.name == KeyCorrectionApproved.name
    )
    approved: dict[str, dict[str, Any]] = dict(uow.db.execute(logged).all())
    for row in rows:
        said = approved.get(row.id, {})
        same = all(said.get(name) == getattr(row, name) for name in _APPROVED)
        if not (same and row.genuine):
            raise Conflict("correction_altered")


def rules_of(
    uow: UnitOfWork, scoring: Mapping[str, Scoring], corrections: Sequence[AppliedCorrection]
) -> dict[str, ItemRule]:
    """What the corrected items count by, each correction upon what counted before it. Raises as `new_rule`."""
    rules: dict[str, ItemRule] = {}
    for one in corrections:
        before = rules.get(one.version_id, ItemRule((scoring[one.version_id],)))
        rules[one.version_id] = corrected_rule(
            before, new_rule(uow, scoring[one.version_id], one), one.policy
        )
    return rules


def new_rule(uow: UnitOfWork, base: Scoring, correction: AppliedCorrection) -> ItemRule:
    """What the new key alone says.

    Raises Invalid `correction_key`; Conflict `correction_by_version`, `item_altered`; NotFound `item_unknown`.
    """
    key, source = correction.new_key, (correction.sha256,)
    match key.kind:
        case NewKeyKind.KEYED:
            return ItemRule(keyed_alternatives(base, key.accepted), source=source)
        case NewKeyKind.VERSION:
            other = key.as_version_id or ""
            pinned = item_versions(uow, [other])[other].content_hash
            return ItemRule((scoring_view(uow, {other: pinned})[other],), source=(*source, pinned))
        case NewKeyKind.EVERYBODY:
            return ItemRule((base,), Counting.EVERYBODY, source)
        case NewKeyKind.DROPPED:
            return ItemRule((base,), Counting.DROPPED, source)


def _fitted(blank: Evidence) -> Scorer | None:
    try:
        return scorer(key_of(blank), paper_of(blank))
    except ScoringError:
        return None


def _admitted(uow: UnitOfWork, attempt: AttemptRow) -> tuple[Admitted, ...]:
    return tuple(
        Admitted(
            item=one.item_version_id,
            device=one.device,
            seq=one.seq,
            received_at=one.received_at,
            by=one.decided_by or "",
            at=one.decided_at,
            reason=one.reason,
        )
        for one in late_of(uow, attempt)
        if one.state is LateState.ADMITTED and one.decided_at is not None
    )


@lru_cache
def code_version() -> str:
    """The version of this program, as a result records it."""
    try:
        return f"kasauti {version('kasauti')}"
    except PackageNotFoundError:
        return "kasauti (not installed)"

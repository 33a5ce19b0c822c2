# SPDX-License-Identifier: Apache-2.0
"""The result document: a pure function of answers, marks and the credential, so that anybody can compute it again.

Marks are exact strings; the document holds ids, never names or answers. Deciding is `scoring`'s business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from assessor.attempts.inputs import ResponseValue
from assessor.attempts.settling import Settling
from assessor.forms.model import FormContent
from assessor.marking.model import Criterion
from assessor.results.correction_model import AppliedCorrection, Counting, ItemRule
from assessor.results.replaying import Replay, replay_of
from core.canonical import digest
from core.errors import Conflict
from item_bank.api import CredentialDocument
from scoring.api import (
    Cell,
    Decision,
    ItemOutcome,
    Scoring,
    ScoringError,
    Verdict,
    decide,
    dump_rule,
    format_mark,
    parse_mark,
)
from scoring.rescoring.api import Scorer

DOCUMENT_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose result it is, and of which sealed form; ids only."""

    entry_id: str
    candidate_id: str
    attempt_id: str
    form_id: str
    form_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A component that a person marked: its rubric, and the marks by criterion as exact strings."""

    rubric: tuple[Criterion, ...]
    marks: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A late answer that a person let count: its place in the log, and who decided it, when and why. Instants in UTC."""

    item: str
    device: str
    seq: int
    received_at: datetime
    by: str
    at: datetime
    reason: str

    def to_document(self) -> dict[str, Any]:
        """As the result document names it."""
        return {
            "item": self.item,
            "device": self.device,
            "seq": self.seq,
            "received_at": self.received_at.isoformat(),
            "by": self.by,
            "at": self.at.isoformat(),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that a result is computed from."""

    subject: Subject
    credential: CredentialDocument
    credential_sha256: str
    theory_component: str
    form: FormContent
    scoring: Mapping[str, Scoring]
    values: Mapping[str, ResponseValue]
    judged: Mapping[str, Judged]
    code_version: str
    hand: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    """What a person gave to parts of theory items: marks by item version and part."""
    late: tuple[Admitted, ...] = ()
    """The late answers among `values`, in the order in which they came."""
    rules: Mapping[str, ItemRule] = field(default_factory=dict)
    """What the items count by whose key was corrected; all others by `scoring`."""
    corrections: tuple[AppliedCorrection, ...] = ()
    """The corrections that made `rules`, in the order of their approval."""
    settled: tuple[Settling, ...] = ()
    """What the adaptive sections settled; of their items only the counted ones earn marks."""
    fitted: Scorer | None = None
    """Key and paper of the form, fitted once for many; adaptive sections have a key for each learner."""

    @property
    def counted(self) -> frozenset[str]:
        """The items of the form that earn marks, by version, as far as no correction drops them."""
        counting = {item for one in self.settled for item in one.counted}
        adaptive = {one.section for one in self.settled}
        others = {item for section in self.form.sections if section.id in adaptive for item in section.items}
        return frozenset(
            item.version_id
            for item in self.form.items
            if item.version_id in counting or item.version_id not in others
        )

    def rule(self, version_id: str) -> ItemRule:
        """What an item of the form counts by."""
        known = self.rules.get(version_id, ItemRule((self.scoring[version_id],)))
        if self.settled and version_id not in self.counted:
            return replace(known, counting=Counting.DROPPED)
        return known


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A result as computed: the document, its hash, whether the rule is met, and what it can be derived from again."""

    document: dict[str, Any]
    sha256: str
    passed: bool
    replay: Replay


def compute(evidence: Evidence) -> Computed:
    """The result document.

    It is derived twice, on two ways that share only the rule algebra. Raises Conflict `result_not_computable` (facts cause)
    when the evidence does not fit the credential, `result_incomplete` when a mark is missing, and `result_not_replayable`
    should the two ways ever differ.
    """
    try:
        outcomes = item_outcomes(evidence)
        awarded = _awarded(evidence, outcomes)
        if awarded.keys() != evidence.credential.marks.maxima.keys():
            # A rule may be certain already; a result still says everything about everybody alike.
            raise Conflict("result_incomplete")
        decision = decide(evidence.credential.marks, awarded, evidence.credential.rule)
        replay = replay_of(evidence, outcomes)
    except ScoringError as error:
        raise Conflict("result_not_computable", cause=error.code) from error
    if replay.scored.verdict is not decision.verdict or replay.scored.cells != tuple(
        awarded[cell] for cell in evidence.credential.marks.maxima
    ):
        raise Conflict("result_not_replayable")
    document = _document(evidence, outcomes, awarded, decision)
    return Computed(
        document=document,
        sha256=digest(document),
        passed=decision.verdict is Verdict.PASS,
        replay=replay,
    )


def item_outcomes(evidence: Evidence) -> dict[str, ItemOutcome]:
    """What each item of the form earned, with the trace that quotes its answer; raises ScoringError."""
    return {
        item.version_id: evidence.rule(item.version_id).score(
            evidence.values.get(item.version_id),
            seed=item_seed(evidence.subject.attempt_id, item.version_id),
            hand=evidence.hand.get(item.version_id, {}),
        )
        for item in evidence.form.items
    }


def item_seed(attempt_id: str, version_id: str) -> int:
    """The seed of an item's program in one attempt: 48 bits that are the same at every replay."""
    return int(digest([attempt_id, version_id]).rpartition(":")[2][:12], 16)


def _awarded(evidence: Evidence, outcomes: Mapping[str, ItemOutcome]) -> dict[Cell, Fraction]:
    """The marks of every cell: the share that was earned of it, times its maximum.

    Items and criteria may be worth any marks: of the theory of a PC, an item worth 3 earns three times the share of one
    worth 1, and the sum of what was earned over the sum of what could be is scaled to the credential's marks of that cell,
    exactly. Where the items' marks add up to the cell's, nothing is scaled.
    """
    earned: dict[tuple[str, str], list[tuple[Fraction, Fraction]]] = {}
    alone: dict[tuple[str, str], list[tuple[Fraction, Fraction]]] = {}
    for item in evidence.form.items:
        if evidence.rule(item.version_id).dropped:
            continue
        outcome = outcomes[item.version_id]
        earned.setdefault((item.pc, evidence.theory_component), []).append((outcome.score, outcome.maximum))
    for component, judged in evidence.judged.items():
        for criterion in judged.rubric:
            mark = parse_mark(judged.marks[criterion.id])
            earned.setdefault((criterion.pc, component), []).append((mark, criterion.maximum))
            alone[criterion.id, component] = [(mark, criterion.maximum)]
    cells: dict[Cell, Fraction] = {}
    for cell, maximum in evidence.credential.marks.maxima.items():
        # Where the marks sit on an element, the work on all of its PCs earns them together.
        pcs = evidence.credential.pcs_of(cell)
        parts = [part for pc in pcs for part in earned.get((pc, cell.component), ())]
        if cell.item is not None:  # the rule looks at single criteria
            parts = alone.get((cell.item, cell.component), [])
        if parts or maximum == 0:
            cells[cell] = maximum * share(parts)
    return cells


def share(parts: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """The part earned of several (marks, maximum); 0 where nothing could be earned."""
    pairs = list(parts)
    possible = sum((maximum for _, maximum in pairs), Fraction(0))
    return sum((marks for marks, _ in pairs), Fraction(0)) / possible if possible else Fraction(0)


def _document(
    evidence: Evidence,
    outcomes: Mapping[str, ItemOutcome],
    awarded: Mapping[Cell, Fraction],
    decision: Decision,
) -> dict[str, Any]:
    subject, credential = evidence.subject, evidence.credential
    maxima = credential.marks.maxima  # once: it is made anew at every look
    counting = evidence.counted
    counted = {version_id: one for version_id, one in outcomes.items() if version_id in counting}
    document: dict[str, Any] = {
        "version": DOCUMENT_VERSION,
        "entry": subject.entry_id,
        "candidate": subject.candidate_id,
        "attempt": subject.attempt_id,
        "credential": {
            "code": credential.code,
            "version": credential.version,
            "sha256": evidence.credential_sha256,
        },
        "form": {"id": subject.form_id, "sha256": subject.form_sha256},
        "items": {
            "count": len(counted),
            "answered": sum(evidence.values.get(version_id) is not None for version_id in counted),
            "matched": sum(outcome.matched for outcome in counted.values()),
        },
        "marks": [
            {
                **cell.facts(),
                "awarded": format_mark(marks),
                "maximum": format_mark(maxima[cell]),
            }
            for cell, marks in awarded.items()
        ],
        "rule": dump_rule(credential.rule),
        "decision": decision.to_document(),
        "code_version": evidence.code_version,
    }
    rich = [item.version_id for item in evidence.form.items if item.parts]
    if rich:
        document["outcomes"] = [_outcome(version_id, outcomes[version_id]) for version_id in rich]
    if evidence.settled:
        document["adaptive"] = [one.to_document() for one in evidence.settled]
    if evidence.corrections:
        document["corrections"] = [one.to_document() for one in evidence.corrections]
    if evidence.late:
        document["late"] = [one.to_document() for one in evidence.late]
    return document


def _outcome(version_id: str, outcome: ItemOutcome) -> dict[str, Any]:
    """A rich item's marks and why; `steps` names what was made of the response before it was compared, and what was noted."""
    return {
        "item": version_id,
        "score": format_mark(outcome.score),
        "maximum": format_mark(outcome.maximum),
        "reason": outcome.reason.value,
        "steps": [step.step for step in outcome.trace if step.changed and step.given],
    }

# SPDX-License-Identifier: Apache-2.0
"""Reads of many results at once, for the figures of a cohort and its files. What they say together is in `cohort_figures`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from assessor.forms.tables import AssessmentRow
from assessor.results.cohort_figures import Cohort, CohortBatch, CohortResult, cohort_of, hidden_batches
from assessor.results.model import ResultState
from assessor.results.other_readings import flip_counts
from assessor.results.tables import ResultRow
from assessor.scheduling.model import EntryState
from assessor.scheduling.tables import BatchRow, CandidateRow, EntryRow, SittingRow
from core.errors import NotFound
from core.uow import UnitOfWork
from item_bank.api import CredentialDocument, credential_version
from scoring.api import ReadingKind

MOST_BATCHES: Final = 24
"""So many batches, the newest, are looked at together."""
MOST_RESULTS_READ: Final = 1_000
"""Other readings are tried on so many results at most, those of the newest batches."""
GROUPS: Final = ("agency", "language", "gender", "pathway", "place")
Columns = TypeVarTuple("Columns")
_LINE: Final[tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]] = (
    ResultRow.id,
    ResultRow.state,
    ResultRow.passed,
    ResultRow.document,
    ResultRow.sha256,
    ResultRow.declared_at,
    BatchRow.id.label("batch_id"),
    BatchRow.name.label("batch"),
    BatchRow.agency_id,
    SittingRow.place,
    EntryRow.pathway,
    CandidateRow.name.label("candidate"),
    CandidateRow.language,
    CandidateRow.gender,
)
_STANDING: Final = (ResultState.PROVISIONAL, ResultState.DECLARED)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose results are looked at: those of an agency, or what was declared to an awarding body."""

    organisation_id: str
    is_body: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortChoice:
    """A credential version that somebody has results of, and how many."""

    credential_version_id: str
    document: CredentialDocument
    results: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortPage:
    """The figures of a cohort. `older` batches are left out; `flips` are counted over `flips_of` results.

    `choices` are all batches that may be asked for, the newest first.
    """

    credential: CredentialDocument
    choices: tuple[CohortBatch, ...]
    batches: tuple[CohortBatch, ...]
    older: int
    cohort: Cohort
    flips: dict[ReadingKind, int]
    flips_of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortLine:
    """One person's result, for a file of those who may read single results."""

    candidate: str
    batch: str
    state: ResultState
    declared_at: datetime | None
    result: CohortResult
    sha256: str


def cohort_choices(uow: UnitOfWork, whose: Whose) -> list[CohortChoice]:
    """The credential versions that there are results of, the most used first."""
    query = (
        _joined(select(AssessmentRow.credential_version_id, func.count()), whose)
        .group_by(AssessmentRow.credential_version_id)
        .order_by(func.count().desc(), AssessmentRow.credential_version_id)
    )
    found = []
    for version_id, results in uow.db.execute(query):
        document = credential_version(uow, version_id).document
        found.append(CohortChoice(credential_version_id=version_id, document=document, results=results))
    return found


def cohort_page(
    uow: UnitOfWork, whose: Whose, credential_version_id: str, *, batch_ids: Collection[str] = ()
) -> CohortPage:
    """The figures of a credential's results, of the newest or of some batches.

    Which batches are hidden does not depend on what is asked for, and groups of people are counted over the newest batches
    only: two looks never tell more than each of them. Raises NotFound `credential_unknown`, `batch_unknown`.
    """
    batches = _batches(uow, whose, credential_version_id)
    if not batches:
        raise NotFound("credential_unknown")
    credential = credential_version(uow, credential_version_id).document
    if not set(batch_ids) <= {batch.id for batch in batches}:
        raise NotFound("batch_unknown")
    asked = [batch for batch in batches if not batch_ids or batch.id in batch_ids]
    shown = sorted(asked[:MOST_BATCHES], key=lambda one: (one.held_at, one.id))
    results = [line.result for line in _lines(uow, whose, credential_version_id, [one.id for one in shown])]
    newest = results[-MOST_RESULTS_READ:]
    cohort = cohort_of(
        results,
        credential=credential,
        batches=shown,
        groups=() if batch_ids else GROUPS,
        hidden=hidden_batches(batches[:MOST_BATCHES], batches[MOST_BATCHES:]),
    )
    return CohortPage(
        credential=credential,
        choices=tuple(batches),
        batches=tuple(shown),
        older=len(asked) - len(shown),
        cohort=cohort,
        flips=flip_counts((one.document for one in newest), credential) if not cohort.whole.hidden else {},
        flips_of=len(newest),
    )


def cohort_lines(
    uow: UnitOfWork, whose: Whose, credential_version_id: str, batch_ids: Iterable[str]
) -> list[CohortLine]:
    """The results of some batches one by one, as they stand; by batch and name."""
    return _lines(uow, whose, credential_version_id, list(batch_ids))


def _batches(uow: UnitOfWork, whose: Whose, credential_version_id: str) -> list[CohortBatch]:
    """The batches with results, the newest first."""
    held_at = func.max(SittingRow.opens_at)
    query = (
        _joined(select(BatchRow.id, BatchRow.name, BatchRow.agency_id, held_at, func.count()), whose)
        .where(AssessmentRow.credential_version_id == credential_version_id)
        .group_by(BatchRow.id, BatchRow.name, BatchRow.agency_id)
        .order_by(held_at.desc(), BatchRow.id.desc())
    )
    return [
        CohortBatch(id=batch_id, name=name, agency_id=agency_id, held_at=at, people=people)
        for batch_id, name, agency_id, at, people in uow.db.execute(query)
    ]


def _lines(
    uow: UnitOfWork, whose: Whose, credential_version_id: str, batch_ids: list[str]
) -> list[CohortLine]:
    # Columns, not whole rows: each row of a person or a batch has documents of its own to be read.
    query = (
        _joined(select(*_LINE), whose)
        .join(CandidateRow, CandidateRow.id == EntryRow.candidate_id)
        .where(AssessmentRow.credential_version_id == credential_version_id, BatchRow.id.in_(batch_ids))
        .order_by(SittingRow.opens_at, BatchRow.id, CandidateRow.name, ResultRow.id)
    )
    return [
        CohortLine(
            candidate=row.candidate,
            batch=row.batch,
            state=row.state,
            declared_at=row.declared_at,
            sha256=row.sha256,
            result=CohortResult(
                result_id=row.id,
                batch_id=row.batch_id,
                groups={
                    "agency": row.agency_id,
                    "language": row.language.value,
                    "gender": row.gender.value if row.gender is not None else "",
                    "pathway": row.pathway.value,
                    "place": row.place,
                },
                passed=row.passed,
                document=row.document,
            ),
        )
        for row in uow.db.execute(query)
    ]


def _joined(query: Select[*Columns], whose: Whose) -> Select[*Columns]:
    """One standing result for each entry: of an agency the newest, of an awarding body what is declared."""
    joined = (
        query.select_from(ResultRow)
        .join(EntryRow, EntryRow.id == ResultRow.entry_id)
        .join(SittingRow, SittingRow.id == EntryRow.sitting_id)
        .join(BatchRow, BatchRow.id == SittingRow.batch_id)
        .join(AssessmentRow, AssessmentRow.id == BatchRow.assessment_id)
    )
    if whose.is_body:
        return joined.where(
            ResultRow.awarding_body_id == whose.organisation_id, ResultRow.state == ResultState.DECLARED
        )
    newer = ResultRow.__table__.alias("newer")
    replaced = select(newer.c.id).where(
        newer.c.entry_id == ResultRow.entry_id,
        newer.c.state == ResultState.PROVISIONAL,
        newer.c.id != ResultRow.id,
    )
    return joined.where(
        ResultRow.agency_id == whose.organisation_id,
        ResultRow.state.in_(_STANDING),
        EntryRow.state == EntryState.ENROLLED,
        ~replaced.exists(),
    )
